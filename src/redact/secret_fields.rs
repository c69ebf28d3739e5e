//! What stands under the name of a secret: in fields of JSON, at any depth, and in the texts that JSON holds.

use std::ops::Range;

use super::assignments;
use super::encodings::Layer;
use super::json_spans::{self, Node};
use super::looks::{self, Written};
use super::named::{JsonReader, Named};
use super::secret_names::{self, Names, Says};
use crate::providers::{FIELDS, OwnWords};

/// Texts within texts are read to this depth.
const MAX_DEPTH: usize = 4;

/// No name of an option is longer.
const LONGEST_OPTION: usize = 80;

/// Reads JSON for whoever finds some in a text.
const JSON: JsonReader = JsonReader { in_text: named_in_text, under: named_under };

/// Who wrote a text, and who reads it.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    /// A program sends it: what stands in its own fields counts however it looks.
    pub(super) is_sent: bool,
    /// What a model wrote in it is not searched for names.
    pub(super) own_words: Option<&'a dyn Fn() -> &'a OwnWords>,
}

impl Side<'_> {
    /// Nobody knows who wrote it.
    pub(super) const TEXT: Side<'static> = Side { is_sent: false, own_words: None };

    /// Whether a model wrote anything in it.
    pub(super) fn has_own_words(&self) -> bool {
        self.own_words.is_some_and(|words| !words().is_empty())
    }

    pub(super) fn is_own_text(&self, text: &[u8]) -> bool {
        let words = self.own_words.map(|words| words());
        words.is_some_and(|words| std::str::from_utf8(text).is_ok_and(|text| words.has_text(text)))
    }

    fn is_own_argument(&self, name: &str, value: &[u8]) -> bool {
        let words = self.own_words.map(|words| words());
        words.is_some_and(|words| std::str::from_utf8(value).is_ok_and(|text| words.has_argument(name, text)))
    }
}

/// What stands under names of secrets in a body or a text.
pub(super) fn named(text: &[u8], names: &Names, side: Side<'_>) -> Vec<Named> {
    let mut search = Search { names, side, found: Vec::new() };
    search.text(text, &|range| range, 0, false);
    search.found
}

/// The same in a value that was read already.
pub(super) fn named_in(text: &[u8], node: &Node, names: &Names, side: Side<'_>) -> Vec<Named> {
    let mut search = Search { names, side, found: Vec::new() };
    search.root(text, node, &|range| range, 0);
    search.found
}

/// The same in a text that was decoded, but for what is encoded in it again.
fn named_in_text(text: &[u8], names: &Names) -> Vec<Named> {
    let mut search = Search { names, side: Side::TEXT, found: Vec::new() };
    search.text(text, &|range| range, MAX_DEPTH - 1, false);
    search.found
}

/// The same in a value that stands under a name itself.
fn named_under(text: &[u8], node: &Node, names: &Names, says: Says) -> Vec<Named> {
    let mut search = Search { names, side: Side::TEXT, found: Vec::new() };
    search.walk(text, node, Place { name: "", says, written: Written::Data }, &|range| range, 0);
    search.found
}

struct Search<'n, 's> {
    names: &'n Names,
    side: Side<'s>,
    found: Vec<Named>,
}

/// What is known of a value by where it stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// The name right above it.
    name: &'a str,
    says: Says,
    written: Written,
}

type Back<'a> = &'a dyn Fn(Range<usize>) -> Range<usize>;

impl Search<'_, '_> {
    /// A text of which nothing is known. `back` leads to where it stands in the whole.
    fn text(&mut self, text: &[u8], back: Back<'_>, depth: usize, is_inner: bool) {
        let opens = text.trim_ascii_start().first();
        let depth = depth + usize::from(is_inner);
        if !matches!(opens, Some(b'{' | b'[' | b'"')) {
            return self.plain(text, 0..text.len(), back);
        }
        if let Some(node) = json_spans::parse(text) {
            return self.root(text, &node, back, depth);
        }
        let mut at = 0;
        let values = json_spans::values(text);
        // `"Password"="…"` is a setting, and its strings are no values of JSON.
        let names = |end: usize| {
            text[end..].iter().take(4).find(|byte| **byte != b' ').is_some_and(|byte| b"=:".contains(byte))
        };
        let is_settings =
            values.iter().any(|value| matches!(value.node, Node::Text(_)) && names(value.range.end));
        for value in values {
            if is_settings && matches!(value.node, Node::Text(_)) {
                continue;
            }
            let Range { start, end } = value.range;
            self.plain(text, at..start, back);
            let inner = |range: Range<usize>| back(start + range.start..start + range.end);
            self.root(&text[start..end], &value.node, &inner, depth);
            at = end;
        }
        self.plain(text, at..text.len(), back);
    }

    /// A text that is no JSON.
    fn plain(&mut self, text: &[u8], range: Range<usize>, back: Back<'_>) {
        let part = &text[range.clone()];
        if assignments::may_name(part) {
            for mut named in assignments::named(part, self.names, JSON) {
                named.range = back(range.start + named.range.start..range.start + named.range.end);
                self.found.push(named);
            }
        }
    }

    fn root(&mut self, text: &[u8], node: &Node, back: Back<'_>, depth: usize) {
        let written = if self.side.is_sent && depth == 0 { Written::Sent } else { Written::Data };
        self.walk(text, node, Place { name: "", says: Says::Nothing, written }, back, depth);
    }

    fn walk(&mut self, text: &[u8], node: &Node, place: Place<'_>, back: Back<'_>, depth: usize) {
        match node {
            Node::Text(range) => self.string(text, range, place, back, depth),
            Node::Plain(range) => self.number(text, range, place, back),
            Node::Array(items, range) => {
                if place.says >= Says::Code && items.is_empty() {
                    self.numbers(text, range, place, back);
                }
                let mut place = place;
                let says = place.says;
                for item in items {
                    self.walk(text, item, place, back, depth);
                    // `["--password", "…"]`, `["x-api-key", "…"]`
                    place.says = says.max(self.before(text, item));
                }
            }
            Node::Object(fields) => self.object(text, fields, place, back, depth),
        }
    }

    /// What an item of a list says of the one behind it: an option of a command, or the name of a header, behind which only
    /// a key counts.
    fn before(&self, text: &[u8], item: &Node) -> Says {
        let Node::Text(range) = item else { return Says::Nothing };
        let item = &text[range.clone()];
        if item.len() > LONGEST_OPTION || item.iter().any(u8::is_ascii_whitespace) {
            return Says::Nothing;
        }
        let says = std::str::from_utf8(item).map_or(Says::Nothing, |name| self.names.field(name));
        match says {
            Says::Address => Says::Nothing,
            says if item.starts_with(b"--") => says,
            Says::Surely => Says::Likely,
            _ => Says::Nothing,
        }
    }

    fn object(
        &mut self,
        text: &[u8],
        fields: &[(Range<usize>, Node)],
        place: Place<'_>,
        back: Back<'_>,
        depth: usize,
    ) {
        let schema = is_schema(text, fields);
        let pair = pair(text, fields, self.names);
        // A piece of a text, of which a model says how likely it was.
        let is_scored = fields.iter().any(|(name, _)| &text[name.clone()] == b"logprob");
        let set = key_set(text, fields);
        for (name, value) in fields {
            let name = unescaped(&text[name.clone()]);
            let name = String::from_utf8_lossy(&name);
            let own = match &pair {
                Some((at, says)) if *at == name => *says,
                _ if is_scored => Says::Nothing,
                _ if set.contains(&&*name) => Says::Likely,
                _ => self.names.field(&name),
            };
            let says = match own {
                Says::Nothing if schema || secret_names::describes(&name) => Says::Nothing,
                Says::Nothing => place.says,
                // `"credentials": {"secret": …}` leaves less doubt than either.
                own => own.max(place.says),
            };
            let is_own = own != Says::Nothing || secret_names::is_neutral(&name);
            let describes = schema
                || name == "properties"
                || FIELDS.tools.iter().any(|path| path.first() == Some(&&*name));
            let written = match place.written {
                Written::Sent if is_own && !describes => Written::Sent,
                Written::Sent if place.says == Says::Nothing && !describes => Written::Sent,
                _ => Written::Data,
            };
            self.walk(text, value, Place { name: &name, says, written }, back, depth);
        }
    }

    fn string(&mut self, text: &[u8], range: &Range<usize>, place: Place<'_>, back: Back<'_>, depth: usize) {
        let raw = &text[range.clone()];
        if raw.is_empty() {
            return;
        }
        let layer = raw.contains(&b'\\').then(|| Layer::unescape(raw));
        let value = layer.as_ref().map_or(raw, |layer| &layer.text);
        if looks::is_secret(place.says, value, place.written) {
            if !self.side.is_own_argument(place.name, value) && !self.side.is_own_text(value) {
                let mut named = Named::new(back(range.clone()), place.says, value.to_vec());
                // Whoever names it knows that it is one, however it looks.
                named.is_telling |= self.names.has_field(place.name) && !looks::is_reference(value);
                self.found.push(named);
            }
            return;
        }
        if depth >= MAX_DEPTH || !assignments::may_name(value) {
            return;
        }
        let before = self.found.len();
        match &layer {
            None => self.text(
                value,
                &|inner| back(range.start + inner.start..range.start + inner.end),
                depth,
                true,
            ),
            Some(layer) => {
                let back = |inner: Range<usize>| {
                    let raw = layer.back(&inner);
                    back(range.start + raw.start..range.start + raw.end)
                };
                self.text(value, &back, depth, true);
            }
        }
        if place.says == Says::Address && self.found.len() == before {
            self.found.extend(assignments::password(value).map(|inner| {
                let secret = value[inner.clone()].to_vec();
                let raw = layer.as_ref().map_or(inner.clone(), |layer| layer.back(&inner));
                Named::new(back(range.start + raw.start..range.start + raw.end), Says::Surely, secret)
            }));
        }
        if self.found.len() > before
            && (self.side.is_own_text(value) || self.side.is_own_argument(place.name, value))
        {
            self.found.truncate(before);
        }
    }

    fn number(&mut self, text: &[u8], range: &Range<usize>, place: Place<'_>, back: Back<'_>) {
        let value = &text[range.clone()];
        if is_secret_number(value, place.says) && !self.side.is_own_argument(place.name, value) {
            self.found.push(Named::new(back(range.clone()), place.says, value.to_vec()));
        }
    }

    /// A list of numbers, such as PINs.
    fn numbers(&mut self, text: &[u8], range: &Range<usize>, place: Place<'_>, back: Back<'_>) {
        let mut at = range.start;
        for item in text[range.clone()].split(|&byte| byte == b',') {
            let lead = item.len() - item.trim_ascii_start().len();
            let start = at + lead;
            self.number(text, &(start..start + item.trim_ascii().len()), place, back);
            at += item.len() + 1;
        }
    }
}

/// Whether a number is the secret that its name announces. Short ones count things.
fn is_secret_number(value: &[u8], says: Says) -> bool {
    says >= Says::Code
        && says != Says::Address
        && value.len() >= 4
        && value.iter().all(u8::is_ascii_digit)
        && value.iter().any(|byte| *byte != value[0])
}

/// What describes values rather than holding them, as JSON Schema does.
fn is_schema(text: &[u8], fields: &[(Range<usize>, Node)]) -> bool {
    const TYPES: [&[u8]; 12] = [
        b"string",
        b"object",
        b"array",
        b"integer",
        b"number",
        b"boolean",
        b"null",
        b"STRING",
        // Of schemes of authentication, in OpenAPI.
        b"apiKey",
        b"http",
        b"oauth2",
        b"openIdConnect",
    ];
    fields.iter().any(|(name, value)| match (&text[name.clone()], value) {
        (b"type" | b"format", Node::Text(range)) => {
            TYPES.contains(&&text[range.clone()]) || &text[range.clone()] == b"password"
        }
        (b"type", Node::Array(items, _)) => items
            .iter()
            .any(|item| matches!(item, Node::Text(range) if TYPES.contains(&&text[range.clone()]))),
        (b"$ref" | b"anyOf" | b"oneOf" | b"allOf" | b"enum" | b"properties", _) => true,
        _ => false,
    })
}

/// The fields that hold keys because of those beside them: of a private key in JSON (RFC 7517), and of the two keys that
/// Azure has for everything.
fn key_set(text: &[u8], fields: &[(Range<usize>, Node)]) -> &'static [&'static str] {
    const JWK: &[&str] = &["d", "dp", "dq", "k", "p", "q", "qi"];
    const PAIRS: [&[&str]; 3] =
        [&["key1", "key2"], &["primaryKey", "secondaryKey"], &["primary_key", "secondary_key"]];
    let has = |wanted: &str| fields.iter().any(|(name, _)| &text[name.clone()] == wanted.as_bytes());
    if has("kty") {
        return JWK;
    }
    PAIRS.into_iter().find(|pair| pair.iter().all(|name| has(name))).unwrap_or_default()
}

/// `{"name": "API_KEY", "value": "…"}`: which field holds the value, and what the name says of it.
fn pair(text: &[u8], fields: &[(Range<usize>, Node)], names: &Names) -> Option<(&'static str, Says)> {
    const NAMES: [&str; 8] = ["name", "key", "Name", "Key", "header", "variable", "field", "id"];
    const VALUES: [&str; 5] = ["value", "Value", "val", "content", "plaintext"];
    let text_of = |wanted: &str| {
        fields.iter().find_map(|(name, value)| match value {
            Node::Text(range) if &text[name.clone()] == wanted.as_bytes() => Some(&text[range.clone()]),
            _ => None,
        })
    };
    let has = |wanted: &&&str| fields.iter().any(|(name, _)| &text[name.clone()] == wanted.as_bytes());
    let value = VALUES.iter().find(has)?;
    // As Azure lists the keys of an account.
    if has(&&"keyName") {
        return Some((*value, Says::Likely));
    }
    let says = NAMES.iter().filter_map(|name| text_of(name)).map(|name| {
        let name = String::from_utf8_lossy(name);
        let cookie = ["domain", "httpOnly", "secure"].iter().any(|field| has(&field));
        if cookie { Says::Likely } else { names.field(&name) }
    });
    says.max().filter(|says| *says > Says::Nothing).map(|says| (*value, says))
}

fn unescaped(raw: &[u8]) -> Vec<u8> {
    if raw.contains(&b'\\') { Layer::unescape(raw).text } else { raw.to_vec() }
}
