//! What stands behind the first word of a header: `form-data; name="api_key"; filename*=UTF-8''a%20b.txt`.

use super::percent;

/// The parameters of a header in their order, names in small letters.
///
/// Lenient as the servers that read them: blanks around `=`, values with quotes and without, in quotes `\"` and `\\`
/// (but no other backslash, since files are called `C:\a.txt`), and what RFC 2231 adds: values that say their character
/// set (`name*=`), and values in pieces (`name*0=`, `name*1=`).
pub(crate) fn parameters(header: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut pieces: Vec<(String, usize, String)> = Vec::new();
    let mut rest = header.find(';').map_or("", |at| &header[at + 1..]);
    while !rest.is_empty() {
        let end = rest.find(['=', ';']).unwrap_or(rest.len());
        let name = rest[..end].trim().to_ascii_lowercase();
        let Some(behind) = rest[end..].strip_prefix('=') else {
            rest = rest[end..].strip_prefix(';').unwrap_or_default();
            continue;
        };
        let (value, behind) = value(behind);
        rest = behind;
        let Some((base, how)) = name.split_once('*') else {
            found.push((name, value));
            continue;
        };
        let (number, is_encoded) = how.strip_suffix('*').map_or((how, how.is_empty()), |how| (how, true));
        let value = if is_encoded { decoded(&value) } else { value };
        match number.parse() {
            Ok(number) => pieces.push((base.to_owned(), number, value)),
            Err(_) => found.push((base.to_owned(), value)),
        }
    }
    pieces.sort();
    for (name, number, value) in pieces {
        match found.last_mut().filter(|(last, _)| number > 0 && *last == name) {
            Some((_, whole)) => whole.push_str(&value),
            None => found.push((name, value)),
        }
    }
    found
}

/// The value at the start of a text, and what stands behind the semicolon that ends it.
fn value(text: &str) -> (String, &str) {
    let text = text.trim_start();
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, behind) = text.split_once(';').unwrap_or((text, ""));
        return (value.trim_end().to_owned(), behind);
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                let behind = &quoted[at + 1..];
                return (value, behind.split_once(';').map_or("", |(_, behind)| behind));
            }
            '\\' => match chars.next_if(|(_, next)| matches!(next, '"' | '\\')) {
                Some((_, escaped)) => value.push(escaped),
                None => value.push(c),
            },
            _ => value.push(c),
        }
    }
    (value, "")
}

/// `UTF-8'en'a%20b`, without the two that tell how it is written.
fn decoded(value: &str) -> String {
    let text = value.splitn(3, '\'').nth(2).unwrap_or(value);
    String::from_utf8_lossy(&percent::decode(text.as_bytes())).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parameters_are_read_however_they_are_written() {
        for (header, wanted) in [
            ("form-data", &[][..]),
            ("form-data; name=\"api_key\"", &[("name", "api_key")]),
            (
                "form-data; filename=\"a;b=c.txt\"; NAME=api_key",
                &[("filename", "a;b=c.txt"), ("name", "api_key")],
            ),
            ("form-data;name = \"a\" ;\tfilename =b ", &[("name", "a"), ("filename", "b")]),
            ("form-data; name=\"a\\\"b\\\\c\"; x=1", &[("name", "a\"b\\c"), ("x", "1")]),
            ("form-data; filename=\"C:\\new.txt\"", &[("filename", "C:\\new.txt")]),
            ("form-data; name*=UTF-8''api%5Fkey", &[("name", "api_key")]),
            ("form-data; name*=utf-8'en'a%20b; x", &[("name", "a b")]),
            ("form-data; name*1=key; name*0=\"api_\"", &[("name", "api_key")]),
            ("form-data; name*0*=''api%5F; name*1=key", &[("name", "api_key")]),
            ("form-data; name=\"never ends", &[("name", "never ends")]),
            ("form-data; name=; ;= ;x=\"\"", &[("name", ""), ("", ""), ("x", "")]),
            ("multipart/mixed; boundary=\"a;b\"", &[("boundary", "a;b")]),
        ] {
            let found = parameters(header);
            let found: Vec<(&str, &str)> =
                found.iter().map(|(name, value)| (&name[..], &value[..])).collect();
            assert_eq!(found, wanted, "{header}");
        }
    }

    proptest! {
        #[test]
        fn no_header_is_too_odd_to_be_read(header in "[;=\"\\\\*' a-c0-2%é]{0,30}") {
            parameters(&header);
        }

        #[test]
        fn a_quoted_value_is_read_as_it_was_meant(value in any::<String>()) {
            let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
            let header = format!("form-data; a=1; name=\"{quoted}\"; b=2");
            prop_assert!(parameters(&header).contains(&("name".to_owned(), value)));
        }
    }
}
