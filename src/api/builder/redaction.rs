//! What is secret, and what is kept although it need not be.

use super::Builder;

impl Builder {
    /// Keeps a response header that is not kept by default.
    pub fn keep_header(mut self, name: &str) -> Builder {
        match http::HeaderName::try_from(name) {
            Ok(name) => self.secrets.kept_response_headers.push(name.as_str().to_owned()),
            Err(_) => {
                self.fail(format!("{name:?} is not the name of a header"), "a name is like `x-request-id`")
            }
        }
        self
    }

    /// Treats the value of a header, a query parameter and a JSON field of this name as a secret, wherever it turns up.
    pub fn secret_name(mut self, name: &str) -> Builder {
        self.secrets.headers.push(name.to_owned());
        self.secrets.parameters.push(name.to_owned());
        self.secrets.fields.push(name.to_owned());
        self
    }

    /// Treats a value as a secret, wherever it turns up.
    pub fn secret(mut self, value: impl Into<String>) -> Builder {
        self.secrets.values.push(value.into());
        self
    }

    /// Treats what a regular expression matches as a secret.
    pub fn secret_pattern(mut self, pattern: &str) -> Builder {
        match regex::bytes::Regex::new(pattern) {
            Ok(pattern) => self.secrets.patterns.push(pattern),
            Err(error) => {
                self.fail(format!("{pattern:?} is not a regular expression: {error}"), "fix the pattern")
            }
        }
        self
    }
}
