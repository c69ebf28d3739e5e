//! What of a recording run ends up in the cassette, and what counts as the same prompt.

use llm_cassette::{Error, ErrorKind, Mode, Policy};

use crate::stand_in::StandIn;
use crate::support::*;

#[tokio::test]
async fn prompts_that_differ_in_white_space_share_a_recording_that_has_the_text_as_it_was_sent() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let base = provider.url();
    let builder = |mode| folder.builder(mode).normalize_whitespace(true);
    let cassette = builder(Mode::Record).open().unwrap();
    ask(&client(&cassette), &base, "Name  three\n    rivers.").await.unwrap().bytes().await.unwrap();
    cassette.finish().unwrap();
    assert!(folder.text().contains("Name  three\n"), "{}", folder.text());

    for same in ["Name three rivers.", "\tName three rivers.\n"] {
        let cassette = builder(Mode::Replay).open().unwrap();
        ask(&client(&cassette), &base, same).await.unwrap();
    }
    let cassette = builder(Mode::Replay).open().unwrap();
    let error = ask(&client(&cassette), &base, "Name three rivers .").await.unwrap_err();
    assert_eq!(Error::find_in(&error).unwrap().kind(), ErrorKind::NoMatch);
}

#[tokio::test]
async fn what_is_not_deterministic_goes_out_and_is_counted_with_the_reason() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let cassette = folder.builder(Mode::Record).record_if(Policy::deterministic()).open().unwrap();
    let url = provider.url() + "/v1/chat/completions";
    for extra in [r#""temperature":0,"#, r#""temperature":0.7,"#, r#""seed":7,"#, ""] {
        let body = format!(
            r#"{{{extra}"model":"gpt-4o-mini","messages":[{{"role":"user","content":"6 times 7?"}}]}}"#
        );
        let answer = post(&client(&cassette), &url, body).await.unwrap().text().await.unwrap();
        assert!(answer.contains("42"), "{extra}: {answer}");
    }
    assert_eq!(provider.calls(), 4);
    let report = cassette.finish().unwrap();
    assert_eq!((report.recorded, report.skipped.len()), (2, 2));
    assert!(
        report.to_string().contains("skipped 2 (not deterministic: no `temperature` 0 and no seed)"),
        "{report}"
    );
    assert_eq!(documents(&folder.text()).len(), 2);
}

#[tokio::test]
async fn all_policies_and_predicates_have_to_agree_and_the_first_that_does_not_gives_the_reason() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    let mentions =
        |word: &'static str| move |body: Option<&[u8]>| String::from_utf8_lossy(body.unwrap()).contains(word);
    let (a, b) = (mentions("alpha"), mentions("beta"));
    let cassette = folder
        .builder(Mode::Record)
        .record_if(Policy::new(move |request, _| a(request.body())).because("no alpha"))
        .record_if(Policy::new(move |request, _| b(request.body())))
        .open()
        .unwrap();
    for question in ["alpha and beta", "alpha", "beta"] {
        ask(&client(&cassette), &provider.url(), question).await.unwrap().bytes().await.unwrap();
    }
    let report = cassette.finish().unwrap();
    let reasons: Vec<&str> = report.skipped.iter().map(|skipped| skipped.reason.as_str()).collect();
    assert_eq!((report.recorded, reasons), (1, vec!["a policy refused it", "no alpha"]));
}
