//! Values that a test makes up, such as a date or a UUID, kept in the comments at the top of a cassette so that a replay
//! gives them back: `# variable now: "2026-11-21T10:00:00Z"`. No I/O.

use crate::model::json::{self, Json, write_string};

/// What a line with a variable starts with.
const SIGN: &str = "# variable ";

/// The variables in the text before the first document. An error names the line of the file, counted from 1.
pub(crate) fn read(preamble: &str) -> Result<Vec<(String, String)>, (usize, String)> {
    let mut variables: Vec<(String, String)> = Vec::new();
    for (index, line) in preamble.lines().enumerate() {
        let Some(rest) = line.trim_end().strip_prefix(SIGN) else { continue };
        // A comment may start with these words and go on as prose.
        let Some((name, value)) = rest.split_once(':').filter(|(name, _)| is_name(name)) else { continue };
        let Ok(Json::String(value)) = json::parse(value.trim().as_bytes()) else {
            return Err((
                index + 1,
                format!("the value of the variable `{name}` is not text in double quotes"),
            ));
        };
        if variables.iter().any(|(known, _)| known == name) {
            return Err((index + 1, format!("the variable `{name}` stands here for the second time")));
        }
        variables.push((name.to_owned(), value));
    }
    Ok(variables)
}

/// The text before the first document with a further variable in it, behind those that it has.
pub(crate) fn with(preamble: &str, name: &str, value: &str) -> String {
    let mut line = format!("{SIGN}{name}: ");
    write_string(value, json::Escapes::default(), &mut line);
    line.push('\n');
    let mut at = preamble.find('\n').map_or(preamble.len(), |end| end + 1);
    let mut end = 0;
    for text in preamble.split_inclusive('\n') {
        end += text.len();
        if text.starts_with(SIGN) {
            at = end;
        }
    }
    let (before, after) = preamble.split_at(at);
    let gap = if before.ends_with('\n') { "" } else { "\n" };
    format!("{before}{gap}{line}{after}")
}

/// Whether a variable may be called so: letters, digits, `_`, `-` and `.`.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn variables_stand_behind_the_first_line_and_each_other() {
        let mut text = "# llm-cassette 1\n# my own words\n".to_owned();
        text = with(&text, "now", "2026-11-21");
        text = with(&text, "run.id", "a \"b\"\nc");
        assert_eq!(
            text,
            "# llm-cassette 1\n# variable now: \"2026-11-21\"\n# variable run.id: \"a \\\"b\\\"\\nc\"\n# my own words\n"
        );
    }

    #[test]
    fn prose_that_looks_like_a_variable_is_prose() {
        let text = "# llm-cassette 1\n# variable names are short: use them\n# variable\n";
        assert_eq!(read(text), Ok(Vec::new()));
    }

    #[test]
    fn a_variable_that_cannot_be_read_is_an_error_with_its_line() {
        for (text, line) in
            [("# x\n# variable now: 2026\n", 2), ("# variable a: \"1\"\n# variable a: \"2\"\n", 2)]
        {
            assert_eq!(read(text).unwrap_err().0, line, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_back(values in prop::collection::vec(any::<String>(), 0..4)) {
            let mut text = "# llm-cassette 1\n".to_owned();
            for (index, value) in values.iter().enumerate() {
                text = with(&text, &format!("v{index}"), value);
            }
            let read: Vec<String> = read(&text).unwrap().into_iter().map(|(_, value)| value).collect();
            prop_assert_eq!(read, values);
        }
    }
}
