//! What only looks like a secret stays, byte for byte.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use proptest::prelude::*;

use super::*;

/// Bytes as if drawn at random, the same in each run.
pub(super) fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn what_is_no_secret_is_not_eaten() {
    let texts = [
        r#"{"id":"chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG","system_fingerprint":"fp_50cad350e4"}"#,
        r#"{"id":"call_abc123DEF456ghi789JKL012"}"#,
        r#"{"id":"toolu_01A09q90qw90lq917835lq9"}"#,
        r#"{"id":"resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b"}"#,
        r#"{"id":"msg_013Zva2CMHLNnjNjJKqJ2EF","fc":"fc_67ca09c6bedc8190a7abfec07b1a1332096610f474011cc0"}"#,
        r#"{"session":"sess_BBwZc7cFV3XizEyKGDCGL","run":"run_abc123def456ghi789jkl012"}"#,
        r#"{"uuid":"0f8fad5b-d9cb-469f-a165-70867728950e","sha":"da39a3ee5e6b4b0d3255bfef95601890afd80709"}"#,
        r#"{"max_tokens":100,"token":"sk","tokens":[1],"key":"aB3dE5gH7jK9mN1pQ2rS4tU6","keyword":"x"}"#,
        r#"{"logprobs":{"content":[{"token":" key","logprob":-0.1,"bytes":[32]}]}}"#,
        r#"{"next_page_token":"CAESBkFCQ0RFRhoIMTIzNDU2Nzg","cursor":"eyJpZCI6MTIzNDU2Nzg5MDEyMzQ1Njc4OTB9"}"#,
        r#"{"thought_signature":"CsYBAXLI2nz5kR8mW1aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zAbC3dEfG7hJ9kLm"}"#,
        r#"{"signature":"EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds"}"#,
        r#"{"encrypted_content":"gAAAAABoISQ24OyVRYbkYfukdJoqdzWT-3uiErKInHDC-lgAaXeky44N77j7aibc"}"#,
        r#"{"properties":{"api_key":{"type":"string","description":"your key"}},"required":["api_key","password"]}"#,
        r#"{"api_key":"","password":null,"client_secret":{"type":"object"}}"#,
        r#"{"type":"password","format":"password"}"#,
        "the secret of the token is the key to the password: risk-management-of-2024, sk-learn-in-24-hours",
        "task-1234567890abcdef1234567890 disk-abcdefghij0123456789",
        "set `Authorization: Bearer $OPENAI_API_KEY`, or Bearer YOUR_API_KEY, or Bearer authentication-tokens",
        r#"client = OpenAI(api_key=os.environ["OPENAI_API_KEY"]) # or api_key=settings.key"#,
        "https://example.com/search?q=key&token=5&page_token=aB3dE5gH7jK9mN1pQ2rS4tU6&next=1",
        "postgres://user:password@localhost/db mailto:me@example.com https://medium.com/@someone/x-1",
        "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx Bearer xxxxxxxxxxxxxxxx sk-********************1234",
        "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA7bq3\n-----END PUBLIC KEY-----",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "pplx-70b-online r8_model hf_transfer_enabled_by_default npm_config_registry_of_project 100%25 50% of",
        "Basic authentication, basic understanding: a",
        r#"{"arguments":"{\"api_key\":\"YOUR_API_KEY\",\"token\":\"abc\"}"}"#,
        MARK,
        r#"{"api_key":"[REDACTED]","a":"Bearer [REDACTED] sig=[REDACTED]"}"#,
    ];
    for text in texts {
        assert_eq!(stored(&redactor(), text), text);
        assert_eq!(redactor().scrub(text).replace("token=[REDACTED]", "token=5"), text);
        assert_eq!(redactor().scan_text(text), None, "{text}");
    }
}

#[test]
fn large_opaque_values_are_not_hit_by_chance() {
    let bytes = noise(1_500_000);
    for text in [STANDARD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
        let body = format!(r#"{{"b64_json":"{text}"}}"#);
        assert!(stored(&redactor(), body.clone()) == body);
    }
    let clean = redactor().redact(answer(bytes.clone())).unwrap();
    assert!(clean.interaction().response.body.bytes == bytes);
}

#[test]
fn a_stand_in_for_a_key_is_replaced_nowhere_but_in_its_place() {
    for key in [
        "",
        "test",
        "dummy",
        "dummy-key",
        "test-key",
        "fake-openai-key",
        "placeholder",
        "unused",
        "your-api-key",
        "changeme",
        "xxxxxxxxxxxx",
        "sk-xxxxxxxx",
        "[REDACTED]",
        "REDACTED",
        "none",
        "password",
        "postgres",
        "12345678",
    ] {
        let redactor = with_env(&[("OPENAI_API_KEY", key), ("DB_PASSWORD", key)]);
        let body = format!(r#"{{"content":"this is a test with {key} in it"}}"#);
        let sent = request("https://h/v1", &[("authorization", &format!("Bearer {key}"))], body.clone());
        redactor.learn(&sent);
        assert_eq!(redactor.request(&sent, Values::Known).body, body, "{key}");
        assert_eq!(stored(&redactor, body.clone()), body, "{key}");
    }
}

#[test]
fn what_is_replaced_without_values_does_not_depend_on_the_key() {
    let body = format!(r#"{{"content":"my key is {SECRET}","api_key":"KEY"}}"#);
    let clean = |key: &str, values| {
        let redactor = with_env(&[("OPENAI_API_KEY", key)]);
        let header = format!("Bearer {key}");
        let sent = request(
            "https://h/v1?key=1",
            &[("authorization", &header), ("accept", "*/*")],
            body.replace("KEY", "k"),
        );
        redactor.learn(&sent);
        format!("{:?}", redactor.request(&sent, values))
    };
    assert_eq!(clean(SECRET.trim(), Values::None), clean("test", Values::None));
    assert_ne!(clean(SECRET.trim(), Values::Known), clean("test", Values::Known));
}

#[test]
fn a_body_without_secrets_is_not_copied() {
    let sent =
        request("https://h/v1", &[], r#"{"messages":[{"role":"user","content":"hello"}],"max_tokens":9}"#);
    assert_eq!(redactor().request(&sent, Values::Known).body.as_ptr(), sent.body.as_ptr());
}

#[test]
fn redacting_twice_changes_nothing_more() {
    let redactor = redactor();
    let all = keys().join(" then ");
    let glued = keys().join("");
    let bodies = [
        serde_json::json!({ "a": all, "api_key": glued, "b": format!("{SECRET}{SECRET}"), "c": STANDARD.encode(SECRET) }).to_string(),
        format!("{SECRET}{all}{SECRET}{glued} Bearer {SECRET} sig={SECRET} https://a:{SECRET}@h/?key={SECRET}"),
    ];
    for body in bodies {
        let once = redactor.redact(answer(body)).unwrap().into_inner();
        let twice = redactor.redact(once.clone()).unwrap().into_inner();
        assert_eq!(everything(&once), everything(&twice));
        let text = String::from_utf8_lossy(&once.response.body.bytes).into_owned();
        assert_eq!(redactor.scrub(&text), redactor.scrub(&redactor.scrub(&text)));
    }
}

#[test]
fn a_value_that_begins_inside_an_escape_leaves_no_half_escape() {
    let redactor = with_env(&[("A_TOKEN", "nabc-1234-xyz")]);
    let body = r#"{"a":"x\nabc-1234-xyz","b":"x\\nabc-1234-xyz"}"#;
    let clean = stored(&redactor, body);
    assert_eq!(clean, r#"{"a":"x[REDACTED]","b":"x\\[REDACTED]"}"#);
}

proptest! {
    #[test]
    fn chunks_always_add_up_to_the_body(parts in prop::collection::vec((0..4usize, 1..30usize), 1..12), cuts in prop::collection::vec(0..400usize, 0..20)) {
        let body: String = parts.iter().map(|&(kind, length)| match kind {
            0 => SECRET.to_owned(),
            1 => keys()[length % 20].clone() + " ",
            2 => "\n".repeat(length % 3),
            _ => " word".repeat(length),
        }).collect();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(body.len())).chain([0, body.len()]).collect();
        cuts.sort_unstable();
        let chunks: Vec<usize> = cuts.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let empty = chunks.iter().filter(|&&length| length == 0).count();
        let mut all = answer(body);
        all.response.body.chunks = chunks;
        let clean = redactor().redact(all).unwrap().into_inner().response.body;
        prop_assert_eq!(clean.chunks.iter().sum::<usize>(), clean.bytes.len());
        prop_assert_eq!(clean.chunks.iter().filter(|&&length| length == 0).count(), empty);
    }

    #[test]
    fn any_bytes_pass_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = redactor().redact(answer(bytes));
    }

    #[test]
    fn odd_json_is_redacted_once_and_for_all(text in r#"(\{|\}|\[|"|\\|:|,| |api_key|password|client_secret|value|\\u00|data:|\n|%2|eyJ|://|@|=|sk-|Bearer |-----BEGIN PRIVATE KEY-----|aB3dE5gH7jK9mN1pQ2rS4tU6|Wq8zLk|sig=|token=|YW55OnBhc3M6){0,40}"#) {
        let once = redactor().redact(answer(text.clone())).unwrap().into_inner();
        let twice = redactor().redact(once.clone()).unwrap().into_inner();
        prop_assert_eq!(once.response, twice.response);
        let scrubbed = redactor().scrub(&text);
        prop_assert_eq!(redactor().scrub(&scrubbed), scrubbed);
    }
}

#[test]
fn a_key_between_an_escaped_quote_and_a_plain_one_goes_and_is_not_refused() {
    const KEY: &str = "aB3dE5gH7jK9mN1pQ2rS4tU6";
    for (before, behind) in
        [("\\\"", "\""), ("\"", "\\\""), ("\\\"", "\\\""), ("\"", "\""), ("\\n\\\"", "\",\"")]
    {
        let text = format!("-----BEGIN PRIVATE KEY-----{before}{KEY}{behind}-----BEGIN PRIVATE KEY-----");
        let once = stored(&redactor(), text.clone());
        assert!(!once.contains(KEY), "{text}: {once}");
        assert_eq!(stored(&redactor(), once.clone()), once, "{text}");
        assert_eq!(redactor().scrub(&redactor().scrub(&text)), redactor().scrub(&text), "{text}");
    }
}

#[test]
fn a_shape_that_stands_in_a_picture_by_chance_stays() {
    let tail = "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zAbC3";
    let noise = STANDARD.encode([&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], &noise(1_200)].concat());
    let (head, rest) = noise.split_at(800);
    let picture = format!("{head}+AIza{tail}/{rest}");
    for body in [
        format!(r#"{{"data":[{{"b64_json":"{picture}"}}]}}"#),
        format!(r#"{{"url":"data:image/png;base64,{picture}"}}"#),
        format!(r#"{{"b64_json":"{}"}}"#, picture.replace('/', "\\/")),
    ] {
        assert!(stored(&redactor(), body.clone()) == body);
    }
    // Beside it, and as the value of its own, it is a key.
    let body = format!(r#"{{"a":"{noise}","b":"AIza{tail}"}}"#);
    assert!(stored(&redactor(), body).ends_with(r#""b":"[REDACTED]"}"#));
}

#[test]
fn a_shape_that_stands_by_chance_in_a_picture_of_several_lines_stays() {
    let tail = "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zAbC3";
    let noise = STANDARD.encode([&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], &noise(1_200)].concat());
    let mut lines: Vec<String> =
        noise.as_bytes().chunks(76).map(|line| String::from_utf8(line.to_vec()).unwrap()).collect();
    lines[5].replace_range(9..50, &format!("+AIza{tail}/"));
    for line_end in ["\\n", "\\r\\n"] {
        let body = format!(r#"{{"media_type":"image/png","data":"{}"}}"#, lines.join(line_end));
        assert_eq!(stored(&redactor(), body.clone()), body);
    }
    let text = lines.join("\r\n");
    assert_eq!(stored(&redactor(), text.clone()), text);
    // Nothing says of what is no file that it is not a list of keys. What stands behind a picture is not in it.
    lines.remove(0);
    for text in [lines.join("\n"), format!("{text}\r\nAIza{tail}"), format!("{text}\r\n\r\nAIza{tail}\r\n")] {
        let clean = stored(&redactor(), text.clone());
        let keys = text.matches(tail).count();
        assert_eq!(clean.matches("[REDACTED]").count(), 1, "{clean}");
        assert_eq!(clean.matches(tail).count(), keys - 1, "{clean}");
    }
}
