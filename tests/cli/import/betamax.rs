//! betamax, which writes the form of VCR for Ruby in JSON.

use super::{Ask, answers, imported};

#[tokio::test]
async fn text_in_its_encoding_bytes_and_what_was_compressed_are_read() {
    let interaction = |path: &str, body: &str, more: &str| {
        format!(
            r#"{{"request": {{"method": "GET", "uri": "https://api.example.com/{path}", "body": {{"encoding": "utf-8", "string": ""}}, "headers": {{"Accept": ["*/*"]}}}},
              "response": {{"body": {body}, "headers": {{"Content-Type": ["text/plain"]{more}}}, "status": {{"code": 200, "message": "OK"}}, "url": "https://api.example.com/{path}"}},
              "recorded_at": "2013-09-28T01:25:38"}}"#
        )
    };
    let all = [
        interaction("a", r#"{"encoding": "ISO-8859-1", "string": "gr\u00fcn"}"#, ""),
        interaction("b", r#"{"encoding": null, "base64_string": "/wAB"}"#, r#", "Link": ["<a>", "<b>"]"#),
        interaction(
            "c",
            r#"{"encoding": "utf-8", "base64_string": "H4sIAAAAAAACA6tWyk/KSk0uUbJSysksLlHSUUpJLElUsopWSq/KLChITVFAo5ViawEwfAVBNAAAAA=="}"#,
            r#", "Content-Encoding": ["gzip"]"#,
        ),
        interaction("d", r#"{"encoding": "Shift_JIS", "string": "日本"}"#, ""),
    ];
    let text = format!(r#"{{"http_interactions": [{}], "recorded_with": "betamax/0.9.0"}}"#, all.join(", "));
    let (folder, ran) = imported("site.json", &text);
    insta::assert_snapshot!(ran.stdout, @r#"
    site.json → cassettes/site.yaml: betamax, 4 exchanges
      lost in 1: bytes of text in another encoding than UTF-8
    imported 4 exchanges of 1 file
    "#);
    let ask = |path: &str| Ask {
        headers: vec![("accept".to_owned(), "*/*".to_owned())],
        ..Ask::get(&format!("https://api.example.com/{path}"))
    };
    let played = answers(&folder, "site.yaml", &["a", "b", "c"].map(ask)).await;
    assert_eq!(played[0].body, b"gr\xfcn");
    assert_eq!(played[1].body, [255, 0, 1]);
    assert_eq!(played[1].header("link"), ["<a>", "<b>"]);
    assert_eq!(played[2].text(), r#"{"object":"list","data":["gzipped gzipped gzipped"]}"#);
    let written = std::fs::read_to_string(folder.path().join("cassettes/site.yaml")).unwrap();
    assert!(written.contains("recorded_at: \"2013-09-28T01:25:38Z\""), "{written}");
}
