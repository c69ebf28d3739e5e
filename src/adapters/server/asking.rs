//! Which client asks. SDKs hide headers and paths, but each lets one set a base URL and a key: either can name a cassette.

use http::{HeaderMap, HeaderValue};

use crate::model::wire::percent;

/// How a key begins that names a cassette.
pub(super) const KEY: &str = "sk-cassette-";

/// A header that names a cassette.
pub(super) const HEADER: &str = "x-llm-cassette";

/// How a path begins that names a cassette, or asks the server itself.
const MARK: &str = "/@";

/// The name that a path begins with, and the path that is asked. A name may be empty: then the server is asked.
pub(super) fn in_path(path_and_query: &str) -> Option<(String, &str)> {
    let path = path_and_query.strip_prefix(MARK)?;
    let (name, rest) = path.split_at(path.find(['/', '?']).unwrap_or(path.len()));
    Some((decoded(name), rest))
}

/// The name that a header of ours has.
pub(super) fn in_header(headers: &HeaderMap) -> Option<String> {
    let name = headers.get(HEADER)?.to_str().ok()?.trim();
    (!name.is_empty()).then(|| decoded(name))
}

/// The name that a key has, wherever a client sends it.
pub(super) fn in_key(headers: &HeaderMap, query: Option<&str>) -> Option<String> {
    let in_headers = || headers.values().filter_map(|value| value.to_str().ok()).find_map(key_in);
    let parameters = || query.unwrap_or_default().split('&').filter_map(|pair| Some(pair.split_once('=')?.1));
    in_headers()
        .or_else(|| parameters().find(|value| value.starts_with(KEY)))
        .and_then(|key| key.strip_prefix(KEY))
        .map(decoded)
        .filter(|name| !name.is_empty())
}

/// A key of ours in the value of a header: alone, behind a scheme, or where Amazon's signatures name the key they are made with.
fn key_in(value: &str) -> Option<&str> {
    let value = value.trim();
    if let Some((_, credential)) = value.split_once("Credential=") {
        let credential = credential.split(',').next()?;
        // Four more fields stand behind it: date, region, service and an end.
        let key = credential.trim().rsplitn(5, '/').last()?;
        return key.starts_with(KEY).then_some(key);
    }
    let key = value.rsplit(' ').next()?;
    key.starts_with(KEY).then_some(key)
}

/// Puts the real key where a client sent one of ours. Says whether there was one.
pub(super) fn put_key(headers: &mut HeaderMap, url: &mut String, key: &str) -> bool {
    let mut put = false;
    for value in headers.values_mut() {
        let Some(ours) = value.to_str().ok().and_then(key_in) else { continue };
        let Ok(text) = value.to_str() else { continue };
        // A signature is not made with a key that can be put in its place.
        if text.contains("Credential=") {
            continue;
        }
        if let Ok(mut real) = HeaderValue::try_from(text.replace(ours, key)) {
            real.set_sensitive(true);
            *value = real;
            put = true;
        }
    }
    if let Some((start, query)) = url.split_once('?')
        && query.split('&').any(is_key_pair)
    {
        let pairs: Vec<String> = query
            .split('&')
            .map(|pair| match pair.split_once('=') {
                Some((name, _)) if is_key_pair(pair) => format!("{name}={key}"),
                _ => pair.to_owned(),
            })
            .collect();
        *url = format!("{start}?{}", pairs.join("&"));
        put = true;
    }
    put
}

/// Whether a client sent a key of ours, which means nothing to a provider.
pub(super) fn has_key(headers: &HeaderMap, url: &str) -> bool {
    let query = url.split_once('?').map(|(_, query)| query);
    in_key(headers, query).is_some()
}

fn is_key_pair(pair: &str) -> bool {
    pair.split_once('=').is_some_and(|(_, value)| value.starts_with(KEY))
}

fn decoded(text: &str) -> String {
    String::from_utf8_lossy(&percent::decode(text.as_bytes())).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderName;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (HeaderName::try_from(*name).unwrap(), HeaderValue::try_from(*value).unwrap())
            })
            .collect()
    }

    #[test]
    fn a_path_names_a_cassette_in_its_first_segment() {
        assert_eq!(in_path("/@weather/openai/v1"), Some(("weather".to_owned(), "/openai/v1")));
        assert_eq!(in_path("/@a%2Fb%3A%3Ac/x?y"), Some(("a/b::c".to_owned(), "/x?y")));
        assert_eq!(in_path("/@/report"), Some((String::new(), "/report")));
        assert_eq!(in_path("/@weather"), Some(("weather".to_owned(), "")));
        assert_eq!(in_path("/openai/@x"), None);
    }

    #[test]
    fn a_key_names_a_cassette_wherever_an_sdk_puts_it() {
        let sigv4 = "AWS4-HMAC-SHA256 Credential=sk-cassette-a/b/20261130/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=00";
        for (name, value, wanted) in [
            ("authorization", "Bearer sk-cassette-weather", "weather"),
            ("authorization", "bearer  sk-cassette-a%20b", "a b"),
            ("x-api-key", "sk-cassette-agents/weather", "agents/weather"),
            ("x-goog-api-key", "sk-cassette-weather", "weather"),
            ("api-key", "sk-cassette-weather", "weather"),
            ("authorization", sigv4, "a/b"),
        ] {
            assert_eq!(in_key(&headers(&[(name, value)]), None).as_deref(), Some(wanted), "{value}");
        }
        assert_eq!(
            in_key(&headers(&[]), Some("alt=sse&key=sk-cassette-weather")).as_deref(),
            Some("weather")
        );
        for value in ["Bearer sk-proj-x", "sk-cassette-", "Bearer", ""] {
            assert_eq!(in_key(&headers(&[("authorization", value)]), None), None, "{value}");
        }
    }

    #[test]
    fn the_real_key_takes_the_place_of_ours_and_of_no_other() {
        let mut sent =
            headers(&[("authorization", "Bearer sk-cassette-x"), ("accept", "a"), ("x-api-key", "mine")]);
        let mut url = "https://x/y?alt=sse&key=sk-cassette-x".to_owned();
        assert!(put_key(&mut sent, &mut url, "real"));
        assert_eq!(sent["authorization"], "Bearer real");
        assert_eq!(sent["x-api-key"], "mine");
        assert_eq!(url, "https://x/y?alt=sse&key=real");
        assert!(!put_key(&mut headers(&[("x-api-key", "mine")]), &mut "https://x".to_owned(), "real"));
    }
}
