//! What a pattern means must not depend on what another crate of the build asks of `regex`.

use llm_cassette::{Builder, Cassette, Error, Mode};
use reqwest_middleware::ClientBuilder;

/// The recorded request has another UUID.
const OTHER: &str = r#"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"This is run 9C1F2A7E-0b5d-4f7a-9a55-1f0d6c1b2e3f of Ω."}]}"#;

/// The status of the answer, or the hint of the miss.
async fn ask(set: impl Fn(Builder) -> Builder) -> Result<u16, String> {
    let builder = Cassette::builder("runs").mode(Mode::Replay).tolerate_misses(true);
    let cassette = set(builder).open().unwrap();
    let client = ClientBuilder::new(reqwest::Client::new()).with(cassette.clone()).build();
    let request = client
        .post("https://api.openai.com/v1/chat/completions")
        .header("content-type", "application/json")
        .body(OTHER);
    match request.send().await {
        Ok(response) => Ok(response.status().as_u16()),
        Err(error) => Err(Error::find_in(&error).unwrap().hint().unwrap_or_default().to_owned()),
    }
}

#[tokio::test]
async fn a_pattern_may_ignore_case() {
    assert_eq!(ask(|builder| builder.replace(r"(?i)[0-9A-F]{8}-[0-9a-f-]{27}\b", "RUN")).await, Ok(200));
}

#[tokio::test]
async fn a_pattern_may_name_what_unicode_knows() {
    for class in [r"\p{Greek}", r"\p{Lu}", r"\w", r"\p{Alphabetic}"] {
        let pattern = format!(r"run .* of {class}");
        assert_eq!(ask(|builder| builder.replace(&pattern, "RUN")).await, Ok(200), "{class}");
    }
}

#[tokio::test]
async fn a_miss_for_nothing_but_a_uuid_says_so() {
    let hint = ask(|builder| builder).await.unwrap_err();
    assert!(hint.contains("only a UUID differs"), "{hint}");
}
