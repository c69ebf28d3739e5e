//! Secrets in every place and form that we could think of: none may survive.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

use super::*;
use crate::model::base64::decode_start;

type Form = (&'static str, fn(&str) -> String);

/// A value as a body may hold it.
const FORMS: &[Form] = &[
    ("raw", str::to_owned),
    ("in a JSON string", |value| serde_json::to_string(value).unwrap()),
    ("in JSON in a JSON string", |value| {
        serde_json::to_string(&serde_json::json!({ "a": value }).to_string()).unwrap()
    }),
    ("in JSON three deep", |value| {
        let twice = serde_json::json!({ "b": serde_json::json!({ "a": value }).to_string() }).to_string();
        serde_json::to_string(&twice).unwrap()
    }),
    ("with escaped slashes", |value| serde_json::to_string(value).unwrap().replace('/', "\\/")),
    ("with one unicode escape", |value| {
        let text = serde_json::to_string(value).unwrap();
        format!("\"\\u{:04x}{}", text.as_bytes()[1], &text[2..])
    }),
    ("all unicode escapes", |value| {
        format!("\"{}\"", value.chars().map(|c| format!("\\u{:04X}", c as u32)).collect::<String>())
    }),
    ("behind an escaped line break", |value| {
        serde_json::to_string(&format!("it is\n{value}\nthere")).unwrap()
    }),
    ("percent-encoded", |value| percent(value, "%{:02X}", false)),
    ("percent-encoded, small", |value| percent(value, "%{:02x}", false)),
    ("percent-encoded all over", |value| percent(value, "%{:02X}", true)),
    ("base64", |value| STANDARD.encode(value)),
    ("base64 without padding", |value| STANDARD_NO_PAD.encode(value)),
    ("URL-safe base64", |value| URL_SAFE.encode(value)),
    ("base64 behind one byte", |value| STANDARD.encode(format!(":{value} and more"))),
    ("base64 behind two bytes", |value| URL_SAFE_NO_PAD.encode(format!("a:{value}"))),
    ("base64 in a JSON string with escaped slashes", |value| {
        serde_json::to_string(&STANDARD.encode(format!("?>?>{value}"))).unwrap().replace('/', "\\/")
    }),
];

fn percent(value: &str, small: &str, all: bool) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' if !all => (byte as char).to_string(),
        _ if small.contains('X') => format!("%{byte:02X}"),
        _ => format!("%{byte:02x}"),
    };
    value.bytes().map(encode).collect()
}

/// Whether a text says the secret under any of the encodings of `FORMS`. Written apart from the redactor's own search.
fn says(text: &[u8], secret: &str) -> bool {
    let text = String::from_utf8_lossy(text);
    let core = &secret[secret.len() / 4..secret.len() - secret.len() / 4];
    let mut levels = vec![text.clone().into_owned()];
    for _ in 0..3 {
        let last = levels.last().unwrap();
        levels.push(last.replace("\\\"", "\"").replace("\\/", "/").replace("\\\\", "\\"));
    }
    FORMS.iter().any(|(_, form)| text.contains(&form(secret)))
        || levels.iter().any(|level| level.contains(core))
}

#[test]
fn a_known_value_is_replaced_in_every_form_wherever_it_turns_up() {
    for (name, form) in FORMS {
        let planted = form(SECRET);
        let quoted =
            if planted.starts_with('"') { planted.clone() } else { serde_json::to_string(&planted).unwrap() };
        let bodies = [
            format!("Well: {planted} it is."),
            format!("{{\"model\":\"m\",\"messages\":[{{\"content\":{quoted}}}]}}"),
            format!("data: {{\"delta\":{{\"content\":{quoted}}}}}\r\n\r\ndata: [DONE]\r\n\r\n"),
        ];
        for body in bodies {
            let url = format!("https://api.example.com/v1/files/{}?q=1", percent(SECRET, "%X", false));
            let all = interaction(
                request(&url, &[("content-type", "application/json")], body.clone()),
                response(&[("content-type", "application/json"), ("etag", "\"v1\"")], body.clone()),
            );
            let clean = redactor().redact(all).unwrap_or_else(|leak| panic!("{name}: {leak:?} in {body}"));
            let text = everything(clean.interaction());
            assert!(!says(&text, SECRET), "{name}: {}", String::from_utf8_lossy(&text));
            assert!(String::from_utf8_lossy(&text).contains(MARK), "{name}");
            assert!(!says(redactor().scrub(&body).as_bytes(), SECRET), "{name}, scrubbed");
            assert!(redactor().scan_text(&body).is_some(), "{name} is not found in {body}");
            assert_eq!(redactor().scan_text(&redactor().scrub(&body)), None, "{name}, scrubbed");
        }
    }
}

#[test]
fn a_key_of_a_known_shape_is_replaced_in_every_form_though_nobody_told_us_of_it() {
    let redactor = with_env(&[]);
    for key in keys() {
        for (name, form) in FORMS {
            let body = format!("{{\"text\": \"x\", \"y\": {}}}\n", form(&key));
            let stored =
                redactor.redact(answer(body.clone())).unwrap_or_else(|leak| panic!("{name} {key}: {leak:?}"));
            let text = everything(stored.interaction());
            assert!(!says(&text, &key), "{key} {name}: {}", String::from_utf8_lossy(&text));
            let unhashed = redactor.request(&request("https://h/", &[], body.clone()), Values::None);
            assert!(!says(&unhashed.body, &key), "{key} {name}");
            assert!(redactor.scan_text(&body).is_some(), "{key} {name}");
        }
    }
}

/// Places whose content is a secret whatever it looks like.
#[test]
fn what_stands_in_a_secret_place_goes_however_short_and_is_known_from_then_on() {
    let multipart = |name: &str| {
        format!(
            "--b1\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\nPLANT\r\n--b1\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--b1--\r\n"
        )
    };
    let form = ("content-type", "application/x-www-form-urlencoded");
    let parts = ("content-type", "multipart/form-data; boundary=b1");
    let json = ("content-type", "application/json");
    let url = "https://api.example.com/v1";
    let places: Vec<(&str, Request)> = vec![
        ("bearer", request(url, &[("authorization", "Bearer PLANT")], "")),
        ("other scheme", request(url, &[("authorization", "Token PLANT")], "")),
        ("no scheme", request(url, &[("authorization", "PLANT")], "")),
        ("x-api-key", request(url, &[("x-api-key", "PLANT")], "")),
        ("api-key", request(url, &[("api-key", "PLANT")], "")),
        ("google", request(url, &[("x-goog-api-key", "PLANT")], "")),
        ("proxy", request(url, &[("proxy-authorization", "Bearer PLANT")], "")),
        ("aws token", request(url, &[("x-amz-security-token", "PLANT")], "")),
        ("cookie", request(url, &[("cookie", "theme=dark; session=PLANT; a=b")], "")),
        ("own header", request(url, &[("x-my-secret-thing", "PLANT")], "")),
        ("key", request("https://api.example.com/v1?key=PLANT&alt=sse", &[], "")),
        ("encoded name", request("https://api.example.com/v1?api%5Fkey=PLANT", &[], "")),
        ("access_token", request("https://api.example.com/v1?alt=sse&access_token=PLANT#x", &[], "")),
        ("sig", request("https://api.example.com/v1?sv=2024&sig=PLANT", &[], "")),
        ("fragment", request("https://api.example.com/v1#id_token=PLANT", &[], "")),
        ("password in the URL", request("https://me:PLANT@api.example.com/v1", &[], "")),
        ("user in the URL", request("https://PLANT@api.example.com/v1", &[], "")),
        ("json", request(url, &[json], r#"{"api_key":"PLANT"}"#)),
        ("json, spaced", request(url, &[json], "{\n  \"Client-Secret\" :\n  \"PLANT\"\n}")),
        ("json, deep", request(url, &[json], r#"{"tools":[{"type":"mcp","authorization":"PLANT"}]}"#)),
        ("json, headers", request(url, &[json], r#"{"headers":{"Authorization":["Bearer PLANT"]}}"#)),
        ("json, env", request(url, &[json], r#"{"env":{"HF_TOKEN":"PLANT"}}"#)),
        (
            "arguments",
            request(url, &[json], r#"{"arguments":"{\"user\": \"a\",\n \"password\" : \"PLANT\"}"}"#),
        ),
        (
            "arguments, deep",
            request(url, &[json], r#"{"a":"{\"b\":\"{\\\"refresh_token\\\":\\\"PLANT\\\"}\"}"}"#),
        ),
        ("form", request(url, &[form], "grant_type=x&client_secret=PLANT&scope=all")),
        ("form, last", request(url, &[form], "grant_type=x&password=PLANT")),
        ("multipart", request(url, &[parts], multipart("api_key"))),
    ];
    for (name, place) in places {
        for secret in ["q7", "Wq8zLk3vN0pR"] {
            let put = |text: &str| text.replace("PLANT", secret);
            let pairs: Vec<(String, String)> = place
                .headers
                .iter()
                .map(|(name, value)| (name.to_string(), put(value.to_str().unwrap())))
                .collect();
            let pairs: Vec<(&str, &str)> =
                pairs.iter().map(|(name, value)| (&name[..], &value[..])).collect();
            let sent = request(&put(&place.url), &pairs, put(std::str::from_utf8(&place.body).unwrap()));
            let redactor = with_env(&[]);
            for values in [Values::Known, Values::None] {
                let clean = redactor.request(&sent, values);
                let text =
                    format!("{} {:?} {}", clean.url, clean.headers, String::from_utf8_lossy(&clean.body));
                assert!(!text.contains(secret), "{name}: {text}");
            }
            let echo = format!(r#"{{"error":"no such key: {secret}!"}}"#);
            let clean = redactor.redact(interaction(sent, response(&[json], echo.clone()))).unwrap();
            let body = String::from_utf8_lossy(&clean.interaction().response.body.bytes).into_owned();
            // Two letters turn up in any text.
            assert_eq!(body.contains(secret), secret.len() < 8, "{name}: {body}");
        }
    }
}

#[test]
fn user_and_password_are_known_by_all_their_parts() {
    let redactor = with_env(&[]);
    let header = format!("Basic {}", STANDARD.encode("anna:pw-4-Zulu!x"));
    redactor.learn(&request("https://h/", &[("authorization", &header)], ""));
    for text in ["say pw-4-Zulu!x", "say anna:pw-4-Zulu!x", &header] {
        let clean = redactor.scrub(text);
        assert!(!clean.contains("Zulu") && !clean.contains("cHctN"), "{clean}");
    }
}

#[test]
fn what_an_answer_hands_out_is_secret_too() {
    let secret = "Wq8zLk3vN0pR";
    let rows = [
        (vec![("set-cookie", "sid=Wq8zLk3vN0pR; Path=/")], String::new()),
        (vec![("location", "https://h.example.com/x?page=2&token=Wq8zLk3vN0pR")], String::new()),
        (vec![], r#"{"client_secret":{"value":"Wq8zLk3vN0pR","expires_at":1}}"#.to_owned()),
        (vec![], r#"{"client_secret":"Wq8zLk3vN0pR","refresh_token":"Wq8zLk3vN0pR"}"#.to_owned()),
        (vec![], "data: {\"access_token\": \"Wq8zLk3vN0pR\"}\n\n".to_owned()),
    ];
    for (pairs, body) in rows {
        let redactor = with_env(&[]);
        let clean =
            redactor.redact(interaction(request("https://h/", &[], ""), response(&pairs, body))).unwrap();
        let text = everything(clean.interaction());
        assert!(!String::from_utf8_lossy(&text).contains(secret), "{}", String::from_utf8_lossy(&text));
        assert_eq!(redactor.scrub(&format!("then {secret} came")), "then [REDACTED] came");
    }
}

#[test]
fn what_stands_around_a_secret_tells_it() {
    let pem = format!(
        "-----BEGIN RSA {}-----\n{}\n-----END RSA PRIVATE KEY-----",
        "PRIVATE KEY",
        "MIIEowIBAAKCAQEA7bq3\n".repeat(9)
    );
    let aws = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzKEY";
    let rows = [
        ("use Bearer abcdef0123456789ABCDEF now".to_owned(), "use Bearer [REDACTED] now"),
        ("Authorization: Basic YW5uYTpodW50ZXIy\n".to_owned(), "Authorization: Basic [REDACTED]\n"),
        (
            "git clone https://me:s3cr3tpw@git.example.com/r".to_owned(),
            "git clone https://me:[REDACTED]@git.example.com/r",
        ),
        (
            "https://b.example.com/f?sv=1&sig=aB3%2FdE5gH7jK9mN1pQ2rS4%3D&se=2".to_owned(),
            "https://b.example.com/f?sv=1&sig=[REDACTED]&se=2",
        ),
        (
            "https://s3/x?X-Amz-Signature=00ff11ee22dd33cc&v=1".to_owned(),
            "https://s3/x?X-Amz-Signature=[REDACTED]&v=1",
        ),
        (format!("aws_secret_access_key = {aws}\n"), "aws_secret_access_key = [REDACTED]\n"),
        (format!("id: 1\n{pem}\nend"), "id: 1\n[REDACTED]\nend"),
        (
            "Server=db;User=a;Password=hunter2-x;Timeout=3".to_owned(),
            "Server=db;User=a;Password=[REDACTED];Timeout=3",
        ),
    ];
    for (text, expected) in rows {
        let redactor = with_env(&[]);
        assert_eq!(redactor.scrub(&text), expected);
        assert_eq!(stored(&redactor, text.clone()), expected);
        let json = serde_json::to_string(&text).unwrap();
        assert_eq!(serde_json::from_str::<String>(&stored(&redactor, json)).unwrap(), expected);
    }
}

#[test]
fn binary_bodies_are_searched_as_well() {
    let body = [b"\xff\xfe\0\x89PNG", SECRET.as_bytes(), b"\xff\0"].concat();
    let clean = redactor().redact(answer(body)).unwrap();
    assert_eq!(&clean.interaction().response.body.bytes[..], b"\xff\xfe\0\x89PNG[REDACTED]\xff\0");
}

#[test]
fn headers_are_stored_from_a_list_and_without_their_secrets() {
    let options = RedactOptions {
        kept_request_headers: vec!["X-My-Key".to_owned(), "X-Team".to_owned()],
        kept_response_headers: vec!["Set-Cookie".to_owned(), "x-trace".to_owned()],
        ..RedactOptions::default()
    };
    let redactor = Redactor::new([("A_TOKEN".to_owned(), "Wq8zLk3vN0pR".to_owned())], options);
    let sent = [
        ("content-type", "text/plain"),
        ("user-agent", "x"),
        ("x-my-key", "k1"),
        ("x-team", "of Wq8zLk3vN0pR"),
    ];
    let got = [("set-cookie", "a=b"), ("x-trace", "t"), ("cf-ray", "1"), ("location", "/x?key=1&p=2")];
    let clean = redactor
        .redact(interaction(request("https://h/", &sent, ""), response(&got, "")))
        .unwrap()
        .into_inner();
    let kept = headers(&[("content-type", "text/plain"), ("x-my-key", MARK), ("x-team", "of [REDACTED]")]);
    assert_eq!(clean.request.headers, kept);
    assert_eq!(
        clean.response.headers,
        headers(&[("set-cookie", MARK), ("x-trace", "t"), ("location", "/x?p=2")])
    );
}

#[test]
fn users_add_names_patterns_and_values() {
    let options = RedactOptions {
        headers: vec!["X-Tenant".to_owned()],
        parameters: vec!["tenant_id".to_owned()],
        fields: vec!["tenantRef".to_owned()],
        patterns: vec![Regex::new(r"emp-\d+").unwrap()],
        values: vec!["Rhine".to_owned(), "Danube river".to_owned()],
        ..RedactOptions::default()
    };
    let redactor = Redactor::new([], options);
    let sent = request(
        "https://h/?tenant-id=42&a=b",
        &[("x-tenant", "tenant-4711")],
        r#"{"TENANT_REF":"x","a":"emp-77 of tenant-4711"}"#,
    );
    redactor.learn(&sent);
    let clean = redactor.request(&sent, Values::Known);
    assert_eq!(clean.url, "https://h/?a=b");
    let body = String::from_utf8_lossy(&clean.body).into_owned();
    let (tag, rest) = body.split_once(" of ").unwrap();
    assert!(tag.starts_with(r#"{"TENANT_REF":"[REDACTED]","a":"[REDACTED:"#), "{body}");
    assert_eq!(rest, r#"[REDACTED]"}"#);
    assert_eq!(redactor.scrub("Rhine, Danube river, Elbe"), "[REDACTED], [REDACTED], Elbe");
}

#[test]
fn the_last_scan_refuses_what_the_redactor_may_not_touch_and_does_not_say_it() {
    let mut all = answer("{}");
    all.model = Some(format!("gpt {SECRET}"));
    let leak = redactor().redact(all).unwrap_err();
    assert_eq!(leak.place, "the name of the model");
    let line = redactor().scan_text(&format!("a: b\nc: {}\n", STANDARD.encode(SECRET)));
    assert_eq!(line.as_deref(), Some("line 2"));
}

#[test]
fn messages_show_no_secret_parameters() {
    let text = "no recorded response for POST https://api.example.com/v1?key=abc&alt=sse (`?token=x`)";
    let expected = "no recorded response for POST https://api.example.com/v1?key=[REDACTED]&alt=sse (`?token=[REDACTED]`)";
    assert_eq!(with_env(&[]).scrub(text), expected);
}

#[test]
fn a_compressed_answer_with_a_secret_in_it_is_refused() {
    let gzip = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut encoder, text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let answer = |body: &str| {
        let headers = [("content-type", "application/json"), ("content-encoding", "gzip")];
        redactor().redact(interaction(request("https://h/", &[], ""), response(&headers, gzip(body))))
    };
    assert_eq!(
        answer(r#"{"text":"hello"}"#).unwrap().interaction().response.body.bytes,
        gzip(r#"{"text":"hello"}"#)
    );
    let said = serde_json::json!({ "text": SECRET }).to_string();
    assert_eq!(answer(&said).unwrap_err().place, "the response body, which is compressed");
}

/// Addresses and tokens of which nothing but the whole is the credential.
#[test]
fn what_is_a_credential_as_a_whole_goes_wherever_it_stands() {
    let random = "9f8e7d6c5b4a39281706f5e4d3c2b1a0";
    let letters = "zQ9xW8vU7tS6rP5oN4mL3kJ2hG1fD0sA".repeat(3);
    let rows = [
        (
            "https://api.telegram.org/bot110201543:",
            format!("AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw{}", "/sendMessage"),
            "AAHdqTcvCH1v",
        ),
        (
            "http://127.0.0.1:1/bot110201543:",
            "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/getMe".to_owned(),
            "AAHdqTcvCH1v",
        ),
        ("https://hooks.slack.com/services/T01ABCDEF/B02GHIJKL/", letters[..24].to_owned(), "zQ9xW8"),
        ("http://127.0.0.1:1/services/T01ABCDEF/B02GHIJKL/", letters[..24].to_owned(), "zQ9xW8"),
        ("https://discord.com/api/webhooks/1234567890123456789/", letters[..68].to_owned(), "zQ9xW8"),
        ("https://hooks.zapier.com/hooks/catch/1234567/", "b9x2kq7/".to_owned(), "b9x2kq7"),
        (
            "https://acme.webhook.office.com/webhookb2/",
            format!(
                "0f8fad5b-d9cb-469f-a165-70867728950e@7c9e6679-7425-40de-944b-e07fc1f90ae7/IncomingWebhook/{random}/a"
            ),
            "9f8e7d",
        ),
        ("https://hooks.slack.com/triggers/T01ABCDEF/1234567890/", random.to_owned(), "9f8e7d"),
        (
            "https://open.feishu.cn/open-apis/bot/v2/hook/",
            "0f8fad5b-d9cb-469f-a165-70867728950e".to_owned(),
            "d9cb",
        ),
        ("https://hook.eu1.make.com/", random.to_owned(), "9f8e7d"),
        ("https://maker.ifttt.com/trigger/a/with/key/", letters[..22].to_owned(), "zQ9xW8"),
        ("it is ", format!("{random}-us21"), "9f8e7d"),
        ("it is ", format!("{random}FFFFNRAL"), "9f8e7d"),
        ("it is ", "sdk-0f8fad5b-d9cb-469f-a165-70867728950e".to_owned(), "d9cb"),
        ("it is ", format!("zQ9xW8vU7tS6rP.atlasv1.{}", &letters[..67]), "zQ9xW8"),
        ("it is ", format!("SK{random}"), "9f8e7d"),
        ("key: ", format!("{}JQQJ99AKACYeBjFXJ3w3AAABACOGabcd", &letters[..52]), "zQ9xW8"),
        ("AccountKey ", format!("{}+ASt9xW8vU==", &letters[..76]), "zQ9xW8"),
        ("secret ", "aB38Q~zQ9xW8vU7tS6rP5oN4mL3kJ2hG1fD0sAb".to_owned(), "zQ9xW8"),
    ];
    for (before, secret, part) in rows {
        let text = format!("{before}{secret}");
        let clean = with_env(&[]).scrub(&text);
        assert!(!clean.contains(part) && clean.contains(MARK), "{text}: {clean}");
        let body = stored(&with_env(&[]), serde_json::json!({ "a": text }).to_string());
        assert!(!body.contains(part), "{text}: {body}");
    }
    let hook = request(&format!("https://hook.eu1.make.com/{random}"), &[], "");
    let clean = with_env(&[]).redact(interaction(hook, response(&[], "ok"))).unwrap();
    assert_eq!(clean.interaction().request.url, "https://hook.eu1.make.com/[REDACTED]");
    let sent = request(&format!("https://mcp.example.com/v2/{random}/tools"), &[], "");
    assert_eq!(with_env(&[]).request(&sent, Values::None).url, "https://mcp.example.com/v2/[REDACTED]/tools");
    let sent = request(&format!("https://api.example.com/v1/files/{random}"), &[], "");
    assert_eq!(with_env(&[]).request(&sent, Values::None).url, sent.url);
}

#[test]
fn a_known_value_goes_from_a_page_that_writes_its_quotes_as_entities() {
    for quote in ["&quot;", "&#34;", "&#x22;"] {
        let page = format!("<b>Tom &amp; Jerry: {}</b>", SECRET.replace('"', quote));
        let clean = stored(&redactor(), page);
        assert!(clean.contains(&format!("<b>Tom &amp; Jerry: {MARK}</b>")), "{clean}");
    }
}

#[test]
fn a_known_value_goes_from_base64_in_lines_and_from_indented_lines() {
    let file =
        format!("{}\nkey: {SECRET}\n{}", "some words before it. ".repeat(6), "and some behind. ".repeat(8));
    let encoded = STANDARD.encode(&file);
    for wrap in ["\n", "\r\n", "\n    "] {
        for width in [64, 76] {
            let lines: Vec<&str> =
                encoded.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
            let text = lines.join(wrap);
            for body in [text.clone(), serde_json::json!({ "mail": text }).to_string()] {
                let clean = stored(&redactor(), body);
                assert!(clean.contains(MARK), "{clean}");
                let bare = clean.replace("\\r", "").replace("\\n", "").replace(char::is_whitespace, "");
                let decoded = STANDARD.decode(
                    bare.split(|c: char| !c.is_ascii_alphanumeric() && c != '/' && c != '+')
                        .max_by_key(|part| part.len())
                        .unwrap(),
                );
                assert!(!String::from_utf8_lossy(&decoded.unwrap_or_default()).contains("Zt$2"), "{clean}");
            }
        }
    }
    let lines = ["q7Zt9xWvR2mK4pLsQ1wE5rT8", "Yh3jU6iK9oLp0aSdF4gH7jKl"];
    let redactor = with_env(&[("TEAM_SECRET", &lines.join("\n"))]);
    for text in [
        lines.join("\r\n"),
        format!("  {}", lines.join("\n  ")),
        serde_json::json!(lines.join("\n")).to_string(),
    ] {
        let clean = stored(&redactor, text);
        assert!(!lines.iter().any(|line| clean.contains(line)), "{clean}");
    }
}

#[test]
fn what_stands_under_a_name_goes_from_messages_too() {
    let redactor = with_env(&[]);
    for (text, wanted) in [
        ("the server said: password=\"tr0ub4dor&3\"", "the server said: password=\"[REDACTED]\""),
        ("got X-Api-Key: q7Zt9xWvR2mK4pLs", "got X-Api-Key: [REDACTED]"),
        (
            "no answer to {\"client_secret\":\"q7Zt9xWvR2mK4pLs\"}",
            "no answer to {\"client_secret\":\"[REDACTED]\"}",
        ),
    ] {
        assert_eq!(redactor.scrub(text), wanted);
    }
}

#[test]
fn a_key_in_base64_goes_whole_whose_lines_are_strings_of_code_or_of_a_list() {
    let redactor = with_env(&[]);
    for key in keys().into_iter().filter(|key| key.len() > 60) {
        let encoded = STANDARD.encode(format!("{}{key}{}", "before ".repeat(6), " behind".repeat(9)));
        let lines: Vec<&str> =
            encoded.as_bytes().chunks(64).map(|l| std::str::from_utf8(l).unwrap()).collect();
        for (between, quote) in
            [("\n    ", "\""), (" +\r\n", "\""), (" \\\n  ", "'"), (",\n", "\""), (", ", "\"")]
        {
            let code = format!("x = ({quote}{}{quote})", lines.join(&format!("{quote}{between}{quote}")));
            for body in [code.clone(), serde_json::json!({ "text": code }).to_string()] {
                let clean = stored(&redactor, body.clone());
                let left: String =
                    clean.chars().filter(|&c| c.is_ascii_alphanumeric() || "+/=".contains(c)).collect();
                let left = (0..4).map(|at| decode_start(&left.as_bytes()[at..]));
                let mut left = left.map(|text| String::from_utf8_lossy(&text).into_owned());
                let core = &key[16..32];
                let said = left.find(|text| text.contains(core));
                assert!(
                    said.is_none() && !clean.contains(&STANDARD.encode(&key[18..48])[..24]),
                    "{body}: {clean}"
                );
                let is_whole = match body.starts_with('{') {
                    true => serde_json::from_str::<serde_json::Value>(&clean).is_ok(),
                    false => clean.matches(quote).count() == body.matches(quote).count(),
                };
                assert!(is_whole || quote == "'", "{body}: {clean}");
            }
        }
    }
}

#[test]
fn a_key_in_a_file_of_putty_goes_once_and_leaves_a_text_that_holds_none() {
    const LINE: &str = "AgPtOAXUwogVZoPF2TtagQBpyT/Fj9wuAyFJ4Yj+jVj9KQStfqBtaunm5IpyTL5s";
    let redactor = with_env(&[]);
    let mac = "0a1b2c3d4e5f60718293a4b5c6d7e8f9".repeat(2);
    let file = format!(
        "Public-Lines: 1\nAAAAC3NzaC1lZDI1NTE5AAAAI\nPrivate-Lines: 3\n{LINE}\n{LINE}\niw2Gv7ymBlQaAQ==\nPrivate-MAC: {mac}"
    );
    let behind =
        "\nresponse:\n  id: chatcmpl-P0XHG72Y6WS2yBvKkqXQVhsTX5fW9\n  key: 532fb041a3c173e0fd7852a426e8437d";
    for text in [
        file.clone(),
        file.replace("Private-MAC: ", "Private-Hash: "),
        serde_json::json!({ "a": file }).to_string(),
    ] {
        let once = stored(&redactor, text.clone() + behind);
        assert!(!once.contains(&LINE[..16]) && once.ends_with(behind), "{once}");
        assert_eq!(redactor.scan_text(&once), None, "{once}");
        assert_eq!(stored(&redactor, once.clone()), once);
    }
}
