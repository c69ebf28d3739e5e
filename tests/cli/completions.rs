//! `completions` teaches a real shell.

use std::process::Command;

use crate::run::{package, printed, run};

/// What bash offers behind these words, once it has read the script.
fn offered(words: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("script");
    std::fs::write(&script, printed(package(), &["completions", "bash"])).unwrap();
    let line = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
    let ask = format!(
        "set -u; COMPREPLY=(); source '{}'; COMP_WORDS=({line}); COMP_CWORD={}; $(complete -p llm-cassette | grep -o '_llm[a-z_-]*') llm-cassette '{}' '{}'; \
         printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        script.display(),
        words.len() - 1,
        words[words.len() - 1],
        words[words.len() - 2],
    );
    let output = Command::new("bash").args(["--norc", "-c", &ask]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
#[ignore = "needs bash"]
fn bash_completes_commands_options_and_values() {
    assert_eq!(offered(&["llm-cassette", "ver"]), ["verify"]);
    assert_eq!(offered(&["llm-cassette", "list", "--onl"]), ["--only"]);
    assert_eq!(offered(&["llm-cassette", "completions", "z"]), ["zsh"]);
}

#[test]
fn every_shell_has_a_script() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        assert!(printed(package(), &["completions", shell]).contains("verify"), "{shell}");
    }
    assert_eq!(run(package(), &["completions", "tcsh"]).code, 2);
}
