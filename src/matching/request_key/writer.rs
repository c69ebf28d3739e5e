//! A JSON body written in one way, whatever its layout and its spellings.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::number;
use super::place::Place;
use super::prompt::normalize_whitespace;
use crate::matching::user_rules::Rules;
use crate::model::base64;
use crate::model::json::{self, Escapes, Json, write_string};
use crate::model::wire::{a2a, json_rpc};
use crate::providers::{FIELDS, Fields};

/// JSON in a text in JSON in a text, and so on: deeper ones are compared as texts. Each takes escapes for its quotes, so that
/// real ones are seldom three deep.
const MOST_TEXTS: u8 = 4;

/// Writes the normal form of a tree; gives the ids that it numbered.
pub(super) fn write(tree: &Json, rules: &Rules, form: &mut Vec<u8>) -> Vec<String> {
    let size = tree.size();
    let unordered = rules.unordered.iter().flat_map(|pointer| pointer.places(tree)).map(address);
    let mut writer = Writer {
        out: String::with_capacity(size),
        ids: Ids::default(),
        rules,
        fields: &FIELDS,
        unordered: unordered.collect(),
        made_up: json_rpc::ids(tree).into_iter().chain(a2a::ids(tree)).map(address).collect(),
        counts_new: true,
    };
    writer.value(tree, Place::root());
    form.extend_from_slice(writer.out.as_bytes());
    writer.ids.all
}

/// What tells a value from all others of its tree, which nobody moves while it is written.
fn address(value: &Json) -> *const Json {
    std::ptr::from_ref(value)
}

/// The ids of a request, each with its number.
#[derive(Default)]
struct Ids {
    all: Vec<String>,
    numbers: HashMap<String, usize>,
}

struct Writer<'a> {
    out: String,
    ids: Ids,
    rules: &'a Rules,
    /// What fields mean to those who read them.
    fields: &'a Fields,
    /// The lists whose order the user says has no meaning.
    unordered: HashSet<*const Json>,
    /// The ids that are known by their place alone.
    made_up: HashSet<*const Json>,
    /// Whether an id that is new gets a number.
    counts_new: bool,
}

impl Writer<'_> {
    fn value(&mut self, value: &Json, place: Place<'_>) {
        match value {
            Json::Number(text) | Json::String(text) if self.is_made_up(value) => self.id(text),
            Json::Null => self.out.push_str("null"),
            Json::Bool(true) => self.out.push_str("true"),
            Json::Bool(false) => self.out.push_str("false"),
            Json::Number(text) => self.number(text),
            Json::String(text) => self.string(text, place),
            Json::Array(items) if self.unordered.contains(&address(value)) => {
                self.in_any_order(items, place);
            }
            Json::Array(items) if place.is_set(items, self.fields) => self.in_any_order(items, place),
            Json::Array(items) => {
                self.list(items.iter().map(|item| move |writer: &mut Self| writer.value(item, place)));
            }
            Json::Object(fields) => self.object(fields, value, place),
        }
    }

    fn is_made_up(&self, value: &Json) -> bool {
        !self.made_up.is_empty() && self.made_up.contains(&address(value))
    }

    fn list<W: FnOnce(&mut Self)>(&mut self, items: impl Iterator<Item = W>) {
        self.out.push('[');
        for (index, write) in items.enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            write(self);
        }
        self.out.push(']');
    }

    /// Writes the items of a list in the order of what they say. An id that turns up here for the first time must not depend
    /// on the order in which it came, so that it gets its number only once the order is known.
    fn in_any_order(&mut self, items: &[Json], place: Place<'_>) {
        let before = std::mem::take(&mut self.out);
        let counts_new = std::mem::replace(&mut self.counts_new, false);
        let mut sorted = self.sorted(items.iter(), place);
        if counts_new && sorted.iter().any(|(text, _)| text.contains(NEW_ID)) {
            // What differs in ids alone is told apart by what else has those ids, such as the call of each result: it is
            // counted first.
            let alone = |at: usize| {
                let same = |other: Option<usize>| {
                    other.and_then(|other| sorted.get(other)).is_some_and(|(text, _)| *text == sorted[at].0)
                };
                !same(at.checked_sub(1)) && !same(at.checked_add(1))
            };
            let first: Vec<&Json> =
                (0..sorted.len()).filter(|at| alone(*at)).map(|at| sorted[at].1).collect();
            self.counts_new = true;
            first.into_iter().for_each(|item| self.value(item, place));
            self.out.clear();
            self.counts_new = false;
            sorted = self.sorted(sorted.iter().map(|(_, item)| *item), place);
        }
        self.counts_new = counts_new;
        self.out = before;
        self.list(sorted.into_iter().map(|(text, item)| {
            move |writer: &mut Self| match text.contains(NEW_ID) && writer.counts_new {
                true => writer.value(item, place),
                false => writer.out.push_str(&text),
            }
        }));
    }

    /// Items with what they say, in the order of that.
    fn sorted<'j>(
        &mut self,
        items: impl Iterator<Item = &'j Json>,
        place: Place<'_>,
    ) -> Vec<(String, &'j Json)> {
        let mut written = Vec::new();
        for item in items {
            self.value(item, place);
            written.push((std::mem::take(&mut self.out), item));
        }
        written.sort_by(|a, b| a.0.cmp(&b.0));
        written
    }

    fn object(&mut self, fields: &[(String, Json)], object: &Json, place: Place<'_>) {
        let kind = object.get("type").and_then(Json::as_str);
        let made_up = !place.user
            && (self.fields.id_holders.contains(&place.name)
                || kind.is_some_and(|kind| self.fields.id_types.contains(&kind)));
        let inside = place.inside(object, self.fields);
        let mut sorted: Vec<&(String, Json)> = fields.iter().collect();
        // A stable sort: of repeated keys, which some parsers read first to last, the order is kept.
        sorted.sort_by(|a, b| a.0.cmp(&b.0));
        self.out.push('{');
        for (index, (name, value)) in sorted.into_iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            write_string(name, Escapes::Few, &mut self.out);
            self.out.push(':');
            let is_id = !place.user
                && (self.fields.request_ids.contains(&name.as_str()) || (made_up && name == "id"));
            match value {
                Json::String(id) if is_id && !id.is_empty() => self.id(id),
                value => self.value(value, inside.field(name, value, self.fields)),
            }
        }
        self.out.push('}');
    }

    /// A rule of the user sees a number as it was sent and as it is compared. What it makes of one may be a number again.
    fn number(&mut self, text: &str) {
        let number = number::canonical(text);
        match self.rules.replace(text).or_else(|| self.rules.replace(&number)) {
            None => self.out.push_str(&number),
            Some(replaced) => match json::parse(replaced.as_bytes()) {
                Ok(Json::Number(other)) => self.out.push_str(&number::canonical(&other)),
                _ => {
                    self.out.push_str("number ");
                    write_string(&replaced, Escapes::Few, &mut self.out);
                }
            },
        }
    }

    fn string(&mut self, text: &str, place: Place<'_>) {
        let replaced = self.rules.replace(text);
        // Models write tool arguments as JSON inside a string, tools answer so, and clients that parse and print such a text
        // again are not asking for anything new. The prefix keeps such a string apart from the object it contains.
        if let Some(tree) =
            [replaced.as_deref(), Some(text)].into_iter().flatten().find_map(|text| said(text, place))
        {
            self.out.push_str("text of ");
            self.value(&tree, place.text());
            return;
        }
        if let Some(request) = encoded_request(text, place, self.fields) {
            self.out.push_str("base64 of ");
            self.value(&request, place.request());
            return;
        }
        let text = match self.rules.normalize_whitespace && place.prompt.is_text() {
            true => {
                let text = normalize_whitespace(text);
                Cow::Owned(self.rules.replace(&text).unwrap_or(text))
            }
            false => replaced.map_or(Cow::Borrowed(text), Cow::Owned),
        };
        write_string(&text, Escapes::Few, &mut self.out);
    }

    /// Writes an id as its number, without quotes: no string looks like that.
    fn id(&mut self, id: &str) {
        let number = match self.ids.numbers.get(id) {
            Some(number) => *number,
            None if !self.counts_new => return self.out.push_str(NEW_ID),
            None => {
                self.ids.numbers.insert(id.to_owned(), self.ids.all.len());
                self.ids.all.push(id.to_owned());
                self.ids.all.len() - 1
            }
        };
        self.out.push_str(&format!("id {number}"));
    }
}

/// An id that has no number yet.
const NEW_ID: &str = "id \0";

/// The body of another request, in base64: SDKs encode the bytes that a program gives them.
fn encoded_request(text: &str, place: Place<'_>, fields: &Fields) -> Option<Json> {
    let may_be = fields.encoded_requests.contains(&place.name) && place.texts < MOST_TEXTS;
    let body = may_be.then(|| base64::decode(text).ok())??;
    json::parse(&body).ok().filter(|tree| tree.as_object().is_some())
}

/// What a text says that is JSON, where such texts are compared by what they say.
fn said(text: &str, place: Place<'_>) -> Option<Json> {
    let open = text.trim_ascii_start().as_bytes().first();
    let may_be = match open {
        Some(b'{') => place.name == "arguments" || place.result,
        Some(b'[') => place.result,
        _ => false,
    };
    (may_be && place.texts < MOST_TEXTS).then(|| json::parse(text.as_bytes()).ok()).flatten()
}
