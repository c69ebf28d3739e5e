//! Formatters and linters that would rewrite cassettes or complain of them, where a repository visibly uses them. Files of
//! theirs that have a line for each thing get lines of ours; those that are YAML are their owner's, who is told what to add.

use std::fs;
use std::path::Path;

use regex::Regex;

use super::pieces::{self, Piece};
use super::places::Place;
use crate::cli::commands::git::Repository;
use crate::format::yaml::foreign::{self, Node};
use crate::model::error::Error;
use crate::model::json::{self, Json};

const PRETTIER: &str = ".prettierignore";
const EDITOR: &str = ".editorconfig";
const PRE_COMMIT: &str = ".pre-commit-config.yaml";

/// What a person should add to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Advice {
    pub(super) file: String,
    /// Where in it.
    pub(super) place: String,
    pub(super) lines: Vec<String>,
}

/// The lines for a place, and whether they are needed: whether the tool is used, and nobody has said so already.
pub(super) fn wanted(repository: &Repository, place: &Place) -> Result<Vec<Piece>, Error> {
    let mut wanted = Vec::new();
    let [prettier, editor] = pieces_for(place);
    if uses_prettier(&repository.root)? && !ignored_by_prettier(repository, place)? {
        wanted.push(prettier);
    }
    let config = pieces::read(&repository.root, EDITOR)?;
    let header = format!("[{}]", place.section());
    if repository.root.join(EDITOR).is_file() && !config.lines().any(|line| line.trim() == header) {
        wanted.push(editor);
    }
    Ok(wanted)
}

/// The lines for a place, for `.prettierignore` and for `.editorconfig`.
pub(super) fn pieces_for(place: &Place) -> [Piece; 2] {
    // White space at the end of a line is never needed, but nobody shall move what stands in a block.
    let section = format!(
        "\n[{}]\nindent_style = space\nindent_size = 2\nend_of_line = lf\ninsert_final_newline = true\n\
         trim_trailing_whitespace = false\nmax_line_length = off",
        place.section()
    );
    [Piece { file: PRETTIER, text: place.ignored() }, Piece { file: EDITOR, text: section }]
}

fn uses_prettier(root: &Path) -> Result<bool, Error> {
    let entries = fs::read_dir(root).map_err(|error| Error::io("read", root, error))?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let is_sign = |name: String| {
        name == PRETTIER || name.starts_with(".prettierrc") || name.starts_with("prettier.config.")
    };
    if names.into_iter().any(is_sign) || hooks(root)?.iter().any(|hook| hook.id == "prettier") {
        return Ok(true);
    }
    let package = json::parse(pieces::read(root, "package.json")?.as_bytes()).unwrap_or(Json::Null);
    let lists = ["dependencies", "devDependencies"];
    let named = lists.iter().any(|list| package.at(&[list, "prettier"]).is_some());
    Ok(named || package.get("prettier").is_some())
}

/// The file has the language of `.gitignore`, which git itself understands best; prettier reads `.gitignore` as well.
fn ignored_by_prettier(repository: &Repository, place: &Place) -> Result<bool, Error> {
    // Git runs in the root.
    let file = format!("core.excludesFile={PRETTIER}");
    Ok(repository.git(&["-c", &file, "check-ignore", "--quiet", "--no-index", &place.probe])?.is_some())
}

/// What to add by hand.
pub(super) fn advice(root: &Path, places: &[Place]) -> Result<Vec<Advice>, Error> {
    let mut advice = Vec::new();
    if let Some(file) =
        [".yamllint", ".yamllint.yaml", ".yamllint.yml"].iter().find(|file| root.join(file).is_file())
    {
        let text = pieces::read(root, file)?;
        let missing = places.iter().map(Place::ignored).filter(|pattern| !text.contains(pattern.as_str()));
        let lines: Vec<String> = missing.map(|pattern| format!("  {pattern}")).collect();
        if !lines.is_empty() {
            let lines = ["ignore: |".to_owned()].into_iter().chain(lines).collect();
            advice.push(Advice { file: (*file).to_owned(), place: "at its top level".to_owned(), lines });
        }
    }
    for hook in hooks(root)? {
        let place = format!("to the hook `{}`", hook.id);
        let add = |line: String| Advice { file: PRE_COMMIT.to_owned(), place, lines: vec![line] };
        let missing: Vec<String> =
            places.iter().filter(|place| !hook.excludes(&place.probe)).map(Place::searched).collect();
        match hook.id.as_str() {
            _ if missing.is_empty() => {}
            "check-yaml" if !hook.reads_several_documents() => {
                advice.push(add("args: [--allow-multiple-documents]".to_owned()));
            }
            "yamlfmt" | "pretty-format-yaml" => {
                advice.push(add(format!("exclude: '{}'", missing.join("|").replace('\'', "''"))));
            }
            _ => {}
        }
    }
    Ok(advice)
}

/// A hook of pre-commit.
struct Hook {
    id: String,
    arguments: Vec<String>,
    excludes: Vec<Regex>,
}

impl Hook {
    fn excludes(&self, path: &str) -> bool {
        self.excludes.iter().any(|pattern| pattern.is_match(path))
    }

    /// `--unsafe` looks at the syntax alone.
    fn reads_several_documents(&self) -> bool {
        self.arguments.iter().any(|argument| {
            ["-m", "--multi", "--allow-multiple-documents", "--unsafe"].contains(&argument.as_str())
        })
    }
}

/// The hooks that the repository uses; none if its file cannot be read.
fn hooks(root: &Path) -> Result<Vec<Hook>, Error> {
    let text = pieces::read(root, PRE_COMMIT)?;
    let documents = foreign::read(&text).unwrap_or_default();
    let Some(config) = documents.first() else { return Ok(Vec::new()) };
    let exclude = |node: &Node| field(node, "exclude").and_then(text_of).and_then(|it| Regex::new(it).ok());
    let hooks = list(config, "repos").iter().flat_map(|repo| list(repo, "hooks"));
    let hooks = hooks.filter_map(|hook| {
        Some(Hook {
            id: text_of(field(hook, "id")?)?.to_owned(),
            arguments: list(hook, "args").iter().filter_map(text_of).map(str::to_owned).collect(),
            excludes: [exclude(config), exclude(hook)].into_iter().flatten().collect(),
        })
    });
    Ok(hooks.collect())
}

fn field<'a>(node: &'a Node, name: &str) -> Option<&'a Node> {
    match node {
        Node::Map(fields) => fields.iter().find(|(key, _)| key == name).map(|(_, value)| value),
        _ => None,
    }
}

fn list<'a>(node: &'a Node, name: &str) -> &'a [Node] {
    match field(node, name) {
        Some(Node::List(items)) => items,
        _ => &[],
    }
}

fn text_of(node: &Node) -> Option<&str> {
    match node {
        Node::Text(text) | Node::Plain(text) => Some(text),
        _ => None,
    }
}
