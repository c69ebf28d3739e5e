//! Starts the measurements and puts what they say into tables.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::child::{ARGUMENT, What};
use crate::tools::Name;
use crate::workload::Size;

/// A measurement that takes longer is given up and told as such.
const PATIENCE: Duration = Duration::from_secs(20);
const REPEATS: usize = 5;

type Numbers = HashMap<String, f64>;

/// Why there are no numbers, fit for a cell of a table.
type Why = String;

pub fn print() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    replay(folder.path())?;
    opening(folder.path())?;
    recording(folder.path())
}

fn replay(folder: &Path) -> Outcome<()> {
    const COUNTS: [usize; 3] = [10, 1_000, 100_000];
    println!("### Replay, per request (median / 99th percentile)\n");
    println!("| | 10 interactions | 1,000 | 100,000 | matching |\n|---|---|---|---|---|");
    for tool in Name::ALL {
        let (mut first, mut again) = (String::new(), String::new());
        for count in COUNTS {
            let path = generated(folder, tool, count, Size::Small)?;
            match repeated(What::Replay, tool, count, Size::Small, &path)? {
                Ok(numbers) => {
                    let cell = |round: &str| {
                        let of = |name: &str| time(numbers[&format!("{round}-{name}")]);
                        format!(" {} / {} |", of("median"), of("p99"))
                    };
                    first.push_str(&cell("first"));
                    again.push_str(&cell("again"));
                }
                Err(why) => {
                    first.push_str(&format!(" {why} |"));
                    again.push_str(" |");
                }
            }
            fs::remove_file(path)?;
        }
        println!("| {}, each request once |{first} {} |", tool.name(), tool.matching());
        println!("| {}, the same again |{again} |", tool.name());
    }
    Ok(())
}

fn opening(folder: &Path) -> Outcome<()> {
    const COUNT: usize = 10_000;
    println!("\n### Opening 10,000 interactions of 8 KB (peak memory beyond that of the client)\n");
    println!("| | file | opening | memory | opening and one request | memory |\n|---|---|---|---|---|---|");
    for tool in Name::ALL {
        let path = generated(folder, tool, COUNT, Size::EightKilobytes)?;
        let mut row = format!("| {} | {} |", tool.name(), megabytes(fs::metadata(&path)?.len() as f64));
        for what in [What::Open, What::OpenAndAsk] {
            match repeated(what, tool, COUNT, Size::EightKilobytes, &path)? {
                Ok(numbers) => {
                    row.push_str(&format!(" {} | {} |", time(numbers["time"]), megabytes(numbers["memory"])));
                }
                Err(why) => row.push_str(&format!(" {why} | |")),
            }
        }
        println!("{row}");
        fs::remove_file(path)?;
    }
    Ok(())
}

fn recording(folder: &Path) -> Outcome<()> {
    println!("\n### Recording, per call of a server on this machine\n");
    println!(
        "| | call without recorder | recorder adds, first 100 calls | after 1,000 calls | share of the end | on disk after each call |"
    );
    println!("|---|---|---|---|---|---|");
    for tool in Name::ALL {
        let path = folder.join("recorded.yaml");
        let numbers = match repeated(What::Record, tool, 0, Size::Small, &path)? {
            Ok(numbers) => numbers,
            Err(why) => {
                println!("| {} | {why} | | | | |", tool.name());
                continue;
            }
        };
        let durable = match tool {
            Name::LlmCassette => "yes, appended",
            Name::Rvcr => "no, written at the end",
            Name::Cassetter => "yes, the whole file again",
        };
        println!(
            "| {} | {} | {} | {} | {} | {durable} |",
            tool.name(),
            time(numbers["first-without"]),
            time(numbers["first"] - numbers["first-without"]),
            time(numbers["later"] - numbers["later-without"]),
            time(numbers["finish"]),
        );
    }
    Ok(())
}

fn generated(folder: &Path, tool: Name, count: usize, size: Size) -> Outcome<PathBuf> {
    let path = folder.join(format!("{count}-{}.yaml", size.name()));
    run(What::Generate, tool, count, size, &path)??;
    Ok(path)
}

/// The least of several runs, number by number; of one run where that takes long already.
fn repeated(what: What, tool: Name, count: usize, size: Size, path: &Path) -> Outcome<Result<Numbers, Why>> {
    let mut runs: Vec<Numbers> = Vec::new();
    let begin = Instant::now();
    while runs.len() < REPEATS && begin.elapsed() < PATIENCE / 4 {
        if what == What::Record && path.exists() {
            fs::remove_file(path)?;
        }
        match run(what, tool, count, size, path)? {
            Ok(numbers) => runs.push(numbers),
            Err(why) => return Ok(Err(why)),
        }
    }
    let mut least = Numbers::new();
    for (name, value) in runs.into_iter().flatten() {
        let known = least.entry(name).or_insert(value);
        *known = known.min(value);
    }
    Ok(Ok(least))
}

/// One measurement in a process of its own.
fn run(what: What, tool: Name, count: usize, size: Size, path: &Path) -> Outcome<Result<Numbers, Why>> {
    let patience = match what {
        What::Generate | What::Record => PATIENCE * 4,
        What::Replay | What::Open | What::OpenAndAsk => PATIENCE,
    };
    let mut child = Command::new(std::env::current_exe()?)
        .args([ARGUMENT, what.name(), tool.name(), &count.to_string(), size.name()])
        .arg(path)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let begin = Instant::now();
    // The few lines of a child fit into the pipe, so it never waits for us.
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if begin.elapsed() > patience {
            child.kill()?;
            child.wait()?;
            return Ok(Err(format!("over {} s", patience.as_secs())));
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    if !status.success() {
        let said = std::io::read_to_string(child.stderr.take().ok_or("no output")?)?;
        // cassetter's reader of YAML has a limit that cannot be set from outside.
        return match said.contains("budget breached: Nodes") {
            true => Ok(Err("refuses the file: over 250,000 YAML nodes".to_owned())),
            false => Err(format!("{} of {} failed: {said}", what.name(), tool.name()).into()),
        };
    }
    let said = std::io::read_to_string(child.stdout.take().ok_or("no output")?)?;
    let number = |line: &str| {
        let (name, value) = line.split_once(' ')?;
        Some((name.to_owned(), value.parse().ok()?))
    };
    Ok(Ok(said.lines().filter_map(number).collect()))
}

fn time(seconds: f64) -> String {
    let (value, unit) = match seconds {
        s if s < 1e-3 => (s * 1e6, "µs"),
        s if s < 1.0 => (s * 1e3, "ms"),
        s => (s, "s"),
    };
    if value < 10.0 { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
}

fn megabytes(bytes: f64) -> String {
    format!("{:.0} MB", bytes / 1e6)
}
