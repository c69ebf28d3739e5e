//! What bytes say under every encoding that `SECURITY.md` names, written apart from the redactor's own search.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Encodings within encodings are undone so often.
const DEPTH: usize = 3;

/// Shorter runs of base64 or of hexadecimal digits are words.
const SHORTEST: usize = 11;

/// The bytes, and what they say under each encoding.
pub fn readings(bytes: &[u8]) -> BTreeSet<Vec<u8>> {
    let mut all = BTreeSet::from([bytes.to_vec()]);
    let mut last = all.clone();
    for _ in 0..DEPTH {
        let next: BTreeSet<Vec<u8>> = last.iter().flat_map(|text| decoded(text)).collect();
        last = next.difference(&all).cloned().collect();
        all.extend(last.iter().cloned());
    }
    all
}

/// Whether one of the readings says the secret.
pub fn says(readings: &BTreeSet<Vec<u8>>, secret: &str) -> bool {
    readings.iter().any(|text| text.windows(secret.len()).any(|part| part == secret.as_bytes()))
}

fn decoded(text: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![unescaped(text), percent(text), entities(text), unwrapped(text)];
    all.push(runs(text, |byte| byte.is_ascii_hexdigit(), hexadecimal));
    for phase in 0..4 {
        all.push(runs(text, is_base64, |run| base64(run, phase)));
    }
    all.retain(|reading| reading != text && !reading.is_empty());
    all
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte)
}

/// What the runs of certain characters say, one a line.
fn runs(text: &[u8], has: fn(u8) -> bool, decode: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Vec<u8> {
    let runs = text.split(|&byte| !has(byte)).filter(|run| run.len() >= SHORTEST);
    // Bytes of which none is text are pictures, and chance.
    runs.filter_map(decode)
        .filter(|bytes| bytes.iter().any(u8::is_ascii_alphanumeric))
        .collect::<Vec<_>>()
        .join(&b'\n')
}

fn hexadecimal(run: &[u8]) -> Option<Vec<u8>> {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    run.chunks_exact(2).map(byte).collect()
}

fn base64(run: &[u8], phase: usize) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let run = run.get(phase..)?;
    let run = &run[..run.len() - usize::from(run.len() % 4 == 1)];
    let alphabet = if run.iter().any(|byte| b"-_".contains(byte)) { &URL_SAFE } else { &STANDARD };
    GeneralPurpose::new(alphabet, config).decode(run).ok()
}

/// Without backslashes: as JSON, YAML and most languages write strings.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            units.extend(c.encode_utf16(&mut [0; 2]).iter());
            continue;
        }
        match chars.next() {
            Some('n') => units.push(10),
            Some('r') => units.push(13),
            Some('t') => units.push(9),
            Some(digits @ ('u' | 'x')) => {
                let length = if digits == 'u' { 4 } else { 2 };
                let number: String = chars.by_ref().take(length).collect();
                units.extend(u16::from_str_radix(&number, 16).ok());
            }
            Some(other) => units.extend(other.encode_utf16(&mut [0; 2]).iter()),
            None => {}
        }
    }
    String::from_utf16_lossy(&units).into_bytes()
}

fn percent(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        match text.get(at + 1..at + 3).filter(|_| text[at] == b'%').and_then(hexadecimal) {
            Some(byte) => {
                out.extend(byte);
                at += 3;
            }
            None => {
                out.push(text[at]);
                at += 1;
            }
        }
    }
    out
}

fn entities(text: &[u8]) -> Vec<u8> {
    let mut text = String::from_utf8_lossy(text).into_owned();
    for (entity, c) in [("&quot;", "\""), ("&apos;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")] {
        text = text.replace(entity, c);
    }
    for byte in 0x20..0x7fu8 {
        let said = char::from(byte).to_string();
        for entity in [format!("&#{byte};"), format!("&#x{byte:x};"), format!("&#x{byte:X};")] {
            text = text.replace(&entity, &said);
        }
    }
    text.into_bytes()
}

/// Base64 in one line, where it was wrapped into several.
fn unwrapped(text: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let blank = text[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let joins = text[at..at + blank].contains(&b'\n')
            && out.last().is_some_and(|&byte| is_base64(byte))
            && text.get(at + blank).is_some_and(|&byte| is_base64(byte));
        if blank > 0 {
            out.extend_from_slice(if joins { b"" } else { &text[at..at + blank] });
            at += blank;
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
    out
}
