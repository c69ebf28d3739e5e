//! Labels in the head of a document, and heads that are written again while all else stays as it is.

use super::CLOSE;
use super::lines::lines_of;
use super::mapping::{At, Mapping};
use crate::format::checksum;
use crate::format::yaml;
use crate::model::json::Json;
use crate::model::labels::{Labels, NAME, is_name};

const RECORDED_AT: &str = "recorded_at";

const FIELDS: [&str; 3] = ["tags", "metadata", "pinned"];

/// The fields of a head in their order, as far as labels care.
const ORDER: [&str; 6] = ["key", "recorded_at", "usage_count", "tags", "metadata", "pinned"];

/// The fields that labels are, without those that say nothing.
pub(super) fn write(labels: &Labels) -> Vec<(String, Json)> {
    let mut fields = Vec::new();
    let mut add = |name: &str, value: Json| fields.push((name.to_owned(), value));
    if !labels.tags.is_empty() {
        add("tags", Json::Array(labels.tags.iter().map(|tag| Json::from(tag.as_str())).collect()));
    }
    if !labels.metadata.is_empty() {
        let text = |(name, value): &(String, String)| (name.clone(), Json::from(value.as_str()));
        add("metadata", Json::Object(labels.metadata.iter().map(text).collect()));
    }
    if labels.pinned {
        add("pinned", Json::Bool(true));
    }
    fields
}

pub(super) fn read(top: &Mapping<'_>) -> At<Labels> {
    let mut labels = Labels::default();
    if let Some(tags) = top.optional("tags") {
        let wrong = || top.wrong("tags", "`tags` has to be a list of names, such as [faq, smoke]");
        for tag in few(top, "tags", tags.as_array().ok_or_else(wrong)?)? {
            match tag {
                Json::String(tag) if is_name(tag) => labels.tag(tag),
                Json::String(tag) => return Err(no_name(top, "tags", tag)),
                _ => return Err(wrong()),
            }
        }
    }
    if let Some(metadata) = top.optional("metadata") {
        let fields = Mapping::new(metadata, &["metadata"])?;
        few(top, "metadata", metadata.as_object().unwrap_or_default())?;
        for name in fields.names() {
            if !is_name(name) {
                return Err(no_name(top, "metadata", name));
            }
            labels.describe(name, fields.text(name)?);
        }
    }
    labels.pinned = match top.optional("pinned") {
        None => false,
        Some(Json::Bool(pinned)) => *pinned,
        Some(_) => return Err(top.wrong("pinned", "`pinned` has to be true or false")),
    };
    Ok(labels)
}

/// So many labels are more than anybody looks at, and few enough to compare each with each.
const MOST: usize = 1000;

fn few<'a, T>(top: &Mapping<'_>, field: &str, labels: &'a [T]) -> At<&'a [T]> {
    match labels.len() <= MOST {
        true => Ok(labels),
        false => Err(top.wrong(field, &format!("`{field}` has more than {MOST} entries"))),
    }
}

fn no_name(top: &Mapping<'_>, field: &str, name: &str) -> (Vec<String>, String) {
    let shown: String = name.chars().take(60).collect();
    top.wrong(field, &format!("{shown:?} is not a name for `{field}`; use {NAME}"))
}

/// A document, from `---` to `...`, with other labels and perhaps another time, and all else as it stands. `None` where
/// that cannot be done.
pub(crate) fn reheaded(text: &str, labels: &Labels, recorded_at: Option<&str>) -> Option<String> {
    let (title, rest) = text.split_once('\n')?;
    let end = rest.trim_end().strip_suffix(CLOSE)?.len();
    // A checksum is for the text that it was made for.
    let mut head = checksum::without(&rest[..end]).into_owned();
    let before = yaml::read(&head).ok()?;
    let mut fields = write(labels);
    fields.extend(recorded_at.map(|time| (RECORDED_AT.to_owned(), Json::from(time))));
    for (name, value) in fields {
        if before.get(&name) != Some(&value) {
            set(&mut head, &name, value)?;
        }
    }
    let after = yaml::read(&head).ok()?;
    let found = read(&Mapping::new(&after, &[]).ok()?).ok()?;
    let time = after.get(RECORDED_AT).cloned();
    let timed = recorded_at.is_none_or(|wanted| time == Some(Json::from(wanted)));
    (found == *labels && timed && without_head(after) == without_head(before))
        .then(|| checksum::with_checksum(&format!("{title}\n{head}{CLOSE}\n")))
}

/// Sets a field of the head, in its place or where the writer would have put it.
fn set(head: &mut String, name: &str, value: Json) -> Option<()> {
    let line = yaml::write(&Json::Object(vec![(name.to_owned(), value)]));
    let at = match lines_of(head, name) {
        Some(lines) => lines,
        None => {
            let before: Vec<&str> = ORDER.into_iter().take_while(|field| *field != name).collect();
            let behind = before.iter().rev().find_map(|field| lines_of(head, field))?.end;
            behind..behind
        }
    };
    head.replace_range(at, &line);
    Some(())
}

fn without_head(mut tree: Json) -> Json {
    if let Json::Object(fields) = &mut tree {
        fields.retain(|(name, _)| name != RECORDED_AT && !FIELDS.contains(&name.as_str()));
    }
    tree
}

/// A document with another number of uses in its head.
pub(crate) fn recounted(document: &str, uses: u64) -> String {
    const FIELD: &str = "\nusage_count: ";
    // Nothing else of a document begins so: all content is indented.
    let Some((before, behind)) = document.split_once(FIELD) else { return document.to_owned() };
    let rest = behind.find('\n').map_or("", |end| &behind[end..]);
    checksum::with_checksum(&format!("{before}{FIELD}{uses}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(tags: &[&str], metadata: &[(&str, &str)], pinned: bool) -> Labels {
        let mut labels = Labels { pinned, ..Labels::default() };
        tags.iter().for_each(|tag| labels.tag(tag));
        metadata.iter().for_each(|(name, value)| labels.describe(name, value));
        labels
    }

    #[test]
    fn other_labels_change_their_own_lines_only() {
        let text = "--- # title\nkey: a # mine\nrecorded_at: now\nusage_count: 1\n# why\nmetadata: {by: Ada}\n\
                    model: m\nrequest:\n  tags: [other]\n...\n";
        let labels = labels(&["faq"], &[("by", "Ada")], true);
        let text = reheaded(text, &labels, Some("2026-11-21T02:10:44Z")).unwrap();
        insta::assert_snapshot!(checksum::without(&text), @r#"
        --- # title
        key: a # mine
        recorded_at: "2026-11-21T02:10:44Z"
        usage_count: 1
        tags: [faq]
        # why
        metadata: {by: Ada}
        pinned: true
        model: m
        request:
          tags: [other]
        ...
        "#);
    }
}
