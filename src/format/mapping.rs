//! Reading a mapping strictly: a field that is missing, misspelt or of another type is an error with its place.

use super::Malformed;
use crate::format::body;
use crate::format::yaml;
use crate::model::json::Json;
use crate::model::text::nearest;

/// What was read, or what is wrong and the path to where.
pub(super) type At<T> = Result<T, (Vec<String>, String)>;

/// The same error with its line.
pub(super) fn placed(text: &str, (path, message): (Vec<String>, String)) -> Malformed {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    // Where the place itself is missing, its owner is the next best.
    let line = (0..=path.len()).rev().find_map(|length| yaml::locate(text, &path[..length])).unwrap_or(0);
    Malformed::new(line + 1, message)
}

/// A mapping of a document and where it stands.
pub(super) struct Mapping<'a> {
    tree: &'a Json,
    fields: &'a [(String, Json)],
    path: Vec<String>,
}

impl<'a> Mapping<'a> {
    pub(super) fn new(tree: &'a Json, path: &[&str]) -> At<Mapping<'a>> {
        let path: Vec<String> = path.iter().map(|step| (*step).to_owned()).collect();
        match tree {
            Json::Object(fields) => Ok(Mapping { tree, fields, path }),
            _ => {
                let message = match path.last() {
                    Some(name) => format!("`{name}` is not a mapping"),
                    None => "this is not an interaction".to_owned(),
                };
                Err((path, message))
            }
        }
    }

    pub(super) fn wrong(&self, name: &str, message: &str) -> (Vec<String>, String) {
        let mut path = self.path.clone();
        path.push(name.to_owned());
        (path, message.to_owned())
    }

    /// A message of the body's: it names the field, whose line is looked up.
    pub(super) fn in_body(&self, message: String) -> (Vec<String>, String) {
        let named =
            self.names().find(|name| body::is_body_field(name) && message.contains(&format!("`{name}`")));
        let any = self.names().find(|name| body::is_body_field(name));
        let path = self.wrong(named.or(any).unwrap_or_default(), "").0;
        (path, message)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.fields.iter().map(|(name, _)| name.as_str())
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a str, &'a Json)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value))
    }

    pub(super) fn only(&self, known: &[&str]) -> At<()> {
        match self.names().find(|name| !known.contains(name)) {
            None => Ok(()),
            Some(name) => {
                let shown: String = name.chars().take(60).collect();
                let guess =
                    nearest(name, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                Err(self.wrong(name, &format!("unknown field `{shown}`{guess}")))
            }
        }
    }

    pub(super) fn only_with_body(&self, known: &[&str]) -> At<()> {
        let all: Vec<&str> =
            known.iter().copied().chain(self.names().filter(|name| body::is_body_field(name))).collect();
        let bodies = ["json", "text", "blob", "base64", "sse", "ndjson", "eventstream", "multipart"];
        let suggestions: Vec<&str> = all.iter().copied().chain(bodies).collect();
        match self.names().all(|name| all.contains(&name)) {
            true => Ok(()),
            false => self.only(&suggestions),
        }
    }

    pub(super) fn optional(&self, name: &str) -> Option<&'a Json> {
        self.tree.get(name)
    }

    pub(super) fn required(&self, name: &str) -> At<&'a Json> {
        self.optional(name).ok_or_else(|| self.wrong(name, &format!("`{name}` is missing")))
    }

    pub(super) fn text(&self, name: &str) -> At<&'a str> {
        match self.required(name)? {
            Json::String(text) => Ok(text),
            Json::Number(_) | Json::Bool(_) | Json::Null => {
                Err(self.wrong(name, &format!("`{name}` is not text; put it in quotes")))
            }
            Json::Array(_) | Json::Object(_) => Err(self.wrong(name, &format!("`{name}` is not text"))),
        }
    }

    pub(super) fn optional_text(&self, name: &str) -> At<Option<&'a str>> {
        match self.optional(name) {
            None => Ok(None),
            Some(_) => self.text(name).map(Some),
        }
    }

    pub(super) fn number(&self, name: &str) -> At<u64> {
        self.required(name)?.as_u64().ok_or_else(|| self.wrong(name, &not_whole(name)))
    }

    pub(super) fn number_or(&self, name: &str, default: u64) -> At<u64> {
        if self.optional(name).is_some() { self.number(name) } else { Ok(default) }
    }
}

/// What to say of a value that should count something.
pub(super) fn not_whole(name: &str) -> String {
    format!("`{name}` is not a whole number")
}
