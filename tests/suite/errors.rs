//! What went wrong is passed on and not recorded; and what is none of the cassette's business.

use llm_cassette::{Builder, Error, ErrorKind, Mode, Policy, Report, RequestView, ResponseView};
use reqwest_middleware::ClientWithMiddleware;

use crate::stand_in::{Gate, Reply, Script, StandIn};
use crate::support::*;

/// What a caller sees of an answer: status, body, and whether the body broke.
async fn seen(response: reqwest::Result<reqwest::Response>) -> (Option<u16>, Vec<u8>, bool) {
    let Ok(mut response) = response else { return (None, Vec::new(), true) };
    let status = response.status().as_u16();
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return (Some(status), body, false),
            Err(_) => return (Some(status), body, true),
        }
    }
}

/// Asks once without a cassette and once with it: the script has to serve twice.
async fn both_ways(
    provider: &StandIn,
    builder: Builder,
    stream: bool,
) -> ([(Option<u16>, Vec<u8>, bool); 2], Report) {
    provider.stable(true);
    let url = format!("{}/v1/chat/completions", provider.url());
    let plain = reqwest::Client::new().post(&url).header("content-type", "application/json");
    let plain = plain.header("authorization", "Bearer sk-test").body(chat("Count to 9", stream)).send();
    let without = seen(plain.await).await;
    let cassette = builder.open().unwrap();
    let with = match post(&client(&cassette), &url, chat("Count to 9", stream)).await {
        Err(reqwest_middleware::Error::Reqwest(error)) => seen(Err(error)).await,
        other => seen(Ok(other.unwrap())).await,
    };
    ([without, with], cassette.finish().unwrap())
}

macro_rules! rows {
    ($($name:ident: $script:expr, stream $stream:literal => $reason:literal;)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                let folder = Folder::new();
                let provider = StandIn::start().await;
                provider.on($script.times(2));
                let ([without, with], report) = both_ways(&provider, folder.builder(Mode::Record), $stream).await;
                assert_eq!(with, without, "the caller gets what it would have got");
                assert_eq!((report.recorded, report.skipped.len()), (0, 1));
                let skipped = &report.skipped[0];
                assert_eq!(skipped.request, format!("POST {}/v1/chat/completions", provider.url()));
                assert!(skipped.reason.starts_with($reason), "{}", skipped.reason);
                assert!(report.to_string().contains(&format!("skipped 1 ({}", skipped.reason)), "{report}");
                assert!(!folder.file().exists());
            }
        )*
    };
}

rows! { // script => the start of the reason
    a_bad_request_is_not_recorded: Script::status(400), stream false => "HTTP 400: invalid_request_error";
    a_missing_key_is_not_recorded: Script::status(401), stream false => "HTTP 401: invalid_request_error";
    a_wrong_key_is_not_recorded: Script::bad_key(), stream false => "HTTP 401: invalid_request_error";
    a_missing_permission_is_not_recorded: Script::status(403), stream false => "HTTP 403: insufficient_permissions";
    a_missing_model_is_not_recorded: Script::status(404), stream false => "HTTP 404: invalid_request_error";
    a_rate_limit_is_not_recorded: Script::status(429), stream false => "HTTP 429: requests";
    a_server_error_is_not_recorded: Script::status(500), stream false => "HTTP 500: server_error";
    an_overload_is_not_recorded: Script::status(503), stream true => "HTTP 503: server_error";
    an_error_without_a_word_is_not_recorded: Script::raw(Reply::new(502)), stream false => "HTTP 502";
    an_error_in_a_200_is_not_recorded: Script::error_in_200(), stream false => "502: Provider returned error";
    an_error_as_the_first_event_is_not_recorded: Script::error_event(0), stream true => "server_error";
    an_error_event_in_mid_stream_is_not_recorded: Script::error_event(3), stream true => "server_error";
    a_stream_that_closed_early_is_not_recorded: Script::break_after(3), stream true => "the transfer broke: ";
    a_stream_that_was_reset_is_not_recorded: Script::reset_after(3), stream true => "the transfer broke: ";
    a_body_that_closed_early_is_not_recorded: Script::break_after(1), stream false => "the transfer broke: ";
    a_stream_that_ends_early_in_good_order_is_not_recorded: Script::end_after(3), stream true => "the answer ended early, without `finish_reason`";
    a_stream_without_a_single_event_is_not_recorded: Script::end_after(0), stream true => "the answer ended early, without its first event";
    half_of_a_json_answer_is_not_recorded: Script::raw(Reply::json(r#"{"choices":[{"message":{"content":"Half an"#)), stream false => "the answer ended early, without the end of its JSON";
    a_call_without_an_answer_is_not_recorded: Script::hang_up(), stream false => "no response: ";
}

#[tokio::test]
async fn a_provider_that_cannot_be_reached_is_an_error_of_the_client_and_not_recorded() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let base = provider.url();
    provider.stop().await;
    let cassette = folder.open(Mode::Record);
    let error = ask(&client(&cassette), &base, "Hello").await.unwrap_err();
    assert!(error.is_connect() && Error::find_in(&error).is_none(), "{error:?}");
    let report = cassette.finish().unwrap();
    assert!(report.skipped[0].reason.starts_with("no response: "), "{}", report.skipped[0].reason);
    assert!(!folder.file().exists());
}

#[tokio::test]
async fn a_call_that_the_client_gave_up_is_not_recorded() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let gate = Gate::closed();
    provider.on(Script::answer().hold(&gate));
    let cassette = folder.open(Mode::Record);
    let (client, base) = (client(&cassette), provider.url());
    let call = tokio::spawn(async move { ask(&client, &base, "Hello").await });
    gate.arrived(1).await;
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    let report = cassette.finish().unwrap();
    assert_eq!(report.skipped[0].reason, "the client gave up before there was a response");
    assert!(!folder.file().exists());
}

#[tokio::test]
async fn what_failed_is_asked_again_in_the_next_recording() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    provider.on(Script::status(500));
    let cassette = folder.open(Mode::Record);
    let client = client(&cassette);
    assert_eq!(ask(&client, &provider.url(), "Hello").await.unwrap().status(), 500);
    // A client that tries again is sent again, too.
    assert_eq!(ask(&client, &provider.url(), "Hello").await.unwrap().status(), 200);
    assert_eq!(provider.calls(), 2);
}

macro_rules! fixtures {
    ($($name:ident: $script:expr, stream $stream:literal;)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                let folder = Folder::new();
                let provider = StandIn::start().await;
                provider.on($script.times(2));
                let builder = folder.builder(Mode::Record).record_errors(true);
                let ([without, with], report) = both_ways(&provider, builder, $stream).await;
                assert_eq!(with, without);
                assert_eq!((report.recorded, report.skipped.len()), (1, 0));
                let (url, cassette) = (format!("{}/v1/chat/completions", provider.url()), folder.open(Mode::Replay));
                let played = post(&client(&cassette), &url, chat("Count to 9", $stream)).await.unwrap();
                assert_eq!(seen(Ok(played)).await, without);
                assert_eq!(provider.calls(), 2);
            }
        )*
    };
}

fixtures! {
    a_server_error_is_a_fixture_where_it_is_wanted: Script::status(500), stream false;
    so_is_a_missing_model: Script::status(404), stream false;
    so_is_a_bad_request: Script::status(400), stream true;
    so_is_an_error_in_a_200: Script::error_in_200(), stream false;
    so_is_an_error_event: Script::error_event(3), stream true;
    so_is_a_stream_that_closed_early: Script::break_after(3), stream true;
    so_is_a_stream_that_was_reset: Script::reset_after(3), stream true;
    so_is_a_body_that_closed_early: Script::break_after(1), stream false;
    so_is_a_stream_without_its_end: Script::end_after(3), stream true;
    so_is_a_stream_without_a_single_event: Script::end_after(0), stream true;
}

macro_rules! never {
    ($($name:ident: $script:expr, stream $stream:literal;)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                let folder = Folder::new();
                let provider = StandIn::start().await;
                provider.on($script.times(2));
                let builder = folder.builder(Mode::Record).record_errors(true).record_if(Policy::new(|_, _| true));
                let ([without, with], report) = both_ways(&provider, builder, $stream).await;
                assert_eq!(with, without);
                assert_eq!((report.recorded, report.skipped.len()), (0, 1));
                assert!(!folder.file().exists());
            }
        )*
    };
}

fn quota(status: u16) -> Script {
    let body = r#"{"error":{"message":"You exceeded your current quota.","type":"insufficient_quota","code":"insufficient_quota"}}"#;
    Script::raw(Reply::new(status).header("content-type", "application/json").chunk(body))
}

never! {
    a_missing_key_is_never_a_fixture: Script::status(401), stream false;
    nor_is_a_wrong_key: Script::bad_key(), stream false;
    nor_is_a_missing_permission: Script::status(403), stream false;
    nor_is_a_rate_limit: Script::status(429), stream true;
    nor_is_a_used_up_quota: quota(429), stream false;
    nor_is_a_used_up_quota_in_a_200: quota(200), stream false;
    nor_is_a_call_without_an_answer: Script::hang_up(), stream false;
}

#[tokio::test]
async fn a_wrong_key_for_gemini_which_is_a_400_is_never_a_fixture() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let body = r#"{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}"#;
    provider.on(Script::raw(Reply::new(400).header("content-type", "application/json").chunk(body)));
    let cassette = folder.builder(Mode::Record).record_errors(true).open().unwrap();
    let url = format!("{}/v1beta/models/gemini-2.5-flash:generateContent", provider.url());
    let asked = r#"{"contents":[{"parts":[{"text":"Hello"}]}]}"#.to_owned();
    let response = post(&client(&cassette), &url, asked).await.unwrap();
    assert_eq!(response.text().await.unwrap(), body);
    assert_eq!(cassette.finish().unwrap().skipped.len(), 1);
    assert!(!folder.file().exists());
}

async fn text(client: &ClientWithMiddleware, base: &str, question: &str) -> String {
    ask(client, base, question).await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn a_predicate_decides_what_is_recorded_and_several_have_to_agree() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let cassette = folder
        .builder(Mode::Record)
        .record_if(Policy::new(|request, _| {
            !String::from_utf8_lossy(request.body().unwrap()).contains("secret plan")
        }))
        .record_if(|_: &RequestView<'_>, response: &ResponseView<'_>| {
            response.status() == 200 && !String::from_utf8_lossy(response.body()).contains("I refuse")
        })
        .open()
        .unwrap();
    let client = client(&cassette);
    provider.on(Script::says("I refuse.").when(asks("nonsense")));
    for question in ["kept", "my secret plan", "nonsense"] {
        assert!(text(&client, &provider.url(), question).await.contains("choices"));
    }
    let report = cassette.finish().unwrap();
    assert_eq!(report.recorded, 1);
    let reasons: Vec<&str> = report.skipped.iter().map(|skipped| skipped.reason.as_str()).collect();
    assert_eq!(reasons, ["a policy refused it"; 2]);
    assert_eq!(documents(&folder.text()).len(), 1);
    assert!(folder.text().contains("kept"));
}

#[tokio::test]
async fn what_passes_through_goes_out_in_every_mode_and_is_never_recorded() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    for (calls, mode) in [Mode::Record, Mode::Refresh, Mode::Replay, Mode::Off].into_iter().enumerate() {
        let cassette =
            folder.builder(mode).pass_through(|request| request.url().ends_with("/models")).open().unwrap();
        let models = client(&cassette).get(format!("{}/v1/models", provider.url())).send().await.unwrap();
        assert!(models.text().await.unwrap().contains("gpt-4o-mini"), "{mode}");
        assert_eq!(provider.calls(), calls + 1);
        let report = cassette.finish().unwrap();
        assert_eq!((report.recorded, report.played, report.skipped.len(), report.missed.len()), (0, 0, 0, 0));
    }
    assert!(folder.listing().is_empty());
}

#[tokio::test]
async fn what_does_not_pass_through_is_still_refused_in_replay() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let cassette = folder
        .builder(Mode::Replay)
        .pass_through(|request| request.host() == "telemetry.example.com")
        .tolerate_misses(true)
        .open()
        .unwrap();
    let error = ask(&client(&cassette), &provider.url(), "Hello").await.unwrap_err();
    assert_eq!(Error::find_in(&error).unwrap().kind(), ErrorKind::MissingFile);
    assert_eq!(provider.calls(), 0);
}

macro_rules! named {
    ($($name:ident: $script:expr, status $status:literal;)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                let folder = Folder::new();
                let provider = StandIn::start().await;
                provider.on($script.times(2));
                let builder = folder.builder(Mode::Record).record_status($status);
                let ([without, with], report) = both_ways(&provider, builder, false).await;
                assert_eq!(with, without);
                assert_eq!((report.recorded, report.skipped.len()), (1, 0));
                let (url, cassette) = (format!("{}/v1/chat/completions", provider.url()), folder.open(Mode::Replay));
                let played = post(&client(&cassette), &url, chat("Count to 9", false)).await.unwrap();
                assert_eq!(seen(Ok(played)).await, without);
            }
        )*
    };
}

named! {
    a_missing_key_is_a_fixture_where_its_status_is_named: Script::status(401), status 401;
    a_rate_limit_is_a_fixture_where_its_status_is_named: Script::status(429), status 429;
    a_used_up_quota_is_a_fixture_where_its_status_is_named: quota(429), status 429;
    a_used_up_quota_in_a_200_is_a_fixture_where_that_is_named: quota(200), status 200;
    any_error_is_a_fixture_where_its_status_is_named: Script::status(500), status 500;
}

#[tokio::test]
async fn a_status_that_is_named_brings_no_other_errors_with_it() {
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let cassette = folder.builder(Mode::Record).record_status(401).open().unwrap();
    for status in [400, 403, 429, 500] {
        provider.on(Script::status(status));
        ask(&client(&cassette), &provider.url(), "Hello").await.unwrap().bytes().await.unwrap();
    }
    assert_eq!(cassette.finish().unwrap().skipped.len(), 4);
    assert!(!folder.file().exists());
}

#[tokio::test]
async fn what_a_provider_repeats_of_a_key_that_it_refuses_reaches_no_file() {
    const KEY: &str = "sk-proj-Zq7TyuWERT98asdf21GHJKzxcv45BNMq";
    let provider = StandIn::start().await;
    for repeated in [
        KEY.to_owned(),
        "sk-proj-***************************BNMq".to_owned(),
        "sk-pr...BNMq".to_owned(),
        "sk-proj-Zq7T…BNMq".to_owned(),
        "sk-pXXXXXXXXXXBNMq".to_owned(),
        KEY[..20].to_owned(),
    ] {
        let folder = Folder::new();
        provider.on(Script::error(401, &format!("Incorrect API key provided: {repeated}. See the docs.")));
        let cassette = folder.builder(Mode::Record).record_status(401).open().unwrap();
        let url = format!("{}/v1/chat/completions", provider.url());
        let send = |cassette: &llm_cassette::Cassette| {
            let request = client(cassette).post(&url).header("content-type", "application/json");
            request.header("authorization", format!("Bearer {KEY}")).body(chat("Hello", false)).send()
        };
        let live = send(&cassette).await.unwrap().text().await.unwrap();
        assert!(live.contains(&repeated), "the caller gets it as it came: {live}");
        assert_eq!(cassette.finish().unwrap().recorded, 1);
        let text = folder.text();
        for part in ["BNMq", "sk-p", "Zq7T"] {
            assert!(!text.contains(part), "{part} of {repeated}: {text}");
        }
        let played = send(&folder.open(Mode::Replay)).await.unwrap();
        assert_eq!(played.status(), 401);
        let played = played.text().await.unwrap();
        assert!(played.contains("Incorrect API key provided: [REDACTED]. See the docs."), "{played}");
    }
}
