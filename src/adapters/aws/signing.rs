//! Signs a request for AWS anew. Its signature covers the host, so what a client signed for a server on this machine is not
//! valid for the provider behind it.

use std::time::SystemTime;

use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::api::environment::AwsCredentials;
use crate::model::error::{Error, ErrorKind};

/// What a signature covers, and for whom it is.
pub(crate) struct Signable<'a> {
    pub(crate) method: &'a str,
    /// The whole URL, encoded as it will be sent.
    pub(crate) url: &'a str,
    /// As they will be sent; an older signature may be among them.
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
    pub(crate) region: &'a str,
    /// `bedrock`, for all hosts of Bedrock.
    pub(crate) service: &'a str,
}

/// The headers that sign a request: put them in the place of those of the same names.
pub(crate) fn signature(
    request: &Signable<'_>,
    credentials: &AwsCredentials,
    now: SystemTime,
) -> Result<Vec<(HeaderName, HeaderValue)>, Error> {
    let unsigned = |why: &dyn std::fmt::Display| {
        let message = format!("a request to {} could not be signed for AWS: {why}", host(request.url));
        Error::new(ErrorKind::BadSetting, message)
            .with_hint("check the URL, the region and `AWS_ACCESS_KEY_ID`, then send the request again")
    };
    let identity = Identity::from(aws_credential_types::Credentials::new(
        credentials.id.clone(),
        credentials.secret.clone(),
        credentials.token.clone(),
        None,
        "environment",
    ));
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(request.region)
        .name(request.service)
        .time(now)
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| unsigned(&error))?;
    let covered = request.headers.iter().filter(|(name, _)| is_covered(name));
    let covered = covered.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let signable =
        SignableRequest::new(request.method, request.url, covered, SignableBody::Bytes(request.body))
            .map_err(|error| unsigned(&error))?;
    let (instructions, _) =
        sign(signable, &parameters.into()).map_err(|error| unsigned(&error))?.into_parts();
    instructions
        .headers()
        .map(|(name, value)| {
            let name: HeaderName = name.parse().map_err(|error| unsigned(&error))?;
            let mut value = HeaderValue::from_str(value).map_err(|error| unsigned(&error))?;
            value.set_sensitive(name == AUTHORIZATION || name == TOKEN);
            Ok((name, value))
        })
        .collect()
}

const TOKEN: &str = "x-amz-security-token";

/// AWS wants the host and all `x-amz-` headers covered. What a proxy on the way may change is better left out, and what an
/// older signature brought makes way for the new one.
fn is_covered(name: &HeaderName) -> bool {
    let is_new = matches!(name.as_str(), "x-amz-date" | TOKEN);
    name == CONTENT_TYPE || name.as_str().starts_with("x-amz-") && !is_new
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const CONVERSE: &str = "https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-3-5-haiku-20241022-v1%3A0/converse";

    fn credentials(token: Option<&str>) -> AwsCredentials {
        AwsCredentials {
            id: "AKIDEXAMPLE".to_owned(),
            secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned(),
            token: token.map(str::to_owned),
        }
    }

    /// Signed on 2015-08-30 at 12:36 UTC, as in the examples of AWS.
    fn signed(
        method: &str,
        url: &str,
        headers: &[(&'static str, &'static str)],
        body: &str,
        token: Option<&str>,
    ) -> HeaderMap {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let headers: HeaderMap = headers.collect();
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_440_938_160);
        let request = Signable {
            method,
            url,
            headers: &headers,
            body: body.as_bytes(),
            region: "us-east-1",
            service: "bedrock",
        };
        signature(&request, &credentials(token), now).unwrap().into_iter().collect()
    }

    fn authorization(covered: &str, signature: &str) -> String {
        let scope = "AKIDEXAMPLE/20150830/us-east-1/bedrock/aws4_request";
        format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={covered}, Signature={signature}")
    }

    // The expected signatures are those of botocore 1.44.8: `SigV4Auth(credentials, "bedrock", "us-east-1").add_auth(request)`
    // of the same request, with the same time as the current one.

    #[test]
    fn a_call_of_bedrock_has_the_signature_that_botocore_gives_it() {
        let headers =
            signed("POST", CONVERSE, &[("content-type", "application/json")], r#"{"messages":[]}"#, None);
        assert_eq!(
            headers["authorization"],
            authorization(
                "content-type;host;x-amz-date",
                "2d903071a1e114ce12cb3fe001cfa961ffb2ad8a3714e1ec039936912b0eb07f"
            )
        );
        assert_eq!(headers["x-amz-date"], "20150830T123600Z");
        assert!(headers["authorization"].is_sensitive());
        assert!(!headers.contains_key(TOKEN));
    }

    #[test]
    fn a_session_token_is_signed_and_sent_as_botocore_does() {
        let token = "AQoDYXdzEPT//////////wEXAMPLE";
        let headers = signed(
            "POST",
            CONVERSE,
            &[("content-type", "application/json")],
            r#"{"messages":[]}"#,
            Some(token),
        );
        assert_eq!(
            headers["authorization"],
            authorization(
                "content-type;host;x-amz-date;x-amz-security-token",
                "0afcb4ad425022f1c8efcc9a2198f9417a236dd187a315aab94d86c52203af36"
            )
        );
        assert_eq!(headers[TOKEN], token);
    }

    #[test]
    fn a_query_is_signed_in_the_order_that_botocore_sorts_it() {
        let url = "https://bedrock.us-east-1.amazonaws.com/foundation-models?byProvider=Anthropic&byOutputModality=TEXT";
        assert_eq!(
            signed("GET", url, &[], "", None)["authorization"],
            authorization(
                "host;x-amz-date",
                "c3aacd3d73acc62ec8943b9cba42bfc33395c6f708a74cafebfcf0c946ef1f38"
            )
        );
    }

    #[test]
    fn what_a_client_signed_before_takes_no_part_in_the_new_signature() {
        let old = [
            ("content-type", "application/json"),
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=sk-cassette-weather/20150830/us-east-1/bedrock/aws4_request",
            ),
            ("x-amz-date", "20150829T000000Z"),
            (TOKEN, "old"),
            ("host", "127.0.0.1:4010"),
            ("user-agent", "Boto3"),
            ("connection", "keep-alive"),
        ];
        let body = r#"{"messages":[]}"#;
        assert_eq!(
            signed("POST", CONVERSE, &old, body, None),
            signed("POST", CONVERSE, &old[..1], body, None)
        );
    }

    #[test]
    fn what_cannot_be_signed_is_said_without_the_secret() {
        let headers = HeaderMap::new();
        let request = Signable {
            method: "POST",
            url: "https://bedrock runtime/",
            headers: &headers,
            body: b"",
            region: "us-east-1",
            service: "bedrock",
        };
        let error = signature(&request, &credentials(None), SystemTime::UNIX_EPOCH).unwrap_err();
        assert!(error.to_string().contains("could not be signed for AWS"), "{error}");
        assert!(!error.to_string().contains("wJalr"), "{error}");
    }
}
