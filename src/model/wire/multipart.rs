//! Multipart bodies (RFC 2046, 5.1): parts, each with headers of its own, between lines that name a boundary.

use std::ops::Range;

use memchr::memmem;

use super::bodies::media_type;
use super::parameters::parameters;

/// What a boundary divides a body into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Multipart {
    pub(crate) parts: Vec<Part>,
    /// The line that ends the last part is there.
    pub(crate) is_closed: bool,
}

/// A part, by the places of what it consists of. The line break before the next boundary belongs to that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// The lines of the headers, without the empty one behind them.
    pub(crate) head: Range<usize>,
    pub(crate) content: Range<usize>,
}

impl Part {
    /// The value of a header, of which the name is given in small letters. Folded lines are one.
    pub(crate) fn header(&self, body: &[u8], name: &str) -> Option<String> {
        self.headers(body).find(|(other, _)| other == name).map(|(_, value)| value)
    }

    /// Names in small letters, and values.
    pub(crate) fn headers(&self, body: &[u8]) -> impl Iterator<Item = (String, String)> {
        let head = String::from_utf8_lossy(&body[self.head.clone()]);
        let mut whole: Vec<String> = Vec::new();
        for line in head.split(['\r', '\n']).filter(|line| !line.is_empty()) {
            match whole.last_mut() {
                Some(last) if line.starts_with([' ', '\t']) => last.push_str(line),
                _ => whole.push(line.to_owned()),
            }
        }
        whole.into_iter().filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        })
    }

    /// What the field of a form is called. More than one name where it is said more than once: servers differ in which
    /// of them they take.
    pub(crate) fn names(&self, body: &[u8]) -> Vec<String> {
        let dispositions = self.headers(body).filter(|(name, _)| name == "content-disposition");
        let all = dispositions.flat_map(|(_, value)| parameters(&value));
        all.filter(|(name, _)| name == "name").map(|(_, value)| value).collect()
    }

    /// What the file is called that the part has, if it has one.
    pub(crate) fn file(&self, body: &[u8]) -> Option<String> {
        let disposition = self.header(body, "content-disposition")?;
        parameters(&disposition).into_iter().find(|(name, _)| name == "filename").map(|(_, value)| value)
    }

    /// The media type, in small letters and without parameters.
    pub(crate) fn media_type(&self, body: &[u8]) -> Option<String> {
        self.header(body, "content-type").map(|value| media_type(value.as_bytes()))
    }
}

/// Reads a body as servers do: line breaks may be LF alone, blanks may stand behind a boundary, and something before the
/// first and behind the last. A part that nothing ends goes to the end of the body.
pub(crate) fn read(body: &[u8], boundary: &str) -> Multipart {
    let mut found = Multipart { parts: Vec::new(), is_closed: false };
    let mut open = None;
    for line in delimiters(body, boundary) {
        if let Some(start) = open.take() {
            found.parts.push(part(body, start..line.before.max(start)));
        }
        if line.is_last {
            found.is_closed = true;
            return found;
        }
        open = Some(line.behind);
    }
    if let Some(start) = open {
        found.parts.push(part(body, start..body.len()));
    }
    found
}

/// The boundary of a body that does not say it elsewhere, if its first line looks like one and headers follow.
pub(crate) fn boundary_in(body: &[u8]) -> Option<String> {
    let text = body.trim_ascii_start().strip_prefix(b"--")?;
    let (line, rest) = text.split_at(text.iter().position(|byte| matches!(byte, b'\r' | b'\n'))?);
    let header = b"content-";
    let is_headed = rest.trim_ascii_start().get(..header.len())?.eq_ignore_ascii_case(header);
    let boundary = std::str::from_utf8(line).ok()?.trim_end();
    // RFC 2046 allows seventy characters.
    (is_headed && !boundary.is_empty() && boundary.len() <= 70).then(|| boundary.to_owned())
}

/// A line that names the boundary.
struct Delimiter {
    /// Where what stands before it ends.
    before: usize,
    behind: usize,
    is_last: bool,
}

fn delimiters<'a>(body: &'a [u8], boundary: &str) -> impl Iterator<Item = Delimiter> + 'a {
    let boundary = boundary.trim_end();
    let needle = format!("--{boundary}").into_bytes();
    let length = needle.len();
    let places: Vec<usize> = match boundary.is_empty() {
        true => Vec::new(),
        false => memmem::find_iter(body, &needle).collect(),
    };
    places.into_iter().filter_map(move |at| {
        let before = match &body[..at] {
            [] => 0,
            [.., b'\r', b'\n'] => at - 2,
            [.., b'\r' | b'\n'] => at - 1,
            _ => return None,
        };
        let rest = &body[at + length..];
        let is_last = rest.starts_with(b"--");
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let line_end = match &rest[blanks..] {
            [] => 0,
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ if is_last => 0,
            _ => return None,
        };
        Some(Delimiter { before, behind: at + length + blanks + line_end, is_last })
    })
}

/// The headers of a part end with an empty line, or before the first line that is none of theirs.
fn part(body: &[u8], range: Range<usize>) -> Part {
    let (mut at, end) = (range.start, range.end);
    let part = |head: usize, content: usize| Part { head: range.start..head, content: content..end };
    let mut head = at;
    while at < end {
        let rest = &body[at..end];
        let length = memchr::memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
        let line_break = if rest[length..].starts_with(b"\r\n") { 2 } else { 1 };
        let next = (at + length + line_break).min(end);
        if length == 0 {
            return part(head, next);
        }
        if !is_header(&rest[..length], at == range.start) {
            return part(head, at);
        }
        head = at + length;
        at = next;
    }
    part(head, end)
}

/// Whether a line is one of a head: a name and a colon, or what goes on in the next line.
fn is_header(line: &[u8], is_first: bool) -> bool {
    let name = line.iter().take_while(|byte| byte.is_ascii_graphic() && **byte != b':').count();
    let behind = line[name..].trim_ascii_start();
    (name > 0 && behind.first() == Some(&b':')) || (!is_first && matches!(line[0], b' ' | b'\t'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::select;

    /// What a reader makes of a body whose boundary is `b0`: head and content of each part.
    fn told(body: &[u8]) -> (Vec<(String, String)>, bool) {
        let text = |range: &Range<usize>| String::from_utf8_lossy(&body[range.clone()]).into_owned();
        let multipart = read(body, "b0");
        let parts = multipart.parts.iter().map(|part| (text(&part.head), text(&part.content))).collect();
        (parts, multipart.is_closed)
    }

    #[test]
    fn a_body_is_divided_as_servers_divide_it() {
        let part = |head: &str, content: &str| (head.to_owned(), content.to_owned());
        for (body, parts, is_closed) in [
            ("--b0\r\na: 1\r\nb: 2\r\n\r\nx\r\n--b0--\r\n", vec![part("a: 1\r\nb: 2", "x")], true),
            ("--b0\na: 1\n\nx\n\n--b0--", vec![part("a: 1", "x\n")], true),
            ("before\r\n--b0 \t\r\n\r\nx\r\n--b0-- \r\nbehind", vec![part("", "x")], true),
            ("--b0\r\na: 1\r\n\r\nx", vec![part("a: 1", "x")], false),
            ("--b0\r\na: 1\r\nx\r\n--b0--", vec![part("a: 1", "x")], true),
            (
                "--b0\r\n\r\n1\r\n--b01\r\n2 --b0\r\n--b0\r\n\r\n3\r\n--b0--",
                vec![part("", "1\r\n--b01\r\n2 --b0"), part("", "3")],
                true,
            ),
            ("--b0\r\n--b0--", vec![part("", "")], true),
            ("--b0\r\na: 1\r\n --b0\r\n\r\nx\r\n--b0--", vec![part("a: 1\r\n --b0", "x")], true),
            ("no --b0\r\n", vec![], false),
            ("", vec![], false),
        ] {
            assert_eq!(told(body.as_bytes()), (parts, is_closed), "{body:?}");
        }
    }

    #[test]
    fn the_name_of_a_field_is_read_whatever_stands_beside_it() {
        for head in [
            "Content-Disposition: form-data; name=\"api_key\"",
            "content-disposition:form-data; filename=\"a; name=b\"; name=\"api_key\"",
            "CONTENT-DISPOSITION: form-data; NAME=api_key",
            "Content-Type: text/plain; name=other\r\nContent-Disposition: form-data; name = api_key",
            "Content-Disposition: form-data;\r\n\tname=\"api_key\"",
            "Content-Disposition: form-data; name*=UTF-8''api%5Fkey",
            "Content-Disposition : form-data; name=api_key",
        ] {
            let body = format!("--b0\r\n{head}\r\n\r\nx\r\n--b0--");
            assert_eq!(read(body.as_bytes(), "b0").parts[0].names(body.as_bytes()), ["api_key"], "{head}");
        }
    }

    #[test]
    fn a_boundary_is_told_from_the_first_line_if_headers_follow() {
        let told = |body: &str| boundary_in(body.as_bytes());
        assert_eq!(told("\r\n--b0 \r\ncontent-disposition: form-data\r\n\r\n").as_deref(), Some("b0"));
        assert_eq!(told("--b0\nContent-Type: text/plain\n\n").as_deref(), Some("b0"));
        assert_eq!(told("-- a comment\nselect 1"), None);
        assert_eq!(told("--\r\nContent-Type: text/plain"), None);
        assert_eq!(told("---"), None);
    }

    proptest! {
        #[test]
        fn no_body_is_too_odd_to_be_read(
            pieces in prop::collection::vec(select(vec!["--b0", "--", "\r", "\n", "\r\n", " ", "a: 1", ":", "x", "\r\n\r\n", "é"]), 0..20),
        ) {
            let body = pieces.concat();
            let body = body.as_bytes();
            let multipart = read(body, "b0");
            // Parts are apart and in order.
            let mut at = 0;
            for part in &multipart.parts {
                prop_assert!(at <= part.head.start && part.head.end <= part.content.start && part.content.end <= body.len());
                at = part.content.end;
                part.names(body);
            }
            boundary_in(body);
        }

        #[test]
        fn parts_are_read_as_they_were_written(
            parts in prop::collection::vec(("(x-[a-c]: [a-z]{0,3}){0,1}", any::<Vec<u8>>()), 1..4),
            line in select(vec!["\r\n", "\n"]),
            preamble in select(vec!["", "For old readers.\r\n"]),
        ) {
            let mut body = preamble.as_bytes().to_vec();
            for (head, content) in &parts {
                body.extend(format!("--b0{line}{head}{}{line}", if head.is_empty() { "" } else { line }).as_bytes());
                body.extend(content);
                body.extend(line.as_bytes());
            }
            body.extend(b"--b0--");
            let multipart = read(&body, "b0");
            prop_assert!(multipart.is_closed);
            let told: Vec<(&[u8], &[u8])> =
                multipart.parts.iter().map(|part| (&body[part.head.clone()], &body[part.content.clone()])).collect();
            let wanted: Vec<(&[u8], &[u8])> =
                parts.iter().map(|(head, content)| (head.as_bytes(), &content[..])).collect();
            // A line feed alone cannot be told from the second half of CRLF that ends the content.
            if line == "\r\n" || parts.iter().all(|(_, content)| content.last() != Some(&b'\r')) {
                prop_assert_eq!(told, wanted);
            }
        }
    }
}
