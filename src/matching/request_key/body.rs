//! Bodies that mean the same, written the same.

use std::borrow::Cow;

use http::header::CONTENT_TYPE;

use super::prompt::{Prompt, normalize_whitespace};
use crate::matching::user_rules::Rules;
use crate::model::exchange::Request;
use crate::model::json::{self, Escapes, Json, write_string};
use crate::model::wire::bodies::{boundary, json_body};
use crate::model::wire::multipart;
use crate::providers::{FIELDS, Fields};

/// Writes the normal form of the body; gives the ids that it numbered.
pub(crate) fn canonical(request: &Request, rules: &Rules, form: &mut Vec<u8>) -> Vec<String> {
    if request.body.is_empty() {
        return Vec::new();
    }
    if let Some(mut tree) = json_body(request) {
        for pointer in &rules.ignored {
            pointer.remove_from(&mut tree);
        }
        let out = String::with_capacity(request.body.len());
        let mut writer = Writer { out, ids: Vec::new(), rules, fields: &FIELDS };
        writer.value(&tree, Place { name: "", user: false, prompt: Prompt::root() });
        form.extend_from_slice(b"json ");
        form.extend_from_slice(writer.out.as_bytes());
        return writer.ids;
    }
    let boundary = request.headers.get(CONTENT_TYPE).and_then(|value| boundary(value.as_bytes()));
    let multipart = boundary.map(|boundary| multipart::read(&request.body, &boundary));
    if let Some(multipart) = multipart.filter(|multipart| multipart.is_closed) {
        for part in multipart.parts {
            // Doubling NUL keeps a part that looks like this separator from being taken for two. A length would do as
            // well, but could not be compared where something secret was replaced.
            form.extend_from_slice(b"\0part\n");
            for byte in &request.body[part.range()] {
                form.extend_from_slice(if *byte == 0 { b"\0\0" } else { std::slice::from_ref(byte) });
            }
        }
        return Vec::new();
    }
    form.extend_from_slice(b"bytes ");
    match std::str::from_utf8(&request.body).ok().and_then(|text| rules.replace(text)) {
        Some(replaced) => form.extend_from_slice(replaced.as_bytes()),
        None => form.extend_from_slice(&request.body),
    }
    Vec::new()
}

/// Where a value stands, as far as it matters for ids.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// The key it stands under; items of an array have that of the array.
    name: &'a str,
    /// Inside something of the user's, where nothing is an id.
    user: bool,
    prompt: Prompt,
}

struct Writer<'a> {
    out: String,
    ids: Vec<String>,
    rules: &'a Rules,
    /// What fields mean to those who read them.
    fields: &'a Fields,
}

impl Writer<'_> {
    fn value(&mut self, value: &Json, place: Place<'_>) {
        match value {
            Json::Null => self.out.push_str("null"),
            Json::Bool(true) => self.out.push_str("true"),
            Json::Bool(false) => self.out.push_str("false"),
            Json::Number(text) => self.out.push_str(text),
            Json::String(text) => self.string(text, place),
            Json::Array(items) => {
                self.out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        self.out.push(',');
                    }
                    self.value(item, place);
                }
                self.out.push(']');
            }
            Json::Object(fields) => self.object(fields, value, place),
        }
    }

    fn object(&mut self, fields: &[(String, Json)], object: &Json, place: Place<'_>) {
        let kind = object.get("type").and_then(Json::as_str);
        let made_up = !place.user
            && (self.fields.id_holders.contains(&place.name)
                || kind.is_some_and(|kind| self.fields.id_types.contains(&kind)));
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
                value => {
                    // Under a name that users have for their own, some have the whole conversation.
                    let is_list = |&&(list, _): &&(&str, &str)| list == name && value.as_array().is_some();
                    let own = self.fields.users.contains(&name.as_str());
                    let user = place.user || (own && !self.fields.lists.iter().any(|list| is_list(&list)));
                    let prompt = place.prompt.field(name, own, self.fields);
                    self.value(value, Place { name, user, prompt });
                }
            }
        }
        self.out.push('}');
    }

    fn string(&mut self, text: &str, place: Place<'_>) {
        // Models write tool arguments as JSON inside a string, and clients that parse and print them again are not
        // asking for anything new. The prefix keeps such a string apart from the object it contains.
        if place.name == "arguments"
            && let Ok(tree @ Json::Object(_)) = json::parse(text.as_bytes())
        {
            self.out.push_str("text of ");
            self.value(&tree, Place { user: true, ..place });
            return;
        }
        let text = match self.rules.normalize_whitespace && place.prompt.is_text() {
            true => Cow::Owned(normalize_whitespace(text)),
            false => Cow::Borrowed(text),
        };
        let text = self.rules.replace(&text).map_or(text, Cow::Owned);
        write_string(&text, Escapes::Few, &mut self.out);
    }

    /// Writes an id as its number, without quotes: no string looks like that.
    fn id(&mut self, id: &str) {
        let number = self.ids.iter().position(|known| known == id).unwrap_or_else(|| {
            self.ids.push(id.to_owned());
            self.ids.len() - 1
        });
        self.out.push_str(&format!("id {number}"));
    }
}
