//! 1,000 tests, each in a process of its own.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::Outcome;
use crate::bench::{Bench, Ended, Numbers, Told, ended};
use crate::builds;
use crate::measure::What;
use crate::table::{Cell, Table, cells};
use crate::tests;
use crate::tools::Name;
use crate::workload::{Size, Work};

const PATIENCE: Duration = Duration::from_secs(300);

pub fn thousand(bench: &Bench) -> Outcome<String> {
    let mut asking = builds::cargo_command();
    asking.args(["nextest", "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
    let there = asking.status()?;
    if !there.success() {
        return Ok("`cargo nextest` is not installed: what 1,000 tests take is left out.\n".to_owned());
    }
    let tools = bench.those(&[Name::Before, Name::LlmCassette, Name::Rvcr, Name::Floor]);
    for tool in &tools {
        // Built beforehand: only what runs is timed.
        nextest(*tool, bench.folder(), &["--no-run"])?
            .map_err(|why| format!("the tests do not build: {why}"))?;
        if *tool != Name::Floor {
            let work = Work::of(tests::COUNT, Size::Small);
            let folder = bench.folder().join(format!("tests-{tool:?}"));
            bench.run(*tool, What::GenerateEach, work, &folder, PATIENCE)??;
        }
    }
    let all =
        bench.best(&tools, |tool| nextest(tool, &bench.folder().join(format!("tests-{tool:?}")), &[]))?;
    let mut table = Table::new(
        "1,000 tests that replay one call each from a cassette of their own (release build)",
        &["time", "processor time of a test"],
    );
    for (tool, told) in all {
        let row = cells(&told, 2, |numbers| {
            vec![Cell::time(numbers["time"]), Cell::time(numbers["work"] / tests::COUNT as f64)]
        });
        table.row(tool, "", row);
    }
    bench.sum_up("1,000 tests under nextest", &table.column("", 0), "nextest");
    Ok(table.text())
}

/// Runs the tests of a tool, and says what nextest says of them.
fn nextest(tool: Name, folder: &Path, more: &[&str]) -> Outcome<Told> {
    let (manifest, module) = match tool {
        Name::Before => (builds::manifest(), "llm_cassette"),
        Name::LlmCassette => (builds::package().join("Cargo.toml"), "llm_cassette"),
        Name::Rvcr => (builds::package().join("Cargo.toml"), "rvcr"),
        Name::Cassetter | Name::Floor => (builds::package().join("Cargo.toml"), "floor"),
    };
    let mut command = builds::cargo_command();
    command.args([
        "nextest",
        "run",
        "--release",
        "--test",
        "replaying",
        "--run-ignored",
        "all",
        "--no-fail-fast",
    ]);
    command.args(["--status-level", "none", "--final-status-level", "none", "--color", "never"]).args(more);
    command.args(["-E", &format!("test(/^{module}::/)")]).arg("--manifest-path").arg(manifest);
    if tool == Name::Before {
        command.arg("--target-dir").arg(builds::target_of_before());
    }
    command.env(tests::FOLDER, folder).env_remove("LLM_CASSETTE_MODE");
    let before = work_of_children()?;
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    match ended(child, PATIENCE)? {
        Ended::Done { stderr: said, .. } => {
            let mut numbers = Numbers::from([("work".to_owned(), work_of_children()? - before)]);
            if let Some(time) = summary(&said) {
                numbers.insert("time".to_owned(), time);
            } else if more.is_empty() {
                return Err(format!("nextest does not say how long it took: {said}").into());
            }
            Ok(Ok(numbers))
        }
        Ended::Late => Ok(Err(format!("not done after {} s", PATIENCE.as_secs()))),
        Ended::Failed(said) => Err(format!("the tests of {} failed: {said}", tool.name()).into()),
    }
}

/// `Summary [   3.456s] 1000 tests run: 1000 passed`
fn summary(said: &str) -> Option<f64> {
    let line = said.lines().find(|line| line.contains("Summary [") && line.contains("1000 passed"))?;
    line.split_once('[')?.1.split_once("s]")?.0.trim().parse().ok()
}

/// How long the processor worked for processes that this one waited for, in seconds. Linux counts in hundredths.
fn work_of_children() -> Outcome<f64> {
    let said = fs::read_to_string("/proc/self/stat")?;
    // Behind the name, which may have spaces in it, the times of children are the 14th and 15th.
    let (_, fields) = said.rsplit_once(')').ok_or("no times are told here")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let hundredths =
        |at: usize| -> Outcome<f64> { Ok(fields.get(at).ok_or("no times are told here")?.parse()?) };
    Ok((hundredths(13)? + hundredths(14)?) / 100.0)
}
