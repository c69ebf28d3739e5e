//! From the texts of events to a message, templates and rows.

use std::collections::HashSet;

use super::lead::Lead;
use super::like::{self, Candidate, Likeness};
use super::said::{Said, leave_out_bytes, place};
use super::shared::share;
use super::templates::{Event, Template, group, looks_marked, mark, marked, spell_numbers, take_common};
use super::{
    AFTER, ARGUMENTS, BEFORE, BYTES, COLUMN, ID, LAYOUT, LIKE, NAME, NAMED, OF, PAD, PIECE, TAKE, TYPE,
    WHOLE, fields, looks_older, read, rows,
};
use crate::format::allowance::Allowance;
use crate::format::body::spelling;
use crate::format::yaml::NumberStyle;
use crate::model::json::{self, Json, Layout};
use crate::providers::assembly::{Claim, Extent, Field};
use crate::providers::start_assembly;

/// How long a word may be that says how each number was written: nobody reads a longer one.
const LONGEST_WORD: usize = 80;

/// How many bytes longer than the raw form a compact one may be that tells what the events are.
const TOLD: usize = 2048;

/// The compact form of events, each given without what separates it from the next. `None` where it would not give back the very same texts, or would be no shorter.
pub(in crate::format::body) fn write(events: &[String], lead: Lead) -> Option<Json> {
    form(events, lead, false)
}

/// The same. Numbers that YAML writes otherwise may stand as they are `spelt`.
fn form(events: &[String], lead: Lead, spelt: bool) -> Option<Json> {
    let mut texts: Vec<Option<Json>> = Vec::with_capacity(events.len());
    let parsed: Vec<Option<(Event, String)>> =
        events.iter().enumerate().map(|(index, text)| event(index, text, lead)).collect();
    let layout = layout(&parsed);
    let mut assembly = start_assembly();
    let (mut events_of_json, mut said) = (Vec::new(), Said::default());
    for (text, parsed) in events.iter().zip(parsed) {
        match parsed.and_then(|(event, payload)| laid_out(event, &payload, &layout)) {
            Some(event) => {
                let claims = assembly.event(&event.tree);
                said.notice(&event.tree, &claims);
                events_of_json.push((event, claims));
                texts.push(None);
            }
            // No JSON, or of a layout that no word tells: it stays as it is.
            None => texts.push(Some(Json::from(text.as_str()))),
        }
    }
    let mut claimed = Vec::with_capacity(events_of_json.len());
    for (mut event, claims) in events_of_json {
        leave_out_bytes(&mut event.tree);
        said.replace(&mut event.tree, &claims);
        for claim in &claims {
            replace(&mut event.tree, claim)?;
        }
        claimed.push(event);
    }
    let events_of_json = claimed;
    let is_named =
        lead == Lead::Data && !events_of_json.is_empty() && events_of_json.iter().all(is_named_after_type);
    let mut items: Vec<Option<Item>> = texts.into_iter().map(|text| text.map(Item::Whole)).collect();
    let (templates, alone) = group(events_of_json);
    let mut forms: Vec<Form> = Vec::with_capacity(templates.len() + alone.len());
    for (number, template) in templates.into_iter().enumerate() {
        let Template { prefix, layout, tree, padded, rows } = template;
        let kind = rows.first().and_then(|(_, row)| kind(&tree, row));
        for (index, values) in rows {
            items[index] = Some(Item::Values(number, values));
        }
        forms.push(Form { prefix, layout, tree, pad: padded.then_some(Json::Bool(true)), index: None, kind });
    }
    for Event { index, prefix, layout, tree, pad } in alone {
        let (kind, pad) = (kind(&tree, &[]), (pad > 0).then(|| Json::from(pad as u64)));
        forms.push(Form { prefix, layout, tree, pad, index: Some(index), kind });
    }
    if spelt {
        forms.iter_mut().for_each(|form| spell_numbers(&mut form.tree));
    }
    let common = take_common(&mut forms.iter_mut().map(|form| &mut form.tree).collect::<Vec<_>>());
    let likenesses = likenesses(&forms, lead);
    let is_base: HashSet<usize> = likenesses.iter().flatten().map(|likeness| likeness.base).collect();
    let names = names(&forms, &is_base, lead);
    let heads = heads(&forms, &likenesses, &names, lead, is_named);
    for (form, likeness) in forms.iter_mut().zip(likenesses) {
        if let Some(likeness) = likeness {
            form.tree = Json::Object(likeness.others);
        }
    }
    let shared = share(&mut forms.iter_mut().map(|form| &mut form.tree).collect::<Vec<_>>());
    let mut templates_written = Vec::new();
    for (number, (form, mut fields)) in forms.into_iter().zip(heads).enumerate() {
        if let Json::Object(of_json) = form.tree {
            fields.extend(of_json);
        }
        fields.extend(form.pad.map(|pad| (PAD.to_owned(), pad)));
        let written = Json::Object(fields);
        match (form.index, &names[number]) {
            (None, Some(name)) => templates_written.push((name.clone(), written)),
            (Some(index), Some(name)) => {
                templates_written.push((name.clone(), written));
                items[index] = Some(Item::Values(number, Vec::new()));
            }
            (Some(index), None) => items[index] = Some(Item::Whole(written)),
            (None, None) => return None,
        }
    }
    let mut out = Vec::new();
    let mut add = |name: &str, value: Json| out.push((name.to_owned(), value));
    let message: Vec<Json> = assembly.parts().iter().map(fields::write).collect();
    let told = !message.is_empty();
    if told {
        add("message", Json::Array(message));
    }
    if is_named {
        add(NAMED, Json::from(TYPE));
    }
    if !common.is_empty() {
        add("common", Json::Object(common));
    }
    if !shared.is_empty() {
        add("shared", Json::Array(shared));
    }
    if !templates_written.is_empty() {
        add("templates", Json::Object(templates_written));
    }
    let names: Vec<String> = names.into_iter().map(Option::unwrap_or_default).collect();
    add("events", Json::Array(in_rows(items.into_iter().collect::<Option<_>>()?, &names, spelt)));
    let mut compact = Json::Object(out);
    let numbers = NumberStyle::of(&compact)?;
    if !spelt && numbers.name().len() > LONGEST_WORD {
        return form(events, lead, true);
    }
    let words = spelling::words(&layout, &numbers);
    if let (Json::Object(fields), false) = (&mut compact, words.is_empty()) {
        fields.insert(0, ("layout".to_owned(), Json::from(words)));
    }
    let raw: usize = events.iter().map(|event| event.len() + event.len() / 16 + 3).sum();
    // What is read as text may take a little more.
    let room = if told || lead.is_always_compact() { raw + TOLD } else { raw };
    let fits = compact.size() < room && !compact.repeats_a_key();
    let allowance = Allowance::with_margin(&compact);
    (fits && read(&compact, lead, &allowance).as_deref() == Ok(events)).then_some(compact)
}

/// An event on its way into the list.
enum Item {
    Whole(Json),
    /// Of the template of that number, with what its places hold.
    Values(usize, Vec<Json>),
}

/// The list of events, with neighbours of one template in one row.
fn in_rows(items: Vec<Item>, names: &[String], spelt: bool) -> Vec<Json> {
    let mut list = Vec::new();
    let mut row: Option<(usize, Vec<Vec<Json>>)> = None;
    let finish = |row: Option<(usize, Vec<Vec<Json>>)>, list: &mut Vec<Json>| {
        list.extend(row.map(|(number, events)| rows::write(&names[number], &events, spelt)));
    };
    for item in items {
        match item {
            Item::Whole(event) => {
                finish(row.take(), &mut list);
                list.push(event);
            }
            Item::Values(number, values) => match &mut row {
                Some((of, events)) if *of == number => events.push(values),
                _ => finish(row.replace((number, vec![values])), &mut list),
            },
        }
    }
    finish(row, &mut list);
    list
}

/// An event that is JSON, and its JSON without the padding.
fn event(index: usize, text: &str, lead: Lead) -> Option<(Event, String)> {
    let (prefix, payload) = lead.split(text)?;
    let inner = payload.strip_suffix('}')?;
    let bare = inner.trim_end_matches(' ');
    let payload = format!("{bare}}}");
    let tree = json::parse(payload.as_bytes()).ok()?;
    // An event with a number that readers of YAML take for a text stays as it is, and the others need not.
    NumberStyle::of(&tree)?;
    let is_older = looks_older(tree.as_object()?);
    let plain = !is_older && !looks_marked(&tree) && !tree.repeats_a_key();
    let event = Event { index, prefix: prefix.to_owned(), layout: None, tree, pad: inner.len() - bare.len() };
    plain.then_some((event, payload))
}

/// The layout that most payloads are in: the first one that fits them all, else the one of the first payload.
fn layout(events: &[Option<(Event, String)>]) -> Layout {
    let mut tried: Vec<Layout> = Vec::new();
    for (event, text) in events.iter().flatten() {
        let Some(layout) = Layout::of(&event.tree, text.as_bytes()) else { continue };
        if tried.contains(&layout) || !layout.before.is_empty() || !layout.after.is_empty() {
            continue;
        }
        if events.iter().flatten().all(|(event, text)| layout.write(&event.tree) == *text) {
            return layout;
        }
        tried.push(layout);
        if tried.len() > 4 {
            break;
        }
    }
    tried.into_iter().next().unwrap_or_default()
}

/// Puts a mark in the place of what a claim says. `None` for claims that have no mark.
fn replace(tree: &mut Json, claim: &Claim) -> Option<()> {
    let place = place(tree, &claim.path)?;
    let part = claim.part as u64 + 1;
    *place = match (claim.field, claim.extent) {
        (Field::Content, Extent::Piece) => Json::Object(vec![
            (PIECE.to_owned(), Json::from(part)),
            (TAKE.to_owned(), Json::from(place.as_str()?.chars().count() as u64)),
        ]),
        (Field::Content, Extent::Whole) => mark(WHOLE, part),
        (Field::Content, Extent::Tree) => mark(ARGUMENTS, part),
        (Field::Name, Extent::Whole) => mark(NAME, part),
        (Field::Id, Extent::Whole) => mark(ID, part),
        // Names and ids that come in pieces are too rare for a form of their own.
        (Field::Name | Field::Id, Extent::Piece | Extent::Tree) => return None,
    };
    Some(())
}

/// Whether the name that stands before the JSON of an event is what the event says of its type.
fn is_named_after_type(event: &Event) -> bool {
    let of_type = event.tree.get(TYPE).and_then(Json::as_str);
    of_type.is_some_and(|name| Lead::Data.named(name) == event.prefix)
}

/// A template, or an event that stands alone, on its way into the list.
struct Form {
    prefix: String,
    layout: Option<String>,
    tree: Json,
    pad: Option<Json>,
    /// Of an event that stands alone its number among all.
    index: Option<usize>,
    /// What its first event says of its type.
    kind: Option<String>,
}

/// An event whose layout is told, by that of the stream or by one of its own.
fn laid_out(event: Event, payload: &str, layout: &Layout) -> Option<Event> {
    if layout.write(&event.tree) == payload {
        return Some(event);
    }
    let own = Layout::of(&event.tree, payload.as_bytes())?;
    let is_told = own.before.is_empty() && own.after.is_empty() && !own.name().is_empty();
    is_told.then(|| Event { layout: Some(own.name()), ..event })
}

/// What an event says of its type, where that is the same for all of a template or the first value of a row.
fn kind(tree: &Json, row: &[Json]) -> Option<String> {
    let told = tree.get(TYPE)?;
    let told = match marked(told) {
        Some((COLUMN, _)) if told.get(BEFORE).or(told.get(AFTER)).or(told.get(OF)).is_none() => {
            row.iter().find(|value| value.as_str().is_some())?
        }
        _ => told,
    };
    told.as_str().map(str::to_owned)
}

/// What each of them is like.
fn likenesses(forms: &[Form], lead: Lead) -> Vec<Option<Likeness>> {
    let mut candidates: Vec<Candidate<'_>> = Vec::with_capacity(forms.len());
    for Form { prefix, layout, tree, index, .. } in forms {
        candidates.push(Candidate { head: (prefix, layout.as_deref()), tree, index: *index });
    }
    let is_coded = |prefix: &str| lead.fields(prefix).iter().any(|(name, _)| name == BYTES);
    like::likenesses(&candidates, |base, one| {
        let is_told = || is_coded(base.head.0) == is_coded(one.head.0) && !lead.fields(one.head.0).is_empty();
        base.head.1 == one.head.1 && (base.head.0 == one.head.0 || is_told())
    })
}

/// What each form says beside its JSON, but for its padding, and but for what it has of the one that it is like.
fn heads(
    forms: &[Form],
    likenesses: &[Option<Likeness>],
    names: &[Option<String>],
    lead: Lead,
    is_named: bool,
) -> Vec<Vec<(String, Json)>> {
    let head = |(form, likeness): (&Form, &Option<Likeness>)| {
        let base = likeness.as_ref().map(|likeness| likeness.base);
        let is_told = !is_named && base.is_none_or(|base| forms[base].prefix != form.prefix);
        let mut fields = if is_told { lead.fields(&form.prefix) } else { Vec::new() };
        let name = |name: &str, value: &str| (name.to_owned(), Json::from(value));
        let base_name = base.and_then(|base| names[base].as_deref());
        fields.retain(|(name, _)| base.is_none() || name != BYTES);
        fields.extend(form.layout.as_deref().filter(|_| base.is_none()).map(|layout| name(LAYOUT, layout)));
        fields.extend(base_name.map(|base| name(LIKE, base)));
        fields
    };
    forms.iter().zip(likenesses).map(head).collect()
}

/// Short names, after what their events say of themselves, for templates and for what others are like.
fn names(forms: &[Form], is_base: &HashSet<usize>, lead: Lead) -> Vec<Option<String>> {
    let mut taken: HashSet<String> = HashSet::new();
    let mut names = Vec::with_capacity(forms.len());
    for (number, form) in forms.iter().enumerate() {
        if form.index.is_some() && !is_base.contains(&number) {
            names.push(None);
            continue;
        }
        let plain = last_word(form.kind.as_deref().or(lead.event(&form.prefix)).unwrap_or_default());
        let base = if plain.is_empty() { "chunk".to_owned() } else { plain };
        let numbered = (2..).map(|number| format!("{base}{number}"));
        let name = [base.clone()].into_iter().chain(numbered).find(|name| !taken.contains(name));
        taken.extend(name.clone());
        names.push(name);
    }
    names
}

/// `delta` of `content_block_delta` as of `contentBlockDelta`.
fn last_word(name: &str) -> String {
    let start = name.rfind(|c: char| matches!(c, '.' | '_' | '-') || c.is_ascii_uppercase()).unwrap_or(0);
    let letters = name[start..].chars().filter(char::is_ascii_alphabetic).take(12);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}
