//! Events of one template that follow one another, as one row: what each of its places holds for the first of them, for the
//! second, and so on.
//!
//! `[chunk, 4, 3, 2 × 6]` is eight events of a template with one place. With more places each has a list of its own, or one
//! value that is that of all events: `[chunk, [4, 3], [a, b], stop]`. What no list tells is said behind the name: `[ping × 3]`.
//! Whole numbers that count up stand as the first and the last of them: `1 … 138`.

use std::borrow::Cow;
use std::slice;

use super::templates::is_odd;
use crate::model::json::{self, Json};

/// Stands between a value, or the name of a template, and how often it comes.
const TIMES: &str = " × ";

/// Stands between the first and the last of numbers that count up.
const TO: &str = " … ";

/// From how many on the same values are counted.
const COUNTED_FROM: usize = 3;

/// The row of events of a template, of each of which the values of all its places are given. Numbers that YAML
/// writes otherwise may stand as they are `spelt`.
pub(super) fn write(name: &str, events: &[Vec<Json>], spelt: bool) -> Json {
    let places = events.first().map_or(0, Vec::len);
    let column = |place: usize| events.iter().filter_map(move |event| event.get(place));
    let is_same = |place: usize| column(place).all(|value| Some(value) == column(place).next());
    let mut row = Vec::new();
    if places == 1 {
        row.push(Json::from(name));
        row.extend(packed(column(0), spelt));
        return Json::Array(row);
    }
    let is_told = (0..places).any(|place| !is_same(place)) || events.len() == 1;
    row.push(Json::String(if is_told { name.to_owned() } else { times(name, events.len()) }));
    row.extend((0..places).map(|place| match (is_same(place), column(place).next()) {
        // A list there is that of a column.
        (true, Some(value)) if literal(value, spelt).as_array().is_none() => literal(value, spelt),
        _ => Json::Array(packed(column(place), spelt)),
    }));
    Json::Array(row)
}

fn times(what: &str, count: usize) -> String {
    format!("{what}{TIMES}{count}")
}

/// Values one after the other, with those counted that come again, and those that count up as the first and the last.
fn packed<'a>(values: impl Iterator<Item = &'a Json>, spelt: bool) -> Vec<Json> {
    let values: Vec<&Json> = values.collect();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(value) = values.get(at) {
        let same = values[at..].iter().take_while(|other| *other == value).count();
        let up = counting_up(&values[at..]);
        let is_scalar = matches!(value, Json::Null | Json::Bool(_) | Json::Number(_));
        if is_scalar && same >= COUNTED_FROM {
            out.push(Json::String(times(&value.compact(), same)));
            at += same;
        } else if up > COUNTED_FROM {
            out.push(Json::String(format!("{}{TO}{}", value.compact(), values[at + up - 1].compact())));
            at += up;
        } else {
            out.push(literal(value, spelt));
            at += 1;
        }
    }
    out
}

/// How many values are one more than the one before, from the first on.
fn counting_up(values: &[&Json]) -> usize {
    let Some(first) = values.first().and_then(|value| whole(value)) else { return 0 };
    let is_next = |(value, number): &(&&Json, u64)| whole(value) == Some(*number);
    values.iter().zip(first..).take_while(is_next).count()
}

/// A whole number as it is usually written, and not beyond what any reader of YAML keeps.
fn whole(value: &Json) -> Option<u64> {
    let Json::Number(text) = value else { return None };
    text.parse().ok().filter(|number: &u64| *number < 1 << 53 && number.to_string() == *text)
}

/// A value as it stands in a row: what would be taken for something else stands in a list of its own.
fn literal(value: &Json, spelt: bool) -> Json {
    match value {
        // As it is spelt.
        Json::Number(text) if spelt && is_odd(text) => Json::String(times(text, 1)),
        Json::Array(_) => Json::Array(vec![value.clone()]),
        Json::String(text) if counted(text).is_some() || counted_up(text).is_some() => {
            Json::Array(vec![value.clone()])
        }
        value => value.clone(),
    }
}

/// What comes more than once, and how often.
fn counted(text: &str) -> Option<(&str, usize)> {
    let (what, count) = text.rsplit_once(TIMES)?;
    let is_number = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| (what, count.parse().unwrap_or(usize::MAX)))
}

/// The first and the last of numbers that count up.
fn counted_up(text: &str) -> Option<(&str, &str)> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once(TO).filter(|(first, last)| is_number(first) && is_number(last))
}

/// A row that is being read: what stands in it for each event.
#[derive(Debug)]
pub(super) struct Row<'a> {
    columns: Vec<Column<'a>>,
    /// How many events it is.
    pub(super) count: usize,
}

#[derive(Debug)]
enum Column<'a> {
    Same(Cow<'a, Json>),
    Values { items: slice::Iter<'a, Json>, now: Item<'a> },
}

/// An item of a column: how often a value comes, or how many numbers follow the first.
#[derive(Debug)]
struct Item<'a> {
    value: Cow<'a, Json>,
    left: usize,
    counts_up: bool,
}

/// The template that the first item of a row names, and how often it comes if that is said.
pub(super) fn name(item: &str, is_known: impl Fn(&str) -> bool) -> (&str, Option<usize>) {
    match counted(item) {
        Some((name, count)) if !is_known(item) => (name, Some(count)),
        _ => (item, None),
    }
}

impl<'a> Row<'a> {
    /// A row without its name, of a template with so many places.
    pub(super) fn read(items: &'a [Json], said: Option<usize>, places: usize) -> Result<Row<'a>, String> {
        let mut columns = Vec::new();
        let mut count = said;
        let mut agree = |length: usize| match *count.get_or_insert(length) == length {
            true => Ok(()),
            false => Err("its columns are not of one length".to_owned()),
        };
        match (places, items) {
            (1, [_, ..]) => {
                agree(length(items)?)?;
                columns.push(Column::of(items));
            }
            (1, []) => return Err("the row is too short for its template".to_owned()),
            _ if items.len() < places => return Err("the row is too short for its template".to_owned()),
            _ if items.len() > places => {
                return Err(format!("its template takes {places} values, but the row has {}", items.len()));
            }
            _ => {
                for item in items {
                    columns.push(match item {
                        Json::Array(list) => {
                            agree(length(list)?)?;
                            Column::of(list)
                        }
                        item => {
                            let item = item_of(item)?;
                            if item.left > 1 {
                                return Err(
                                    "what comes more than once stands in a list of its own".to_owned()
                                );
                            }
                            Column::Same(item.value)
                        }
                    });
                }
            }
        }
        Ok(Row { columns, count: count.unwrap_or(1) })
    }

    /// The values of the next event, one for each place.
    pub(super) fn next_event(&mut self) -> Vec<Cow<'a, Json>> {
        self.columns.iter_mut().filter_map(Column::next_value).collect()
    }
}

/// How many values a list is.
fn length(list: &[Json]) -> Result<usize, String> {
    let mut sum = 0usize;
    for item in list {
        sum = sum.saturating_add(item_of(item)?.left);
    }
    Ok(sum)
}

/// What an item says.
fn item_of(item: &Json) -> Result<Item<'_>, String> {
    let one = |value| Ok(Item { value, left: 1, counts_up: false });
    let text = match item {
        Json::Array(items) => match items.as_slice() {
            [value] => return one(Cow::Borrowed(value)),
            _ => return Err("a list in a row holds one value".to_owned()),
        },
        Json::String(text) => text,
        item => return one(Cow::Borrowed(item)),
    };
    if let Some((what, left)) = counted(text) {
        return match json::parse(what.as_bytes()) {
            Ok(value @ (Json::Null | Json::Bool(_) | Json::Number(_))) if left > 0 => {
                Ok(Item { value: Cow::Owned(value), left, counts_up: false })
            }
            _ => Err(format!("`{text}` in a row is not a number that comes more than once")),
        };
    }
    if let Some((first, last)) = counted_up(text) {
        let number = |text: &str| whole(&Json::Number(text.to_owned()));
        return match number(first).zip(number(last)).filter(|(first, last)| first < last) {
            Some((start, end)) => {
                let left = usize::try_from(end - start).unwrap_or(usize::MAX).saturating_add(1);
                Ok(Item { value: Cow::Owned(Json::Number(first.to_owned())), left, counts_up: true })
            }
            None => Err(format!("`{text}` in a row does not count up")),
        };
    }
    one(Cow::Borrowed(item))
}

impl<'a> Column<'a> {
    fn of(items: &'a [Json]) -> Column<'a> {
        let now = Item { value: Cow::Owned(Json::Null), left: 0, counts_up: false };
        Column::Values { items: items.iter(), now }
    }

    fn next_value(&mut self) -> Option<Cow<'a, Json>> {
        match self {
            Column::Same(value) => Some(value.clone()),
            Column::Values { items, now } => {
                if now.left == 0 {
                    *now = item_of(items.next()?).ok()?;
                }
                now.left -= 1;
                let value = now.value.clone();
                if now.counts_up {
                    now.value = Cow::Owned(Json::from(whole(&value)? + 1));
                }
                Some(value)
            }
        }
    }
}
