//! Reading TOML strictly: what is unknown, or of another type than it should be, is an error with its line and column.

use std::path::Path;

use toml_span::Value;
use toml_span::value::{Table, ValueInner};

use crate::model::error::{Error, ErrorKind};
use crate::model::text::{nearest, shown_path};

/// The text of a file, and its path for errors.
pub(super) struct Reader<'a> {
    text: &'a str,
    path: &'a Path,
}

/// A table whose fields are all known.
#[derive(Default)]
pub(super) struct Fields<'a> {
    of: Option<(&'a Reader<'a>, &'a Value<'a>, &'a Table<'a>)>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, path: &'a Path) -> Reader<'a> {
        Reader { text, path }
    }

    pub(super) fn tree(&self) -> Result<Value<'a>, Error> {
        toml_span::parse(self.text).map_err(|error| {
            self.wrong(error.span.start, &error.to_string(), "write TOML, as in `ignore_host = true`")
        })
    }

    pub(super) fn fields(&'a self, value: &'a Value<'a>, known: &[&str]) -> Result<Fields<'a>, Error> {
        let table = value.as_table().ok_or_else(|| self.not(value, "a table"))?;
        let unknown = table.keys().filter(|key| !known.contains(&key.name.as_ref()));
        // The first one in the file; the table has them in the order of their names.
        if let Some(key) = unknown.min_by_key(|key| key.span.start) {
            let shown: String = key.name.chars().take(60).collect();
            let hint = match nearest(&key.name, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the fields are {}", known.join(", ")),
            };
            return Err(self.wrong(key.span.start, &format!("unknown field `{shown}`"), &hint));
        }
        Ok(Fields { of: Some((self, value, table)) })
    }

    /// A value that is something else than it should be.
    fn not(&self, value: &Value<'_>, wanted: &str) -> Error {
        let message = format!("{} where {wanted} is wanted", kind(value));
        self.wrong(value.span.start, &message, &format!("write {wanted}"))
    }

    fn wrong(&self, at: usize, message: &str, hint: &str) -> Error {
        self.placed(at, &Error::new(ErrorKind::BadSetting, message).with_hint(hint))
    }

    /// The error with the place to which it belongs, as `path:line:column`.
    fn placed(&self, at: usize, error: &Error) -> Error {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let before = &self.text[..at];
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before[start..].chars().count() + 1;
        let message = format!("{}:{line}:{column}: {}", shown_path(self.path), error.message());
        let placed = Error::new(ErrorKind::BadSetting, message);
        match error.hint() {
            Some(hint) => placed.with_hint(hint),
            None => placed,
        }
    }
}

impl<'a> Fields<'a> {
    fn get(&self, name: &str) -> Option<(&'a Reader<'a>, &'a Value<'a>)> {
        let (reader, _, table) = self.of?;
        Some((reader, table.get(name)?))
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Error> {
        self.get(name)
            .map(|(reader, value)| value.as_bool().ok_or_else(|| reader.not(value, "`true` or `false`")))
            .transpose()
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, Error> {
        self.get(name)
            .map(|(reader, value)| {
                text(reader, value).and_then(|text| match text {
                    "" => Err(reader.wrong(
                        value.span.start,
                        "this text is empty",
                        "fill it in, or leave out the field",
                    )),
                    text => Ok(text),
                })
            })
            .transpose()
    }

    /// A text that means something.
    pub(super) fn read<T>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        self.get(name).map(|(reader, value)| meaning(reader, value, &read)).transpose()
    }

    /// As [`read`](Self::read), of a field that has to be there.
    pub(super) fn required<T>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Result<T, Error>,
    ) -> Result<T, Error> {
        match (self.read(name, read)?, self.of) {
            (Some(meaning), _) => Ok(meaning),
            (None, Some((reader, value, _))) => {
                let message = format!("`{name}` is missing");
                Err(reader.wrong(value.span.start, &message, &format!("add `{name} = '…'`")))
            }
            (None, None) => Err(Error::new(ErrorKind::BadSetting, format!("`{name}` is missing"))),
        }
    }

    /// One of some words.
    pub(super) fn word<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Result<Option<T>, Error> {
        self.read(name, |text| {
            let known = words.iter().find(|(word, _)| *word == text);
            known.map(|(_, meaning)| *meaning).ok_or_else(|| {
                let all: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
                Error::new(ErrorKind::BadSetting, format!("`{name}` is {text:?}"))
                    .with_hint(format!("write {}", all.join(" or ")))
            })
        })
    }

    /// A list of texts.
    pub(super) fn list<T>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let Some((reader, value)) = self.get(name) else { return Ok(Vec::new()) };
        let items = value.as_array().ok_or_else(|| reader.not(value, "a list of texts"))?;
        items.iter().map(|item| meaning(reader, item, &read)).collect()
    }

    /// Texts by name, in the order of the names.
    pub(super) fn map<T>(
        &self,
        name: &str,
        read: impl Fn(&str, &str) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let Some((reader, value)) = self.get(name) else { return Ok(Vec::new()) };
        let table = value.as_table().ok_or_else(|| reader.not(value, "a table of texts"))?;
        table
            .iter()
            .map(|(key, value)| {
                read(&key.name, text(reader, value)?).map_err(|error| reader.placed(key.span.start, &error))
            })
            .collect()
    }

    /// A table with fields of its own.
    pub(super) fn table(&self, name: &str, known: &[&str]) -> Result<Option<Fields<'a>>, Error> {
        self.get(name).map(|(reader, value)| reader.fields(value, known)).transpose()
    }

    /// A list of such tables.
    pub(super) fn rows(&self, name: &str, known: &[&str]) -> Result<Vec<Fields<'a>>, Error> {
        let Some((reader, value)) = self.get(name) else { return Ok(Vec::new()) };
        let rows = value.as_array().ok_or_else(|| reader.not(value, "a list of tables"))?;
        rows.iter().map(|row| reader.fields(row, known)).collect()
    }
}

fn text<'a>(reader: &Reader<'_>, value: &'a Value<'_>) -> Result<&'a str, Error> {
    value.as_str().ok_or_else(|| reader.not(value, "a text in quotes"))
}

fn meaning<T>(
    reader: &Reader<'_>,
    value: &Value<'_>,
    read: impl Fn(&str) -> Result<T, Error>,
) -> Result<T, Error> {
    read(text(reader, value)?).map_err(|error| reader.placed(value.span.start, &error))
}

fn kind(value: &Value<'_>) -> &'static str {
    match value.as_ref() {
        ValueInner::String(_) => "a text",
        ValueInner::Integer(_) | ValueInner::Float(_) => "a number",
        ValueInner::Boolean(_) => "`true` or `false`",
        ValueInner::Array(_) => "a list",
        ValueInner::Table(_) => "a table",
    }
}
