//! When the chunks of a stream came stands in one line, which nobody has to review: it changes with its answer only.

use llm_cassette::Mode;

use crate::stand_in::StandIn;
use crate::support::*;

const FIELD: &str = "  times: ";

/// The only line of a cassette that has times.
fn times(text: &str) -> &str {
    let mut lines = text.lines().filter_map(|line| line.strip_prefix(FIELD));
    let only = lines.next().unwrap_or_else(|| panic!("no times: {text}"));
    assert_eq!(lines.next(), None, "one line a stream");
    only
}

/// Of how many chunks a line tells, after the first one or two words.
fn chunks(times: &str) -> usize {
    let (first, then) = times.split_once(" ms").unwrap();
    assert!(first.bytes().all(|byte| byte.is_ascii_digit()), "{times}");
    let then = then.split_whitespace().filter(|word| *word != "+");
    1 + then.map(|word| word.split_once('/').map_or(1, |(chunks, _)| chunks.parse().unwrap())).sum::<usize>()
}

/// In how many chunks the answer comes.
async fn asks(folder: &Folder, base: &str, mode: Mode, stream: bool) -> usize {
    let cassette = folder.open(mode);
    let url = format!("{base}/v1/chat/completions");
    let mut response = post(&client(&cassette), &url, chat("Count to 9", stream)).await.unwrap();
    let mut chunks = 0;
    while response.chunk().await.unwrap().is_some() {
        chunks += 1;
    }
    let _report = cassette.finish().unwrap();
    chunks
}

/// A cassette of one stream, with other times than it was recorded with.
async fn recorded_long_ago(provider: &StandIn) -> (Folder, usize) {
    let folder = Folder::new();
    let count = asks(&folder, &provider.url(), Mode::Record, true).await;
    let text = folder.text();
    let line = format!("{FIELD}{}", times(&text));
    std::fs::write(folder.file(), text.replace(&line, &format!("{FIELD}86000000 ms + {}/9000", count - 1)))
        .unwrap();
    (folder, count)
}

#[tokio::test]
async fn a_stream_says_in_one_line_when_each_chunk_came_and_a_plain_answer_does_not() {
    let provider = StandIn::start().await;
    let streamed = Folder::new();
    let count = asks(&streamed, &provider.url(), Mode::Record, true).await;
    assert_eq!(chunks(times(&streamed.text())), count, "{}", streamed.text());
    let plain = Folder::new();
    asks(&plain, &provider.url(), Mode::Record, false).await;
    assert!(!plain.text().contains("times:"), "{}", plain.text());
}

#[tokio::test]
async fn a_refresh_that_brings_the_same_answer_at_other_times_changes_no_line() {
    let provider = StandIn::start().await;
    provider.obfuscate(true);
    let (folder, _) = recorded_long_ago(&provider).await;
    let before = folder.text();
    asks(&folder, &provider.url(), Mode::Refresh, true).await;
    assert_eq!((provider.calls(), folder.text()), (2, before));
}

#[tokio::test]
async fn a_refresh_that_brings_another_answer_brings_its_times() {
    let provider = StandIn::start().await;
    let (folder, _) = recorded_long_ago(&provider).await;
    provider.answers(2);
    let count = asks(&folder, &provider.url(), Mode::Refresh, true).await;
    let text = folder.text();
    assert_eq!(chunks(times(&text)), count);
    assert!(!text.contains("86000000 ms"), "{text}");
}

#[tokio::test]
async fn a_cassette_from_before_there_were_times_plays_and_a_refresh_leaves_it_as_it_is() {
    let provider = StandIn::start().await;
    let (folder, count) = recorded_long_ago(&provider).await;
    let text = folder.text();
    let before: String = text.split_inclusive('\n').filter(|line| !line.starts_with(FIELD)).collect();
    std::fs::write(folder.file(), &before).unwrap();
    assert_eq!(asks(&folder, &provider.url(), Mode::Replay, true).await, count);
    assert_eq!(asks(&folder, &provider.url(), Mode::Refresh, true).await, count);
    assert_eq!(folder.text(), before);
}

/// A day and more would pass here, had a replay to wait.
#[tokio::test]
async fn a_replay_waits_for_nothing() {
    let provider = StandIn::start().await;
    let (folder, count) = recorded_long_ago(&provider).await;
    let base = provider.url();
    provider.stop().await;
    assert_eq!(asks(&folder, &base, Mode::Replay, true).await, count);
}
