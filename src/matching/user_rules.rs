//! What a user says does not matter in a request, or does. Rules see live and recorded requests alike, so that a new
//! rule fixes old cassettes without recording them again.

use regex::Regex;

use crate::model::json::{Json, object};

/// The user's additions to what makes two requests the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    /// JSON pointers (RFC 6901) into the request body; what they point at is left out.
    pub(crate) ignored: Vec<Pointer>,
    /// Pointers to lists in the request body whose order does not matter.
    pub(crate) unordered: Vec<Pointer>,
    /// Replacements in the URL and in every text and number of the body.
    pub(crate) replaced: Vec<(Regex, String)>,
    /// Runs of white space in prompts count as one space.
    pub(crate) normalize_whitespace: bool,
    pub(crate) ignore_host: bool,
    /// Names of more headers that have to be equal, in small letters.
    pub(crate) headers: Vec<String>,
}

impl Rules {
    /// Whether requests are compared by the built-in rules alone; the `key` in a cassette is always computed so.
    pub(crate) fn is_empty(&self) -> bool {
        self.ignored.is_empty()
            && self.unordered.is_empty()
            && self.replaced.is_empty()
            && !self.normalize_whitespace
            && !self.ignore_host
            && self.headers.is_empty()
    }

    /// The rules as a value, for a note of them; [`from_tree`](Self::from_tree) reads it.
    pub(crate) fn tree(&self) -> Json {
        let Rules { ignored, unordered, replaced, normalize_whitespace, ignore_host, headers } = self;
        let text = |text: &str| Json::from(text);
        let replaced =
            replaced.iter().map(|(pattern, with)| Json::Array(vec![text(pattern.as_str()), text(with)]));
        let pointers =
            |all: &[Pointer]| Json::Array(all.iter().map(|pointer| Json::from(pointer.text())).collect());
        object([
            ("ignore", pointers(ignored)),
            ("ignore_order", pointers(unordered)),
            ("replace", Json::Array(replaced.collect())),
            ("normalize_whitespace", Json::Bool(*normalize_whitespace)),
            ("ignore_host", Json::Bool(*ignore_host)),
            ("match_headers", Json::Array(headers.iter().map(|name| text(name)).collect())),
        ])
    }

    /// The rules that a value stands for.
    #[cfg(any(test, feature = "cli"))]
    pub(crate) fn from_tree(tree: &Json) -> Option<Rules> {
        let list = |name: &str| tree.get(name)?.as_array();
        let flag = |name: &str| match tree.get(name)? {
            Json::Bool(set) => Some(*set),
            _ => None,
        };
        let pointers = |all: &[Json]| -> Option<Vec<Pointer>> {
            all.iter().map(|pointer| Pointer::parse(pointer.as_str()?)).collect()
        };
        let replaced = list("replace")?.iter().map(|pair| match pair.as_array()? {
            [pattern, with] => Some((Regex::new(pattern.as_str()?).ok()?, with.as_str()?.to_owned())),
            _ => None,
        });
        let headers = list("match_headers")?.iter().map(|name| Some(name.as_str()?.to_owned()));
        Some(Rules {
            ignored: pointers(list("ignore")?)?,
            // Older notes know no such rule.
            unordered: pointers(list("ignore_order").unwrap_or_default())?,
            replaced: replaced.collect::<Option<_>>()?,
            normalize_whitespace: flag("normalize_whitespace")?,
            ignore_host: flag("ignore_host")?,
            headers: headers.collect::<Option<_>>()?,
        })
    }

    pub(crate) fn replace(&self, text: &str) -> Option<String> {
        let mut out: Option<String> = None;
        for (pattern, with) in &self.replaced {
            let current = out.as_deref().unwrap_or(text);
            if let std::borrow::Cow::Owned(changed) = pattern.replace_all(current, with.as_str()) {
                out = Some(changed);
            }
        }
        out
    }
}

/// A JSON pointer, taken apart. A step `*` stands for every item of a list and every field of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pointer(Vec<String>);

/// The step that stands for all.
const EVERY: &str = "*";

impl Pointer {
    /// `None` unless the text is empty or starts with `/`.
    pub(crate) fn parse(text: &str) -> Option<Pointer> {
        if text.is_empty() {
            return Some(Pointer(Vec::new()));
        }
        let steps = text.strip_prefix('/')?.split('/');
        Some(Pointer(steps.map(|step| step.replace("~1", "/").replace("~0", "~")).collect()))
    }

    /// As it was written.
    fn text(&self) -> String {
        self.0.iter().map(|step| format!("/{}", step.replace('~', "~0").replace('/', "~1"))).collect()
    }

    /// Everything that this points at.
    pub(crate) fn places<'t>(&self, tree: &'t Json) -> Vec<&'t Json> {
        self.0.iter().fold(vec![tree], |places, step| {
            places.into_iter().flat_map(|place| below(place, step)).collect()
        })
    }

    /// Takes what this points at out of `tree`. An item of an array leaves `null` behind, so that other pointers into
    /// the same array still mean what they say.
    pub(crate) fn remove_from(&self, tree: &mut Json) {
        let Some((last, parents)) = self.0.split_last() else {
            *tree = Json::Null;
            return;
        };
        let parents = parents.iter().fold(vec![tree], |places, step| {
            places.into_iter().flat_map(|place| below_mut(place, step)).collect()
        });
        for parent in parents {
            match parent {
                Json::Object(fields) => fields.retain(|(name, _)| last != EVERY && name != last),
                items => below_mut(items, last).into_iter().for_each(|item| *item = Json::Null),
            }
        }
    }
}

/// Which fields a step leads to, and which items.
fn leads(step: &str) -> (impl Fn(&str) -> bool, impl Fn(usize) -> bool) {
    let index = step.parse::<usize>().ok();
    (move |name: &str| step == EVERY || name == step, move |at: usize| step == EVERY || index == Some(at))
}

fn below<'t>(place: &'t Json, step: &str) -> Vec<&'t Json> {
    let (field, item) = leads(step);
    match place {
        Json::Object(fields) => {
            fields.iter().filter(|(name, _)| field(name)).map(|(_, value)| value).collect()
        }
        Json::Array(items) => {
            items.iter().enumerate().filter(|(at, _)| item(*at)).map(|(_, value)| value).collect()
        }
        _ => Vec::new(),
    }
}

fn below_mut<'t>(place: &'t mut Json, step: &str) -> Vec<&'t mut Json> {
    let (field, item) = leads(step);
    match place {
        Json::Object(fields) => {
            fields.iter_mut().filter(|(name, _)| field(name)).map(|(_, value)| value).collect()
        }
        Json::Array(items) => {
            items.iter_mut().enumerate().filter(|(at, _)| item(*at)).map(|(_, value)| value).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::json::parse;

    #[test]
    fn a_pointer_takes_out_what_it_names_and_nothing_else() {
        for (pointer, wanted) in [
            ("/user", r#"{"a/b":{"c~d":1},"list":[1,2]}"#),
            ("/a~1b/c~0d", r#"{"user":"u","a/b":{},"list":[1,2]}"#),
            ("/list/0", r#"{"user":"u","a/b":{"c~d":1},"list":[null,2]}"#),
            ("/none/of/it", r#"{"user":"u","a/b":{"c~d":1},"list":[1,2]}"#),
            ("/list/*", r#"{"user":"u","a/b":{"c~d":1},"list":[null,null]}"#),
            ("/*/c~0d", r#"{"user":"u","a/b":{},"list":[1,2]}"#),
            ("/*", "{}"),
            ("", "null"),
        ] {
            let mut tree = parse(br#"{"user":"u","a/b":{"c~d":1},"list":[1,2]}"#).unwrap();
            Pointer::parse(pointer).unwrap().remove_from(&mut tree);
            assert_eq!(tree.compact(), wanted, "{pointer}");
        }
        assert_eq!(Pointer::parse("user"), None);
    }

    #[test]
    fn rules_can_be_noted_and_read_again() {
        let rules = Rules {
            ignored: ["", "/a~1b/c~0d", "/list/0"].map(|text| Pointer::parse(text).unwrap()).to_vec(),
            unordered: vec![Pointer::parse("/messages/*/content").unwrap()],
            replaced: vec![(Regex::new(r#"(?i)"at": \d+"#).unwrap(), "\"at\": $0".to_owned())],
            normalize_whitespace: true,
            ignore_host: false,
            headers: vec!["x-tenant".to_owned()],
        };
        let noted = parse(rules.tree().compact().as_bytes()).unwrap();
        assert_eq!(format!("{:?}", Rules::from_tree(&noted).unwrap()), format!("{rules:?}"));
        assert!(Rules::from_tree(&Rules::default().tree()).unwrap().is_empty());
        for wrong in ["{}", "[]", &rules.tree().compact().replace("(?i)", "(?i")] {
            assert!(Rules::from_tree(&parse(wrong.as_bytes()).unwrap()).is_none(), "{wrong}");
        }
    }
}
