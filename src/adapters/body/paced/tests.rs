//! Chunks come when they came, by a clock that stands still until somebody waits for it.

use http::{HeaderMap, StatusCode, Version};
use http_body_util::BodyExt as _;

use super::*;
use crate::adapters::body::cut::{CutBody, Cutting};
use crate::model::chunk_times::ChunkTimes;
use crate::model::error::ErrorKind;
use crate::model::exchange::{Cut, Response};

/// Three chunks, at 300, 310 and 2,310 ms.
fn recorded() -> Response {
    Response {
        status: StatusCode::OK,
        version: Version::HTTP_11,
        url: None,
        headers: HeaderMap::new(),
        body: ResponseBody {
            bytes: Bytes::from_static(b"abcdef"),
            chunks: vec![1, 2, 3],
            times: ChunkTimes::of(&[300, 310, 2_310]),
            cut: Cut::Whole,
            aside: None,
        },
    }
}

fn playing(response: &Response, cutting: Cutting, pace: Pace) -> PacedBody<CutBody> {
    PacedBody::new(CutBody::new(response, cutting, false), &response.body, pace, Instant::now())
}

/// Each piece, and after how many milliseconds it came.
async fn pieces(mut body: PacedBody<CutBody>) -> Vec<(u128, String)> {
    let began = Instant::now();
    let mut pieces = Vec::new();
    while let Some(frame) = body.frame().await {
        let data = frame.expect("a piece").into_data().expect("data");
        pieces.push((began.elapsed().as_millis(), String::from_utf8(data.to_vec()).expect("text")));
    }
    pieces
}

fn at(pieces: &[(u128, &str)]) -> Vec<(u128, String)> {
    pieces.iter().map(|(at, text)| (*at, (*text).to_owned())).collect()
}

#[tokio::test(start_paused = true)]
async fn chunks_come_when_they_came_or_so_many_times_as_fast() {
    let recorded = recorded();
    let times = async |pace| pieces(playing(&recorded, Cutting::Recorded, pace)).await;
    assert_eq!(times(Pace::Speed(1.0)).await, at(&[(300, "a"), (310, "bc"), (2_310, "def")]));
    assert_eq!(times(Pace::Speed(0.5)).await, at(&[(600, "a"), (620, "bc"), (4_620, "def")]));
    assert_eq!(times(Pace::Speed(10.0)).await, at(&[(30, "a"), (31, "bc"), (231, "def")]));
    assert_eq!(times(Pace::Instant).await, at(&[(0, "a"), (0, "bc"), (0, "def")]));
}

#[tokio::test(start_paused = true)]
async fn a_piece_that_was_cut_elsewhere_comes_when_its_last_byte_came() {
    let recorded = recorded();
    let bytes = pieces(playing(&recorded, Cutting::Byte, Pace::Speed(1.0))).await;
    let expected = [(300, "a"), (310, "b"), (310, "c"), (2_310, "d"), (2_310, "e"), (2_310, "f")];
    assert_eq!(bytes, at(&expected));
}

#[tokio::test(start_paused = true)]
async fn a_slow_client_is_not_made_slower() {
    let recorded = recorded();
    let mut body = playing(&recorded, Cutting::Recorded, Pace::Speed(1.0));
    let began = Instant::now();
    tokio::time::sleep(Duration::from_secs(1)).await;
    for due in [1_000, 1_000, 2_310] {
        assert!(body.frame().await.is_some());
        assert_eq!(began.elapsed().as_millis(), due);
    }
    assert!(body.is_end_stream());
}

#[tokio::test(start_paused = true)]
async fn a_stream_without_times_does_not_wait() {
    let mut recorded = recorded();
    recorded.body.times = None;
    let pieces = pieces(playing(&recorded, Cutting::Recorded, Pace::Speed(1.0))).await;
    assert_eq!(pieces, at(&[(0, "a"), (0, "bc"), (0, "def")]));
}

#[tokio::test(start_paused = true)]
async fn what_is_held_back_is_not_the_end_and_counts_as_to_come() {
    let mut plain = recorded();
    plain.body = ResponseBody { bytes: Bytes::from_static(b"abc"), ..ResponseBody::default() };
    assert_eq!(playing(&plain, Cutting::Byte, Pace::Speed(1.0)).size_hint().exact(), Some(3));
    let recorded = recorded();
    let mut body = playing(&recorded, Cutting::Recorded, Pace::Speed(1.0));
    for _ in 0..2 {
        assert!(body.frame().await.is_some());
    }
    let waiting = tokio::time::timeout(Duration::from_millis(10), body.frame()).await;
    assert!(waiting.is_err(), "the last chunk is not due");
    assert!(!body.is_end_stream());
    assert!(body.frame().await.is_some(), "who gave up waiting and comes back gets it");
    assert!(body.is_end_stream());
}

#[tokio::test(start_paused = true)]
async fn a_client_that_had_hung_up_is_told_when_it_would_read_on() {
    let mut recorded = recorded();
    recorded.body.cut = Cut::ClientAborted;
    let mut body = playing(&recorded, Cutting::Recorded, Pace::Speed(1.0));
    for _ in 0..3 {
        assert!(body.frame().await.is_some_and(|frame| frame.is_ok()));
    }
    let error = body.frame().await.expect("an error").expect_err("an error");
    assert_eq!(error.kind(), ErrorKind::ClientAborted);
}

#[test]
fn a_pace_is_recorded_none_or_a_number_and_nothing_else() {
    assert_eq!("recorded".parse(), Ok(Pace::Speed(1.0)));
    assert_eq!("none".parse(), Ok(Pace::Instant));
    assert_eq!("×2".parse(), Ok(Pace::Speed(2.0)));
    assert_eq!("x0.25".parse(), Ok(Pace::Speed(0.25)));
    for text in ["", "x", "2", "x0", "x-1", "xNaN", "xinf", "x0.0001", "fast", "Recorded", "x1e-400"] {
        let error = text.parse::<Pace>().expect_err(text);
        assert!(error.contains("`x0.1`") && error.ends_with(&format!("not {text:?}")), "{error}");
    }
}

/// Nobody may hang a server, or make it panic, by what stands in a cassette.
#[test]
fn the_longest_stream_at_the_slowest_pace_has_an_end() {
    let mut recorded = recorded();
    recorded.body.times = ChunkTimes::of(&[0, 1, u64::MAX]);
    let body = playing(&recorded, Cutting::Recorded, Pace::Speed(Pace::SLOWEST));
    assert!(body.due.as_slice().iter().all(|(_, due)| *due > Instant::now()));
}
