//! Headers from the command line. `$NAME` in a value is read from the environment, so that no key stands in the history of
//! a shell.

use http::{HeaderName, HeaderValue};

use crate::model::error::{Error, ErrorKind};

/// The header in `Name: value`.
pub(in crate::cli) fn expand(
    text: &str,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<(HeaderName, HeaderValue), Error> {
    let wrong = |what: String| {
        Error::new(ErrorKind::BadSetting, what)
            .with_hint("write `--header 'Authorization: Bearer $OPENAI_API_KEY'`")
    };
    let (name, value) =
        text.split_once(':').ok_or_else(|| wrong("a header needs a name, a `:` and a value".to_owned()))?;
    let name = HeaderName::try_from(name.trim())
        .map_err(|_| wrong(format!("{:?} is not the name of a header", name.trim())))?;
    let value = filled_in(value.trim(), variable).map_err(|missing| {
        Error::new(ErrorKind::MissingKey, format!("{missing} is not set, and the header `{name}` needs it"))
            .with_hint(format!("set {missing}, or write `$$` for a dollar sign"))
    })?;
    let mut value = HeaderValue::try_from(value)
        .map_err(|_| wrong(format!("the value of `{name}` cannot be sent in a header")))?;
    value.set_sensitive(true);
    Ok((name, value))
}

/// The text with `$NAME` and `${NAME}` replaced, or the first name that has no value.
fn filled_in(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            out.push('$');
            rest = after;
            continue;
        }
        let (name, behind) = match after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            Some(split) => split,
            None => after.split_at(after.find(|c| !is_of_a_name(c)).unwrap_or(after.len())),
        };
        let value = variable(name).filter(|value| !value.is_empty());
        out.push_str(&value.ok_or_else(|| if name.is_empty() { "$".to_owned() } else { name.to_owned() })?);
        rest = behind;
    }
    out.push_str(rest);
    Ok(out)
}

fn is_of_a_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> Result<String, Error> {
        let variable = |name: &str| (name == "KEY").then(|| "sk-1".to_owned());
        expand(text, variable).map(|(name, value)| format!("{name}={}", value.to_str().unwrap()))
    }

    #[test]
    fn variables_in_a_value_are_filled_in() {
        for (text, wanted) in [
            ("Authorization: Bearer $KEY", "authorization=Bearer sk-1"),
            ("x-a:${KEY}b", "x-a=sk-1b"),
            ("x-a: $KEY-$KEY", "x-a=sk-1-sk-1"),
            ("x-a: costs $$5: yes", "x-a=costs $5: yes"),
        ] {
            assert_eq!(header(text).unwrap(), wanted, "{text}");
        }
    }

    #[test]
    fn a_variable_that_is_not_set_is_an_error_that_names_it() {
        let error = header("Authorization: Bearer $OTHER").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MissingKey);
        assert_eq!(error.message(), "OTHER is not set, and the header `authorization` needs it");
    }

    #[test]
    fn what_is_no_header_is_refused() {
        for text in ["", "no colon", "b\u{e4}d name: x", "x: a\nb", "x: $", "x: ${KEY"] {
            assert!(header(text).is_err(), "{text}");
        }
    }
}
