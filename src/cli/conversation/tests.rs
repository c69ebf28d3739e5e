//! What holds for how any conversation reads.

use proptest::prelude::*;

use super::transcript;
use crate::providers::transcribe::tests::hostile::value;
use crate::providers::transcribe::tests::interaction;

proptest! {
    #[test]
    fn a_transcript_of_any_body_goes_on_from_that_of_what_came_before(
        request in value(),
        answer in value(),
        events in prop::collection::vec(value(), 0..4),
    ) {
        let (request, answer) = (request.compact(), answer.compact());
        let stream: String = events.iter().map(|event| format!("data: {}\n\n", event.compact())).collect();
        for (kind, body) in [("application/json", &answer), ("text/event-stream", &stream)] {
            let interaction = interaction(("application/json", request.as_bytes()), (kind, body.as_bytes()));
            let once = transcript([&interaction].into_iter());
            let twice = transcript([&interaction, &interaction].into_iter());
            prop_assert!(twice.starts_with(&once), "{} {}", once, twice);
        }
    }

    #[test]
    fn every_string_that_is_said_is_in_the_transcript(said in "[a-z]{8}", at in 0_usize..4) {
        let block = |n: usize| if n == at { said.as_str() } else { "other" };
        let body = format!(
            r#"{{"system":"{}","messages":[{{"role":"user","content":[{{"type":"text","text":"{}"}},{{"type":"new","x":"{}"}}]}}],"new":"{}"}}"#,
            block(0), block(1), block(2), block(3),
        );
        let interaction = interaction(("application/json", body.as_bytes()), ("application/json", b"{}"));
        prop_assert!(transcript([&interaction].into_iter()).contains(&said));
    }
}
