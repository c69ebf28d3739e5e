//! Which interactions somebody means, in words such as `provider=openai,model=gpt-4*,older_than=30d`.

use std::path::Path;

use crate::model::age::Age;
use crate::model::error::{Error, ErrorKind};
use crate::model::interaction::Interaction;
use crate::model::labels::{Labels, is_name};
use crate::store::cassette_files::{from_package, portable};

/// Names what a run in mode `record` or `refresh` may send.
pub(crate) const VARIABLE: &str = "LLM_CASSETTE_ONLY";

/// Conditions that all have to hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Selection(Vec<Condition>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Condition {
    /// A field that fits one of several patterns.
    Fits(Field, Vec<String>),
    /// A value of the metadata that does.
    Described(String, Vec<String>),
    OlderThan(Age),
    UnusedFor(Age),
    Pinned(bool),
}

/// What patterns are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Provider,
    Model,
    /// The cassette's path from its package, or an end of it.
    Name,
    Url,
    /// The start of the key.
    Key,
    /// Any of the tags.
    Tag,
}

const FIELDS: [(&str, Field); 6] = [
    ("provider", Field::Provider),
    ("model", Field::Model),
    ("name", Field::Name),
    ("url", Field::Url),
    ("key", Field::Key),
    ("tag", Field::Tag),
];

/// What a selection gets to see of an interaction.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Candidate<'a> {
    pub(crate) provider: Option<&'a str>,
    pub(crate) model: Option<&'a str>,
    /// The path of the cassette from its package, with `/` between folders.
    pub(crate) path: &'a str,
    pub(crate) url: &'a str,
    pub(crate) key: &'a str,
    pub(crate) age: Option<Age>,
    /// How long nobody has used it, where that is known.
    pub(crate) unused: Option<Age>,
    pub(crate) tags: &'a [String],
    pub(crate) metadata: &'a [(String, String)],
    pub(crate) pinned: bool,
}

impl<'a> Candidate<'a> {
    /// What there is to see of a recorded interaction.
    pub(crate) fn of(interaction: &'a Interaction, path: &'a str, key: &'a str) -> Candidate<'a> {
        let Labels { tags, metadata, pinned } = &interaction.labels;
        Candidate {
            provider: interaction.provider.as_deref(),
            model: interaction.model.as_deref(),
            path,
            url: &interaction.request.url,
            key,
            age: Age::of(&interaction.recorded_at, jiff::Timestamp::now()),
            unused: None,
            tags,
            metadata,
            pinned: *pinned,
        }
    }
}

impl Selection {
    /// Reads conditions separated by commas. A field may have alternatives, separated by `|`, and `*` and `?` in them.
    pub(crate) fn parse(text: &str) -> Result<Selection, Error> {
        let conditions = text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(Condition::parse);
        conditions.collect::<Result<_, _>>().map(Selection)
    }

    /// Whether this leaves nothing out.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it takes a ledger to tell what is meant.
    pub(crate) fn asks_for_uses(&self) -> bool {
        self.0.iter().any(|condition| matches!(condition, Condition::UnusedFor(_)))
    }

    pub(crate) fn fits(&self, candidate: &Candidate<'_>) -> bool {
        self.0.iter().all(|condition| condition.fits(candidate))
    }
}

impl Condition {
    fn parse(part: &str) -> Result<Condition, Error> {
        if part == "pinned" {
            return Ok(Condition::Pinned(true));
        }
        let (name, value) =
            part.split_once('=').map(|(name, value)| (name.trim(), value.trim())).unwrap_or((part, ""));
        if value.is_empty() {
            return Err(wrong(format!("{part:?} is not a condition")));
        }
        match name {
            "pinned" => match value {
                "true" => Ok(Condition::Pinned(true)),
                "false" => Ok(Condition::Pinned(false)),
                _ => Err(wrong(format!("{value:?} is not true or false"))),
            },
            "older_than" => Age::parse(value).map(Condition::OlderThan),
            "unused_for" => Age::parse(value).map(Condition::UnusedFor),
            _ => {
                let patterns = value.split('|').map(|pattern| pattern.trim().to_owned()).collect();
                let field = FIELDS.iter().find(|(known, _)| *known == name);
                match (field, name.strip_prefix("metadata.").filter(|name| is_name(name))) {
                    (Some((_, field)), _) => Ok(Condition::Fits(*field, patterns)),
                    (None, Some(name)) => Ok(Condition::Described(name.to_owned(), patterns)),
                    (None, None) => Err(wrong(format!("there is no field {name:?} to select by"))),
                }
            }
        }
    }

    fn fits(&self, candidate: &Candidate<'_>) -> bool {
        match self {
            Condition::OlderThan(age) => candidate.age.is_some_and(|is| is > *age),
            Condition::UnusedFor(age) => candidate.unused.is_some_and(|is| is > *age),
            Condition::Pinned(pinned) => candidate.pinned == *pinned,
            Condition::Described(name, patterns) => candidate.metadata.iter().any(|(known, value)| {
                known == name && patterns.iter().any(|pattern| glob(pattern.as_bytes(), value.as_bytes()))
            }),
            Condition::Fits(field, patterns) => patterns.iter().any(|pattern| field.fits(pattern, candidate)),
        }
    }
}

impl Field {
    fn fits(self, pattern: &str, candidate: &Candidate<'_>) -> bool {
        let like = |text: &str| glob(pattern.as_bytes(), text.as_bytes());
        match self {
            Field::Provider => candidate.provider.is_some_and(like),
            Field::Model => candidate.model.is_some_and(like),
            Field::Url => like(candidate.url),
            Field::Key => !pattern.is_empty() && candidate.key.starts_with(pattern),
            Field::Tag => candidate.tags.iter().any(|tag| like(tag)),
            Field::Name => is_called(candidate.path, pattern),
        }
    }
}

/// Whether a cassette is called as a pattern says. A name, or a path, fits the end of the cassette's path from its package,
/// with or without the ending of the file: the folder of cassettes is not a part of the name that people give. So what has no
/// `/` is compared with the name of the file.
fn is_called(path: &str, pattern: &str) -> bool {
    let pattern = match Path::new(pattern).is_absolute() {
        true => from_package(Path::new(pattern)),
        false => pattern.replace("::", "/").trim_start_matches("./").to_owned(),
    };
    // Names hold what file names cannot.
    let portable = pattern.split('/').map(portable).collect::<Vec<_>>().join("/");
    let bare = path.rsplit_once('.').map_or(path, |(bare, _)| bare);
    let fits = |end: &str, bare: &str| {
        [end, bare].iter().any(|text| glob(pattern.as_bytes(), text.as_bytes())) || bare == portable
    };
    if !pattern.contains('/') {
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        return fits(&name(path), &name(bare));
    }
    let starts = path.match_indices('/').map(|(at, _)| at + 1);
    std::iter::once(0).chain(starts).any(|at| fits(&path[at..], bare.get(at..).unwrap_or_default()))
}

fn wrong(message: String) -> Error {
    let fields: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
    Error::new(ErrorKind::BadSetting, message).with_hint(format!(
        "write conditions such as `provider=openai,model=gpt-4*|gpt-5*,older_than=30d`; there are {}, metadata.NAME, older_than, unused_for and pinned",
        fields.join(", ")
    ))
}

/// Whether a text fits a pattern in which `*` stands for anything and `?` for one byte. Linear for each `*`.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    // Where to go on when what follows the last `*` turns out not to fit.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(b'?') => (p, t) = (p + 1, t + 1),
            Some(byte) if *byte == text[t] => (p, t) = (p + 1, t + 1),
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    (p, t) = (at + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(selection: &str) -> bool {
        Selection::parse(selection).unwrap().fits(&Candidate {
            provider: Some("openai"),
            model: Some("gpt-4o-mini-2024-07-18"),
            path: "tests/cassettes/agent/weather.yaml",
            url: "https://api.openai.com/v1/chat/completions",
            key: "482e03d1b3bb",
            age: Some(Age(86_400 * 40)),
            unused: Some(Age(86_400 * 20)),
            tags: &["faq".to_owned(), "team/search".to_owned()],
            metadata: &[
                ("pending".to_owned(), "QA-12".to_owned()),
                ("team.lead".to_owned(), "Ada".to_owned()),
            ],
            pinned: true,
        })
    }

    #[test]
    fn all_conditions_have_to_hold_and_one_of_the_alternatives() {
        for selection in [
            "",
            "provider=openai",
            "provider=anthropic|openai",
            "model=gpt-4*",
            "model=gpt-4o-mini-????-??-??",
            "name=weather",
            "name=weather.yaml",
            "name=*/agent/*",
            "name=agent/weather",
            "name=agent::weather",
            "name=agent/*",
            "name=cassettes/agent/weather.yaml",
            "name=./tests/cassettes/agent/weather.yaml",
            "url=*/chat/*",
            "key=482e",
            "older_than=30d",
            "unused_for=2w",
            "tag=faq",
            "tag=smoke|team/*",
            "metadata.pending=QA-12",
            "metadata.pending=QA-1|QA-1?",
            "metadata.team.lead=*",
            "pinned",
            "pinned=true",
            " provider = openai , model=gpt* , older_than = 30d ",
        ] {
            assert!(fits(selection), "{selection}");
        }
        for selection in [
            "provider=anthropic",
            "provider=open",
            "model=gpt-4o",
            "name=agent",
            "name=agent*",
            "name=tests*",
            "name=gent/weather",
            "name=other/weather",
            "name=/agent/weather",
            "url=chat",
            "key=82e",
            "older_than=41d",
            "unused_for=20d",
            "tag=smoke",
            "tag=fa",
            "metadata.pending=QA-1",
            "metadata.author=*",
            "metadata.pending=QA-12,tag=smoke",
            "pinned=false",
            "provider=openai,model=none",
        ] {
            assert!(!fits(selection), "{selection}");
        }
    }

    #[test]
    fn a_condition_that_is_none_is_refused_with_those_that_there_are() {
        for (text, wanted) in [
            ("openai", "\"openai\" is not a condition"),
            ("provider=", "\"provider=\" is not a condition"),
            ("colour=red", "there is no field \"colour\" to select by"),
            ("metadata=QA-12", "there is no field \"metadata\" to select by"),
            ("metadata.=QA-12", "there is no field \"metadata.\" to select by"),
            ("pinned=perhaps", "\"perhaps\" is not true or false"),
            ("older_than=long", "\"long\" is not an age"),
        ] {
            let error = Selection::parse(text).unwrap_err();
            assert_eq!(error.message(), wanted);
            assert!(error.hint().is_some());
        }
    }

    #[test]
    fn a_name_that_no_file_can_have_means_the_file_that_it_has() {
        let path = format!("cassettes/{}/{}.yaml", portable("what's this?"), portable("a:b"));
        assert!(is_called(&path, "what's this?/a:b"), "{path}");
        assert!(is_called(&path, "a:b") && !is_called(&path, "a-b"), "{path}");
    }

    #[test]
    fn a_pattern_of_many_stars_takes_no_time() {
        assert!(!glob("*a".repeat(50).as_bytes(), "b".repeat(100_000).as_bytes()));
        assert!(glob(b"*a*b*c", b"xxaxxbxxc"));
        assert!(!glob(b"a", b""));
        assert!(glob(b"**", b""));
    }
}
