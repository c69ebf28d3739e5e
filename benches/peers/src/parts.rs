//! The parts of the bench, each a table or two.

mod asking;
mod command;
mod large;
mod nextest;
mod opening;
mod page;
mod recording;

use crate::Outcome;
use crate::bench::Bench;
use crate::builds::{self, BEFORE};

type Part = fn(&Bench) -> Outcome<String>;

/// In the order in which they run.
const PARTS: [(&str, Part); 11] = [
    ("replay", asking::replay),
    ("takes", asking::takes),
    ("growth", recording::growth),
    ("recording", recording::per_call),
    ("refresh", recording::refresh),
    ("redaction", recording::prose),
    ("opening", opening::opening),
    ("start", opening::start),
    ("large", large::bodies),
    ("command", command::commands),
    ("nextest", nextest::thousand),
];

/// Leaves the older commit out.
const ALONE: &str = "--no-before";

/// Writes what is printed into the page, too.
const WRITE: &str = "--write";

/// Runs the parts that were named, or all.
pub fn print(arguments: &[String]) -> Outcome<()> {
    let (options, wanted): (Vec<_>, Vec<_>) = arguments.iter().partition(|one| one.starts_with('-'));
    if let Some(unknown) = options.iter().find(|option| ![ALONE, WRITE].contains(&option.as_str())) {
        return Err(format!("there is no option {unknown}; there are {ALONE} and {WRITE}").into());
    }
    if let Some(unknown) = wanted.iter().find(|one| !PARTS.iter().any(|(name, _)| name == *one)) {
        let names: Vec<&str> = PARTS.iter().map(|(name, _)| *name).collect();
        return Err(format!("there is no part {unknown}; there are {}, and served", names.join(", ")).into());
    }
    let has = |option: &str| options.iter().any(|one| *one == option);
    let before = if has(ALONE) { None } else { Some(builds::before()?) };
    let bench = Bench::new(before)?;
    if bench.has_before() {
        println!("In brackets: what stands before, divided by that of {BEFORE} in the same run.\n");
    }
    let tell = |name: &str, text: &str| -> Outcome<()> {
        println!("{text}");
        if has(WRITE) { page::put(name, text) } else { Ok(()) }
    };
    for (name, part) in PARTS {
        if wanted.is_empty() || wanted.iter().any(|one| *one == name) {
            eprintln!("{name}");
            tell(name, &part(&bench)?)?;
        }
    }
    // Of one run, or it would compare what was measured on other days.
    if wanted.is_empty() { tell("summary", &bench.summary()) } else { Ok(()) }
}
