//! `llm-cassette git-setup`: teaches git to show conversations, and formatters to leave cassettes alone.

mod attributes;
mod formatters;
mod pieces;
mod places;

use std::env;
use std::path::{Path, PathBuf};

use crate::cli::Outcome;
use crate::cli::commands::git::Repository;
use crate::cli::commands::output::{Output, Style};
use crate::model::error::Error;
use crate::model::json::Json;
use crate::model::text::shown_path;
use formatters::Advice;
use pieces::Piece;
use places::Place;

/// Where the settings of this clone begin.
const SECTION: &str = "diff.llm-cassette";

const ATTRIBUTES: &str = ".gitattributes";

/// Where git keeps the texts that it has asked for before.
const CACHE: &str = "refs/notes/textconv/llm-cassette";

/// Make git show conversations instead of YAML, in this clone, and formatters leave cassettes alone.
///
/// Writes lines to `.gitattributes`, which you commit, and settings of this clone, so everybody runs it once
/// in their own. Run it again after an update of llm-cassette, so that git forgets the texts of the old version.
///
/// Where prettier is used, and where there is an `.editorconfig`, cassettes get lines in `.prettierignore` and there. What
/// to add to the files of yamllint and pre-commit is printed.
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
    Add(Piece),
    Remove(Piece),
    Set {
        name: String,
        value: String,
    },
    Unset,
    /// The texts that git has kept may be those of another version.
    ForgetTexts,
}

impl Change {
    /// The file that it changes.
    fn file(&self) -> Option<&'static str> {
        match self {
            Change::Add(piece) | Change::Remove(piece) => Some(piece.file),
            Change::Set { .. } | Change::Unset | Change::ForgetTexts => None,
        }
    }
}

pub(in crate::cli) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let repository = Repository::around(Path::new("."))?;
    let folders = folders(arguments, &repository)?;
    let mut lines = Vec::new();
    let mut places = Vec::new();
    for folder in &folders {
        lines.extend(attributes::lines(Some(folder), ""));
        places.push(Place::folder(folder));
    }
    if folders.is_empty() {
        lines = attributes::lines(None, &repository.here);
        places.push(Place::usual(&repository.here));
    }
    let (changes, advice) = if arguments.undo {
        (undo(&repository, &lines, &places)?, Vec::new())
    } else {
        (set_up(&repository, &lines, &places)?, formatters::advice(&repository.root, &places)?)
    };
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
            ("advice".to_owned(), Json::Array(advice.iter().map(advice_tree).collect())),
        ]));
    } else {
        print(arguments, &changes, output);
        advice.iter().for_each(|advice| print_advice(advice, output));
    }
    Ok(Outcome::Fine)
}

/// The folders that were given, from the top of the repository.
fn folders(arguments: &Arguments, repository: &Repository) -> Result<Vec<String>, Error> {
    let mut folders = Vec::new();
    for folder in &arguments.folders {
        let inside = Repository::around(folder)?;
        if inside.here.is_empty() || inside.root != repository.root {
            return Err(Error::new(
                crate::model::error::ErrorKind::BadSetting,
                format!("{} is not a folder within this repository", shown_path(folder)),
            )
            .with_hint("give the folders that hold cassettes, such as `tests/cassettes`"));
        }
        folders.push(inside.here);
    }
    Ok(folders)
}

fn set_up(
    repository: &Repository,
    lines: &[attributes::Line],
    places: &[Place],
) -> Result<Vec<Change>, Error> {
    let mut changes = Vec::new();
    for line in lines {
        let mut holds = true;
        for (name, value) in line.holds {
            holds &= repository.attribute(name, &line.probe)?.as_deref() == Some(value);
        }
        if !holds {
            changes.push(Change::Add(of_attributes(line)));
        }
    }
    for place in places {
        changes.extend(formatters::wanted(repository, place)?.into_iter().map(Change::Add));
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

fn of_attributes(line: &attributes::Line) -> Piece {
    Piece { file: ATTRIBUTES, text: line.text.clone() }
}

fn undo(repository: &Repository, lines: &[attributes::Line], places: &[Place]) -> Result<Vec<Change>, Error> {
    let ours = lines.iter().map(of_attributes).chain(places.iter().flat_map(formatters::pieces_for));
    let mut changes = Vec::new();
    for piece in ours {
        if piece.stands_in(&repository.root)? {
            changes.push(Change::Remove(piece));
        }
    }
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
        Change::Add(piece) => piece.add(&repository.root),
        Change::Remove(piece) => piece.remove(&repository.root),
        Change::Set { name, value } => repository.must(&["config", "--local", "--replace-all", name, value]),
        Change::Unset => repository.must(&["config", "--local", "--remove-section", SECTION]),
        Change::ForgetTexts => repository.must(&["update-ref", "-d", CACHE]),
    }
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
            Change::Add(piece) => format!("{would}add to {}: {}", piece.file, piece.shown()),
            Change::Remove(piece) => format!("{would}remove from {}: {}", piece.file, piece.shown()),
            Change::Set { name, value } => format!("{would}set in this clone: {name} = {value}"),
            Change::Unset => format!("{would}unset in this clone: {SECTION}"),
            Change::ForgetTexts => format!("{would}clear git's cache of converted texts ({CACHE})"),
        };
        output.line(&text);
    }
    if !arguments.dry_run && !arguments.undo {
        let mut files: Vec<&str> = changes.iter().filter_map(Change::file).collect();
        files.dedup();
        let files = if files.is_empty() { ATTRIBUTES.to_owned() } else { files.join(", ") };
        let next = format!(
            "`git diff` and `git log -p` now show conversations. Commit {files}; everybody else runs \
             `llm-cassette git-setup` once in their own clone."
        );
        output.styled(Style::Faint, &next);
    }
}

fn tree(change: &Change) -> Json {
    let (what, name, value) = match change {
        Change::Add(piece) => ("add_line", piece.file, piece.text.trim_start()),
        Change::Remove(piece) => ("remove_line", piece.file, piece.text.trim_start()),
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

/// What to add to a file that we do not touch.
fn print_advice(advice: &Advice, output: &mut Output) {
    output.line(&format!("{} is yours to edit; add {}:", advice.file, advice.place));
    advice.lines.iter().for_each(|line| output.line(&format!("    {line}")));
}

fn advice_tree(advice: &Advice) -> Json {
    Json::Object(vec![
        ("file".to_owned(), Json::from(advice.file.as_str())),
        ("place".to_owned(), Json::from(advice.place.as_str())),
        (
            "lines".to_owned(),
            Json::Array(advice.lines.iter().map(|line| Json::from(line.as_str())).collect()),
        ),
    ])
}
