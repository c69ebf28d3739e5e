//! The provider behind the server.

use std::sync::OnceLock;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Response, header};
use reqwest::{Body, Client};

use crate::model::exchange::{Head, Request};

/// What is between two machines, and means nothing behind them.
const HOP_BY_HOP: [HeaderName; 8] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// The client for all calls of a server. To make one is to read the certificates of the machine, which takes a tenth of a
/// second in a test, so it is made for the first call: a replay has none.
#[derive(Default)]
pub(super) struct LiveClient(OnceLock<Client>);

impl LiveClient {
    fn get(&self) -> Result<&Client, reqwest::Error> {
        if let Some(client) = self.0.get() {
            return Ok(client);
        }
        let made = Client::builder().connect_timeout(Duration::from_secs(30)).build()?;
        // Another call may have been faster.
        Ok(self.0.get_or_init(|| made))
    }
}

/// Headers as they go on, without what is between two machines.
pub(super) fn end_to_end(headers: HeaderMap) -> HeaderMap {
    // Most have nothing of that kind.
    if !headers.keys().any(|name| HOP_BY_HOP.contains(name)) {
        return headers;
    }
    let listed: Vec<String> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|names| names.split(',').map(|name| name.trim().to_ascii_lowercase()))
        .collect();
    headers
        .iter()
        .filter(|(name, _)| {
            !HOP_BY_HOP.contains(name) && !listed.iter().any(|listed| listed == name.as_str())
        })
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Sends a request to a server, and gives its answer as it begins.
pub(super) async fn send(
    client: &LiveClient,
    request: &Request,
    to: &str,
) -> Result<(Head, Response<Body>), reqwest::Error> {
    let mut headers = request.headers.clone();
    headers.remove(header::HOST);
    headers.remove(header::CONTENT_LENGTH);
    // What is compressed cannot be searched for secrets, nor read in a review.
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    let outgoing =
        client.get()?.request(request.method.clone(), to).headers(headers).body(request.body.clone());
    let response = outgoing.send().await?;
    let url = match response.url().as_str() {
        same if same == to => request.url.clone(),
        redirected => redirected.to_owned(),
    };
    let head = Head {
        status: response.status(),
        version: response.version(),
        url,
        headers: end_to_end(response.headers().clone()),
    };
    let (mut parts, body) = Response::<Body>::from(response).into_parts();
    parts.headers = head.headers.clone();
    // The body knows its length, and how it is framed is up to this connection.
    if request.method != http::Method::HEAD {
        parts.headers.remove(header::CONTENT_LENGTH);
    }
    parts.version = http::Version::HTTP_11;
    Ok((head, Response::from_parts(parts, body)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_between_two_machines_does_not_go_on() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, X-Own"),
            ("x-own", "1"),
            ("te", "trailers"),
            ("accept", "a"),
            ("accept", "b"),
        ] {
            headers.append(HeaderName::try_from(name).unwrap(), HeaderValue::from_static(value));
        }
        let left = end_to_end(headers);
        assert_eq!(left.len(), 2);
        assert_eq!(left.get_all("accept").iter().count(), 2);
    }
}
