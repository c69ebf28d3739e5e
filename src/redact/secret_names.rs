//! Which names say that a secret follows: of headers, parameters, fields and variables.

use super::stand_ins::is_stand_in;

pub(super) const HEADER_PARTS: &[&str] =
    &["key", "token", "secret", "auth", "password", "passwd", "cookie", "signature", "credential"];

/// Names of fields, without case, `-`, `_`, `.` and spaces.
pub(super) const FIELDS: &[&str] = &[
    "accountkey",
    "authkey",
    "authorization",
    "bearer",
    "hftoken",
    "idtoken",
    "passphrase",
    "proxyauthorization",
    "securitytoken",
    "sessiontoken",
    "sharedaccesskey",
    "signingsecret",
    "subscriptionkey",
    "webhooksecret",
    "xamzsecuritytoken",
];

/// Ends of names of fields, written as above.
pub(super) const FIELD_ENDS: &[&str] = &[
    "accesstoken",
    "apikey",
    "apisecret",
    "apitoken",
    "authtoken",
    "bearertoken",
    "clientsecret",
    "connectionstring",
    "passwd",
    "password",
    "privatekey",
    "refreshtoken",
    "secretaccesskey",
    "secretkey",
];

/// Names of parameters of a URL beside those of fields, written as above.
pub(super) const PARAMETERS: &[&str] = &[
    "auth",
    "credential",
    "key",
    "pwd",
    "secret",
    "sig",
    "signature",
    "token",
    "xamzcredential",
    "xamzsignature",
    "xgoogcredential",
    "xgoogsignature",
];

/// What the names above end in, as they are written: behind each comes the quote that ends the name.
pub(super) const FIELD_HINTS: &[&str] = &[
    "key",
    "token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "authorization",
    "bearer",
    "connectionstring",
    "connection_string",
    "connection-string",
    "connection string",
];

pub(super) const ENVIRONMENT: &[&str] = &[
    "API_KEY",
    "APIKEY",
    "TOKEN",
    "SECRET",
    "SECRET_KEY",
    "SECRET_ACCESS_KEY",
    "PRIVATE_KEY",
    "PASSWORD",
    "PASSWD",
];

/// The names that a user added to ours.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) headers: Vec<String>,
    pub(super) parameters: Vec<String>,
    pub(super) fields: Vec<String>,
    pub(super) kept_request_headers: Vec<String>,
    pub(super) kept_response_headers: Vec<String>,
}

impl Names {
    /// Whether a header holds a secret. Header names come in small letters.
    pub(super) fn is_secret_header(&self, name: &str) -> bool {
        if self.headers.iter().any(|own| own == name) {
            return true;
        }
        // Words that hold one of ours: `x-ratelimit-remaining-tokens` counts, `x-portkey-provider` names a gateway.
        let name = name.strip_prefix("x-portkey-").unwrap_or(name);
        HEADER_PARTS.iter().any(|&part| {
            let innocent = match part {
                "token" => name.contains("tokens") || name.contains("token-count"),
                "key" => name.contains("keyword"),
                "auth" => name.contains("author") && !name.contains("authoriz"),
                _ => false,
            };
            name.contains(part) && !innocent
        })
    }

    /// Whether a response header hands out a secret. Answers describe a lot in words about keys and tokens:
    /// `x-ratelimit-key: gpt-5` is none.
    pub(super) fn is_handed_out(&self, name: &str) -> bool {
        self.headers.iter().any(|own| own == name)
            || ["api-key", "apikey", "secret", "password"].iter().any(|part| name.contains(part))
            || ["token", "authorization", "session-key"].iter().any(|end| name.ends_with(end))
    }

    /// Whether a parameter of a URL or a field of a form holds a secret.
    pub(super) fn is_secret_parameter(&self, name: &str) -> bool {
        is_secret_parameter(name) || self.parameters.contains(&plain(name))
    }

    /// Whether a key of a JSON object says that its value is a secret.
    pub(super) fn is_secret_field(&self, name: &str) -> bool {
        let plain = plain(name);
        let capitals = name.contains('_') && !name.contains(|c: char| c.is_ascii_lowercase());
        is_field(&plain) || (capitals && is_secret_variable(name)) || self.fields.contains(&plain)
    }
}

/// Whether an environment variable holds a secret.
pub(super) fn is_secret_variable(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    ENVIRONMENT
        .iter()
        .any(|end| name.strip_suffix(end).is_some_and(|start| start.is_empty() || start.ends_with('_')))
}

/// Whether a parameter of that name is secret in any URL.
pub(super) fn is_secret_parameter(name: &str) -> bool {
    let plain = plain(name);
    PARAMETERS.contains(&plain.as_str()) || is_field(&plain)
}

/// Whether a parameter of that name is often no secret outside the URLs of requests.
pub(super) fn is_weak_parameter(name: &str) -> bool {
    matches!(plain(name).as_str(), "key" | "token" | "auth" | "secret" | "sig" | "signature" | "credential")
}

/// Whether a password in a URL only shows where one belongs.
pub(super) fn is_stand_in_password(value: &[u8]) -> bool {
    let word = String::from_utf8_lossy(value).to_ascii_lowercase();
    is_stand_in(value)
        || matches!(
            word.as_str(),
            "password" | "pass" | "passwd" | "pwd" | "secret" | "token" | "x-oauth-basic"
        )
}

/// A name without case and separators.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_' | '.' | ' ')).map(|c| c.to_ascii_lowercase()).collect()
}

fn is_field(plain: &str) -> bool {
    FIELDS.contains(&plain) || FIELD_ENDS.iter().any(|end| plain.ends_with(end))
}
