//! Where a request goes: an absolute URL, or a path behind a base.

use http::HeaderMap;

use crate::model::address::Address;
use crate::model::json::Json;
use crate::providers;

/// The whole URL. Without a base, a path goes to the provider that it is known from.
pub(in crate::cli) fn url(text: &str, base: Option<&str>, body: Option<&Json>) -> Result<String, String> {
    if !Address::of(text).scheme().is_empty() {
        return checked(text).map(str::to_owned);
    }
    let base = match base {
        Some(base) => checked(base)?,
        None => home(text, body).ok_or_else(|| {
            format!("`{text}` is a path, and nothing says of which server; give `--base-url https://…`")
        })?,
    };
    joined(base, text).map(|url| checked(&url).map(str::to_owned))?
}

/// What two readers could take for different hosts must not decide where a key goes.
fn checked(url: &str) -> Result<&str, String> {
    let odd = |c: char| c == '\\' || c.is_whitespace() || c.is_control();
    let address = Address::of(url);
    let is_web = matches!(address.lead, "https://" | "http://");
    match address.user {
        None if is_web && !address.authority.is_empty() && !url.contains(odd) => Ok(url),
        _ => Err(format!("`{url}` is not the URL of a server, such as https://api.openai.com/v1/responses")),
    }
}

/// Base and path, where a version that stands in both (`https://api.openai.com/v1` and `/v1/responses`) counts once.
fn joined(base: &str, path: &str) -> Result<String, String> {
    let base = base.trim_end_matches('/');
    let path = path.trim_start_matches('/');
    if path.is_empty() {
        return Err("`url` is empty".to_owned());
    }
    let version = path.split('/').next().unwrap_or_default();
    let base = match Address::of(base).path.contains('/') {
        true => base.strip_suffix(version).and_then(|base| base.strip_suffix('/')).unwrap_or(base),
        false => base,
    };
    Ok(format!("{base}/{path}"))
}

/// The server of the provider that a path is known from.
fn home(path: &str, body: Option<&Json>) -> Option<&'static str> {
    let nowhere = format!("https://nowhere.invalid/{}", path.trim_start_matches('/'));
    providers::recognise(&nowhere, &HeaderMap::new(), body)?.home
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::json;

    #[test]
    fn a_path_stands_behind_the_base_and_a_version_counts_once() {
        for (base, path, wanted) in [
            ("https://api.openai.com", "/v1/responses", "https://api.openai.com/v1/responses"),
            ("https://api.openai.com/v1", "/v1/responses", "https://api.openai.com/v1/responses"),
            ("https://api.openai.com/v1/", "v1/responses", "https://api.openai.com/v1/responses"),
            ("http://127.0.0.1:8080/proxy", "/v1/responses", "http://127.0.0.1:8080/proxy/v1/responses"),
            ("http://v1", "/v1/responses", "http://v1/v1/responses"),
            ("https://x.test", "https://y.test/a", "https://y.test/a"),
        ] {
            assert_eq!(url(path, Some(base), None).unwrap(), wanted, "{base} {path}");
        }
    }

    #[test]
    fn without_a_base_a_path_goes_to_whom_it_is_known_from() {
        let body = json::parse(br#"{"model":"m","messages":[]}"#).unwrap();
        for (path, wanted) in [
            ("/v1/chat/completions", "https://api.openai.com/v1/chat/completions"),
            ("/v1/messages", "https://api.anthropic.com/v1/messages"),
            ("/api/chat", "http://localhost:11434/api/chat"),
            (
                "/v1beta/models/gemini-2.5-flash:generateContent",
                "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent",
            ),
        ] {
            assert_eq!(url(path, None, Some(&body)).unwrap(), wanted, "{path}");
        }
        assert!(url("/mine", None, None).unwrap_err().contains("--base-url"));
    }

    #[test]
    fn a_url_that_could_be_read_in_two_ways_is_refused() {
        for text in [
            "https://evil.test\\@api.openai.com/v1",
            "https://api.openai.com@evil.test/",
            "https://a b/",
            "https:///x",
            "file:///etc/passwd",
            "ftp://x/y",
            "https://x/\u{7}",
        ] {
            assert!(url(text, None, None).is_err(), "{text}");
        }
        assert!(url("", Some("https://x"), None).is_err());
        assert!(url("/v1", Some("nonsense"), None).is_err());
    }
}
