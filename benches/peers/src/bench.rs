//! Starts the measurements, each in a process of its own, and gives them no more than their time.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::measure::{ARGUMENT, What};
use crate::table::Summary;
use crate::tools::Name;
use crate::workload::Work;

/// What a measurement said, by name.
pub type Numbers = HashMap<String, f64>;

/// Why there are no numbers, fit for a cell of a table.
pub type Why = String;

pub type Told = Result<Numbers, Why>;

/// So often at most, and no more once a tool has had so much time.
const REPEATS: usize = 5;
const ENOUGH: Duration = Duration::from_secs(8);

/// How long a tool may take to write its cassette.
const GENERATING: Duration = Duration::from_secs(180);

/// One run of the bench.
pub struct Bench {
    folder: tempfile::TempDir,
    /// What measures the older commit, where it was wanted.
    before: Option<PathBuf>,
    summary: RefCell<Summary>,
    /// Why cassettes could not be written.
    failed: RefCell<HashMap<PathBuf, Why>>,
}

impl Bench {
    pub fn new(before: Option<PathBuf>) -> Outcome<Bench> {
        Ok(Bench {
            folder: tempfile::tempdir()?,
            before,
            summary: RefCell::default(),
            failed: RefCell::default(),
        })
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn has_before(&self) -> bool {
        self.before.is_some()
    }

    /// A line of the summary: a column of a table.
    pub fn sum_up(&self, what: &str, cells: &[(Name, String)], part: &str) {
        self.summary.borrow_mut().add(what, cells, part);
    }

    pub fn summary(&self) -> String {
        self.summary.borrow().text()
    }

    /// Those of these that are there.
    pub fn those(&self, wanted: &[Name]) -> Vec<Name> {
        wanted.iter().copied().filter(|tool| *tool != Name::Before || self.has_before()).collect()
    }

    /// Has a tool write its cassette, which is one of its own: each keeps them as it likes. One that could not is not asked
    /// again.
    pub fn generate(&self, tool: Name, work: Work) -> Outcome<Result<PathBuf, Why>> {
        let path = self.generated(tool, work);
        if path.exists() {
            return Ok(Ok(path));
        }
        if let Some(why) = self.failed.borrow().get(&path) {
            return Ok(Err(why.clone()));
        }
        Ok(match self.run(tool, What::Generate, work, &path, GENERATING)? {
            Ok(_) => Ok(path),
            Err(why) => {
                self.failed.borrow_mut().insert(path, why.clone());
                Err(why)
            }
        })
    }

    /// The same for each, before anything is timed.
    pub fn generate_all(&self, tools: &[Name], work: Work) -> Outcome<()> {
        for tool in tools {
            // Why one could not is told where its cassette is needed.
            let _ = self.generate(*tool, work)?;
        }
        Ok(())
    }

    /// A cassette that nobody needs any more.
    pub fn forget(&self, tool: Name, work: Work) -> Outcome<()> {
        let path = self.generated(tool, work);
        if path.exists() {
            fs::remove_file(path)?;
        }
        Ok(())
    }

    fn generated(&self, tool: Name, work: Work) -> PathBuf {
        let kind = if work.same { "takes" } else { "distinct" };
        self.folder().join(format!("{tool:?}-{}-{kind}-{}.yaml", work.count, work.size.name()))
    }

    /// One measurement.
    pub fn run(&self, tool: Name, what: What, work: Work, path: &Path, patience: Duration) -> Outcome<Told> {
        let program = match (tool, &self.before) {
            (Name::Before, Some(before)) => before.clone(),
            (Name::Before, None) => return Ok(Err("left out".to_owned())),
            _ => std::env::current_exe()?,
        };
        let mut command = Command::new(program);
        command
            .args([ARGUMENT, &what.name(), tool.name(), &work.count.to_string(), work.size.name()])
            .arg(if work.same { "same" } else { "distinct" })
            .arg(path);
        // What the environment has of keys, modes and settings would be measured with the rest.
        command.env_clear().envs(
            ["PATH", "HOME", "TMPDIR"]
                .into_iter()
                .filter_map(|name| std::env::var_os(name).map(|value| (name, value))),
        );
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        match ended(child, patience)? {
            Ended::Done { stdout, .. } => Ok(Ok(stdout.lines().filter_map(number).collect())),
            Ended::Late => Ok(Err(format!("not done after {} s", patience.as_secs()))),
            // What others cannot do is a result; what this tree cannot do is a defect of it.
            Ended::Failed(said) if tool == Name::LlmCassette => {
                Err(format!("{} of {} failed: {said}", what.name(), tool.name()).into())
            }
            Ended::Failed(said) => Ok(Err(reason(&said))),
        }
    }

    /// The least of several runs, number by number; the tools by turns, so that all see the same machine.
    pub fn best(
        &self,
        tools: &[Name],
        mut once: impl FnMut(Name) -> Outcome<Told>,
    ) -> Outcome<Vec<(Name, Told)>> {
        let mut all: Vec<(Name, Told)> = Vec::new();
        let mut spent = HashMap::new();
        for round in 0..REPEATS {
            for &tool in tools {
                let spent: &mut Duration = spent.entry(tool.name()).or_default();
                let known = all.iter().position(|(one, _)| *one == tool);
                if *spent > ENOUGH || known.is_some_and(|at| all[at].1.is_err()) {
                    continue;
                }
                eprintln!("  {}, run {}", tool.name(), round + 1);
                let begin = Instant::now();
                let told = once(tool)?;
                *spent += begin.elapsed();
                match (known, told) {
                    (None, told) => all.push((tool, told)),
                    (Some(at), Ok(numbers)) => {
                        if let Ok(least) = &mut all[at].1 {
                            for (name, value) in numbers {
                                let known = least.entry(name).or_insert(value);
                                *known = known.min(value);
                            }
                        }
                    }
                    // Once it was in time.
                    (Some(_), Err(_)) => *spent += ENOUGH,
                }
            }
        }
        Ok(all)
    }
}

pub enum Ended {
    Done { stdout: String, stderr: String },
    Late,
    Failed(String),
}

/// Waits for a process, and ends it when it takes too long.
pub fn ended(mut child: Child, patience: Duration) -> Outcome<Ended> {
    // Read beside it, so that neither pipe can be full.
    let reading = |pipe: Option<Box<dyn Read + Send>>| {
        std::thread::spawn(move || {
            let mut said = Vec::new();
            if let Some(mut pipe) = pipe {
                // What was read until an error is all that there is.
                let _ = pipe.read_to_end(&mut said);
            }
            String::from_utf8_lossy(&said).into_owned()
        })
    };
    let stdout = reading(child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>));
    let stderr = reading(child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>));
    let begin = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if begin.elapsed() > patience {
            child.kill()?;
            child.wait()?;
            return Ok(Ended::Late);
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let (stdout, stderr) =
        (stdout.join().map_err(|_| "a thread ended")?, stderr.join().map_err(|_| "a thread ended")?);
    Ok(if status.success() { Ended::Done { stdout, stderr } } else { Ended::Failed(stderr) })
}

fn number(line: &str) -> Option<(String, f64)> {
    let (name, value) = line.split_once(' ')?;
    Some((name.to_owned(), value.parse().ok()?))
}

/// What a tool said, in a few words.
fn reason(said: &str) -> Why {
    // cassetter's reader of YAML has a limit that cannot be set from outside.
    if said.contains("budget breached: Nodes") {
        return "refuses the file: over 250,000 YAML nodes".to_owned();
    }
    let line = said.lines().rev().find(|line| line.contains("Error") || line.contains("panicked"));
    let line = line.or(said.lines().last()).unwrap_or("it did not say why");
    let line: String = line.trim_start_matches("Error: ").replace('|', "/").chars().take(80).collect();
    format!("fails: {line}")
}
