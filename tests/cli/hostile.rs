//! A cassette may come from a stranger: nothing in it is obeyed by a terminal, whichever command shows it.

use crate::run::{Call, cassette, command};

/// Colours, a title for the window, a cleared screen, a link, a line that goes on elsewhere, an order that is turned round.
const HOSTILE: &str = "\u{1b}[31m\u{1b}]0;x\u{7}\u{1b}[2J\u{9b}2J\u{1b}]8;;https://evil.test\u{1b}\\\u{7f}\u{8}\u{202e}\u{2066}\u{200b}";

fn is_obeyed(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t'
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// As YAML and JSON write it.
fn quoted(text: &str) -> String {
    let escaped = |c: char| if is_obeyed(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    text.replace('\\', "\\\\").chars().map(escaped).collect()
}

fn talk(question: &str) -> String {
    let (bad, said) = (quoted(HOSTILE), quoted(HOSTILE));
    let request = format!(
        r#"{{"model":"m{bad}","tools":[{{"type":"function","function":{{"name":"t{bad}","description":"{bad}"}}}}],"x{bad}":"{bad}","messages":[{{"role":"r{bad}","content":"{question} {said}"}}]}}"#
    );
    let response = format!(
        r#"{{"model":"m{bad}","choices":[{{"finish_reason":"f{bad}","message":{{"role":"assistant","content":"{said}","tool_calls":[{{"id":"{bad}","function":{{"name":"n{bad}","arguments":"{{}}"}}}}]}}}}],"usage":{{"prompt_tokens":1,"completion_tokens":2}}}}"#
    );
    let head = format!(
        "provider: \"p{bad}\"\nmodel: \"m{bad}\"\nusage: {{input_tokens: 1, output_tokens: 2}}\nmetadata: {{a: \"{bad}\"}}"
    );
    let url = format!("\"https://example.com/v1/chat/completions?q={bad}\"");
    cassette(&[Call { head: &head, ..Call::json(&url, &request, &response) }])
}

#[test]
fn no_command_prints_what_a_terminal_would_obey() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    // File systems of Windows refuse such names.
    let name =
        if cfg!(windows) { "a.yaml".to_owned() } else { format!("a{}\nb.yaml", HOSTILE.replace('/', "")) };
    for (place, question) in [("old", "Why?"), ("new", "How?")] {
        std::fs::create_dir(folder.path().join(place)).unwrap();
        write(&format!("{place}/{name}"), &talk(question));
    }
    std::fs::create_dir(folder.path().join("bad")).unwrap();
    write(
        &format!("bad/{name}"),
        &talk("Why?").replace("usage_count: 1", &format!("\"{}\": 1", quoted(HOSTILE))),
    );
    let line = |url: &str| {
        let bad = quoted(HOSTILE);
        format!("{{\"custom_id\":\"{bad}\",\"url\":\"{url}\",\"body\":{{\"model\":\"{bad}\"}}}}\n")
    };
    write("lines.jsonl", &line("/v1/responses"));
    write("wrong.jsonl", &line(&quoted(HOSTILE)));
    let new = format!("new/{name}");
    let mut seen = 0;
    for (code, arguments) in [
        (0, &["list", "new"][..]),
        (0, &["show", "new"]),
        (0, &["show", "--full", "--tools", "new"]),
        (0, &["diff", "old", "new"]),
        (0, &["diff", "--full", "old", "new"]),
        (0, &["diff", "--format", "markdown", "old", "new"]),
        (0, &["stats", "new"]),
        (1, &["verify", "new", "bad"]),
        (1, &["format", "--check", "new"]),
        (2, &["format", "--check", "bad"]),
        (1, &["report", "-o", "page.html", "new", "bad"]),
        (0, &["report", "-o", "page.html", "--against", "old", "new"]),
        (0, &["rm", "--dry-run", "--only", "name=*", "new"]),
        (0, &["textconv", &new]),
        (2, &["show", "bad"]),
        (2, &["list", "nowhere\u{1b}[2J"]),
        (
            0,
            &[
                "warm",
                "lines.jsonl",
                "--cassette",
                "c.yaml",
                "--base-url",
                "https://example.com",
                "--dry-run",
            ],
        ),
        (2, &["warm", "wrong.jsonl", "--cassette", "c.yaml", "--dry-run"]),
    ] {
        for json in [&[][..], &["--json"]] {
            let output = command(folder.path()).args(arguments).args(json).output().unwrap();
            let printed = [output.stdout, output.stderr].concat();
            let printed = String::from_utf8(printed).unwrap();
            assert_eq!(output.status.code(), Some(code), "{arguments:?}: {printed}");
            assert!(!printed.contains(is_obeyed), "{arguments:?} {json:?}: {printed:?}");
            seen += printed.matches("u{1b}").count() + printed.matches("u001b").count();
        }
    }
    assert!(seen > 100, "what was hostile is shown, spelt out: {seen}");
}
