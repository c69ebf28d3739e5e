//! Files that a stranger wrote to do harm: each is refused with a reason, at once and with little memory.

use std::fs;
use std::process::Stdio;

use super::import;
use crate::run::{Ran, command};

/// Imports a file under limits of memory and of processor time, which is far more than it takes, and far less than what makes
/// a person give up. Whoever goes beyond one is ended by the system, and does not end with a reason.
fn bounded(name: &str, bytes: &[u8]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), bytes).unwrap();
    let plain = command(folder.path());
    let mut bounded = std::process::Command::new("sh");
    bounded
        .current_dir(folder.path())
        .args(["-c", "ulimit -v 524288; ulimit -t 60; exec \"$0\" \"$@\""])
        .arg(plain.get_program())
        .args(["import", name, "-o", "cassettes"])
        .stdin(Stdio::null());
    let ran: Ran = bounded.output().unwrap().into();
    assert_eq!(ran.code, 1, "{name}: {} {}", ran.stdout, ran.stderr);
    ran
}

fn vcrpy(body: &str) -> String {
    format!(
        "interactions:\n- request: {{method: GET, uri: 'https://a.test/', body: null, headers: {{}}}}\n  response:\n    status: {{code: 200}}\n    \
         headers: {{Content-Encoding: [gzip]}}\n    body:\n      string: {body}\n"
    )
}

#[test]
fn aliases_that_multiply_are_refused() {
    let mut bomb = "a: &a [xxxxxxxxxxxxxxxx]\n".to_owned();
    for level in 1..200 {
        let before = if level == 1 { "a".to_owned() } else { format!("a{}", level - 1) };
        let repeated = vec![format!("*{before}"); 20].join(",");
        bomb.push_str(&format!("a{level}: &a{level} [{repeated}]\n"));
    }
    let ran = bounded("bomb.yaml", bomb.as_bytes());
    assert!(
        ran.stdout.contains("aliases make more than") || ran.stdout.contains("limit exceeded"),
        "{}",
        ran.stdout
    );
}

#[test]
fn what_unfolds_without_measure_is_refused() {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::copy(&mut std::io::Read::take(std::io::repeat(0), 40 << 20), &mut encoder).unwrap();
    let zeros = encoder.finish().unwrap();
    let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &zeros);
    let text = vcrpy(&format!("!!binary {base64}")).replace("gzip", "deflate");
    let ran = bounded("zip.yaml", text.as_bytes());
    assert!(ran.stdout.contains("the body unfolds to more than"), "{}", ran.stdout);
}

#[test]
fn what_is_nested_without_measure_is_refused() {
    for depth in [1_000, 200_000] {
        let json = format!("{{\"interactions\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        let ran = bounded("deep.json", json.as_bytes());
        assert!(ran.stdout.contains("nested too deeply"), "{}", ran.stdout);
        let yaml: String = (0..depth.min(3_000)).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
        let ran = bounded("deep.yaml", yaml.as_bytes());
        assert!(ran.stdout.contains("nested too deeply"), "{}", ran.stdout);
    }
}

#[test]
fn lengths_that_lie_are_refused() {
    for lengths in ["18446744073709551615 1", "18446744073709551616 1", "-1 2", "1 99999999", "x y", ""] {
        let ran = bounded("a.httprr", format!("httprr trace v1\n{lengths}\nab").as_bytes());
        assert!(ran.stdout.contains("its lengths do not fit the file"), "{lengths}: {}", ran.stdout);
    }
    let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nab";
    let request = "GET https://a.test/ HTTP/1.1\r\n\r\n";
    let trace = format!("httprr trace v1\n{} {}\n{request}{answer}", request.len(), answer.len());
    assert!(bounded("b.httprr", trace.as_bytes()).stdout.contains("its answer is not HTTP"));
}

#[test]
fn headers_without_end_are_left_out() {
    let headers: String = (0..40_000).map(|number| format!("'h{number}': ['x'], ")).collect();
    let text = vcrpy("x").replace("{Content-Encoding: [gzip]}", &format!("{{{headers}}}"));
    let (_, ran) = import(&[("many.yaml", text.as_bytes())], &[]);
    assert!(ran.stdout.contains("a header that is not valid in HTTP"), "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn nothing_of_a_file_is_obeyed_by_a_terminal() {
    let text = vcrpy("x").replace("method: GET", "method: \"G\\e[2JT\\u202e\"");
    let ran = bounded("escape.yaml", text.as_bytes());
    assert!(!ran.stdout.contains(['\u{1b}', '\u{202e}']), "{:?}", ran.stdout);
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_device_keeps_nobody_waiting() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("endless.yaml")).unwrap();
    assert!(
        std::process::Command::new("mkfifo").arg(folder.path().join("pipe.yaml")).status().unwrap().success()
    );
    for name in ["endless.yaml", "pipe.yaml"] {
        let ran: Ran = command(folder.path()).args(["import", name, "-o", "out"]).output().unwrap().into();
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        assert!(ran.stdout.contains("only ordinary files are read"), "{}", ran.stdout);
    }
    let ran: Ran = command(folder.path()).args(["import", ".", "-o", "out"]).output().unwrap().into();
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
}
