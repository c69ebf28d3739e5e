//! From a message, templates and rows back to the texts of events.

mod forms;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use super::fields::{self, Strings};
use super::lead::Lead;
use super::rows::{self, Row};
use super::said::{NEAR, bytes};
use super::templates::marked;
use super::{
    AFTER, AGAIN, ARGUMENTS, BEFORE, BUT, COLUMN, COMMON, COUNT, HEADS, ID, MARKS, NAME, NAMED, NUMBER, OF,
    PIECE, SAID, SHARED, TAKE, TYPE, UTF8, WHOLE,
};
use crate::format::allowance::Allowance;
use crate::format::body::spelling;
use crate::format::yaml::NumberStyle;
use crate::model::json::{self, Json, Layout};
use forms::{Head, Templates, fields_of, no_padding};

/// The texts of the events of a compact form.
pub(in crate::format::body) fn read(
    compact: &Json,
    lead: Lead,
    allowance: &Allowance,
) -> Result<Vec<String>, String> {
    let fields =
        compact.as_object().ok_or("a stream has to be a list of events, or a mapping with `events`")?;
    for (name, _) in fields {
        if !["layout", "message", NAMED, "common", "shared", "templates", "events"].contains(&name.as_str()) {
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
    let common = match compact.get("common") {
        None => &[][..],
        Some(common) => common.as_object().ok_or("`common` is not a mapping")?,
    };
    let is_named = match compact.get(NAMED) {
        None => false,
        Some(field) if field.as_str() == Some(TYPE) && lead == Lead::Data => true,
        Some(_) => return Err(format!("`{NAMED}` has to be `{TYPE}`, and only server-sent events have it")),
    };
    let events = compact.get("events").ok_or("a stream has no `events`")?;
    let events = events.as_array().ok_or("`events` is not a list")?;
    let in_dry = allowance.again();
    let told = vec![false; parts.len()];
    let shared = list("shared")?;
    let mut reader = Reader {
        left: Vec::new(),
        told,
        parts,
        common,
        is_named,
        lead,
        layout: &layout,
        shared,
        shared_places: Vec::new(),
        dry: true,
    };
    // Such a value refers to no other.
    reader.shared_places = shared.iter().map(|value| reader.places(value)).collect();
    let named = reader.templates(templates, &allowance.again())?;
    // First only to see which piece of each part is its last.
    reader.left = vec![0; reader.parts.len()];
    reader.all(events, &named, &in_dry)?;
    if let Some(part) =
        (0..reader.parts.len()).find(|part| !reader.told[*part] && !reader.parts[*part].content.is_empty())
    {
        return Err(format!("part {} of `message` is in none of its events", part + 1));
    }
    reader.dry = false;
    let mut texts = reader.all(events, &named, allowance)?;
    texts.shrink_to_fit();
    Ok(texts)
}

/// What each event takes beside its text, in bytes: rows may ask for many that are next to nothing.
const EACH: usize = 32;

struct Reader<'a> {
    parts: Vec<Strings>,
    /// How many pieces of each part are still to come.
    left: Vec<usize>,
    /// Whether an event has something of the content of each part.
    told: Vec<bool>,
    /// The fields that all events have.
    common: &'a [(String, Json)],
    /// Whether events are named after their type.
    is_named: bool,
    lead: Lead,
    /// How most events are laid out.
    layout: &'a Layout,
    shared: &'a [Json],
    /// How many values of a row each of them takes.
    shared_places: Vec<usize>,
    /// Only pieces are counted.
    dry: bool,
}

/// What the marks of an event are filled with.
struct Filling<'a> {
    /// About how many bytes it has come to.
    size: usize,
    allowance: &'a Allowance,
    index: usize,
    row: Vec<Cow<'a, Json>>,
    /// The next place of the row.
    next: usize,
    /// The last piece of the event: of which part, and where it stands there.
    said: Option<(usize, Range<usize>)>,
    /// Whether this is a shared value. Such a value refers to no other: a few that did could ask for gigabytes.
    shared: bool,
}

impl<'a> Filling<'a> {
    fn new(row: Vec<Cow<'a, Json>>, index: usize, allowance: &'a Allowance) -> Filling<'a> {
        Filling { size: 0, allowance, index, row, next: 0, said: None, shared: false }
    }

    /// What one event holds is counted while it grows: it may hold a long text many times.
    fn grows(&mut self, bytes: usize) -> Result<(), String> {
        self.size = self.size.saturating_add(bytes);
        if self.size > self.allowance.left() { Err(self.allowance.refusal()) } else { Ok(()) }
    }

    fn next_value(&mut self) -> Option<Cow<'a, Json>> {
        self.next += 1;
        self.row.get(self.next - 1).cloned()
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
        allowance: &Allowance,
    ) -> Result<Vec<String>, String> {
        // Where the pieces of each part have got to, in bytes.
        let mut at = vec![0; self.parts.len()];
        let mut texts = Vec::new();
        let mut index = 0;
        for event in events {
            let wrong = |index: usize| move |what: String| format!("event {}: {what}", index + 1);
            match event {
                Json::String(text) => {
                    if !self.dry {
                        allowance.spend(text.len())?;
                        texts.push(text.clone());
                    }
                    index += 1;
                }
                Json::Array(row) => {
                    let Some((Json::String(name), items)) = row.split_first() else {
                        return Err(wrong(index)(
                            "a row has to start with the name of a template".to_owned(),
                        ));
                    };
                    let (name, said) = rows::name(name, |name| templates.contains_key(name));
                    let template = templates.get(name);
                    let template =
                        template.ok_or_else(|| wrong(index)(format!("there is no template `{name}`")))?;
                    let mut row = Row::read(items, said, template.values).map_err(wrong(index))?;
                    // Before anything is made of it: a row may say that there are billions.
                    if row.count > allowance.left() {
                        return Err(wrong(index)(allowance.refusal()));
                    }
                    for _ in 0..row.count {
                        let filling = Filling::new(row.next_event(), index, allowance);
                        let text = self.event(&template.head, &template.tree, filling, &mut at);
                        texts.extend(text.map_err(wrong(index))?);
                        index += 1;
                    }
                }
                alone => {
                    let (head, tree) = self.form(alone, templates, allowance).map_err(wrong(index))?;
                    let filling = Filling::new(Vec::new(), index, allowance);
                    let text = self.event(&head, &tree, filling, &mut at);
                    texts.extend(text.map_err(wrong(index))?);
                    index += 1;
                }
            }
        }
        Ok(texts)
    }

    /// The text of one event, unless pieces are only counted.
    fn event(
        &mut self,
        head: &Head<'_>,
        tree: &Json,
        mut filling: Filling<'_>,
        at: &mut [usize],
    ) -> Result<Option<String>, String> {
        let is_mark = |(name, _): &&(String, Json)| name != COMMON && MARKS.contains(&name.as_str());
        if let Some((name, _)) = fields_of(tree).find(is_mark) {
            return Err(format!("`{name}` stands for a value, and not among the fields of an event"));
        }
        let mut fields = self.fields(fields_of(tree), &mut filling, at)?;
        let pad = match head.pad {
            None => 0,
            Some(Json::Bool(true)) => {
                let pad = filling.next_value();
                let pad = pad.as_deref().and_then(Json::as_u64);
                pad.ok_or("its row does not end with a number of spaces")?
            }
            Some(pad) => pad.as_u64().ok_or_else(no_padding)?,
        };
        let pad = usize::try_from(pad).unwrap_or(usize::MAX);
        let allowance = filling.allowance;
        if self.dry {
            allowance.spend(filling.size.saturating_add(EACH))?;
            return Ok(None);
        }
        let place = fields.iter().position(|(name, _)| name == COMMON);
        fields.splice(place.map_or(0..0, |place| place..place + 1), self.common.iter().cloned());
        let tree = Json::Object(fields);
        let prefix = match head.is_told() || !self.is_named {
            true => self.lead.prefix(head.told)?,
            false => {
                let name = tree.get(TYPE).and_then(Json::as_str);
                Lead::Data.named(name.ok_or("it has no `type` that it could be named after")?)
            }
        };
        let layout = head.layout.as_ref().unwrap_or(self.layout);
        let json = layout.write_within(&tree, allowance.left()).ok_or_else(|| allowance.refusal())?;
        let size = prefix.len().saturating_add(json.len()).saturating_add(pad);
        allowance.spend(size.saturating_add(EACH))?;
        let mut text = prefix + &json;
        if pad > 0 && text.ends_with('}') {
            text.insert_str(text.len() - 1, &" ".repeat(pad));
        }
        Ok(Some(text))
    }

    /// How many values of a row a tree takes.
    fn places(&self, tree: &Json) -> usize {
        match (marked(tree), tree) {
            (Some((COLUMN, _)), _) => 1,
            (Some((PIECE, part)), _) => {
                usize::from(marked(part).is_some()) + usize::from(tree.get(TAKE).is_none())
            }
            (Some((SHARED, value)), _) => {
                let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
                let place = number.and_then(|number| number.checked_sub(1));
                let shared = place.and_then(|place| self.shared_places.get(place)).copied().unwrap_or(0);
                shared.saturating_add(tree.get(BUT).map_or(0, |but| self.places(but)))
            }
            (Some(_), _) => 0,
            (None, Json::Array(items)) => items.iter().map(|item| self.places(item)).sum(),
            (None, Json::Object(fields)) => fields.iter().map(|(_, value)| self.places(value)).sum(),
            (None, _) => 0,
        }
    }

    fn fill(&mut self, tree: &Json, filling: &mut Filling<'_>, at: &mut [usize]) -> Result<Json, String> {
        if let Some((name, value)) = marked(tree) {
            return self.mark(name, value, tree, filling, at);
        }
        Ok(match tree {
            Json::Array(items) => {
                filling.grows(2)?;
                let items = items.iter().map(|item| self.fill(item, filling, at));
                Json::Array(items.collect::<Result<_, _>>()?)
            }
            Json::Object(fields) => {
                if let Some((name, _)) = fields.iter().find(|(name, _)| HEADS.contains(&name.as_str())) {
                    return Err(format!("`{name}` stands beside the fields of an event, not within one"));
                }
                Json::Object(self.fields(fields.iter(), filling, at)?)
            }
            leaf => filling.holds(leaf)?.clone(),
        })
    }

    fn fields<'t>(
        &mut self,
        fields: impl Iterator<Item = &'t (String, Json)>,
        filling: &mut Filling<'_>,
        at: &mut [usize],
    ) -> Result<Vec<(String, Json)>, String> {
        filling.grows(2)?;
        let mut filled: Vec<(String, Json)> = Vec::new();
        for (name, value) in fields {
            filling.grows(name.len())?;
            let value = match marked(value) {
                Some((UTF8, of)) => {
                    let mut near = filled.iter().rev().take(NEAR);
                    let text = near.find(|(name, _)| Some(name.as_str()) == of.as_str());
                    let text = text.and_then(|(_, text)| text.as_str());
                    let text = text.ok_or("`$utf8` names no text that stands shortly before it")?;
                    filling.grows(4 * text.len())?;
                    bytes(text)
                }
                _ => self.fill(value, filling, at)?,
            };
            filled.push((name.clone(), value));
        }
        Ok(filled)
    }

    fn mark(
        &mut self,
        name: &str,
        value: &Json,
        tree: &Json,
        filling: &mut Filling<'_>,
        at: &mut [usize],
    ) -> Result<Json, String> {
        let number = |value: &Json, of: usize, what: &str| -> Result<usize, String> {
            let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
            let place = number.filter(|number| (1..=of).contains(number));
            place.map(|number| number - 1).ok_or_else(|| format!("`{name}` names no {what}: there are {of}"))
        };
        let beside: &[&str] = match name {
            PIECE => &[TAKE],
            COLUMN if tree.get(OF).is_some() => &[OF],
            COLUMN => &[BEFORE, AFTER],
            SHARED => &[BUT],
            _ => &[],
        };
        let others = tree.as_object().unwrap_or_default().iter().skip(1);
        if let Some((other, _)) = others.into_iter().find(|(other, _)| !beside.contains(&other.as_str())) {
            return Err(format!("`{other}` cannot stand beside `{name}`"));
        }
        match name {
            SHARED => {
                let place = number(value, self.shared.len(), "shared value")?;
                if std::mem::replace(&mut filling.shared, true) {
                    return Err("a shared value cannot refer to another".to_owned());
                }
                let filled = self.fill(&self.shared[place], filling, at);
                filling.shared = false;
                match tree.get(BUT) {
                    None => filled,
                    Some(but) => self.differing(filled?, but, filling, at),
                }
            }
            COLUMN => {
                let value = filling.next_value().ok_or("the row is too short for its template")?;
                filling.grows(value.size())?;
                let affix = |name: &str| match tree.get(name) {
                    None => Ok(""),
                    Some(text) => text.as_str().ok_or_else(|| format!("`{name}` of a column is not text")),
                };
                if tree.get(OF).is_some() {
                    let length = value.as_u64().and_then(|length| usize::try_from(length).ok());
                    let length = length.ok_or("the length of a text is not a whole number")?;
                    let text: String = affix(OF)?.chars().take(length).collect();
                    filling.grows(text.len())?;
                    return Ok(Json::String(text));
                }
                let (before, after) = (affix(BEFORE)?, affix(AFTER)?);
                filling.grows(before.len() + after.len())?;
                match &*value {
                    _ if before.is_empty() && after.is_empty() => Ok(value.into_owned()),
                    Json::String(text) | Json::Number(text) => {
                        Ok(Json::String([before, text, after].concat()))
                    }
                    _ => Err("a column of texts holds something else".to_owned()),
                }
            }
            AGAIN => {
                let place = number(value, filling.row.len(), "value of the row")?;
                filling.grows(filling.row[place].size())?;
                Ok(filling.row[place].clone().into_owned())
            }
            NUMBER => {
                let parsed = value.as_str().map(|text| json::parse(text.as_bytes()));
                match parsed.unwrap_or_else(|| Ok(value.clone())) {
                    Ok(number @ Json::Number(_)) => Ok(filling.holds(&number)?.clone()),
                    _ => Err(format!("`{NUMBER}` is not the text of a number")),
                }
            }
            COUNT => {
                let Json::Number(text) = value else { return Err("`$count` is not a number".to_owned()) };
                let offset: i64 = text.parse().map_err(|_| "`$count` is not a whole number".to_owned())?;
                let count = i64::try_from(filling.index).ok().and_then(|index| index.checked_add(offset));
                Ok(Json::Number(count.ok_or("`$count` is out of range")?.to_string()))
            }
            PIECE => {
                let part = match marked(value) {
                    Some((COLUMN, _)) => {
                        filling.next_value().ok_or("the row is too short for its template")?
                    }
                    _ => Cow::Borrowed(value),
                };
                let part = number(&part, self.parts.len(), "part of the message")?;
                self.told[part] = true;
                let take = match tree.get(TAKE) {
                    Some(take) => Cow::Borrowed(take),
                    None => filling.next_value().ok_or("the row is too short for its template")?,
                };
                let take = take.as_u64().ok_or("the length of a piece is not a whole number")?;
                let piece = self.piece(part, usize::try_from(take).unwrap_or(usize::MAX), at);
                filling.grows(piece.end - piece.start)?;
                let text = self.parts[part].content[piece.clone()].to_owned();
                filling.said = Some((part, piece));
                Ok(Json::String(text))
            }
            SAID => {
                let part = number(value, self.parts.len(), "part of the message")?;
                let said = filling.said.clone().filter(|(of, _)| *of == part).map(|(_, piece)| piece);
                let piece = said.ok_or("`$said` has no piece of this part before it")?;
                filling.grows(piece.end - piece.start)?;
                Ok(Json::String(self.parts[part].content[piece].to_owned()))
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

    /// A shared object with the fields that are others in this place.
    fn differing(
        &mut self,
        shared: Json,
        but: &Json,
        filling: &mut Filling<'_>,
        at: &mut [usize],
    ) -> Result<Json, String> {
        let (Json::Object(mut fields), Some(but)) = (shared, but.as_object()) else {
            return Err(format!("`{BUT}` is for fields of a shared mapping"));
        };
        let mut others: HashMap<&str, &Json> =
            but.iter().map(|(name, value)| (name.as_str(), value)).collect();
        for (name, value) in &mut fields {
            if let Some(other) = others.remove(name.as_str()) {
                *value = self.fill(other, filling, at)?;
            }
        }
        if let Some(name) = others.into_keys().min() {
            return Err(format!("the shared value has no field `{name}`"));
        }
        Ok(Json::Object(fields))
    }

    /// Where the next characters of a part stand; for its last piece all that is left.
    fn piece(&mut self, part: usize, take: usize, at: &mut [usize]) -> Range<usize> {
        if self.dry {
            self.left[part] += 1;
            return 0..0;
        }
        self.left[part] = self.left[part].saturating_sub(1);
        let start = at[part];
        let rest = &self.parts[part].content[start..];
        let length = match self.left[part] {
            0 => rest.len(),
            _ => rest.char_indices().nth(take).map_or(rest.len(), |(end, _)| end),
        };
        at[part] = start + length;
        start..at[part]
    }
}
