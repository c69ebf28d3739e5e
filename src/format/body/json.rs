//! A JSON body as a tree, with its layout in words.

use super::apart::{Apart, BETWEEN, END};
use super::{Fields, Found, externalise, marks, same, spelling};
use crate::format::allowance::Allowance;
use crate::format::blobs::Blobs;
use crate::format::turns::{Of, Shape};
use crate::format::yaml::NumberStyle;
use crate::model::json::{self, Json, Layout};

pub(super) fn write(bytes: &[u8], base: Option<(&Json, Of)>, blobs: &mut Blobs) -> Option<Fields> {
    let mut tree = json::parse(bytes).ok()?;
    if tree.repeats_a_key() {
        return None;
    }
    let (layout, apart) = match Layout::of(&tree, bytes) {
        Some(layout) => (layout, None),
        None => {
            let apart = Apart::of(&tree, bytes)?;
            (apart.layout.clone(), Some(apart))
        }
    };
    let shared = base.map(|(base, of)| Shape::of(&tree).shared(&Shape::of(base), of));
    marks::escape(&mut tree);
    if let Some(shared) = shared {
        same::refer(&mut tree, &shared);
    }
    externalise::externalise(&mut tree, blobs);
    // Numbers that stand elsewhere keep their text as it is.
    let numbers = NumberStyle::of(&tree)?;
    let mut fields = Vec::new();
    let words = spelling::words(&layout, &numbers);
    for (name, text) in [("layout", words), ("before", layout.before), ("after", layout.after)] {
        if !text.is_empty() {
            fields.push((name.to_owned(), Json::String(text)));
        }
    }
    if let Some(apart) = apart {
        fields.push((BETWEEN.to_owned(), Json::String(apart.between)));
        fields.push((END.to_owned(), Json::String(apart.end)));
    }
    fields.push(("json".to_owned(), tree));
    Some(fields)
}

pub(super) fn read(fields: &Found<'_>) -> Result<Vec<u8>, String> {
    let words = fields.detail("layout")?.unwrap_or_default();
    let (mut layout, numbers) = spelling::read(words)?;
    for (name, place) in [("before", &mut layout.before), ("after", &mut layout.after)] {
        let space = fields.detail(name)?.unwrap_or_default();
        if !is_white(space) {
            return Err(format!("`{name}` is not white space"));
        }
        space.clone_into(place);
    }
    let laid = apart(layout, fields)?;
    let write = |tree: &Json| match &laid {
        Laid::Apart(apart) => apart.write(tree, &fields.allowance),
        Laid::Whole(layout) => laid_out(layout, tree, &fields.allowance),
    };
    if numbers == NumberStyle::default() && !marks::has_marks(fields.main) {
        return write(fields.main);
    }
    let mut tree = fields.main.clone();
    numbers.restore(&mut tree);
    externalise::inline(&mut tree, fields)?;
    if same::has_mark(&tree) {
        same::resolve(&mut tree, (fields.base)(), &fields.allowance)?;
    }
    marks::unescape(&mut tree);
    write(&tree)
}

/// How a tree is laid out: as one, or each item of it for itself.
enum Laid {
    Whole(Layout),
    Apart(Apart),
}

/// The layout, and what stands between items if somebody says so.
fn apart(layout: Layout, fields: &Found<'_>) -> Result<Laid, String> {
    let (between, end) = match (fields.detail(BETWEEN)?, fields.detail(END)?) {
        (Some(between), end) => (between, end.unwrap_or_default()),
        (None, None) => return Ok(Laid::Whole(layout)),
        (None, Some(_)) => return Err(format!("`{END}` cannot stand without `{BETWEEN}`")),
    };
    if !Apart::is_between(between) || !is_white(end) {
        return Err(format!("`{BETWEEN}` has to be a comma and white space, and `{END}` white space"));
    }
    Ok(Laid::Apart(Apart { layout, between: between.to_owned(), end: end.to_owned() }))
}

fn is_white(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
}

fn laid_out(layout: &Layout, tree: &Json, allowance: &Allowance) -> Result<Vec<u8>, String> {
    // What it says of blobs and of another turn has been counted; what is written is all of it.
    let text = layout.write_within(tree, allowance.limit());
    text.map(String::into_bytes).ok_or_else(|| allowance.refusal())
}
