//! How a run ends, and what it leaves of the streams of its command.

use std::io::Write as _;
use std::process::Stdio;

use super::{run, shell};

#[test]
fn a_run_ends_as_its_command_ends() {
    let folder = tempfile::tempdir().unwrap();
    for code in [0, 1, 3, 255] {
        assert_eq!(shell(folder.path(), &[], &format!("exit {code}")).code, Some(code));
    }
}

#[cfg(unix)]
#[test]
fn a_command_that_a_signal_ended_has_the_code_that_shells_give_it() {
    let folder = tempfile::tempdir().unwrap();
    for (signal, code) in [("TERM", 143), ("KILL", 137), ("INT", 130)] {
        assert_eq!(shell(folder.path(), &[], &format!("kill -{signal} $$")).code, Some(code), "{signal}");
    }
}

#[test]
fn a_command_that_is_not_there_or_cannot_be_run_has_the_code_of_shells_and_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let ran: super::Ran = run(folder.path(), &[]).arg("no-such-command").output().unwrap().into();
    assert_eq!(ran.code, Some(127));
    assert!(ran.stderr.starts_with("error: could not run no-such-command: "), "{}", ran.stderr);
    assert!(!ran.stderr.contains("cassette was opened"), "{}", ran.stderr);
    std::fs::write(folder.path().join("text"), "").unwrap();
    let ran: super::Ran = run(folder.path(), &[]).arg("./text").output().unwrap().into();
    assert_eq!(ran.code, Some(126), "{}", ran.stderr);
}

#[test]
fn bytes_go_through_a_run_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let bytes: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let mut child = run(folder.path(), &[]).arg("cat").stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let given = bytes.clone();
    let writing = std::thread::spawn(move || stdin.write_all(&given).unwrap());
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap();
    assert!(output.stdout == bytes);
}

#[test]
fn what_a_command_says_on_standard_error_stands_before_the_summary() {
    let folder = tempfile::tempdir().unwrap();
    let ran = shell(folder.path(), &[], "echo first >&2");
    assert!(ran.stderr.starts_with("first\nllm-cassette: no cassette was opened"), "{}", ran.stderr);
    assert_eq!(ran.stdout, "");
}

#[test]
fn an_option_of_the_command_is_not_one_of_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let ran: super::Ran =
        run(folder.path(), &[]).args(["echo", "--mode", "x", "--", "y"]).output().unwrap().into();
    assert_eq!((ran.stdout.as_str(), ran.code), ("--mode x -- y\n", Some(0)));
}
