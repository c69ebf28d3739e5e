//! Where values stand in a text of JSON, for who changes one and leaves every other byte as it is.

use std::ops::Range;

use super::parse::skip_string;

/// The value at the end of a path of keys, the first one where a key is repeated. `None` where there is none, or where the
/// text cannot be JSON up to there.
pub(crate) fn find(text: &[u8], path: &[&str]) -> Option<Range<usize>> {
    let mut range = value(text, 0)?;
    for key in path {
        let found = fields(text, range.start)?.into_iter().find(|(name, _)| {
            // A key with an escape is nobody's: those that are looked for need none.
            text.get(name.start + 1..name.end - 1) == Some(key.as_bytes())
        });
        range = found?.1;
    }
    Some(range)
}

/// The items of an array; none where the text is something else.
pub(crate) fn items(text: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let start = space(text, 0);
    if text.get(start) != Some(&b'[') {
        return found;
    }
    let mut at = start + 1;
    while let Some(item) = value(text, at) {
        at = space(text, item.end);
        found.push(item);
        if text.get(at) != Some(&b',') {
            break;
        }
        at += 1;
    }
    found
}

/// The keys of the object that begins here, with their quotes, and their values.
fn fields(text: &[u8], open: usize) -> Option<Vec<(Range<usize>, Range<usize>)>> {
    if text.get(open) != Some(&b'{') {
        return None;
    }
    let mut found = Vec::new();
    let mut at = open + 1;
    loop {
        let key = space(text, at);
        if text.get(key) != Some(&b'"') {
            return Some(found);
        }
        let end = skip_string(text, key)?;
        let colon = space(text, end);
        if text.get(colon) != Some(&b':') {
            return None;
        }
        let value = value(text, colon + 1)?;
        at = space(text, value.end);
        found.push((key..end, value));
        if text.get(at) != Some(&b',') {
            return Some(found);
        }
        at += 1;
    }
}

/// The value that begins behind the white space here.
fn value(text: &[u8], at: usize) -> Option<Range<usize>> {
    let start = space(text, at);
    let end = match text.get(start)? {
        b'"' => skip_string(text, start)?,
        b'{' | b'[' => closed(text, start)?,
        _ => {
            let rest = &text[start..];
            start + rest.iter().take_while(|byte| !b",:}] \t\r\n".contains(byte)).count()
        }
    };
    (end > start).then_some(start..end)
}

/// Behind the bracket that closes the one here.
fn closed(text: &[u8], open: usize) -> Option<usize> {
    let (mut at, mut depth) = (open, 0usize);
    loop {
        match text.get(at)? {
            b'"' => {
                at = skip_string(text, at)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
}

fn space(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_by_the_way_to_it() {
        let text = br#" { "a" : {"b":[1,{"c":2}], "d" : "x\"}" } , "e":-1.5e3,"f":null } "#;
        for (path, wanted) in [
            (&["a", "b"][..], Some("[1,{\"c\":2}]")),
            (&["a", "d"], Some("\"x\\\"}\"")),
            (&["e"], Some("-1.5e3")),
            (&["f"], Some("null")),
            (&["a", "c"], None),
            (&["e", "x"], None),
        ] {
            let found = find(text, path).map(|range| std::str::from_utf8(&text[range]).unwrap());
            assert_eq!(found, wanted, "{path:?}");
        }
    }

    #[test]
    fn items_of_an_array_are_found_and_of_nothing_else() {
        let texts = |text: &'static [u8]| {
            items(text)
                .into_iter()
                .map(|range| std::str::from_utf8(&text[range]).unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(texts(br#" [ {"a":[1]} , "x,y",3 ]"#), [r#"{"a":[1]}"#, "\"x,y\"", "3"]);
        for other in [&b"[]"[..], b"{\"a\":1}", b"", b"["] {
            assert!(texts(other).is_empty());
        }
    }

    #[test]
    fn a_text_that_is_no_json_is_looked_at_in_vain() {
        for text in ["", "{", "{\"a\"", "{\"a\":", "{\"a\":[", "{a:1}", "]", "\"", "nonsense", "{\"a\":\"x"] {
            assert_eq!(find(text.as_bytes(), &["a"]), None, "{text}");
        }
    }
}
