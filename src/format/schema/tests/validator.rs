//! As much of JSON Schema as our schema uses. The crates for it bring some thirty others, and turn on features of
//! `serde_json` that would change what our tests see; that this judges as others do is a test.

use std::collections::HashMap;

use regex::Regex;

use crate::model::json::{self, Json};

/// Keywords that say nothing of what is allowed.
const REMARKS: [&str; 5] = ["$schema", "title", "description", "examples", "definitions"];

pub(super) struct Validator {
    schema: Json,
    patterns: HashMap<String, Regex>,
}

impl Validator {
    pub(super) fn new(text: &str) -> Validator {
        let schema = json::parse(text.as_bytes()).expect("the schema is JSON");
        let mut patterns = HashMap::new();
        collect(&schema, &mut patterns);
        Validator { schema, patterns }
    }

    /// What is wrong with a value, by its places.
    pub(super) fn problems(&self, value: &Json) -> Vec<String> {
        let mut problems = Vec::new();
        self.check(&self.schema, value, "", &mut problems);
        problems
    }

    fn allows(&self, rule: &Json, value: &Json) -> bool {
        let mut problems = Vec::new();
        self.check(rule, value, "", &mut problems);
        problems.is_empty()
    }

    fn check(&self, rule: &Json, value: &Json, at: &str, problems: &mut Vec<String>) {
        if let Some(name) = rule.get("$ref") {
            let name =
                name.as_str().and_then(|name| name.strip_prefix("#/definitions/")).expect("a definition");
            let rule =
                self.schema.at(&["definitions", name]).unwrap_or_else(|| panic!("no definition `{name}`"));
            return self.check(rule, value, at, problems);
        }
        if *rule == Json::Bool(false) {
            return problems.push(format!("{at}: is not allowed"));
        }
        for (keyword, argument) in rule.as_object().expect("a rule") {
            if !self.holds(rule, keyword, argument, value, at, problems) {
                problems.push(format!("{at}: {keyword} {}", argument.compact()));
            }
        }
    }

    /// Whether one keyword is satisfied; what is wrong further in goes to the problems.
    fn holds(
        &self,
        rule: &Json,
        keyword: &str,
        argument: &Json,
        value: &Json,
        at: &str,
        problems: &mut Vec<String>,
    ) -> bool {
        let rules = || argument.as_array().expect("a list of rules").iter();
        let fields = value.as_object().unwrap_or_default();
        let has = |name: &Json| name.as_str().is_some_and(|name| value.get(name).is_some());
        match keyword {
            remark if REMARKS.contains(&remark) => true,
            "type" => match argument {
                Json::Array(kinds) => kinds.iter().any(|kind| is(kind, value)),
                kind => is(kind, value),
            },
            "enum" => rules().any(|one| one == value),
            "pattern" => match (value.as_str(), argument.as_str()) {
                (Some(text), Some(pattern)) => self.patterns[pattern].is_match(text),
                _ => true,
            },
            "minimum" => {
                number(value).is_none_or(|value| number(argument).is_some_and(|least| value >= least))
            }
            "maximum" => number(value).is_none_or(|value| number(argument).is_some_and(|most| value <= most)),
            "minItems" => value.as_array().is_none_or(|items| items.len() as u64 >= count(argument)),
            "maxItems" => value.as_array().is_none_or(|items| items.len() as u64 <= count(argument)),
            "minProperties" => value.as_object().is_none_or(|fields| fields.len() as u64 >= count(argument)),
            "maxProperties" => value.as_object().is_none_or(|fields| fields.len() as u64 <= count(argument)),
            "required" => value.as_object().is_none() || rules().all(has),
            "properties" => {
                for (name, value) in fields {
                    if let Some(rule) = argument.get(name) {
                        self.check(rule, value, &format!("{at}/{name}"), problems);
                    }
                }
                true
            }
            "additionalProperties" => {
                for (name, value) in fields {
                    if rule.at(&["properties", name]).is_none() {
                        self.check(argument, value, &format!("{at}/{name}"), problems);
                    }
                }
                true
            }
            "propertyNames" => {
                fields.iter().all(|(name, _)| self.allows(argument, &Json::from(name.as_str())))
            }
            "dependencies" => {
                for (name, needed) in argument.as_object().expect("a mapping") {
                    match needed {
                        _ if value.get(name).is_none() => {}
                        Json::Array(names) if names.iter().all(has) => {}
                        Json::Array(_) => problems.push(format!("{at}: `{name}` needs {}", needed.compact())),
                        rule => self.check(rule, value, at, problems),
                    }
                }
                true
            }
            "items" => {
                for (index, item) in value.as_array().unwrap_or_default().iter().enumerate() {
                    // A list of rules has one for each place, as far as it goes.
                    let rule = argument.as_array().map_or(Some(argument), |rules| rules.get(index));
                    if let Some(rule) = rule {
                        self.check(rule, item, &format!("{at}/{index}"), problems);
                    }
                }
                true
            }
            "anyOf" => rules().any(|rule| self.allows(rule, value)),
            "oneOf" => rules().filter(|rule| self.allows(rule, value)).count() == 1,
            "not" => !self.allows(argument, value),
            unknown => panic!("the schema has a keyword `{unknown}`, which this does not know"),
        }
    }
}

fn is(kind: &Json, value: &Json) -> bool {
    match (kind.as_str().expect("the name of a type"), value) {
        ("string", Json::String(_)) | ("number", Json::Number(_)) | ("boolean", Json::Bool(_)) => true,
        ("array", Json::Array(_)) | ("object", Json::Object(_)) => true,
        ("integer", Json::Number(text)) => !text.contains(['.', 'e', 'E']),
        _ => false,
    }
}

fn number(value: &Json) -> Option<f64> {
    match value {
        Json::Number(text) => text.parse().ok(),
        _ => None,
    }
}

fn count(argument: &Json) -> u64 {
    argument.as_u64().expect("a count")
}

/// All patterns of a schema, which are slow to read.
fn collect(tree: &Json, patterns: &mut HashMap<String, Regex>) {
    if let Some(pattern) = tree.get("pattern").and_then(Json::as_str) {
        patterns.insert(pattern.to_owned(), Regex::new(pattern).expect("a pattern"));
    }
    for (_, value) in tree.as_object().unwrap_or_default() {
        collect(value, patterns);
    }
    for item in tree.as_array().unwrap_or_default() {
        collect(item, patterns);
    }
}
