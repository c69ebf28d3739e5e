//! Fixtures of aimock, in which the request is gone.

use super::{Ask, answers, import, import_again};

const FIXTURES: &str = r#"{"fixtures": [
  {"match": {"userMessage": "How do I return shoes?"}, "response": {"content": "Within 30 days."}},
  {"match": {"userMessage": "And boots?", "model": "gpt-4o"}, "response": {"content": {"days": 30}}},
  {"match": {"userMessage": "weather"}, "response": {"toolCalls": [{"name": "get_weather", "arguments": "{}"}]}},
  {"match": {"userMessage": "x", "hasToolResult": true}, "response": {"content": "y"}},
  {"match": {"inputText": "query"}, "response": {"embedding": [0.1]}}
]}"#;

#[tokio::test]
async fn questions_and_answers_become_pinned_pairs_and_the_rest_is_named() {
    let (folder, ran) = import(&[("shop.json", FIXTURES.as_bytes())], &["--model", "gpt-4o-mini"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.stdout, @r#"
    shop.json → cassettes/shop.yaml: aimock, 2 exchanges
      lost in 2: the request: it is made up of the question, for `--pairs` and `--model`, and pinned
      refused: exchange 3: its answer is not text
      refused: exchange 4: it matches by `hasToolResult`, and what else was asked nobody knows
      refused: exchange 5: it matches something else than a message of the user
    imported 2 exchanges of 1 file, refused 3
    "#);
    let url = "https://api.openai.com/v1/chat/completions";
    let asks = [
        Ask::json(
            url,
            r#"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"How do I return shoes?"}]}"#,
        ),
        Ask::json(url, r#"{"model":"gpt-4o","messages":[{"role":"user","content":"And boots?"}]}"#),
    ];
    let played = answers(&folder, "shop.yaml", &asks).await;
    assert!(played[0].text().contains(r#""content":"Within 30 days.""#), "{}", played[0].text());
    assert!(played[1].text().contains(r#""content":"{\"days\":30}""#), "{}", played[1].text());
    let written = std::fs::read_to_string(folder.path().join("cassettes/shop.yaml")).unwrap();
    assert!(written.contains("pinned: true") && written.contains("source: aimock"), "{written}");
    // Somebody else's form is an option away.
    assert_eq!(
        import_again(&folder, &["shop.json", "--model", "m", "--pairs", "anthropic", "--force"]).code,
        1
    );
    let written = std::fs::read_to_string(folder.path().join("cassettes/shop.yaml")).unwrap();
    assert!(written.contains("url: https://api.anthropic.com/v1/messages"), "{written}");
}

#[test]
fn a_pair_without_a_model_says_which_option_gives_it_one() {
    let (_, ran) = import(&[("shop.json", FIXTURES.as_bytes())], &[]);
    assert!(ran.stdout.contains("--model NAME"), "{}", ran.stdout);
}
