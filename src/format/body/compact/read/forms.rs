//! What a template or an event that stands alone is, with what it takes from another.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;

use super::Reader;
use crate::format::allowance::Allowance;
use crate::format::body::compact::lead::Told;
use crate::format::body::compact::templates::marked;
use crate::format::body::compact::{
    BUT, BYTES, EVENT, HEADS, LAYOUT, LEAD, LIKE, PAD, SHARED, like, looks_older,
};
use crate::model::json::{Json, Layout};

/// A template, with what it takes from one that it is like.
pub(super) struct Template<'a> {
    pub(super) head: Head<'a>,
    pub(super) tree: Cow<'a, Json>,
    /// How many values its rows have for each event.
    pub(super) values: usize,
    /// Its tree as one that others may be like, and where its fields stand there, once one is.
    base: OnceCell<(Json, like::Places)>,
}

/// Templates by their names.
pub(super) type Templates<'a> = HashMap<&'a str, Template<'a>>;

impl<'a> Reader<'a> {
    /// The templates, each with what it takes from one before it.
    pub(super) fn templates(
        &self,
        list: &'a [(String, Json)],
        allowance: &Allowance,
    ) -> Result<Templates<'a>, String> {
        let mut templates = Templates::new();
        for (name, form) in list {
            let wrong = |what: String| format!("template `{name}`: {what}");
            let (head, tree) = self.form(form, &templates, allowance).map_err(wrong)?;
            let is_padded = match head.pad {
                Some(Json::Bool(true)) => true,
                Some(pad) if pad.as_u64().is_none() => return Err(wrong(no_padding())),
                _ => false,
            };
            let values = self.places(&tree).saturating_add(usize::from(is_padded));
            templates.insert(name, Template { head, tree, values, base: OnceCell::new() });
        }
        Ok(templates)
    }

    /// What an event or a template says beside its JSON, and the JSON, which may lack what another has.
    pub(super) fn form(
        &self,
        form: &'a Json,
        templates: &Templates<'a>,
        allowance: &Allowance,
    ) -> Result<(Head<'a>, Cow<'a, Json>), String> {
        let own = Head::of(form)?;
        let Some(name) = own.like else { return Ok((own, Cow::Borrowed(form))) };
        let base = templates.get(name).ok_or_else(|| format!("there is no template `{name}` before it"))?;
        let (full, places) = match base.base.get() {
            Some(full) => full,
            None => {
                let full = self.with_shared(&base.tree, allowance)?;
                let places = like::places(&full);
                base.base.get_or_init(|| (full, places))
            }
        };
        // Each has all of the other in it, however little of it is left.
        allowance.spend(full.size())?;
        let tree = like::with(full, places, fields_of(form))?;
        Ok((own.or(&base.head), Cow::Owned(tree)))
    }

    /// A tree with what it shares with others in it, and without what is said beside it.
    fn with_shared(&self, tree: &Json, allowance: &Allowance) -> Result<Json, String> {
        allowance.spend(2)?;
        if let Some((SHARED, number)) = marked(tree) {
            let place = number.as_u64().and_then(|number| usize::try_from(number).ok()?.checked_sub(1));
            let shared = place.and_then(|place| self.shared.get(place));
            let Some(shared) = shared else { return Ok(tree.clone()) };
            allowance.spend(shared.size())?;
            return match tree.get(BUT).and_then(Json::as_object) {
                None => Ok(shared.clone()),
                Some(but) => {
                    let Json::Object(mut fields) = shared.clone() else { return Ok(tree.clone()) };
                    for (name, value) in &mut fields {
                        if let Some((_, other)) = but.iter().find(|(other, _)| other == name) {
                            *value = self.with_shared(other, allowance)?;
                        }
                    }
                    Ok(Json::Object(fields))
                }
            };
        }
        Ok(match tree {
            Json::Array(items) => {
                let items = items.iter().map(|item| self.with_shared(item, allowance));
                Json::Array(items.collect::<Result<_, _>>()?)
            }
            Json::Object(_) => {
                let fields = fields_of(tree)
                    .map(|(name, value)| Ok((name.clone(), self.with_shared(value, allowance)?)));
                Json::Object(fields.collect::<Result<_, String>>()?)
            }
            leaf => {
                allowance.spend(leaf.size())?;
                leaf.clone()
            }
        })
    }
}

pub(super) fn no_padding() -> String {
    format!("`{PAD}` is not a number of spaces")
}

/// The fields of an event or a template that are its JSON.
pub(super) fn fields_of(form: &Json) -> impl Iterator<Item = &(String, Json)> {
    form.as_object().unwrap_or_default().iter().filter(|(name, _)| !HEADS.contains(&name.as_str()))
}

/// What an event or a template says beside its JSON.
#[derive(Default)]
pub(super) struct Head<'a> {
    pub(super) told: Told<'a>,
    pub(super) layout: Option<Layout>,
    like: Option<&'a str>,
    pub(super) pad: Option<&'a Json>,
}

impl<'a> Head<'a> {
    fn of(form: &'a Json) -> Result<Head<'a>, String> {
        let fields = form.as_object().ok_or("an event has to be text, a row, or a mapping")?;
        if looks_older(fields) {
            return Err(format!(
                "the JSON of an event stands in no field `json` or `bytes` any more: record this again, or write what is in it without it, \
                 and `{EVENT}`, `{LEAD}`, `{BYTES}`, `{LAYOUT}` and `{PAD}` for what stands beside it"
            ));
        }
        let mut head = Head::default();
        for (name, value) in fields {
            let text = || value.as_str().ok_or_else(|| format!("`{name}` is not text"));
            match name.as_str() {
                EVENT => head.told.event = Some(text()?),
                LEAD => head.told.before = Some(text()?),
                BYTES if *value == Json::Bool(true) => head.told.is_coded = true,
                BYTES => return Err(format!("`{BYTES}` has to be true beside JSON")),
                LAYOUT => {
                    let layout = Layout::from_name(text()?);
                    head.layout = Some(layout.ok_or_else(|| format!("unknown layout {value:?}"))?);
                }
                LIKE => head.like = Some(text()?),
                PAD => head.pad = Some(value),
                _ => {}
            }
        }
        Ok(head)
    }

    /// Whether it says what stands before the JSON.
    pub(super) fn is_told(&self) -> bool {
        self.told.event.is_some() || self.told.before.is_some()
    }

    /// With what it does not say itself, but for the padding, which each has of its own.
    fn or(mut self, base: &Head<'a>) -> Head<'a> {
        if !self.is_told() {
            (self.told.event, self.told.before) = (base.told.event, base.told.before);
        }
        self.told.is_coded |= base.told.is_coded;
        self.layout = self.layout.or_else(|| base.layout.clone());
        self
    }
}
