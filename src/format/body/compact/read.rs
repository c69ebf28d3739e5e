//! From a message, templates and rows back to the texts of events.

use std::borrow::Cow;
use std::collections::HashMap;

use super::fields::{self, Strings};
use super::lead::Lead;
use super::templates::marked;
use super::{ARGUMENTS, COLUMN, COUNT, ID, NAME, PAD, PIECE, SHARED, TAKE, WHOLE};
use crate::format::allowance::Allowance;
use crate::format::body::spelling;
use crate::format::yaml::NumberStyle;
use crate::model::json::{self, Json, Layout};

/// The texts of the events of a compact form.
pub(in crate::format::body) fn read(
    compact: &Json,
    lead: Lead,
    allowance: &Allowance,
) -> Result<Vec<String>, String> {
    let fields =
        compact.as_object().ok_or("a stream has to be a list of events, or a mapping with `events`")?;
    for (name, _) in fields {
        if !["layout", "message", "common", "shared", "templates", "events"].contains(&name.as_str()) {
            return Err(format!("a stream has no field `{name}`"));
        }
    }
    let words = match compact.get("layout") {
        None => "",
        Some(words) => words.as_str().ok_or("`layout` is not text")?,
    };
    let (layout, numbers) = spelling::read(words)?;
    let mut restored = Cow::Borrowed(compact);
    if numbers != NumberStyle::default() {
        numbers.restore(restored.to_mut());
    }
    let compact = &*restored;
    let list = |name: &str| match compact.get(name) {
        None => Ok(&[][..]),
        Some(value) => value.as_array().ok_or_else(|| format!("`{name}` is not a list")),
    };
    let part = |part| fields::read(part, allowance);
    let parts = list("message")?.iter().map(part).collect::<Result<Vec<_>, _>>()?;
    let templates = match compact.get("templates") {
        None => &[][..],
        Some(templates) => templates.as_object().ok_or("`templates` is not a mapping")?,
    };
    let start = match compact.get("common") {
        None => &[][..],
        Some(start) => start.as_object().ok_or("`common` is not a mapping")?,
    };
    let events = compact.get("events").ok_or("a stream has no `events`")?;
    let events = events.as_array().ok_or("`events` is not a list")?;
    let named = templates.iter().map(|(name, template)| (name.as_str(), template)).collect();
    let in_dry = allowance.again();
    let told = vec![false; parts.len()];
    let mut reader = Reader { left: Vec::new(), told, parts, start, shared: list("shared")?, dry: true };
    // First only to see which piece of each part is its last.
    reader.left = vec![0; reader.parts.len()];
    reader.all(events, &named, &layout, lead, &in_dry)?;
    if let Some(part) =
        (0..reader.parts.len()).find(|part| !reader.told[*part] && !reader.parts[*part].content.is_empty())
    {
        return Err(format!("part {} of `message` is in none of its events", part + 1));
    }
    reader.dry = false;
    let mut texts = reader.all(events, &named, &layout, lead, allowance)?;
    texts.shrink_to_fit();
    Ok(texts)
}

struct Reader<'a> {
    parts: Vec<Strings>,
    /// How many pieces of each part are still to come.
    left: Vec<usize>,
    /// Whether an event has something of the content of each part.
    told: Vec<bool>,
    /// The fields that all events start with.
    start: &'a [(String, Json)],
    shared: &'a [Json],
    /// Only pieces are counted.
    dry: bool,
}

/// Templates by their names.
type Templates<'a> = HashMap<&'a str, &'a Json>;

/// What the marks of an event are filled with.
struct Filling<'a> {
    /// About how many bytes it has come to.
    size: usize,
    allowance: &'a Allowance,
    index: usize,
    row: &'a [Json],
    /// The next place of the row.
    next: usize,
    /// Whether this is a shared value. Such a value refers to no other: a few that did could ask for gigabytes.
    shared: bool,
}

impl Filling<'_> {
    /// What one event holds is counted while it grows: it may hold a long text many times.
    fn grows(&mut self, bytes: usize) -> Result<(), String> {
        self.size = self.size.saturating_add(bytes);
        if self.size > self.allowance.left() { Err(self.allowance.refusal()) } else { Ok(()) }
    }

    fn holds<'v>(&mut self, value: &'v Json) -> Result<&'v Json, String> {
        self.grows(value.size())?;
        Ok(value)
    }
}

impl<'a> Reader<'a> {
    fn all(
        &mut self,
        events: &'a [Json],
        templates: &Templates<'a>,
        layout: &Layout,
        lead: Lead,
        allowance: &'a Allowance,
    ) -> Result<Vec<String>, String> {
        // Where the pieces of each part have got to, in bytes.
        let mut at = vec![0; self.parts.len()];
        let mut texts = Vec::new();
        for (index, event) in events.iter().enumerate() {
            let wrong = |what: String| format!("event {}: {what}", index + 1);
            let (template, row) = match event {
                Json::String(text) => {
                    if !self.dry {
                        allowance.spend(text.len())?;
                        texts.push(text.clone());
                    }
                    continue;
                }
                Json::Array(row) => {
                    let Some((Json::String(name), row)) = row.split_first() else {
                        return Err(wrong("a row has to start with the name of a template".to_owned()));
                    };
                    let template = templates.get(name.as_str()).copied();
                    (template.ok_or_else(|| wrong(format!("there is no template `{name}`")))?, row)
                }
                alone => (alone, &[][..]),
            };
            let Head { prefix, pad, tree } = head(template, lead).map_err(wrong)?;
            let mut filling = Filling { size: 0, allowance, index, row, next: 0, shared: false };
            let mut tree = self.fill(tree, &mut filling, &mut at).map_err(wrong)?;
            let pad = match pad {
                None => 0,
                Some(Json::Bool(true)) => {
                    filling.next += 1;
                    let pad = row.get(filling.next - 1).and_then(Json::as_u64);
                    pad.ok_or_else(|| wrong("its row does not end with a number of spaces".to_owned()))?
                }
                Some(pad) => {
                    pad.as_u64().ok_or_else(|| wrong("`pad` is not a number of spaces".to_owned()))?
                }
            };
            let pad = usize::try_from(pad).unwrap_or(usize::MAX);
            if filling.next != row.len() {
                return Err(wrong(format!(
                    "its template takes {} values, but the row has {}",
                    filling.next,
                    row.len()
                )));
            }
            if self.dry {
                allowance.spend(filling.size)?;
            } else {
                match &mut tree {
                    Json::Object(fields) => fields.splice(..0, self.start.iter().cloned()),
                    _ => return Err(wrong("its `json` is not a mapping".to_owned())),
                };
                let json = layout.write_within(&tree, allowance.left()).ok_or_else(|| allowance.refusal())?;
                allowance.spend(prefix.len().saturating_add(json.len()).saturating_add(pad))?;
                let mut text = prefix + &json;
                if pad > 0 && text.ends_with('}') {
                    text.insert_str(text.len() - 1, &" ".repeat(pad));
                }
                texts.push(text);
            }
        }
        Ok(texts)
    }

    fn fill(&mut self, tree: &'a Json, filling: &mut Filling<'a>, at: &mut [usize]) -> Result<Json, String> {
        if let Some((name, value)) = marked(tree) {
            return self.mark(name, value, tree, filling, at);
        }
        filling.grows(2)?;
        Ok(match tree {
            Json::Array(items) => {
                let items = items.iter().map(|item| self.fill(item, filling, at));
                Json::Array(items.collect::<Result<_, _>>()?)
            }
            Json::Object(fields) => {
                let fields = fields.iter().map(|(name, value)| {
                    filling.grows(name.len())?;
                    Ok((name.clone(), self.fill(value, filling, at)?))
                });
                Json::Object(fields.collect::<Result<_, String>>()?)
            }
            leaf => filling.holds(leaf)?.clone(),
        })
    }

    fn mark(
        &mut self,
        name: &str,
        value: &'a Json,
        tree: &'a Json,
        filling: &mut Filling<'a>,
        at: &mut [usize],
    ) -> Result<Json, String> {
        let number = |value: &Json, of: usize, what: &str| -> Result<usize, String> {
            let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
            let place = number.filter(|number| (1..=of).contains(number));
            place.map(|number| number - 1).ok_or_else(|| format!("`{name}` names no {what}: there are {of}"))
        };
        let extra = tree.as_object().map_or(0, <[_]>::len) - 1;
        if extra > 0 && (name != PIECE || tree.get(TAKE).is_none() || extra > 1) {
            return Err(format!("`{name}` has to be the only field of its mapping"));
        }
        match name {
            SHARED => {
                let place = number(value, self.shared.len(), "shared value")?;
                if std::mem::replace(&mut filling.shared, true) {
                    return Err("a shared value cannot refer to another".to_owned());
                }
                let filled = self.fill(&self.shared[place], filling, at);
                filling.shared = false;
                filled
            }
            COLUMN => {
                let value = filling.row.get(filling.next).ok_or("the row is too short for its template")?;
                filling.next += 1;
                Ok(filling.holds(value)?.clone())
            }
            COUNT => {
                let Json::Number(text) = value else { return Err("`$count` is not a number".to_owned()) };
                let offset: i64 = text.parse().map_err(|_| "`$count` is not a whole number".to_owned())?;
                let count = i64::try_from(filling.index).ok().and_then(|index| index.checked_add(offset));
                Ok(Json::Number(count.ok_or("`$count` is out of range")?.to_string()))
            }
            PIECE => {
                let part = number(value, self.parts.len(), "part of the message")?;
                self.told[part] = true;
                let take = match tree.get(TAKE) {
                    Some(take) => take,
                    None => {
                        filling.next += 1;
                        filling.row.get(filling.next - 1).ok_or("the row is too short for its template")?
                    }
                };
                let take = take.as_u64().ok_or("the length of a piece is not a whole number")?;
                let piece = self.piece(part, usize::try_from(take).unwrap_or(usize::MAX), at);
                filling.grows(piece.len())?;
                Ok(Json::String(piece))
            }
            _ => {
                let part = number(value, self.parts.len(), "part of the message")?;
                self.told[part] |= matches!(name, WHOLE | ARGUMENTS);
                let part = &self.parts[part];
                let text = match name {
                    WHOLE => part.content.as_str(),
                    NAME => part.name.as_str(),
                    ID => part.id.as_str(),
                    ARGUMENTS => {
                        filling.grows(part.content.len())?;
                        let arguments = json::parse(part.content.as_bytes());
                        return arguments
                            .map_err(|_| "`$arguments` names a part without arguments".to_owned());
                    }
                    other => return Err(format!("unknown mark `{other}`")),
                };
                filling.grows(text.len())?;
                Ok(Json::from(text))
            }
        }
    }

    /// The next characters of a part; for its last piece all that is left.
    fn piece(&mut self, part: usize, take: usize, at: &mut [usize]) -> String {
        if self.dry {
            self.left[part] += 1;
            return String::new();
        }
        self.left[part] = self.left[part].saturating_sub(1);
        let rest = &self.parts[part].content[at[part]..];
        let length = match self.left[part] {
            0 => rest.len(),
            _ => rest.char_indices().nth(take).map_or(rest.len(), |(end, _)| end),
        };
        at[part] += length;
        rest[..length].to_owned()
    }
}

/// What stands before the JSON of an event or a template, its padding, and the JSON.
struct Head<'a> {
    prefix: String,
    pad: Option<&'a Json>,
    tree: &'a Json,
}

fn head(template: &Json, lead: Lead) -> Result<Head<'_>, String> {
    let fields = template.as_object().ok_or("an event has to be text, a row, or a mapping with `json`")?;
    let (mut told, mut tree, mut pad) = (None, None, None);
    for (name, value) in fields {
        match name.as_str() {
            PAD => pad = Some(value),
            field if lead.holds(field) => tree = Some((field, value)),
            field if lead.tells(field) => {
                told = Some((field, value.as_str().ok_or_else(|| format!("`{field}` is not text"))?));
            }
            other => return Err(format!("an event has no field `{other}`")),
        }
    }
    let (holder, tree) = tree.ok_or("it has no `json`")?;
    Ok(Head { prefix: lead.prefix(told, holder)?, pad, tree })
}
