//! Bodies of one kind each, of any length: what redaction must not take longer for than in proportion to their length.

/// Makes a body of about so many bytes.
pub type Make = fn(usize) -> String;

pub const TEXT: &str = "text/plain";
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const EVENTS: &str = "text/event-stream";

/// The name of each kind, its media type, and how it is made.
pub const KINDS: &[(&str, &str, Make)] = &[
    ("prose", TEXT, |n| repeat("The quick brown fox jumps over the lazy dog. ", n)),
    ("starts of web tokens", TEXT, |n| repeat("eyJ", n)),
    ("starts of web tokens, apart", TEXT, |n| repeat("eyJ.", n)),
    ("web tokens in a row", TEXT, |n| repeat("eyJhbGciOiJI.", n)),
    ("starts of keys", TEXT, |n| repeat("sk-", n)),
    ("starts of keys with dots", TEXT, |n| repeat("ya29.", n)),
    ("starts of keys in base64 characters", TEXT, |n| repeat("ABSK=", n)),
    ("keys in a row", TEXT, |n| repeat("SG.aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0.", n)),
    ("heads of private keys", TEXT, |n| repeat("-----BEGIN PRIVATE KEY-----\n", n)),
    ("heads of private keys, glued", TEXT, |n| repeat("-----BEGIN PRIVATE KEY -----BEGIN ", n)),
    ("one head of a private key, many lines", TEXT, |n| {
        format!("-----BEGIN PRIVATE KEY-----\n{}", repeat("MIIEowIBAAKCAQEA7bq3\n", n))
    }),
    ("parameters in each other", TEXT, |n| repeat("key=", n)),
    ("parameters of a URL in each other", TEXT, |n| repeat("?password=?", n)),
    ("names of AWS secrets", TEXT, |n| repeat("secretaccesskey", n)),
    ("names of AWS secrets, then spaces", TEXT, |n| repeat("secretaccesskey", n / 2) + &repeat(" ", n / 2)),
    ("heads of PuTTY's keys", TEXT, |n| repeat("Private-Lines: 9\n", n)),
    ("heads of SSH2 keys", TEXT, |n| repeat("---- BEGIN SSH2 PRIVATE KEY ----\n", n)),
    ("a private key in a list of lines", JSON, |n| {
        let lines = list(n, |i| format!(r#""MIIEowIBAAKCAQEA7bq3{i:08}aB3dE5fG7hJ9kL1mN3pQ5""#));
        format!(r#"["-----BEGIN PRIVATE KEY-----",{lines},"-----END PRIVATE KEY-----"]"#)
    }),
    ("starts of maintained keys", TEXT, |n| repeat("glsa_", n)),
    ("starts of maintained keys in base64", TEXT, |n| repeat("Z2xzYV9n", n)),
    ("starts of keys, joined", TEXT, |n| repeat("ghp_AKIA_", n)),
    ("dots and low lines", TEXT, |n| repeat("MTAx.aB3dE5._", n)),
    ("schemes", TEXT, |n| repeat("Bearer Basic ", n)),
    ("one credential behind many schemes", TEXT, |n| repeat("bearer ", n / 2) + &repeat("aB3+", n / 2)),
    ("URLs with passwords", TEXT, |n| repeat("https://me:s3cr3tpw@h/ ", n)),
    ("URLs in URLs", TEXT, |n| repeat("://a", n)),
    ("base64 of starts of web tokens", TEXT, |n| repeat("ZXlK", n)),
    ("base64 of starts of keys", TEXT, |n| repeat("c2stc2stc2st", n)),
    ("base64 of all kinds", TEXT, |n| {
        repeat("aB3+dE5/gH7jK9mN1pQ2rS4tU6vW8xY0zAbC3dEfG7hJ9kLmZXlKc2stQUtJQQ", n)
    }),
    ("question marks", TEXT, |n| repeat("?", n)),
    ("backslashes", TEXT, |n| repeat("\\", n)),
    ("backslashes before quotes", TEXT, |n| repeat("\\\"", n)),
    ("escapes", TEXT, |n| repeat("\\u0065", n)),
    ("percent signs", TEXT, |n| repeat("%65", n)),
    ("percent signs of percent signs", TEXT, |n| repeat("%2565", n)),
    ("quotes", JSON, |n| repeat("\"", n)),
    ("password fields, all alike", JSON, |n| object(n, |_| r#""password":"x7 hunter2-x""#.to_owned())),
    ("password fields that begin alike", JSON, |n| {
        object(n, |i| format!(r#""password":"hunter2-pass-{i:08}""#))
    }),
    ("password fields that begin alike, long", JSON, |n| {
        object(n, |i| format!(r#""password":"{}{i:08}""#, "hunter2-pass-".repeat(30)))
    }),
    ("password fields that end alike", JSON, |n| {
        object(n, |i| format!(r#""password":"{i:08}-hunter2-pass""#))
    }),
    ("passwords in each other", JSON, |n| {
        let side = (n as f64).sqrt() as usize;
        object(n, |i| format!(r#""password":"{}""#, &"abcdefghij".repeat(side)[..10 + i % side]))
    }),
    ("a long password, said again in part", JSON, |n| {
        let said = "abcdefghi1".repeat(n / 30);
        format!(r#"{{"password":"{said}X","text":"{said}{said}"}}"#)
    }),
    ("names of fields without a value", JSON, |n| repeat(r#""password":"#, n)),
    ("names of fields, then spaces", JSON, |n| repeat(r#""password" "#, n / 2) + &repeat(" ", n / 2)),
    ("names of fields, ever deeper in texts", JSON, |n| {
        let mut out = String::new();
        for depth in 0.. {
            if out.len() >= n {
                break;
            }
            let slashes = "\\".repeat(depth);
            out.push_str(&format!("{slashes}\"token{slashes}\":{slashes}\"a b "));
        }
        out
    }),
    ("names of fields above many lines", TEXT, |n| repeat("password:\n  - a:b-c\n", n)),
    ("lists in lists, one a line", TEXT, |n| repeat("[1,\n", n)),
    ("base64 in base64 in base64", TEXT, |n| {
        let mut out = "password=hunter2-x9q ".repeat(1 + n / 400);
        while out.len() < n * 3 / 4 {
            out = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, out);
        }
        out
    }),
    ("lines of base64", TEXT, |n| repeat(&("QUJDREVG".repeat(8) + "\n"), n)),
    ("strings of base64", TEXT, |n| repeat(&("\"".to_owned() + &"QUJDREVG".repeat(8) + "\",\n"), n)),
    ("strings of base64 with keys", TEXT, |n| {
        repeat("\"IHNrLWFCM2RFNWdIN2pLOW1OMXBRMnJTNHRVNnZXOHhZMHpBYkMzZEVmRzdoSjlr\" +\n", n)
    }),
    ("cells of a table of a page", TEXT, |n| repeat("<th>token</th><td>password</td>", n)),
    ("rows that are inserted", TEXT, |n| repeat("(token) VALUES ('a1b2c3d4e5f6'), ", n)),
    ("pairs of name and value", TEXT, |n| repeat("{name: TOKEN, value: ", n)),
    ("commands that set a name", TEXT, |n| repeat("config set token ", n)),
    ("commands with options", TEXT, |n| repeat("curl -u \"a -u 'b --password \"c | ", n)),
    ("elements with names", TEXT, |n| repeat("<a name=\"token\"><key>password</key>", n)),
    ("names of fields in lists", JSON, |n| repeat(r#""authorization":["#, n)),
    ("names of fields in objects", JSON, |n| repeat(r#""client_secret":{"#, n)),
    ("JSON in JSON", JSON, |n| repeat(r#"{\"password\":\"x\\\"password\\\":\\\"y"#, n)),
    ("a long name of a field", JSON, |n| {
        format!("{{\"{}\":[{}1]}}", repeat("name", n / 2), repeat(r#"{"a":"b"},"#, n / 2))
    }),
    ("nesting", JSON, |n| repeat("[", n / 2) + &repeat("]", n / 2)),
    ("fields of a form", FORM, |n| repeat("token=hunter2&", n)),
    ("fields of a form, other signs", FORM, |n| repeat("token=hunter2;", n)),
    ("one field of a form with many names", FORM, |n| {
        format!("a{}={}", repeat("[token]", n / 2), repeat("some+words+of+prose+", n / 2))
    }),
    ("events with a word each", EVENTS, |n| repeat("data: {\"delta\":{\"content\":\"word \"}}\n\n", n)),
    ("events with starts of keys", EVENTS, |n| repeat("data: {\"delta\":{\"content\":\"eyJ.\"}}\n\n", n)),
    ("events of many choices, torn", EVENTS, |n| {
        let mut out: String =
            (0..n / 80).map(|i| format!("data: {{\"index\":{i},\"content\":\"x\"}}\n\n")).collect();
        out.push_str(&format!("data: {{\"content\":\"{}", repeat("word ", n / 2)));
        out
    }),
    ("an error that masks many keys", JSON, |n| {
        let fields = object(n / 2, |i| format!(r#""password":"hunter2-pass-{i:08}""#));
        format!("{{\"error\":\"{}\",\"a\":{fields}}}", repeat("hun...001 ", n / 2))
    }),
    ("an error with one long word", JSON, |n| format!("{{\"error\":\"{}\"}}", repeat("..x", n))),
    // What else a request is brought into its normal form for.
    ("ids of calls, each another", JSON, |n| {
        let result = |i: usize| format!(r#"{{"role":"tool","tool_call_id":"call_{i:08}","content":"x"}}"#);
        format!("{{\"messages\":[{}]}}", list(n, result))
    }),
    ("numbers of 32 bits, written out", JSON, |n| {
        format!("{{\"input\":[{}]}}", list(n, |i| f64::from(i as f32 / 7.0).to_string()))
    }),
    ("one number with many digits", JSON, |n| format!("{{\"seed\":0.{}1e-7}}", repeat("30", n))),
    ("JSON in what a tool answered", JSON, |n| {
        let rows = list(n, |i| format!(r#"{{\"b\":{i},\"a\":[1.0]}}"#));
        format!("{{\"messages\":[{{\"role\":\"tool\",\"content\":\"[{rows}]\"}}]}}")
    }),
    ("texts in texts in what a tool answered", JSON, |n| {
        let rows = list(n, |i| format!(r#"\"{{\\\"b\\\":[{i}]}}\""#));
        format!("{{\"messages\":[{{\"role\":\"tool\",\"content\":\"[{rows}]\"}}]}}")
    }),
    ("tools in the wrong order", JSON, |n| {
        let tool = |i: usize| format!(r#"{{"name":"t{}","input_schema":{{"required":["b","a"]}}}}"#, n - i);
        format!("{{\"tools\":[{}]}}", list(n, tool))
    }),
];

fn repeat(text: &str, n: usize) -> String {
    text.repeat(n / text.len())
}

fn list(n: usize, item: impl Fn(usize) -> String) -> String {
    let mut out = String::new();
    for number in 0.. {
        if out.len() >= n {
            break;
        }
        if number > 0 {
            out.push(',');
        }
        out.push_str(&item(number));
    }
    out
}

fn object(n: usize, field: impl Fn(usize) -> String) -> String {
    let mut out = String::from("{");
    let mut number = 0;
    while out.len() < n {
        if number > 0 {
            out.push(',');
        }
        out.push_str(&field(number));
        number += 1;
    }
    out.push('}');
    out
}
