//! Bodies that mean the same, written the same.

use std::borrow::Cow;

use http::header::CONTENT_TYPE;

use super::writer;
use crate::matching::user_rules::Rules;
use crate::model::exchange::Request;
use crate::model::json::{Escapes, write_string};
use crate::model::wire::bodies::{boundary, json_body};
use crate::model::wire::forms;
use crate::model::wire::json_rpc;
use crate::model::wire::multipart::{self, Part};
use crate::model::wire::parameters::parameters;
use crate::redact::MARK;

/// Writes the normal form of the body; gives the ids that it numbered.
pub(crate) fn canonical(request: &Request, rules: &Rules, form: &mut Vec<u8>) -> Vec<String> {
    if request.body.is_empty() {
        return Vec::new();
    }
    if let Some(mut tree) = json_body(request) {
        json_rpc::forget_traces(&mut tree);
        for pointer in &rules.ignored {
            pointer.remove_from(&mut tree);
        }
        form.extend_from_slice(b"json ");
        return writer::write(&tree, rules, form);
    }
    let boundary = request.headers.get(CONTENT_TYPE).and_then(|value| boundary(value.as_bytes()));
    let multipart = boundary.map(|boundary| multipart::read(&request.body, &boundary));
    if let Some(multipart) = multipart.filter(|multipart| multipart.is_closed) {
        for part in multipart.parts {
            form.extend_from_slice(b"\0part\n");
            let head = head(&part, &request.body, rules);
            let content = replaced(&request.body[part.content], rules);
            // Doubling NUL keeps a part that looks like this separator from being taken for two. A length would do as
            // well, but could not be compared where something secret was replaced.
            for byte in head.as_bytes().iter().chain(content.iter()) {
                form.extend_from_slice(if *byte == 0 { b"\0\0" } else { std::slice::from_ref(byte) });
            }
        }
        return Vec::new();
    }
    form.extend_from_slice(b"bytes ");
    let body = replaced(&request.body, rules);
    match is_form(request) {
        true => write_form(&body, form),
        false => form.extend_from_slice(&body),
    }
    Vec::new()
}

fn is_form(request: &Request) -> bool {
    request.headers.get(CONTENT_TYPE).is_some_and(|value| {
        let media = value.as_bytes().split(|&byte| byte == b';').next().unwrap_or_default();
        media.trim_ascii().eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
    })
}

/// The pairs of a form as browsers encode them, whichever way the client chose: `%20` is `+`, `%7e` is `%7E`.
fn write_form(body: &[u8], form: &mut Vec<u8>) {
    for (number, pair) in forms::pairs(body).enumerate() {
        if number > 0 {
            form.push(b'&');
        }
        write_encoded(&body[pair.name], form);
        if let Some(value) = pair.value {
            form.push(b'=');
            write_encoded(&body[value], form);
        }
    }
}

fn write_encoded(text: &[u8], form: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let text = forms::decode(text);
    let mut rest = &text[..];
    while let Some((&byte, behind)) = rest.split_first() {
        // What stands where something was replaced has to be found as it is.
        let mark = rest
            .starts_with(MARK.trim_end_matches(']').as_bytes())
            .then(|| memchr::memchr(b']', rest))
            .flatten();
        if let Some(end) = mark {
            form.extend_from_slice(&rest[..=end]);
            rest = &rest[end + 1..];
            continue;
        }
        match byte {
            b' ' => form.push(b'+'),
            b'*' | b'-' | b'.' | b'_' => form.push(byte),
            _ if byte.is_ascii_alphanumeric() => form.push(byte),
            _ => form.extend_from_slice(&[b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]),
        }
        rest = behind;
    }
}

/// The headers of a part: sorted, names in small letters, names of files as they are meant however a client encodes them.
fn head(part: &Part, body: &[u8], rules: &Rules) -> String {
    let mut headers: Vec<(String, String)> = part.headers(body).collect();
    // How long a part is, its content says.
    headers.retain(|(name, _)| name != "content-length");
    headers.sort();
    let mut out = String::new();
    for (name, value) in headers {
        let first = value.split(';').next().unwrap_or_default().trim();
        out.push_str(&format!("{name}: {}", text(first, rules)));
        let mut parameters = parameters(&value);
        parameters.sort();
        for (name, value) in parameters {
            out.push_str(&format!("; {name}="));
            write_string(&text(&value, rules), Escapes::Few, &mut out);
        }
        out.push_str("\r\n");
    }
    out.push_str("\r\n");
    out
}

fn text<'t>(text: &'t str, rules: &Rules) -> Cow<'t, str> {
    rules.replace(text).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Bytes without what the user says does not matter, where they are text.
fn replaced<'b>(bytes: &'b [u8], rules: &Rules) -> Cow<'b, [u8]> {
    let replaced = std::str::from_utf8(bytes).ok().and_then(|text| rules.replace(text));
    replaced.map_or(Cow::Borrowed(bytes), |text| Cow::Owned(text.into_bytes()))
}
