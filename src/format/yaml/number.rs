//! Numbers whose text every reader of YAML takes for a number, and how to get the recorded text back.

use crate::model::json::Json;

/// Writes a JSON number. PyYAML takes `1e-05` and `1.5e16` for strings: it wants a dot and a signed exponent.
pub(super) fn write(text: &str, out: &mut String) {
    let Some(at) = text.bytes().position(is_exponent) else {
        out.push_str(text);
        return;
    };
    let (mantissa, exponent) = text.split_at(at);
    out.push_str(mantissa);
    if !mantissa.contains('.') {
        out.push_str(".0");
    }
    out.push_str(&exponent[..1]);
    if !exponent[1..].starts_with(['+', '-']) {
        out.push('+');
    }
    out.push_str(&exponent[1..]);
}

fn is_exponent(byte: u8) -> bool {
    matches!(byte, b'e' | b'E')
}

/// How the exponents of a tree were written, where that is another way than YAML's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NumberStyle {
    /// All in one way.
    Same(Exponent),
    /// Some in one way and some in another: of the numbers with an exponent, in their order, so many in each.
    Each(Vec<(Exponent, usize)>),
}

/// How one exponent was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Exponent {
    /// `1e-05` and not `1.0e-05`.
    pub(crate) bare_mantissa: bool,
    /// `1.5e16` and not `1.5e+16`.
    pub(crate) unsigned_exponent: bool,
}

impl Default for NumberStyle {
    fn default() -> NumberStyle {
        NumberStyle::Same(Exponent::default())
    }
}

/// The ways in which an exponent can be written, and the letter of each in the word for those that differ.
const EXPONENTS: [(Exponent, char); 4] = [
    (Exponent { bare_mantissa: false, unsigned_exponent: false }, 'w'),
    (Exponent { bare_mantissa: true, unsigned_exponent: false }, 'b'),
    (Exponent { bare_mantissa: false, unsigned_exponent: true }, 'u'),
    (Exponent { bare_mantissa: true, unsigned_exponent: true }, 'x'),
];

/// What the word for exponents that differ begins with.
const EACH: &str = "exponents-";

impl NumberStyle {
    /// The style in which [`restore`](Self::restore) gives back every number of `tree` after it was written and read.
    /// `None` when a number is so large that readers of YAML take it for a string.
    pub(crate) fn of(tree: &Json) -> Option<NumberStyle> {
        let mut seen = Seen::default();
        seen.walk(tree);
        if seen.too_large {
            return None;
        }
        let together = Exponent {
            bare_mantissa: seen.runs.iter().any(|(way, _)| way.bare_mantissa),
            unsigned_exponent: seen.runs.iter().any(|(way, _)| way.unsigned_exponent),
        };
        // What one way would change of a number that is written in another.
        let contradiction =
            together.bare_mantissa && seen.whole_mantissa || together.unsigned_exponent && seen.plus;
        Some(if contradiction { NumberStyle::Each(seen.runs) } else { NumberStyle::Same(together) })
    }

    /// Gives the numbers of a tree that was read the text that they were recorded with.
    pub(crate) fn restore(&self, tree: &mut Json) {
        match self {
            NumberStyle::Same(way) if *way == Exponent::default() => {}
            NumberStyle::Same(way) => restore(tree, &mut || *way),
            NumberStyle::Each(runs) => {
                let mut ways = runs.iter().flat_map(|(way, count)| std::iter::repeat_n(*way, *count));
                restore(tree, &mut || ways.next().unwrap_or_default());
            }
        }
    }

    /// The style in words for a cassette; the empty string when there is nothing to restore.
    pub(crate) fn name(&self) -> String {
        match self {
            NumberStyle::Same(way) => match (way.bare_mantissa, way.unsigned_exponent) {
                (false, false) => String::new(),
                (true, false) => "bare-mantissa".to_owned(),
                (false, true) => "unsigned-exponent".to_owned(),
                (true, true) => "bare-mantissa unsigned-exponent".to_owned(),
            },
            NumberStyle::Each(runs) => {
                let run = |(way, count): &(Exponent, usize)| {
                    let letter =
                        EXPONENTS.iter().find(|(known, _)| known == way).map_or('w', |(_, letter)| *letter);
                    format!("{letter}{count}")
                };
                format!("{EACH}{}", runs.iter().map(run).collect::<String>())
            }
        }
    }

    /// The style that `name` wrote. `None` when a word is unknown.
    pub(crate) fn from_name(name: &str) -> Option<NumberStyle> {
        if let Some(runs) = name.strip_prefix(EACH) {
            return runs_from(runs).map(NumberStyle::Each);
        }
        let mut way = Exponent::default();
        for word in name.split_ascii_whitespace() {
            match word {
                "bare-mantissa" => way.bare_mantissa = true,
                "unsigned-exponent" => way.unsigned_exponent = true,
                _ => return None,
            }
        }
        Some(NumberStyle::Same(way))
    }
}

/// The runs of a word such as `b12w3`.
fn runs_from(text: &str) -> Option<Vec<(Exponent, usize)>> {
    let mut runs = Vec::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let (way, _) = EXPONENTS.iter().find(|(_, known)| *known == letter)?;
        rest = &rest[1..];
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        runs.push((*way, rest[..digits].parse().ok()?));
        rest = &rest[digits..];
    }
    Some(runs)
}

fn restore(tree: &mut Json, way: &mut impl FnMut() -> Exponent) {
    match tree {
        Json::Number(text) => {
            let Some(at) = text.bytes().position(is_exponent) else { return };
            let way = way();
            // From the back, so that `at` still holds for the second removal.
            if way.unsigned_exponent && text[at + 1..].starts_with('+') {
                text.remove(at + 1);
            }
            if way.bare_mantissa && text[..at].ends_with(".0") {
                text.replace_range(at - 2..at, "");
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| restore(item, way)),
        Json::Object(fields) => fields.iter_mut().for_each(|(_, value)| restore(value, way)),
        Json::Null | Json::Bool(_) | Json::String(_) => {}
    }
}

/// Which ways of writing an exponent a tree uses.
#[derive(Default)]
struct Seen {
    /// In their order.
    runs: Vec<(Exponent, usize)>,
    /// `1.0e5`: what a bare mantissa would be restored from, so one way for both would change it.
    whole_mantissa: bool,
    plus: bool,
    too_large: bool,
}

impl Seen {
    fn walk(&mut self, tree: &Json) {
        match tree {
            Json::Number(text) => {
                self.too_large |= !fits(text);
                if let Some((mantissa, exponent)) = text.split_once(['e', 'E']) {
                    self.note(Exponent {
                        bare_mantissa: !mantissa.contains('.'),
                        unsigned_exponent: !exponent.starts_with(['+', '-']),
                    });
                    self.whole_mantissa |= mantissa.ends_with(".0");
                    self.plus |= exponent.starts_with('+');
                }
            }
            Json::Array(items) => items.iter().for_each(|item| self.walk(item)),
            Json::Object(fields) => fields.iter().for_each(|(_, value)| self.walk(value)),
            Json::Null | Json::Bool(_) | Json::String(_) => {}
        }
    }

    fn note(&mut self, way: Exponent) {
        match self.runs.last_mut() {
            Some((last, count)) if *last == way => *count += 1,
            _ => self.runs.push((way, 1)),
        }
    }
}

/// Whether a number is finite as a double; readers of YAML take it for a string if not.
pub(super) fn fits(text: &str) -> bool {
    // Too short for 1e309, however it is written. Spares nearly every number the parsing.
    text.len() < 5
        || !text.bytes().any(is_exponent) && text.len() < 300
        || text.parse().is_ok_and(f64::is_finite)
}

/// Whether `text` is a number as JSON writes them.
pub(super) fn is_json(text: &str) -> bool {
    fn digits(text: &str) -> Option<&str> {
        let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
        (rest.len() < text.len()).then_some(rest)
    }
    fn behind(text: &str) -> Option<&str> {
        let text = text.strip_prefix('-').unwrap_or(text);
        let mut rest = text.strip_prefix('0').or_else(|| digits(text))?;
        if let Some(fraction) = rest.strip_prefix('.') {
            rest = digits(fraction)?;
        }
        if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
            rest = digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))?;
        }
        Some(rest)
    }
    behind(text).is_some_and(str::is_empty)
}

/// The JSON text of a float as people write them in YAML: `+1.5`, `.5`, `5.`, `007.5`. `None` for `.inf` and `.nan`.
pub(super) fn from_yaml(text: &str) -> Option<String> {
    if is_json(text) {
        return Some(text.to_owned());
    }
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = unsigned.split_at(unsigned.find(['e', 'E']).unwrap_or(unsigned.len()));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let or_zero = |digits: &str| if digits.is_empty() { "0".to_owned() } else { digits.to_owned() };
    let (whole, fraction) = (or_zero(whole.trim_start_matches('0')), or_zero(fraction));
    Some(format!("{sign}{whole}.{fraction}{exponent}")).filter(|text| is_json(text))
}
