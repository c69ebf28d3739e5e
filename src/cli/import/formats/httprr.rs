//! httprr of Go's projects: requests and answers as they went over the wire, each pair behind its two lengths.

use crate::cli::import::exchange::{Exchanges, Raw, Refusal};
use crate::cli::import::source::Source;

pub(in crate::cli::import) const NAME: &str = "httprr";

const FIRST_LINE: &[u8] = b"httprr trace v1\n";

pub(in crate::cli::import) fn recognises(source: &Source<'_>) -> bool {
    source.bytes.starts_with(FIRST_LINE)
}

pub(in crate::cli::import) fn read(source: &Source<'_>) -> Exchanges {
    let mut rest = source.bytes.get(FIRST_LINE.len()..).unwrap_or_default();
    let mut found = Vec::new();
    while !rest.is_empty() {
        let Some((request, answer, behind)) = pair(rest) else {
            // Without its lengths, where the next one begins is anybody's guess.
            found.push(Err(Refusal::because(
                "its lengths do not fit the file; what stands behind is not read",
            )));
            break;
        };
        found.push(exchange(request, answer).map_err(Refusal::because));
        rest = behind;
    }
    found
}

/// The next two messages, and what stands behind them.
fn pair(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (line, rest) = split_line(bytes)?;
    let (request, answer) = std::str::from_utf8(line).ok()?.trim_end().split_once(' ')?;
    let (request, rest) = rest.split_at_checked(request.parse().ok()?)?;
    let (answer, rest) = rest.split_at_checked(answer.parse().ok()?)?;
    Some((request, answer, rest))
}

fn exchange(request: &[u8], answer: &[u8]) -> Result<Raw, String> {
    let request = message(request).ok_or("its request is not HTTP")?;
    let answer = message(answer).ok_or("its answer is not HTTP")?;
    let mut start = request.start.splitn(3, ' ');
    let (method, target) = (start.next().unwrap_or_default(), start.next().unwrap_or_default());
    let mut status = answer.start.splitn(3, ' ');
    let version = status.next().map(str::to_owned);
    let status = status.next().and_then(|status| status.parse().ok()).ok_or("its answer has no status")?;
    Ok(Raw {
        method: method.to_owned(),
        url: target.to_owned(),
        request_headers: request.headers,
        request_body: request.body,
        status,
        version,
        response_headers: answer.headers,
        response_body: answer.body,
        ..Raw::default()
    })
}

struct Message {
    start: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

fn message(bytes: &[u8]) -> Option<Message> {
    let (start, mut rest) = split_line(bytes)?;
    let mut headers: Vec<(String, Vec<u8>)> = Vec::new();
    loop {
        let (line, behind) = split_line(rest)?;
        rest = behind;
        let line = line.trim_ascii_end();
        if line.is_empty() {
            break;
        }
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = line.split_at(colon);
        headers.push((std::str::from_utf8(name).ok()?.to_owned(), value.get(1..)?.trim_ascii().to_vec()));
    }
    let is_chunked = headers.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case("transfer-encoding") && value.to_ascii_lowercase().ends_with(b"chunked")
    });
    let body = if is_chunked { dechunked(rest)? } else { rest.to_vec() };
    Some(Message { start: std::str::from_utf8(start).ok()?.trim_end().to_owned(), headers, body })
}

fn dechunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let (line, behind) = split_line(rest)?;
        let line = std::str::from_utf8(line).ok()?;
        let length = usize::from_str_radix(line.split(';').next()?.trim(), 16).ok()?;
        if length == 0 {
            return Some(body);
        }
        let (chunk, behind) = behind.split_at_checked(length)?;
        body.extend_from_slice(chunk);
        rest = behind.strip_prefix(b"\r\n").or_else(|| behind.strip_prefix(b"\n"))?;
    }
}

/// A line without its break, and what stands behind it.
fn split_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let line = &bytes[..end];
    Some((line.strip_suffix(b"\r").unwrap_or(line), &bytes[end + 1..]))
}
