//! What a folder may hold that is no whole cassette, by chance or on purpose: every command goes on with the rest, says
//! what it could not read, and waits for nobody.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::run::{Call, Ran, cassette, command, copied, run};

const POINTER: &str = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";

/// The commands that read cassettes, and how each ends when one of several cannot be read.
const READERS: [(&[&str], i32); 8] = [
    (&["list"], 2),
    (&["list", "--json"], 2),
    (&["stats"], 2),
    (&["stats", "--json"], 2),
    (&["show"], 2),
    (&["verify"], 1),
    (&["format", "--check"], 2),
    (&["report", "-o", "page.html"], 1),
];

/// Runs a command that must not wait for anything.
fn at_once(folder: &Path, arguments: &[&str]) -> Ran {
    let mut child = command(folder)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    // What is printed here fits into a pipe.
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("{arguments:?} hangs");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.wait_with_output().unwrap().into()
}

fn committed(name: &str) -> String {
    fs::read_to_string(crate::run::package().join("cassettes/agent").join(name)).unwrap()
}

#[test]
fn one_cassette_that_cannot_be_read_keeps_no_command_from_the_others() {
    let folder = copied();
    let broken = committed("streams_a_count.yaml").replace("usage_count: 1", "usage_count: one");
    fs::write(folder.path().join("broken.yaml"), broken).unwrap();
    for (arguments, code) in READERS {
        let ran = run(folder.path(), arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.stderr);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(said.contains("`usage_count` is not a whole number"), "{arguments:?}: {said}");
        if !["verify", "format", "report"].contains(&arguments[0]) {
            assert!(ran.stdout.contains("looks_up_the_weather.yaml"), "{arguments:?}: {said}");
        }
    }
    let page = fs::read_to_string(folder.path().join("page.html")).unwrap();
    assert!(page.contains("looks_up_the_weather.yaml") && page.contains("is not a whole number"));
}

#[test]
fn every_command_calls_a_pointer_of_git_lfs_what_it_is() {
    let folder = copied();
    fs::write(folder.path().join("pointer.yaml"), POINTER).unwrap();
    for (arguments, code) in READERS {
        let ran = run(folder.path(), arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.stderr);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(said.contains("only a pointer of Git LFS"), "{arguments:?}: {said}");
        assert!(said.contains("git lfs pull"), "{arguments:?}: {said}");
    }
    for arguments in [
        &["diff", "pointer.yaml", "streams_a_count.yaml"][..],
        &["rm", "--only", "provider=x", "pointer.yaml"],
    ] {
        let ran = run(folder.path(), arguments);
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains("only a pointer of Git LFS"), "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn a_cassette_that_lost_its_first_line_or_all_of_it_is_not_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("cassettes")).unwrap();
    fs::create_dir(at("other")).unwrap();
    let text = committed("streams_a_count.yaml");
    fs::write(at("other/damaged.yaml"), text.replacen("# llm-cassette 1", "<<<<<<< HEAD", 1)).unwrap();
    fs::write(at("cassettes/empty.yaml"), "").unwrap();
    // These are none of ours.
    fs::write(at("other/empty.yml"), "").unwrap();
    fs::remove_file(at("other/empty.yml")).unwrap();
    fs::create_dir(at("third")).unwrap();
    fs::write(at("third/empty.yaml"), "").unwrap();
    fs::write(at("third/compose.yaml"), "---\nservices:\n  a: {key: 1}\n").unwrap();
    let ran = run(folder.path(), &["verify"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(
        ran.stdout.contains("other/damaged.yaml:1: the first line is not `# llm-cassette 1`"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("cassettes/empty.yaml: the file is empty"), "{}", ran.stdout);
    assert!(ran.stdout.contains("2 cassettes, 2 problems"), "{}", ran.stdout);
    let ran = run(folder.path(), &["list"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, "cassettes/empty.yaml (0)\n"), "{}", ran.stderr);
    assert!(ran.stderr.contains("other/damaged.yaml:1: the first line is not"), "{}", ran.stderr);
}

#[test]
fn no_blob_is_swept_while_a_file_of_the_folder_may_refer_to_it() {
    let folder = copied();
    let blobs = folder.path().join("blobs");
    let name = "2205a2417f79c686dc6ee0e0d5120f3f5215616b41475f26669e115af3c0a1bc";
    let sweep = |other: &[u8]| {
        fs::create_dir_all(&blobs).unwrap();
        fs::write(blobs.join(name), "some").unwrap();
        fs::write(folder.path().join("other.yaml"), other).unwrap();
        fs::copy(
            crate::run::package().join("cassettes/agent/streams_a_count.yaml"),
            folder.path().join("streams_a_count.yaml"),
        )
        .unwrap();
        let ran = run(folder.path(), &["rm", "--only", "provider=openai", "streams_a_count.yaml"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        blobs.join(name).exists()
    };
    assert!(!sweep(b"a: b\n"), "nobody refers to it");
    assert!(sweep(POINTER.as_bytes()));
    assert!(sweep(b"\0GITCRYPT\0 locked"));
    let ran = run(folder.path(), &["verify"]);
    assert!(!ran.stdout.contains("no cassette refers to this blob"), "{}", ran.stdout);
}

#[cfg(unix)]
#[test]
fn links_to_devices_and_pipes_keep_nobody_waiting() {
    use std::os::unix::fs::symlink;
    let folder = copied();
    let at = |name: &str| folder.path().join(name);
    let made = std::process::Command::new("mkfifo").arg(at("pipe.yaml")).status().unwrap();
    assert!(made.success());
    symlink("/dev/zero", at("endless.yaml")).unwrap();
    symlink("nowhere", at("dangling.yaml")).unwrap();
    let name = "2205a2417f79c686dc6ee0e0d5120f3f5215616b41475f26669e115af3c0a1bc";
    fs::create_dir(at("blobs")).unwrap();
    symlink("/dev/zero", at("blobs").join(name)).unwrap();
    let with_blob = committed("streams_a_count.yaml");
    let (head, _) = with_blob.split_once("response:").unwrap();
    let response =
        format!("response:\n  status: 200\n  json: {{a: {{$blob: {name}, kind: 1536 numbers}}}}\n...\n");
    fs::write(at("refers.yaml"), format!("{head}{response}")).unwrap();
    for (arguments, code) in READERS {
        let ran = at_once(folder.path(), arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.stderr);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        let files = if arguments[0] == "format" { 2..4 } else { 2..9 };
        assert!(
            files.contains(&said.matches("only ordinary files are read").count()),
            "{arguments:?}: {said}"
        );
    }
    for path in ["pipe.yaml", "endless.yaml"] {
        for arguments in [
            &["list", path][..],
            &["show", path],
            &["diff", path, "streams_a_count.yaml"],
            &["textconv", path],
        ] {
            let ran = at_once(folder.path(), arguments);
            assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.stderr);
        }
    }
}

#[cfg(unix)]
#[test]
fn the_name_of_a_file_is_one_word_of_a_line_whatever_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let name = "a\nerror: \u{1b}[31mb'\"$(id)`\u{202e}.yaml";
    let broken = committed("streams_a_count.yaml").replace("usage_count: 1", "usage_count: one");
    fs::create_dir(folder.path().join("cassettes")).unwrap();
    fs::write(folder.path().join("cassettes").join(name), &broken).unwrap();
    fs::write(folder.path().join("cassettes").join(format!("2{name}")), "# llm-cassette 9\n").unwrap();
    fs::write(folder.path().join("cassettes").join(format!("3{name}")), POINTER).unwrap();
    fs::create_dir(folder.path().join("cassettes").join(format!("4{name}"))).unwrap();
    for (arguments, _) in READERS {
        let ran = run(folder.path(), arguments);
        for line in ran.stdout.lines().chain(ran.stderr.lines()) {
            assert!(
                !line.starts_with("error: \\u{1b}") && !line.starts_with("error: \u{1b}"),
                "{arguments:?}: {line}"
            );
            assert!(!line.contains('\u{1b}') && !line.contains('\u{202e}'), "{arguments:?}: {line:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_message_shows_what_a_file_says_on_the_line_that_tells_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let call = Call::json("\"https://example.com/v1/chat/completions\"", "{}", "{}");
    let text = cassette(&[call]);
    for (from, to) in [
        ("usage_count: 1", "\"usage\\ncount: \\x1b[2J\": 1"),
        ("usage_count: 1", "usage_count: 1\ntags: [\"a\\nerror: b\"]"),
        ("request:", "\"provider\\nerror: x\": 1\nrequest:"),
        ("method: POST", "method: \"PO\\nST\""),
        ("method: POST", "method: POST\n  headers: {\"a\\nerror: b\": c}"),
        ("method: POST", "method: POST\n  layout: \"x\\nerror: \\x1b[2J\""),
    ] {
        assert!(text.contains(from), "{text}");
        fs::write(folder.path().join("a.yaml"), text.replacen(from, to, 1)).unwrap();
        for arguments in [&["list", "a.yaml"][..], &["verify", "a.yaml"], &["format", "a.yaml"]] {
            let ran = run(folder.path(), arguments);
            let said = format!("{}{}", ran.stdout, ran.stderr);
            assert!(said.contains("a.yaml:"), "{arguments:?} {to:?}: {said}");
            assert!(!said.contains('\u{1b}'), "{arguments:?} {to:?}: {said:?}");
            let faked = said
                .lines()
                .filter(|line| line.starts_with("error:") && !line.contains("some files"))
                .count();
            assert!(
                faked <= 1 && !said.contains("\nerror: b") && !said.contains("\nerror: x"),
                "{arguments:?} {to:?}: {said}"
            );
        }
    }
}
