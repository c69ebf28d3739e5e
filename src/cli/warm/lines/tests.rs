use super::*;

fn wanted() -> Wanted {
    Wanted { model: Some("gpt-4o-mini".to_owned()), ..Wanted::default() }
}

fn rendered(lines: &str, wanted: &Wanted) -> String {
    let said: Vec<String> = match requests(lines.as_bytes(), wanted) {
        Ok(jobs) => jobs
            .iter()
            .map(|job| {
                let Request { method, url, headers, body } = &job.request;
                let mut names: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
                names.sort_unstable();
                let id = job.id.as_deref().unwrap_or("-");
                let body = String::from_utf8_lossy(body);
                format!("{} {id}: {method} {url} [{}] {body}", job.line, names.join(" "))
                    .trim_end()
                    .to_owned()
            })
            .collect(),
        Err(wrong) => wrong.iter().map(|(line, what)| format!("{line}: {what}")).collect(),
    };
    said.join("\n")
}

#[test]
fn the_batch_form_of_providers_becomes_requests() {
    let lines = concat!(
        "\u{feff}{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/responses\",\"body\":{\"model\":\"m\",\"input\":\"hi\"}}\r\n",
        "\n",
        "{\"custom_id\":\"b\",\"params\":{\"model\":\"claude\",\"max_tokens\":1.0,\"messages\":[]}}\n",
        "{\"url\":\"https://x.test/v1/models\",\"method\":\"get\",\"headers\":{\"X-Tenant\":\"7\"}}\n",
        "{\"url\":\"http://y.test/p\",\"body\":\"{\\\"a\\\": 1}\"}",
    );
    insta::assert_snapshot!(rendered(lines, &wanted()), @r#"
    1 a: POST https://api.openai.com/v1/responses [content-type] {"model":"m","input":"hi"}
    3 b: POST https://api.anthropic.com/v1/messages [anthropic-version content-type] {"model":"claude","max_tokens":1.0,"messages":[]}
    4 -: GET https://x.test/v1/models [x-tenant]
    5 -: POST http://y.test/p [content-type] {"a": 1}
    "#);
}

#[test]
fn every_line_that_is_no_request_is_told_with_its_number() {
    let lines = r#"{"url":"/v1/responses"}
nonsense
[]
{"body":{}}
{"url":7,"body":{}}
{"url":"/mine","body":{}}
{"url":"/v1/responses","body":{},"method":"P O"}
{"url":"/v1/responses","body":{},"headers":{"a b":"c"}}
{"question":"q"}
{"question":"q","answer":"a","provider":"x"}
{"question":"q","answer":"a","params":{"stream":true}}
{"url":"/v1/responses","body":{}}"#;
    insta::assert_snapshot!(rendered(lines, &wanted()), @r#"
    1: `body` is missing
    2: this is not JSON; each line has to be one whole object
    3: a line has to be a JSON object
    4: `url` is missing; it is a path such as `/v1/responses`, or a whole URL
    5: `url` has to be text
    6: `/mine` is a path, and nothing says of which server; give `--base-url https://…`
    7: `method` is "P O", which is not an HTTP method
    8: the header "a b" is not valid
    9: `answer` is missing
    10: `provider` is "x"; it can be openai, anthropic, gemini or ollama
    11: a pair cannot become a stream; leave `stream` out
    "#);
    let lines = r#"{"question":"q","answer":"a"}"#;
    insta::assert_snapshot!(rendered(lines, &Wanted::default()), @"1: the model is missing; give `model` in the line, or `--model NAME`");
}

#[test]
fn a_batch_of_gemini_goes_to_the_model_that_is_named() {
    let lines = r#"{"key":"a","request":{"contents":[{"parts":[{"text":"hi"}]}]}}
{"key":"b","request":{"model":"models/gemini-x","contents":[]}}"#;
    let named = |model: Option<&str>| Wanted { model: model.map(str::to_owned), ..Wanted::default() };
    insta::assert_snapshot!(rendered(lines, &named(Some("gemini-2.5-flash"))), @r#"
    1 a: POST https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent [content-type] {"contents":[{"parts":[{"text":"hi"}]}]}
    2 b: POST https://generativelanguage.googleapis.com/v1beta/models/gemini-x:generateContent [content-type] {"model":"models/gemini-x","contents":[]}
    "#);
    insta::assert_snapshot!(rendered(lines, &named(None)), @"1: the model is missing; give `--model NAME`");
}

#[test]
fn a_pair_says_more_than_the_command_does() {
    let wanted = Wanted {
        base: Some("http://localhost:1/v1".to_owned()),
        params: vec![("max_tokens".to_owned(), Json::from(512)), ("seed".to_owned(), Json::from(1))],
        ..wanted()
    };
    let lines = r#"{"question":"q","answer":"a"}
{"prompt":"q","completion":"a","system":"s","model":"claude","provider":"anthropic","params":{"max_tokens":9}}"#;
    insta::assert_snapshot!(rendered(lines, &wanted), @r#"
    1 -: POST http://localhost:1/v1/chat/completions [content-type] {"model":"gpt-4o-mini","messages":[{"role":"user","content":"q"}],"max_tokens":512,"seed":1}
    2 -: POST http://localhost:1/v1/messages [anthropic-version content-type] {"model":"claude","system":"s","messages":[{"role":"user","content":"q"}],"seed":1,"max_tokens":9}
    "#);
}

#[test]
fn headers_of_a_line_count_for_more_and_those_of_a_connection_for_nothing() {
    let mut wanted = wanted();
    wanted.headers.insert("x-a", HeaderValue::from_static("command"));
    wanted.headers.insert("x-b", HeaderValue::from_static("command"));
    let line = r#"{"url":"/v1/responses","body":{},"headers":{"X-A":"line","Host":"evil.test","Content-Length":"1"}}"#;
    let jobs = requests(line.as_bytes(), &wanted).unwrap();
    let headers = &jobs[0].request.headers;
    assert_eq!(
        (&headers["x-a"], &headers["x-b"]),
        (&HeaderValue::from_static("line"), &HeaderValue::from_static("command"))
    );
    assert!(!headers.contains_key("host") && !headers.contains_key("content-length"));
}

#[test]
fn a_log_tells_of_requests_among_other_things() {
    let lines = r#"{"level":"info","msg":"started"}
{"ts":1,"request":{"url":"https://api.openai.com/v1/responses","body":{"input":"one"}}}
2026-11-21 plain text
{"url":"/v1/responses","body":"{\"input\":\"two\"}"}"#;
    let (jobs, other) = log(lines.as_bytes(), &wanted());
    let lines: Vec<usize> = jobs.iter().map(|job| job.line).collect();
    assert_eq!((lines, other), (vec![2, 4], 2));
}

#[test]
fn the_most_frequent_come_first_and_equals_in_the_order_in_which_they_came() {
    let keys = ["c", "a", "b", "a", "b", "d", "a"];
    assert_eq!(most_frequent(&keys, 3), [(1, 3), (2, 2), (0, 1)]);
    assert_eq!(most_frequent(&keys, 9).len(), 4);
    assert_eq!(most_frequent::<u8>(&[], 9), []);
}
