//! Keys that are told by the groups of letters that they are made of, as a run of letters drawn at random would not tell them.

use std::ops::Range;

use super::begins_word;
use crate::redact::runs::{Of, Runs};
use crate::redact::stand_ins::{is_masked, is_mixed, is_random, is_word};

/// No key in here is longer, but for those of Facebook.
const LONGEST: usize = 160;

fn run(text: &[u8], at: usize, most: usize, of: impl Fn(u8) -> bool) -> Range<usize> {
    let rest = text.get(at..).unwrap_or_default();
    at..at + rest.iter().take(most).take_while(|&&byte| of(byte)).count()
}

/// `EAAJ…ZBqg…`: letters and digits, with `ZA`, `ZB`, `ZC` and `ZD` for the signs of base64.
pub(super) fn facebook(text: &[u8], at: usize, runs: &mut Runs) -> Option<Range<usize>> {
    const SHORTEST: usize = 100;
    if !text[at..].starts_with(b"EAA") || !begins_word(text, at) {
        return None;
    }
    let end = runs.end(text, Of::Word, at);
    let token = &text[at..end];
    let fits = token.len() >= SHORTEST && !runs.is_found(Of::Word, at) && {
        let start = &token[..token.len().min(512)];
        start.iter().all(u8::is_ascii_alphanumeric)
            && start.windows(2).any(|pair| pair[0] == b'Z' && matches!(pair[1], b'A'..=b'D'))
            && is_random(start, true)
    };
    fits.then(|| {
        runs.found(Of::Word, at);
        at..end
    })
}

/// `sk.eyJ1Ijoi….…`, a secret token of Mapbox: who it is for, in JSON, and a signature.
pub(super) fn mapbox(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    let claims = run(text, at + "sk.".len(), LONGEST, is_word);
    let signature = run(text, claims.end + 1, LONGEST, is_word);
    let fits = text[at..].starts_with(b"sk.eyJ")
        && begins_word(text, at)
        && claims.len() >= 40
        && text.get(claims.end) == Some(&b'.')
        && (20..=24).contains(&signature.len())
        && is_random(&text[signature.clone()], false);
    fits.then_some(at..signature.end)
}

/// `pat-na1-…`, a token of a private app of HubSpot: where it is, and a UUID.
pub(super) fn hubspot(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    let token = run(text, at, LONGEST, is_word);
    let uuid = text[token.clone()].get("pat-na1-".len()..)?;
    let is_uuid = uuid.split(|&byte| byte == b'-').map(<[u8]>::len).eq([8, 4, 4, 4, 12])
        && uuid.iter().all(|&byte| byte == b'-' || byte.is_ascii_hexdigit());
    let fits = is_uuid && text[at..].starts_with(b"pat-") && !is_masked(uuid) && begins_word(text, at);
    fits.then_some(token)
}

/// `sk-helicone-…`: four groups of seven letters and digits, perhaps behind the name of a region.
pub(super) fn helicone(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    let token = run(text, at, LONGEST, is_word);
    let groups = text[token.clone()].get("sk-helicone-".len()..)?;
    let drawn =
        groups.split(|&byte| byte == b'-').filter(|group| group.len() >= 6 && is_mixed(group)).count();
    let fits = drawn >= 3 && !is_masked(groups) && text[at..].starts_with(b"sk-") && begins_word(text, at);
    fits.then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Rule = fn(&[u8], usize, &mut Runs) -> Option<Range<usize>>;

    #[test]
    fn keys_of_groups_are_told_from_what_begins_like_them() {
        let rows: [(Rule, String, bool); 10] = [
            (facebook, format!("EAAJZBqgZAx{}", "q7Zt9xWvR2mK4pLs".repeat(8)), true),
            (facebook, format!("EAAJ{}", "q7Yt9xWvR2mK4pLs".repeat(8)), false),
            (facebook, format!("EAAJZB{}", "A".repeat(120)), false),
            (mapbox, format!("sk.eyJ1Ijoi{}.aB3dE5gH7jK9mN1pQ2rS4t", "q7Zt9xWvR2mK4pLs".repeat(3)), true),
            (mapbox, "sk.eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0".to_owned(), false),
            (hubspot, "pat-na1-0f8fad5b-d9cb-469f-a165-70867728950e".to_owned(), true),
            (hubspot, "pat-na1-00000000-0000-0000-0000-000000000000".to_owned(), false),
            (hubspot, "pat-nat-traversal-of-2024".to_owned(), false),
            (helicone, "sk-helicone-7e3ur1a-mszxu1h-aaot1xr-2oix4qa".to_owned(), true),
            (helicone, "sk-helicone-your-key-goes-here".to_owned(), false),
        ];
        for (rule, key, is_key) in rows {
            let text = format!("is {key}, isn't it");
            let found = rule(text.as_bytes(), 3, &mut Runs::default()).map(|range| &text[range]);
            assert_eq!(found, is_key.then_some(&key[..]), "{key}");
        }
    }
}
