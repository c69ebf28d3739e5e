//! The pages of the documentation, as files: how wide they are, where their links go, and whether their tables have
//! all that there is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use regex::Regex;

/// The most characters of a line of prose.
const WIDTH: usize = 100;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    let path = root().join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files below a folder, by their paths from the root, with `/` between folders.
fn files(folder: &str, ending: &str) -> Vec<String> {
    let (mut open, mut found) = (vec![root().join(folder)], Vec::new());
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

/// Everything that people read before or beside the code.
fn pages() -> Vec<String> {
    let mut pages = files("docs", ".md");
    let roots = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "ARCHITECTURE.md", "CHANGELOG.md"];
    pages.extend(roots.map(str::to_owned));
    assert!(pages.len() > 15, "only {pages:?} were found");
    pages
}

/// The lines of a page with their numbers, without those between fences.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let is_fence = line.trim_start().starts_with("```");
        fenced ^= is_fence;
        (!fenced && !is_fence).then_some((index + 1, line))
    })
}

/// Tables cannot be wrapped, nor can the definition of a link, and code is as wide as it is.
#[test]
fn lines_of_prose_are_at_most_100_columns_wide() {
    let is_free = |line: &str| line.starts_with('|') || line.starts_with('[') && line.contains("]: ");
    let mut wide = String::new();
    for page in pages() {
        for (number, line) in prose(&read(&page)).filter(|(_, line)| !is_free(line)) {
            if line.chars().count() > WIDTH {
                wide.push_str(&format!("{page}:{number}: {line}\n"));
            }
        }
    }
    assert_eq!(wide, "");
}

/// The anchor that GitHub and rustdoc make of a heading.
fn anchor(heading: &str) -> String {
    let kept = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    heading
        .trim()
        .to_lowercase()
        .chars()
        .filter(|c| kept(*c))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text).filter(|(_, line)| line.starts_with('#'));
    headings.map(|(_, line)| anchor(line.trim_start_matches('#'))).collect()
}

/// The targets of all links of a page: those in the text, and the definitions of those by name.
fn targets(text: &str) -> Vec<(usize, String)> {
    let inline = Regex::new(r"\]\(([^)\s]+)\)").unwrap();
    let definition = Regex::new(r"^\[[^\]]+\]: (\S+)$").unwrap();
    let code = Regex::new(r"`[^`]*`").unwrap();
    let mut found = Vec::new();
    for (number, line) in prose(text) {
        let line = code.replace_all(line, "`code`");
        let all = inline.captures_iter(&line).chain(definition.captures_iter(&line));
        found.extend(all.map(|captures| (number, captures[1].to_owned())));
    }
    found
}

#[test]
fn every_relative_link_leads_to_a_file_and_to_a_heading_in_it() {
    let mut broken = String::new();
    let mut followed = 0;
    for page in pages() {
        let text = read(&page);
        for (number, target) in targets(&text).into_iter().filter(|(_, target)| !target.contains("://")) {
            followed += 1;
            let (file, fragment) = target.split_once('#').unwrap_or((&target, ""));
            let path = root().join(&page).parent().unwrap().join(file);
            let there =
                if file.is_empty() { Some(text.clone()) } else { std::fs::read_to_string(&path).ok() };
            let holds = match &there {
                Some(text) => fragment.is_empty() || anchors(text).contains(fragment),
                None => path.is_dir() && fragment.is_empty(),
            };
            if !holds {
                broken.push_str(&format!("{page}:{number}: {target}\n"));
            }
        }
    }
    assert_eq!(broken, "");
    assert!(followed > 80, "only {followed} links were found");
}

/// `name: target` of each definition of a link.
fn definitions(text: &str) -> BTreeMap<String, String> {
    let definition = Regex::new(r"(?m)^\[([^\]]+)\]: (\S+)$").unwrap();
    definition.captures_iter(text).map(|captures| (captures[1].to_owned(), captures[2].to_owned())).collect()
}

/// In rustdoc a page is a module, and a link to a file would lead nowhere.
#[test]
fn links_between_pages_lead_to_the_same_page_in_rustdoc() {
    let in_rustdoc = definitions(&read("src/_documentation/links.md"));
    let modules = read("src/_documentation.rs");
    let mut used = BTreeSet::new();
    // Decisions are for those who change the code, and are read beside it.
    for page in files("docs", ".md").into_iter().filter(|page| page != "docs/decisions.md") {
        let (text, name) = (read(&page), page.trim_start_matches("docs/"));
        assert!(name == "README.md" || modules.contains(&format!("{name:?};")), "{page} is not in rustdoc");
        let by_name = definitions(&text);
        for (number, target) in targets(&text) {
            let is_elsewhere = target.contains("://") || target.starts_with('#');
            assert!(
                is_elsewhere || by_name.values().any(|known| *known == target),
                "{page}:{number}: {target}"
            );
        }
        for (name, target) in by_name.into_iter().filter(|(_, target)| !target.contains("://")) {
            let (file, fragment) = target.split_once('#').unwrap_or((&target, ""));
            let module = match file {
                "../README.md" => "crate".to_owned(),
                file => format!("crate::_documentation::{}", file.trim_end_matches(".md").replace('-', "_")),
            };
            let hash = if fragment.is_empty() { "" } else { "#" };
            assert_eq!(in_rustdoc.get(&name), Some(&format!("{module}{hash}{fragment}")), "{page}: [{name}]");
            used.insert(name);
        }
    }
    assert_eq!(in_rustdoc.into_keys().collect::<BTreeSet<_>>(), used);
}

/// The text of all sources of the library and the command, tests within them included.
fn sources() -> String {
    files("src", ".rs").iter().map(|file| read(file)).collect()
}

/// Everything in quotes that is written as a variable is: capitals with at least one `_`.
fn quoted_variables(code: &str) -> BTreeSet<String> {
    let quoted = Regex::new(r#""([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|PATH)""#).unwrap();
    quoted.captures_iter(code).map(|captures| captures[1].to_owned()).collect()
}

/// The names in the first column of the table.
fn documented_variables() -> BTreeSet<String> {
    let page = read("docs/environment.md");
    let name = Regex::new(r"`([A-Z][A-Z0-9_]*)`").unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let first = rows.filter_map(|row| row.split(" | ").next());
    first
        .flat_map(|cell| name.captures_iter(cell).map(|captures| captures[1].to_owned()).collect::<Vec<_>>())
        .collect()
}

#[test]
fn the_table_of_environment_variables_has_every_variable_of_ours_and_no_other() {
    let ours = |all: BTreeSet<String>| -> BTreeSet<String> {
        let tests_alone = |name: &String| name.starts_with("LLM_CASSETTE_TEST_");
        all.into_iter().filter(|name| name.starts_with("LLM_CASSETTE_") && !tests_alone(name)).collect()
    };
    let read_by_tests: String = files("tests", ".rs").iter().map(|file| read(file)).collect();
    let code = quoted_variables(&(sources() + &read_by_tests));
    assert!(code.contains(llm_cassette::MODE_VARIABLE));
    assert_eq!(ours(documented_variables()), ours(code));
}

#[test]
fn the_table_of_environment_variables_has_what_is_read_by_name() {
    let reads = Regex::new(r#"env::var(?:_os)?\(\s*"([A-Z][A-Z0-9_]*)"\s*\)"#).unwrap();
    let code = sources();
    let read: BTreeSet<String> = reads.captures_iter(&code).map(|captures| captures[1].to_owned()).collect();
    assert!(read.contains("PATH") && read.contains("SOURCE_DATE_EPOCH"), "{read:?}");
    let documented = documented_variables();
    let missing: Vec<&String> = read.difference(&documented).collect();
    assert!(missing.is_empty(), "docs/environment.md lacks {missing:?}");
}

#[test]
fn the_table_of_environment_variables_names_nothing_that_the_code_does_not_name() {
    let files = ["src", "tests", "examples"].iter().flat_map(|folder| files(folder, ".rs"));
    let code: String = files.filter(|file| file != "tests/suite/docs.rs").map(|file| read(&file)).collect();
    let name = Regex::new(r"\b[A-Z][A-Z0-9_]*\b").unwrap();
    let named: BTreeSet<&str> = name.find_iter(&code).map(|found| found.as_str()).collect();
    let unknown: Vec<String> =
        documented_variables().into_iter().filter(|name| !named.contains(name.as_str())).collect();
    assert_eq!(unknown, Vec::<String>::new());
}

/// The keys that `warm` sends, which are written down where providers are.
#[test]
fn the_table_of_environment_variables_has_the_key_of_every_provider() {
    let keys = |text: &str| -> BTreeSet<String> {
        quoted_variables(text)
            .into_iter()
            .filter(|name| name.ends_with("_API_KEY") && name != "MY_API_KEY")
            .collect()
    };
    let code = keys(&sources());
    assert!(code.len() > 10, "{code:?}");
    let missing: Vec<String> = code.difference(&documented_variables()).cloned().collect();
    assert_eq!(missing, Vec::<String>::new());
}

/// What the reader of documents accepts, and refuses everything else.
#[test]
fn the_page_of_the_format_has_every_field_of_a_document() {
    let code: String = files("src/format", ".rs").iter().map(|file| read(file)).collect();
    let lists = Regex::new(r"const (?:DOCUMENT|REQUEST|RESPONSE): [^=]*= \[([^\]]*)\]").unwrap();
    let bodies = Regex::new(r#"Encoding::\w+ => ("\w+"),"#).unwrap();
    let quoted = Regex::new(r#""(\w+)""#).unwrap();
    let found = lists.captures_iter(&code).chain(bodies.captures_iter(&code));
    let fields: BTreeSet<String> = found
        .flat_map(|found| quoted.captures_iter(found.get(1).unwrap().as_str()).collect::<Vec<_>>())
        .map(|field| field[1].to_owned())
        .collect();
    assert!(
        fields.contains("usage_count") && fields.contains("status") && fields.contains("base64"),
        "{fields:?}"
    );
    let page = read("docs/format.md");
    let missing: Vec<&String> = fields.iter().filter(|field| !page.contains(&format!("`{field}`"))).collect();
    assert!(missing.is_empty(), "docs/format.md lacks {missing:?}");
}

/// Every figure has the command that prints it, so that whoever doubts it can look.
#[test]
fn every_section_with_figures_names_a_command() {
    let page = read("docs/figures.md");
    let sections: Vec<&str> = page.split("\n## ").skip(1).collect();
    assert!(sections.len() >= 4);
    for section in sections {
        assert!(section.contains("`cargo ") || section.contains(" cargo test "), "{section}");
    }
}

/// An example with lines that rustdoc hides would show them in the repository.
#[test]
fn no_example_has_hidden_lines_since_people_would_read_them() {
    let mut hidden = String::new();
    for page in pages() {
        let text = read(&page);
        let blocks = text.split("\n```").filter(|block| block.starts_with("rust") && block.contains("\n# "));
        blocks.for_each(|block| hidden.push_str(&format!("{page}: {block}\n")));
    }
    assert_eq!(hidden, "");
}

#[test]
fn every_file_that_a_page_names_is_there() {
    let named =
        Regex::new(r"`((?:src|tests|docs|cassettes|examples|benches|\.ci)/[A-Za-z0-9_./-]+)`").unwrap();
    let mut missing = String::new();
    for page in pages() {
        for (number, line) in read(&page).lines().enumerate() {
            for captures in named.captures_iter(line) {
                let path: PathBuf = root().join(&captures[1]);
                // Those of the example, and of a user.
                let is_example =
                    ["cassettes/", "tests/rivers.rs"].iter().any(|start| captures[1].starts_with(start));
                if !path.exists() && !is_example {
                    missing.push_str(&format!("{page}:{}: {}\n", number + 1, &captures[1]));
                }
            }
        }
    }
    assert_eq!(missing, "");
}
