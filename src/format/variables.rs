//! Values that a test makes up, such as a date or a UUID, kept in the comments at the top of a cassette so that a replay
//! gives them back: `# variable now: "2026-11-21T10:00:00Z"`. No I/O.

use std::collections::HashMap;

use crate::model::json::{self, Json, write_string};

/// What a line with a variable starts with.
const SIGN: &str = "# variable ";

/// How a variable is written, for people.
const FORM: &str = "`# variable NAME: \"VALUE\"`";

/// A comment with a variable that does not say what it should. Lines are those of the file, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) line: usize,
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) hint: String,
}

/// The variables in the text before the first document.
pub(crate) fn read(preamble: &str) -> Result<Vec<(String, String)>, Wrong> {
    let mut variables = Variables::default();
    for (index, line) in preamble.lines().enumerate() {
        if let Some((name, value)) = variable(line) {
            take(index + 1, name, value, &mut variables)?;
        }
    }
    Ok(variables.all.into_iter().map(|Variable { name, value, .. }| (name, value)).collect())
}

/// Everything that is wrong with the variables of a file: those that cannot be read, and those that nobody reads.
#[cfg(feature = "cli")]
pub(crate) fn check(text: &str) -> Vec<Wrong> {
    let (mut wrong, mut variables, mut before_documents) = (Vec::new(), Variables::default(), true);
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        before_documents &= !line.starts_with(super::OPEN);
        match variable(line) {
            Some((name, value)) if before_documents => {
                wrong.extend(take(number, name, value, &mut variables).err());
            }
            Some((name, value)) if text_of(value).is_some() => wrong.push(Wrong {
                line: number,
                message: format!("the variable `{name}` is not read here, behind the first `---`"),
                hint: format!(
                    "move this line up to below line 1, or delete it if `{name}` stands there already"
                ),
            }),
            None if before_documents && resembles_a_variable(line) => wrong.push(Wrong {
                line: number,
                message: "this comment is not read as a variable".to_owned(),
                hint: format!("write it as {FORM}, with letters, digits, `_`, `-` and `.` in the name"),
            }),
            _ => {}
        }
    }
    wrong
}

/// A variable and the line in which it stands.
struct Variable {
    line: usize,
    name: String,
    value: String,
}

/// Variables in the order of the file, and where among them each name is.
#[derive(Default)]
struct Variables {
    all: Vec<Variable>,
    places: HashMap<String, usize>,
}

/// Adds what a line says. The same value once more, as a merge may leave it, is no harm.
fn take(line: usize, name: &str, value: &str, variables: &mut Variables) -> Result<(), Wrong> {
    let Some(value) = text_of(value) else {
        return Err(Wrong {
            line,
            message: format!("the value of the variable `{name}` is not text in double quotes"),
            hint: format!("write it as {FORM}"),
        });
    };
    match variables.places.get(name).map(|place| &variables.all[*place]) {
        None => {
            variables.places.insert(name.to_owned(), variables.all.len());
            variables.all.push(Variable { line, name: name.to_owned(), value });
        }
        Some(known) if known.value == value => {}
        Some(known) => {
            return Err(Wrong {
                line,
                message: format!("the variable `{name}` has another value in line {}", known.line),
                hint: format!("delete one of the lines {} and {line}", known.line),
            });
        }
    }
    Ok(())
}

/// The name of a variable and what stands for its value. A comment may start like one and go on as prose.
fn variable(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.trim_end().strip_prefix(SIGN)?.split_once(':')?;
    is_name(name).then_some((name, value))
}

/// Whether a line has a variable.
pub(crate) fn is_line(line: &[u8]) -> bool {
    std::str::from_utf8(line).is_ok_and(|line| variable(line).is_some())
}

fn text_of(value: &str) -> Option<String> {
    match json::parse(value.trim().as_bytes()) {
        Ok(Json::String(value)) => Some(value),
        _ => None,
    }
}

/// Whether somebody meant a variable: `#variable now: "noon"`, `# Variable now = "noon"`, `# variable the day: "noon"`.
#[cfg(feature = "cli")]
fn resembles_a_variable(line: &str) -> bool {
    const WORD: &str = "variable";
    let comment = line.trim().trim_start_matches('#');
    let said = comment.trim_start();
    comment.len() < line.trim().len()
        && said.get(..WORD.len()).is_some_and(|word| word.eq_ignore_ascii_case(WORD))
        && said[WORD.len()..].starts_with(char::is_whitespace)
        && said.split_once([':', '=']).is_some_and(|(_, value)| text_of(value).is_some())
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
            assert_eq!(read(text).unwrap_err().line, line, "{text}");
        }
    }

    #[test]
    fn a_variable_that_a_merge_left_twice_with_one_value_has_it() {
        let read = read("# variable a: \"1\"\n# mine\n# variable a:  \"1\"\n");
        assert_eq!(read, Ok(vec![("a".to_owned(), "1".to_owned())]));
    }

    #[cfg(feature = "cli")]
    #[test]
    fn whatever_is_wrong_with_variables_is_found_and_nothing_else() {
        let wrong = |text: &str| check(text).iter().map(|wrong| wrong.line).collect::<Vec<_>>();
        for fine in [
            "# llm-cassette 1\n# variable a: \"1\"\n# variable b: \"2\"\n--- #\nkey: 1\n...\n",
            "# llm-cassette 1\n# variable names are short: use them\n# variables: \"none\"\n",
            "# llm-cassette 1\n---\nrequest:\n  text: |\n    # variable a: \"1\"\n...\n# variable: \"a\"\n",
        ] {
            assert_eq!(check(fine), Vec::new(), "{fine}");
        }
        for (text, line) in [
            ("# variable a: 1\n", 1),
            ("# variable a: '1'\n", 1),
            ("# variable a: \"1\" # noon\n", 1),
            ("# variable a: \"1\"\n# variable b: \"2\"\n# variable a: \"3\"\n", 3),
            ("# variable the day: \"1\"\n", 1),
            ("#variable a: \"1\"\n", 1),
            (" # Variable a = \"1\"\n", 1),
            ("#\n--- # POST\nkey: 1\n...\n# variable a: \"1\"\n---\n...\n", 5),
            ("#\n---\n# variable a: \"1\"\nkey: 1\n...\n", 3),
        ] {
            assert_eq!(wrong(text), [line], "{text}");
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
