//! Whether a call is worth another try, and when.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use jiff::fmt::rfc2822;

/// Nobody waits longer for one call. A provider that asks for more has run out of quota rather than out of breath.
pub(in crate::cli) const LONGEST: Duration = Duration::from_secs(600);

/// What the wait doubles from, where the provider does not say how long.
const FIRST: Duration = Duration::from_millis(500);

/// What the doubling ends at.
const CAP: Duration = Duration::from_secs(30);

/// Whether an answer with this status may be another one a little later.
pub(in crate::cli) fn may_pass(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504 | 529)
}

/// How long the provider asks to be left alone: `Retry-After` in seconds or as a date.
pub(in crate::cli) fn asked_for(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get("retry-after")?.to_str().ok()?.trim();
    // Some send fractions, which the standard does not know.
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(if seconds < 0.0 { 0.0 } else { seconds }).ok();
    }
    let date = rfc2822::parse(text).ok()?.timestamp();
    Some(Duration::try_from(date.duration_since(now)).unwrap_or_default())
}

/// The wait before the next try of a call that has failed so many times. Calls wait up to a quarter longer, each by a
/// share of its own, so that they do not all come back at once.
pub(in crate::cli) fn backoff(failed: u32, share: usize) -> Duration {
    let wait = FIRST.saturating_mul(1 << failed.saturating_sub(1).min(16)).min(CAP);
    let sixteenths = u32::try_from(share.wrapping_mul(7) % 16).unwrap_or_default();
    wait + wait / 64 * sixteenths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(value: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", value.parse().unwrap());
        asked_for(&headers, "2026-11-21T07:28:00Z".parse().unwrap())
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        for (text, seconds) in [
            ("0", 0.0),
            ("20", 20.0),
            ("1.5", 1.5),
            ("-3", 0.0),
            ("Sat, 21 Nov 2026 07:28:30 GMT", 30.0),
            ("Sat, 21 Nov 2026 07:27:00 GMT", 0.0),
        ] {
            assert_eq!(wait(text), Some(Duration::from_secs_f64(seconds)), "{text}");
        }
        for text in ["", "soon", "NaN", "1e300"] {
            assert_eq!(wait(text), None, "{text}");
        }
        assert_eq!(asked_for(&HeaderMap::new(), Timestamp::UNIX_EPOCH), None);
    }

    #[test]
    fn without_a_word_from_the_provider_waits_double_up_to_a_cap() {
        let waits: Vec<u128> = (1..9).map(|failed| backoff(failed, 0).as_millis()).collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
        assert!((0..100).all(|share| backoff(u32::MAX, share) < CAP + CAP / 4));
        assert_ne!(backoff(1, 1), backoff(1, 2));
    }

    #[test]
    fn what_the_request_is_to_blame_for_is_not_tried_again() {
        for status in [400, 401, 402, 403, 404, 413, 422, 501] {
            assert!(!may_pass(StatusCode::from_u16(status).unwrap()), "{status}");
        }
        for status in [429, 503, 529, 500] {
            assert!(may_pass(StatusCode::from_u16(status).unwrap()), "{status}");
        }
    }
}
