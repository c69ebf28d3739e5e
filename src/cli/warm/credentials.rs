//! The key that a provider wants: which variable has it, and in which header it goes.

use http::{HeaderMap, HeaderName, HeaderValue, header::AUTHORIZATION};

use crate::model::address::Address;
use crate::model::error::{Error, ErrorKind};
use crate::model::exchange::Request;
use crate::providers::{self, Credential};

/// The header with the key from the environment, for a request to a provider that we know by its host. A key goes to its
/// owner only, and never over a connection that others can read.
pub(in crate::cli) fn credential(
    request: &Request,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<(HeaderName, HeaderValue)>, Error> {
    if says_who(&request.headers) || !request.url.starts_with("https://") {
        return Ok(None);
    }
    let wanted = providers::at_home(&request.url).and_then(|provider| provider.credential);
    let Some(Credential { variable: name, header, parameter, or }) = wanted else { return Ok(None) };
    if parameter.is_some_and(|parameter| has_parameter(&request.url, parameter)) {
        return Ok(None);
    }
    let set = |name: &str| variable(name).filter(|key| !key.trim().is_empty());
    let key = set(name).or_else(|| set(or?));
    let key = key.ok_or_else(|| missing(name, &request.url))?;
    let text = if header == AUTHORIZATION.as_str() {
        format!("Bearer {}", key.trim())
    } else {
        key.trim().to_owned()
    };
    let mut value = HeaderValue::try_from(text).map_err(|_| {
        Error::new(ErrorKind::MissingKey, format!("the value of {name} cannot be sent in a header"))
            .with_hint(format!("set {name} to the key alone"))
    })?;
    value.set_sensitive(true);
    Ok(Some((HeaderName::from_static(header), value)))
}

/// Whether a header is set that says who asks. Then no key from the environment is added.
fn says_who(headers: &HeaderMap) -> bool {
    providers::credentials().any(|credential| headers.contains_key(credential.header))
}

fn has_parameter(url: &str, name: &str) -> bool {
    let query = Address::of(url).query.unwrap_or_default();
    query.split('&').any(|pair| pair.split('=').next() == Some(name))
}

fn missing(name: &str, url: &str) -> Error {
    let host = Address::of(url).authority;
    Error::new(ErrorKind::MissingKey, format!("{name} is not set, and there are requests for {host}"))
        .with_hint(format!(
            "set {name}, or give the key of another variable with `--header 'Authorization: Bearer $NAME'`"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::Method;

    fn asked(url: &str, headers: HeaderMap) -> Result<Option<String>, Error> {
        let request = Request { method: Method::POST, url: url.to_owned(), headers, body: Bytes::new() };
        let found = credential(&request, |name| (name != "XAI_API_KEY").then(|| format!("{name}-value\n")))?;
        Ok(found.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())))
    }

    #[test]
    fn a_known_host_gets_the_key_of_its_usual_variable() {
        for (url, wanted) in [
            ("https://api.openai.com/v1/responses", Some("authorization: Bearer OPENAI_API_KEY-value")),
            ("https://api.anthropic.com/v1/messages", Some("x-api-key: ANTHROPIC_API_KEY-value")),
            (
                "https://generativelanguage.googleapis.com/v1beta/models/x:generateContent",
                Some("x-goog-api-key: GEMINI_API_KEY-value"),
            ),
            ("https://generativelanguage.googleapis.com/v1beta/models/x:generateContent?key=1", None),
        ] {
            assert_eq!(asked(url, HeaderMap::new()).unwrap().as_deref(), wanted, "{url}");
        }
    }

    #[test]
    fn a_key_goes_to_nobody_else() {
        for url in [
            "http://api.openai.com/v1/responses",
            "https://evil.test/v1/chat/completions",
            "https://evilapi.openai.com/v1/chat/completions",
            "https://api.openai.com.evil.test/v1/chat/completions",
            "http://localhost:8080/v1/messages",
        ] {
            assert_eq!(asked(url, HeaderMap::new()).unwrap(), None, "{url}");
        }
    }

    #[test]
    fn a_header_of_the_users_own_counts_for_more() {
        let mut headers = HeaderMap::new();
        headers.insert("x-api-key", HeaderValue::from_static("mine"));
        assert_eq!(asked("https://api.x.ai/v1/chat/completions", headers).unwrap(), None);
    }

    #[test]
    fn a_key_that_is_missing_is_named() {
        let error = asked("https://api.x.ai/v1/chat/completions", HeaderMap::new()).unwrap_err();
        assert_eq!(error.message(), "XAI_API_KEY is not set, and there are requests for api.x.ai");
    }
}
