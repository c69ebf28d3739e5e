//! Large bodies, which are looked at in windows.

use std::ops::Range;

use http::HeaderMap;

use crate::redact::windows::{splices, windows_of};
use crate::redact::{RedactOptions, Redactor, Values, body};

#[test]
fn a_body_shows_in_windows_what_it_shows_as_a_whole() {
    let key = "q7Zk2mVb9Lw4Xt8Rp3Ns6Hd1Yc5Gf0Ja";
    let env = [("MY_API_KEY".to_owned(), key.to_owned())];
    let redactor = Redactor::new(env, RedactOptions::default());
    let known = redactor.known();
    let look = redactor.look(Values::Known, &known);
    let (mut body, mut noise) = (Vec::new(), 1_u64);
    for round in 0..200 {
        for _ in 0..round % 7 * 10 {
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            body.extend_from_slice(&noise.to_be_bytes()[..4]);
        }
        body.extend_from_slice(&[0xff, b' ']);
        body.extend_from_slice(key.as_bytes());
        body.extend_from_slice(&[b' ', 0xfe]);
    }
    let find = |seen: Range<usize>| body::in_text(&redactor.finder, &HeaderMap::new(), &body[seen], look);
    let whole = find(0..body.len());
    assert!(whole.len() >= 200, "{}", whole.len());
    for (step, margin) in [(1, 64), (100, 64), (1_000, 64), (3_000, 500)] {
        assert_eq!(splices(&windows_of(&body, step, margin), find), whole, "{step} {margin}");
    }
}
