//! `llm-cassette git-setup`: teaches git to show conversations.

mod attributes;

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::cli::Outcome;
use crate::cli::commands::git::Repository;
use crate::cli::commands::output::{Output, Style};
use crate::model::error::Error;
use crate::model::json::Json;
use crate::model::text::shown_path;

/// Where the settings of this clone begin.
const SECTION: &str = "diff.llm-cassette";

/// Where git keeps the texts that it has asked for before.
const CACHE: &str = "refs/notes/textconv/llm-cassette";

/// Make git show conversations instead of YAML, in this clone.
///
/// Writes lines to `.gitattributes`, which you commit, and settings of this clone, so everybody runs it once
/// in their own. Run it again after an update of llm-cassette, so that git forgets the texts of the old version.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// Folders of cassettes; any folder named `cassettes` if there are none.
    folders: Vec<PathBuf>,
    /// Show what would be done, and do nothing.
    #[arg(long)]
    dry_run: bool,
    /// Undo the setup.
    #[arg(long)]
    undo: bool,
}

/// One thing to do, and to say.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Change {
    AddLine(String),
    RemoveLine(String),
    Set {
        name: String,
        value: String,
    },
    Unset,
    /// The texts that git has kept may be those of another version.
    ForgetTexts,
}

pub(in crate::cli) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let repository = Repository::around(Path::new("."))?;
    let lines = lines(arguments, &repository)?;
    let changes = if arguments.undo { undo(&repository, &lines)? } else { set_up(&repository, &lines)? };
    if !arguments.dry_run {
        for change in &changes {
            make(&repository, change)?;
        }
    }
    if output.wants_json() {
        output.value(&Json::Object(vec![
            ("root".to_owned(), Json::from(repository.root.to_string_lossy().as_ref())),
            ("dry_run".to_owned(), Json::Bool(arguments.dry_run)),
            ("changes".to_owned(), Json::Array(changes.iter().map(tree).collect())),
        ]));
    } else {
        print(arguments, &changes, output);
    }
    Ok(Outcome::Fine)
}

fn lines(arguments: &Arguments, repository: &Repository) -> Result<Vec<attributes::Line>, Error> {
    if arguments.folders.is_empty() {
        return Ok(attributes::lines(None, &repository.here));
    }
    let mut lines = Vec::new();
    for folder in &arguments.folders {
        let inside = Repository::around(folder)?;
        if inside.here.is_empty() || inside.root != repository.root {
            return Err(Error::new(
                crate::model::error::ErrorKind::BadSetting,
                format!("{} is not a folder within this repository", shown_path(folder)),
            )
            .with_hint("give the folders that hold cassettes, such as `tests/cassettes`"));
        }
        lines.extend(attributes::lines(Some(&inside.here), ""));
    }
    Ok(lines)
}

fn set_up(repository: &Repository, lines: &[attributes::Line]) -> Result<Vec<Change>, Error> {
    let mut changes = Vec::new();
    for line in lines {
        let mut holds = true;
        for (name, value) in line.holds {
            holds &= repository.attribute(name, &line.probe)?.as_deref() == Some(value);
        }
        if !holds {
            changes.push(Change::AddLine(line.text.clone()));
        }
    }
    let settings = [
        ("textconv", format!("{} textconv", command())),
        ("cachetextconv", "true".to_owned()),
        // Above a change, git names the conversation that it is in.
        ("xfuncname", "^# .*$".to_owned()),
    ];
    for (name, value) in settings {
        let name = format!("{SECTION}.{name}");
        if repository.setting(&name)?.as_ref() != Some(&value) {
            changes.push(Change::Set { name, value });
        }
    }
    changes.extend(cached(repository)?);
    Ok(changes)
}

fn undo(repository: &Repository, lines: &[attributes::Line]) -> Result<Vec<Change>, Error> {
    let text = read(repository)?;
    let ours = lines.iter().map(|line| line.text.clone());
    let mut changes: Vec<Change> =
        ours.filter(|line| attributes::without(&text, line).is_some()).map(Change::RemoveLine).collect();
    let pattern = format!("^{}\\.", SECTION.replace('.', "\\."));
    if repository.git(&["config", "--local", "--get-regexp", &pattern])?.is_some() {
        changes.push(Change::Unset);
    }
    changes.extend(cached(repository)?);
    Ok(changes)
}

fn cached(repository: &Repository) -> Result<Option<Change>, Error> {
    let kept = repository.git(&["rev-parse", "--verify", "--quiet", CACHE])?;
    Ok(kept.map(|_| Change::ForgetTexts))
}

fn make(repository: &Repository, change: &Change) -> Result<(), Error> {
    match change {
        Change::AddLine(line) => write(repository, &attributes::with(&read(repository)?, line)),
        Change::RemoveLine(line) => match attributes::without(&read(repository)?, line) {
            Some(text) => write(repository, &text),
            None => Ok(()),
        },
        Change::Set { name, value } => repository.must(&["config", "--local", "--replace-all", name, value]),
        Change::Unset => repository.must(&["config", "--local", "--remove-section", SECTION]),
        Change::ForgetTexts => repository.must(&["update-ref", "-d", CACHE]),
    }
}

fn read(repository: &Repository) -> Result<String, Error> {
    let path = repository.root.join(".gitattributes");
    match fs::read_to_string(&path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(Error::io("read", &path, error)),
    }
}

/// A file without a line has no use.
fn write(repository: &Repository, text: &str) -> Result<(), Error> {
    let path = repository.root.join(".gitattributes");
    let done = if text.is_empty() { fs::remove_file(&path) } else { fs::write(&path, text) };
    done.map_err(|error| Error::io("write", &path, error))
}

/// What git shall run: the bare name if a shell finds it, else the very file that is running. Without it, `git diff`
/// would fail altogether.
fn command() -> String {
    const NAME: &str = "llm-cassette";
    let file = format!("{NAME}{}", env::consts::EXE_SUFFIX);
    let paths = env::var_os("PATH").unwrap_or_default();
    if env::split_paths(&paths).any(|folder| folder.join(&file).is_file()) {
        return NAME.to_owned();
    }
    env::current_exe().map_or_else(
        |_| NAME.to_owned(),
        |path| {
            // Git's shell reads backslashes as escapes, also on Windows.
            let path = path.to_string_lossy().replace('\\', "/");
            format!("'{}'", path.replace('\'', r"'\''"))
        },
    )
}

fn print(arguments: &Arguments, changes: &[Change], output: &mut Output) {
    if changes.is_empty() {
        let state = if arguments.undo { "nothing is set up here" } else { "git is set up already" };
        return output.line(state);
    }
    let would = if arguments.dry_run { "would " } else { "" };
    for change in changes {
        let text = match change {
            Change::AddLine(line) => format!("{would}add to .gitattributes: {line}"),
            Change::RemoveLine(line) => format!("{would}remove from .gitattributes: {line}"),
            Change::Set { name, value } => format!("{would}set in this clone: {name} = {value}"),
            Change::Unset => format!("{would}unset in this clone: {SECTION}"),
            Change::ForgetTexts => format!("{would}clear git's cache of converted texts ({CACHE})"),
        };
        output.line(&text);
    }
    if !arguments.dry_run && !arguments.undo {
        let next = "`git diff` and `git log -p` now show conversations. Commit .gitattributes; \
                    everybody else runs `llm-cassette git-setup` once in their own clone.";
        output.styled(Style::Faint, next);
    }
}

fn tree(change: &Change) -> Json {
    let (what, name, value) = match change {
        Change::AddLine(line) => ("add_line", ".gitattributes", line.as_str()),
        Change::RemoveLine(line) => ("remove_line", ".gitattributes", line.as_str()),
        Change::Set { name, value } => ("set", name.as_str(), value.as_str()),
        Change::Unset => ("unset", SECTION, ""),
        Change::ForgetTexts => ("forget_texts", CACHE, ""),
    };
    Json::Object(vec![
        ("change".to_owned(), Json::from(what)),
        ("name".to_owned(), Json::from(name)),
        ("value".to_owned(), Json::from(value)),
    ])
}
