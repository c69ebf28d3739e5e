//! Bodies are written from templates: `serde_json` would sort the keys, and no provider does.

use serde_json::Value;

/// Fills the `$name`s of a template with JSON texts: `fill!(TEMPLATE, id, created, tokens = 12)`.
macro_rules! fill {
    ($template:expr $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        super::text::fill_in($template, &[$((stringify!($name), fill!(@ $name $(= $value)?).to_string())),*])
    };
    (@ $name:ident) => { $name };
    (@ $name:ident = $value:expr) => { $value };
}

pub fn fill_in(template: &str, values: &[(&str, String)]) -> String {
    let mut parts = template.split('$');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| c != '_' && !c.is_ascii_lowercase()).unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        let value = values.iter().find(|(known, _)| *known == name);
        out.push_str(&value.unwrap_or_else(|| panic!("no value for ${name} in {template}")).1);
        out.push_str(rest);
    }
    out
}

/// A JSON string literal.
pub fn quote(text: &str) -> String {
    Value::from(text).to_string()
}

/// A JSON array of texts that are JSON already.
pub fn list(items: &[String]) -> String {
    format!("[{}]", items.join(","))
}

/// An event of a stream that names its events.
pub fn event(name: &str, data: &str) -> Vec<u8> {
    format!("event: {name}\ndata: {}\n\n", layout(data, Layout::Compact)).into_bytes()
}

#[derive(Clone, Copy, PartialEq)]
pub enum Layout {
    /// No white space at all.
    Compact,
    /// A space after each colon only.
    Colons,
    /// A line for each member, indented by so many spaces.
    Pretty(usize),
}

/// The same JSON in another layout.
pub fn layout(json: &str, style: Layout) -> String {
    let mut out = String::with_capacity(json.len());
    let (mut depth, mut quoted, mut escaped) = (0, false, false);
    let new_line = |out: &mut String, depth: usize| {
        if let Layout::Pretty(width) = style {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', width * depth));
        }
    };
    let mut chars = json.chars().peekable();
    while let Some(c) = chars.next() {
        if quoted {
            out.push(c);
            quoted = escaped || c != '"';
            escaped = c == '\\' && !escaped;
            continue;
        }
        match c {
            '{' | '[' => {
                out.push(c);
                while chars.next_if(|c| c.is_whitespace()).is_some() {}
                match chars.next_if(|c| matches!(c, '}' | ']')) {
                    Some(end) => out.push(end),
                    None => {
                        depth += 1;
                        new_line(&mut out, depth);
                    }
                }
            }
            '}' | ']' => {
                depth -= 1;
                new_line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                new_line(&mut out, depth);
            }
            ':' => out.push_str(if style == Layout::Compact { ":" } else { ": " }),
            c if c.is_whitespace() => {}
            c => {
                quoted = c == '"';
                out.push(c);
            }
        }
    }
    out
}
