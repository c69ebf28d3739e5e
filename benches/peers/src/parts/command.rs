//! The command, on a file of 10,000 interactions, beside what it takes to read and parse that file once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::bench::{Bench, Ended, Numbers, Told, ended};
use crate::builds;
use crate::measure::What;
use crate::table::{megabytes, ratio, time};
use crate::tools::Name;
use crate::workload::{Size, Work};

const PATIENCE: Duration = Duration::from_secs(60);

const COUNT: usize = 10_000;

/// The work tree has so many more than the last commit, for `diff`.
const NEW: usize = 100;

const FILE: &str = "cassette.yaml";

const COMMANDS: [(&str, &[&str]); 7] = [
    ("`list`", &["list", FILE]),
    ("`stats`", &["stats", FILE]),
    ("`show --last`", &["show", "--last", FILE]),
    ("`verify`", &["verify", FILE]),
    ("`format --check`", &["format", "--check", FILE]),
    ("`diff`, 100 more than in the last commit", &["diff"]),
    ("`report`", &["report", FILE, "-o", "report.html", "--force"]),
];

/// A command, and the folder in which it runs.
struct Build {
    tool: Name,
    program: PathBuf,
    folder: PathBuf,
}

pub fn commands(bench: &Bench) -> Outcome<String> {
    let work = Work::of(COUNT, Size::Small);
    let mut builds = Vec::new();
    for tool in bench.those(&[Name::Before, Name::LlmCassette]) {
        let program = match tool {
            Name::Before => builds::command_before()?,
            _ => builds::command_now()?,
        };
        let folder = bench.folder().join(format!("commands-{tool:?}"));
        let cassette = bench.generate(tool, work)??;
        prepare(&folder, &cassette)?;
        builds.push(Build { tool, program, folder });
    }
    let tools: Vec<Name> = builds.iter().map(|build| build.tool).collect();
    let build_of = |tool: Name| builds.iter().find(|build| build.tool == tool).ok_or("no such build");
    // The reader alone, on the file of either.
    let parsed = bench.best(&tools, |tool| {
        bench.run(Name::Floor, What::Parse, work, &build_of(tool)?.folder.join(FILE), PATIENCE)
    })?;
    let of = |all: &[(Name, Told)], tool: Name| -> Result<f64, String> {
        let told = all.iter().find(|(one, _)| *one == tool).map(|(_, told)| told);
        told.map_or(Err("left out".to_owned()), |told| {
            told.as_ref().map(|told| told["time"]).map_err(Clone::clone)
        })
    };
    let size = megabytes(fs::metadata(build_of(Name::LlmCassette)?.folder.join(FILE))?.len() as f64);
    let mut text = format!(
        "**The command, on a file of 10,000 interactions, {size}**\n\n| | {} | {} | beside it | beside reading and parsing once |\n|---|---|---|---|---|\n",
        Name::Before.name(),
        Name::LlmCassette.name(),
    );
    let shown =
        |told: &Result<f64, String>| told.as_ref().map_or_else(Clone::clone, |seconds| time(*seconds));
    let parse = of(&parsed, Name::LlmCassette);
    let mut row = |name: &str, all: &[(Name, Told)]| {
        let (before, now) = (of(all, Name::Before), of(all, Name::LlmCassette));
        let beside = |other: &Result<f64, String>| match (&now, other) {
            (Ok(now), Ok(other)) => ratio(*now, *other),
            _ => "–".to_owned(),
        };
        let (to_before, to_parse) = (beside(&before), beside(&parse));
        text.push_str(&format!(
            "| {name} | {} | {} | {to_before} | {to_parse} |\n",
            shown(&before),
            shown(&now)
        ));
        let cells = [
            (Name::Before, shown(&before)),
            (Name::LlmCassette, format!("{} ({to_before}), {to_parse} × read and parsed once", shown(&now))),
        ];
        bench.sum_up(&format!("{name} of 10,000"), &cells, "command");
    };
    row("reading and parsing the file once, with its reader of YAML alone", &parsed);
    for (name, arguments) in COMMANDS {
        let all = bench.best(&tools, |tool| run(build_of(tool)?, arguments))?;
        row(name, &all);
    }
    Ok(text)
}

/// A repository whose work tree has the cassette, and whose last commit has less of it.
fn prepare(folder: &Path, cassette: &Path) -> Outcome<()> {
    fs::create_dir_all(folder)?;
    let text = fs::read_to_string(cassette)?;
    let starts: Vec<usize> = text.match_indices("\n---").map(|(at, _)| at + 1).collect();
    let cut = starts.get(COUNT - NEW).copied().ok_or("the cassette is too short")?;
    fs::write(folder.join(FILE), &text[..cut])?;
    for arguments in [
        &["init", "-q"][..],
        &["add", FILE],
        &["-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-q", "-m", "Less"],
    ] {
        let ran = Command::new("git").current_dir(folder).args(arguments).status()?;
        if !ran.success() {
            return Err("git cannot make a repository".into());
        }
    }
    Ok(fs::write(folder.join(FILE), text)?)
}

fn run(build: &Build, arguments: &[&str]) -> Outcome<Told> {
    let mut command = Command::new(&build.program);
    command.current_dir(&build.folder).args(arguments).stdout(Stdio::null()).stderr(Stdio::piped());
    command
        .env_clear()
        .envs(["PATH", "HOME"].into_iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    let begin = Instant::now();
    let child = command.spawn()?;
    Ok(match ended(child, PATIENCE)? {
        Ended::Done { .. } => Ok(Numbers::from([("time".to_owned(), begin.elapsed().as_secs_f64())])),
        Ended::Late => Err(format!("not done after {} s", PATIENCE.as_secs())),
        Ended::Failed(said) if build.tool == Name::LlmCassette => {
            return Err(format!("`llm-cassette {}` failed: {said}", arguments.join(" ")).into());
        }
        Ended::Failed(said) => Err(format!("fails: {}", said.lines().next().unwrap_or_default())),
    })
}
