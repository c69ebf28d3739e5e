//! Signals that reach a run are for its command.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use super::{run, shell};

#[test]
fn a_signal_to_the_run_reaches_the_command_whose_code_is_that_of_the_run() {
    let folder = tempfile::tempdir().unwrap();
    for signal in ["TERM", "INT", "HUP", "QUIT", "USR1", "USR2"] {
        let script = format!("trap 'echo caught; exit 5' {signal}; echo ready; while read line; do :; done");
        // In a group of its own, as it is where no terminal sends signals to all of a group.
        let mut command = run(folder.path(), &[]);
        let mut child =
            command.args(["sh", "-c", &script]).stdin(Stdio::piped()).process_group(0).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");
        let sent =
            Command::new("kill").args([format!("-{signal}"), child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).unwrap();
        assert_eq!((rest.as_str(), child.wait().unwrap().code()), ("caught\n", Some(5)), "{signal}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_the_run_was_started_to_ignore_is_ignored_by_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let inner =
        format!("exec {} run -- sh -c 'kill -HUP $$; echo alive'", env!("CARGO_BIN_EXE_llm-cassette"));
    let ran = shell(folder.path(), &[], &format!("trap '' HUP; {inner}"));
    assert_eq!((ran.stdout.as_str(), ran.code), ("alive\n", Some(0)), "{}", ran.stderr);
}
