//! Builds the older commit, beside which this tree is measured, and the commands of both.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Outcome;

/// The commit that all figures are put beside: the state of this project before it was made fast.
pub const BEFORE: &str = "5959a4d";

pub fn package() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn root() -> PathBuf {
    package().join("../..")
}

fn tree() -> PathBuf {
    package().join("target/before/tree")
}

fn target() -> PathBuf {
    package().join("target/before/build")
}

/// The older commit as this bench, without its tables.
pub fn before() -> Outcome<PathBuf> {
    unpack()?;
    cargo(&["build", "--release"], &manifest(), Some(&target()))?;
    Ok(target().join("release/before"))
}

/// The package that measures the older commit.
pub fn manifest() -> PathBuf {
    package().join("before/Cargo.toml")
}

/// The folder of what is built for it.
pub fn target_of_before() -> PathBuf {
    target()
}

/// The command `llm-cassette` of the older commit.
pub fn command_before() -> Outcome<PathBuf> {
    unpack()?;
    let what = ["build", "--release", "--locked", "--bin", "llm-cassette", "--features", "cli"];
    cargo(&what, &tree().join("Cargo.toml"), Some(&target()))?;
    Ok(target().join("release/llm-cassette"))
}

/// The command `llm-cassette` of this tree.
pub fn command_now() -> Outcome<PathBuf> {
    let target = root().join("target");
    let what = ["build", "--release", "--locked", "--bin", "llm-cassette", "--features", "cli"];
    cargo(&what, &root().join("Cargo.toml"), Some(&target))?;
    Ok(target.join("release/llm-cassette"))
}

/// Takes the files of the commit from git, once, into a folder of their own.
fn unpack() -> Outcome<()> {
    let tree = tree();
    // Written last, so that half a tree is taken for none.
    let done = tree.with_extension(BEFORE);
    if done.exists() {
        return Ok(());
    }
    let known =
        git().args(["cat-file", "-e", &format!("{BEFORE}^{{commit}}")]).stderr(Stdio::null()).status();
    if !known.is_ok_and(|status| status.success()) {
        return Err(format!(
            "commit {BEFORE}, beside which all is measured, is not in this clone\nhint: `git fetch --unshallow` brings it, and `-- --no-before` measures without it"
        )
        .into());
    }
    if tree.exists() {
        fs::remove_dir_all(&tree)?;
    }
    fs::create_dir_all(&tree)?;
    let mut archive = git().args(["archive", BEFORE]).stdout(Stdio::piped()).spawn()?;
    let files = archive.stdout.take().ok_or("git says nothing")?;
    let unpacked = Command::new("tar").arg("-x").arg("-C").arg(&tree).stdin(files).status()?;
    if !(archive.wait()?.success() && unpacked.success()) {
        return Err(format!("`git archive {BEFORE} | tar -x` failed").into());
    }
    // It stands in the folder of another package, and is no part of that.
    let manifest = tree.join("Cargo.toml");
    fs::write(&manifest, fs::read_to_string(&manifest)? + "\n[workspace]\n")?;
    // The versions of what both depend on are the same: Cargo changes in this what it must, and nothing else.
    fs::copy(package().join("Cargo.lock"), package().join("before/Cargo.lock"))?;
    Ok(fs::write(done, "")?)
}

fn git() -> Command {
    let mut command = Command::new("git");
    command.current_dir(root());
    command
}

/// Runs Cargo, which says on standard error what it does.
pub fn cargo(what: &[&str], manifest: &Path, target: Option<&Path>) -> Outcome<()> {
    let mut command = cargo_command();
    command.args(what).arg("--manifest-path").arg(manifest).stdout(Stdio::null());
    if let Some(target) = target {
        command.arg("--target-dir").arg(target);
    }
    match command.status()?.success() {
        true => Ok(()),
        false => Err(format!("`cargo {}` failed for {}", what.join(" "), manifest.to_string_lossy()).into()),
    }
}

pub fn cargo_command() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
