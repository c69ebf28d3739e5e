//! Requests that a client has signed for AWS. The signature covers the host, which was this server's, so one for the
//! provider's takes its place.

use http::{HeaderMap, header};

use crate::model::error::Error;
use crate::model::exchange::Request;

/// For which region and service a client has signed a request, if it has.
pub(super) fn scope(headers: &HeaderMap) -> Option<(&str, &str)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (_, credential) = value.strip_prefix("AWS4-HMAC-SHA256")?.split_once("Credential=")?;
    // Key, date, region, service and an end.
    let mut fields = credential.split(',').next()?.trim().rsplit('/');
    let (_end, service, region) = (fields.next()?, fields.next()?, fields.next()?);
    Some((region, service))
}

/// The request with a signature for where it is sent. Only that of AWS checks it; others may have it or not.
#[cfg(feature = "aws")]
pub(super) fn signed(request: &Request, to: &str, is_elsewhere: bool) -> Result<Option<Request>, Error> {
    let Some((region, service)) = scope(&request.headers) else { return Ok(None) };
    match crate::api::environment::aws_credentials() {
        Ok(credentials) => signed_with(&credentials, request, to, region, service).map(Some),
        Err(_) if is_elsewhere => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(feature = "aws")]
fn signed_with(
    credentials: &crate::api::environment::AwsCredentials,
    request: &Request,
    to: &str,
    region: &str,
    service: &str,
) -> Result<Request, Error> {
    use crate::adapters::aws::signing::{Signable, signature};

    let mut signed = request.clone();
    // Before it is signed: what a signature covers has to arrive.
    for old in ["x-amz-security-token", "x-amz-date", "x-amz-content-sha256"] {
        signed.headers.remove(old);
    }
    let signable = Signable {
        method: signed.method.as_str(),
        url: to,
        headers: &signed.headers,
        body: &signed.body,
        region,
        service,
    };
    let headers = signature(&signable, credentials, std::time::SystemTime::now())?;
    // `extend` would leave the client's signature in front of this one.
    for (name, value) in headers {
        signed.headers.insert(name, value);
    }
    Ok(signed)
}

/// Without the feature there is nothing that could sign.
#[cfg(not(feature = "aws"))]
pub(super) fn signed(request: &Request, _: &str, is_elsewhere: bool) -> Result<Option<Request>, Error> {
    use crate::model::error::ErrorKind;

    if is_elsewhere || scope(&request.headers).is_none() {
        return Ok(None);
    }
    let message = "this `llm-cassette` was built without signatures for AWS, and a client's own is not valid behind a server";
    Err(Error::new(ErrorKind::MissingKey, message).with_hint(
        "install it with `cargo install llm-cassette --features cli,aws`, or give the client a key of Bedrock in \
         `AWS_BEARER_TOKEN_BEDROCK`",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(feature = "aws")]
    use http::HeaderName;
    use http::HeaderValue;

    #[test]
    fn a_signature_says_for_which_region_and_service_it_is() {
        let scope_of = |text: &'static str| {
            let headers = HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(text))]);
            scope(&headers).map(|(region, service)| format!("{region} {service}"))
        };
        let signed = "AWS4-HMAC-SHA256 Credential=sk-cassette-a/b/20261130/eu-west-1/bedrock/aws4_request, SignedHeaders=host, Signature=0";
        assert_eq!(scope_of(signed).as_deref(), Some("eu-west-1 bedrock"));
        for other in ["Bearer x", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=x", ""] {
            assert_eq!(scope_of(other), None, "{other}");
        }
    }
    #[cfg(feature = "aws")]
    #[test]
    fn a_new_signature_takes_the_place_of_the_clients() {
        let old = "AWS4-HMAC-SHA256 Credential=sk-cassette-a/20261130/eu-west-1/bedrock/aws4_request, SignedHeaders=host, Signature=0";
        let request = Request {
            method: http::Method::POST,
            url: "https://bedrock-runtime.eu-west-1.amazonaws.com/model/m/converse".to_owned(),
            headers: HeaderMap::from_iter([
                (header::AUTHORIZATION, HeaderValue::from_static(old)),
                (HeaderName::from_static("x-amz-content-sha256"), HeaderValue::from_static("old")),
            ]),
            body: "{}".into(),
        };
        let credentials = crate::api::environment::AwsCredentials {
            id: "AKIDREAL".to_owned(),
            secret: "secret".to_owned(),
            token: None,
        };
        let signed = signed_with(&credentials, &request, &request.url, "eu-west-1", "bedrock").unwrap();
        let all: Vec<_> = signed.headers.get_all(header::AUTHORIZATION).iter().collect();
        assert_eq!(all.len(), 1, "{all:?}");
        let new = all[0].to_str().unwrap();
        assert!(new.starts_with("AWS4-HMAC-SHA256 Credential=AKIDREAL/"), "{new}");
        // It covers no header of the old one that is gone.
        assert!(new.contains("SignedHeaders=host;x-amz-date,"), "{new}");
    }
}
