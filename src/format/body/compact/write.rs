//! From the texts of events to a message, templates and rows.

use super::lead::Lead;
use super::said::{Said, leave_out_bytes, place};
use super::shared::share;
use super::templates::{Event, Template, group, looks_marked, mark, spell_numbers, take_common};
use super::{ARGUMENTS, ID, NAME, NAMED, PAD, PIECE, TAKE, TYPE, WHOLE, fields, read, rows};
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
        match parsed.filter(|(event, payload)| layout.write(&event.tree) == *payload) {
            Some((event, _)) => {
                let claims = assembly.event(&event.tree);
                said.notice(&event.tree, &claims);
                events_of_json.push((event, claims));
                texts.push(None);
            }
            // Other JSON, or none: it stays as it is.
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
    let (mut templates, mut alone) = group(events_of_json);
    let mut trees: Vec<&mut Json> = templates.iter_mut().map(|template| &mut template.tree).collect();
    trees.extend(alone.iter_mut().map(|event| &mut event.tree));
    if spelt {
        trees.iter_mut().for_each(|tree| spell_numbers(tree));
    }
    let common = take_common(&mut trees);
    let shared = share(&mut trees);
    let names = names(&templates, lead);
    let mut items: Vec<Option<Item>> = texts.into_iter().map(|text| text.map(Item::Whole)).collect();
    let mut templates_written = Vec::new();
    for (number, (template, name)) in templates.into_iter().zip(&names).enumerate() {
        for (index, values) in template.rows {
            items[index] = Some(Item::Values(number, values));
        }
        let pad = template.padded.then_some(Json::Bool(true));
        templates_written.push((name.clone(), head(&template.prefix, pad, template.tree, lead, is_named)));
    }
    for event in alone {
        let pad = (event.pad > 0).then(|| Json::from(event.pad as u64));
        items[event.index] = Some(Item::Whole(head(&event.prefix, pad, event.tree, lead, is_named)));
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
    let plain = tree.as_object().is_some() && !looks_marked(&tree) && !tree.repeats_a_key();
    let event = Event { index, prefix: prefix.to_owned(), tree, pad: inner.len() - bare.len() };
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

/// An event or a template with what stands before its JSON, unless that is the usual.
fn head(prefix: &str, pad: Option<Json>, tree: Json, lead: Lead, is_named: bool) -> Json {
    let (told, holder) = lead.fields(prefix);
    let told = told.filter(|_| !is_named);
    let pad = pad.map(|pad| (PAD.to_owned(), pad));
    Json::Object(told.into_iter().chain(pad).chain([(holder.to_owned(), tree)]).collect())
}

/// Short names for templates, after what their events say of themselves.
fn names(templates: &[Template], lead: Lead) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for template in templates {
        let told = template.tree.get("type").and_then(Json::as_str).or(lead.event(&template.prefix));
        let plain = last_word(told.unwrap_or_default());
        let base = if plain.is_empty() { "chunk".to_owned() } else { plain };
        let taken = |name: &String| names.contains(name);
        let numbered = (2..).map(|number| format!("{base}{number}"));
        let name = [base.clone()].into_iter().chain(numbered).find(|name| !taken(name));
        names.extend(name);
    }
    names
}

/// `delta` of `content_block_delta` as of `contentBlockDelta`.
fn last_word(name: &str) -> String {
    let start = name.rfind(|c: char| matches!(c, '.' | '_' | '-') || c.is_ascii_uppercase()).unwrap_or(0);
    let letters = name[start..].chars().filter(char::is_ascii_alphabetic).take(12);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}
