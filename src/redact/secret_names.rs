//! Which names say that a secret follows: of headers, parameters, fields, variables, cookies and keys of settings. One
//! table for all of them, by the words that a name is made of.

mod memo;
pub(super) mod table;
#[cfg(test)]
mod tests;
mod words;

use self::table::{
    ADDRESSES, ALWAYS, ANNOUNCED_CODES, COUNTED, DESCRIBES, KEYS, NAMES_OF_OWNERS, NEUTRAL, PASSES, SHORT,
    TOKENS, UNTOLD_HEADERS, WITH_LOOKS,
};
pub(super) use self::words::plain;
use self::words::words;

/// How surely a name says that what stands under it is a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Says {
    Nothing,
    /// What looks like a key is to go, and may yet be something else: a session, a key of a dictionary.
    Perhaps,
    /// What looks like a key is one.
    Likely,
    /// What looks like a key or a password is one; a word may say how a test ended.
    Pass,
    /// A short code: a few digits are enough.
    Code,
    /// An address, whose password is the secret.
    Address,
    /// Whatever stands there, but for what shows where a secret belongs.
    Surely,
}

/// Where a name stands. A word that tells in a header is a word like others in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// A key of JSON, or of settings in a text.
    Field,
    /// A parameter of a URL, a field of a form, a cookie.
    Parameter,
    Header,
    Variable,
}

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
        self.headers.iter().any(|own| own == name)
            || memo::SECRET_HEADERS.with(|known| known.of(name, is_secret_header))
    }

    /// Whether a response header hands out a secret. Answers describe a lot in words about keys and tokens:
    /// `x-ratelimit-key: gpt-5` is none.
    pub(super) fn is_handed_out(&self, name: &str) -> bool {
        self.headers.iter().any(|own| own == name)
            || says(name, At::Field) == Says::Surely
            || (name.ends_with("token") && says(name, At::Header) == Says::Surely)
    }

    /// What a parameter of a URL or a field of a form says of its value.
    pub(super) fn parameter(&self, name: &str) -> Says {
        if !self.parameters.is_empty() && self.parameters.contains(&plain(name)) {
            return Says::Surely;
        }
        says(name, At::Parameter)
    }

    /// Whether a user has named such a key of JSON objects.
    pub(super) fn has_field(&self, name: &str) -> bool {
        !self.fields.is_empty() && self.fields.contains(&plain(name))
    }

    /// What a key of a JSON object, or of settings, says of its value.
    pub(super) fn field(&self, name: &str) -> Says {
        if self.has_field(name) { Says::Surely } else { says(name, At::Field) }
    }
}

/// So many words of the name of a header are looked at, each as if it were the last one.
const MOST_WORDS: usize = 32;

/// Whether a header of that name holds a secret, whatever a user says.
fn is_secret_header(name: &str) -> bool {
    if UNTOLD_HEADERS.contains(&name) {
        return true;
    }
    // `x-portkey-provider` names a gateway.
    let ours = name.strip_prefix("x-portkey-").unwrap_or(name);
    let mut words = words(ours);
    words.truncate(MOST_WORDS);
    // What stands behind the word is of no matter: `x-token-of-mine`.
    let tells = |end: usize| says_of(&words[..end], false, At::Header) >= Says::Likely;
    let counts = words.iter().any(|word| COUNTED.contains(&word.as_str()));
    !counts && (1..=words.len()).any(tells)
}

/// What an environment variable says of its value.
pub(super) fn variable(name: &str) -> Says {
    says(&name.to_ascii_uppercase(), At::Variable)
}

/// Whether a parameter of that name is secret in any URL.
pub(super) fn is_secret_parameter(name: &str) -> bool {
    says(name, At::Parameter) == Says::Surely
}

/// Whether a parameter of that name is often no secret outside the URLs of requests.
pub(super) fn is_weak_parameter(name: &str) -> bool {
    says(name, At::Field) != Says::Surely
}

/// Whether the name only describes the secret beside which it stands: `type`, `expires_at`, `description`.
pub(super) fn describes(name: &str) -> bool {
    memo::DESCRIBES.with(|known| known.of(name, read_describes))
}

fn read_describes(name: &str) -> bool {
    words(name).iter().any(|word| DESCRIBES.contains(&word.as_str()))
}

/// Whether a name adds nothing to the name that it stands under: `value`, `text`, `0`.
pub(super) fn is_neutral(name: &str) -> bool {
    memo::NEUTRAL.with(|known| known.of(name, read_neutral))
}

fn read_neutral(name: &str) -> bool {
    words(name).iter().all(|word| is_neutral_word(word))
}

/// What a name says, by its last words: those before them only tell whose or what kind of secret it is.
pub(super) fn says(name: &str, at: At) -> Says {
    let known = match at {
        At::Field => &memo::FIELDS,
        At::Parameter => &memo::PARAMETERS,
        At::Header => &memo::HEADERS,
        At::Variable => &memo::VARIABLES,
    };
    known.with(|known| known.of(name, |name| read_says(name, at)))
}

fn read_says(name: &str, at: At) -> Says {
    // Most names are of no word that could tell.
    if name.len() < 2 {
        return Says::Nothing;
    }
    says_of(&words(name), is_like_a_variable(name), at)
}

fn says_of(words: &[String], is_like_a_variable: bool, at: At) -> Says {
    if let [.., kind, end] = words
        && matches!(kind.as_str(), "connection" | "conn")
        && matches!(end.as_str(), "string" | "str")
    {
        return Says::Surely;
    }
    // `CLIENT_SECRET_GOOGLE`
    let is_owned = at == At::Variable || is_like_a_variable;
    let mut words = words;
    while let [rest @ .., last] = words
        && !rest.is_empty()
        && (is_neutral_word(last) || (is_owned && NAMES_OF_OWNERS.contains(&last.as_str())))
    {
        words = rest;
    }
    let Some((last, before)) = words.split_last() else {
        return Says::Nothing;
    };
    let word = last.as_str();
    let kind = before.last().map(String::as_str).unwrap_or_default();
    let of = |list: &[&str]| list.contains(&kind);
    let is_variable = at == At::Variable || is_like_a_variable;
    let loose = matches!(at, At::Parameter | At::Header | At::Variable);
    match singular(word) {
        word if ALWAYS.contains(&word) => Says::Surely,
        // A place in a list, or one of many words.
        "token" if of(&["text"]) && before.iter().any(|word| word == "plain") => Says::Surely,
        "token" if before.iter().any(|word| COUNTED.contains(&word.as_str())) => Says::Nothing,
        // `max_tokens` counts, and `tokens` are words of a text.
        "token" if word.ends_with('s') && !of(TOKENS) => Says::Nothing,
        "token" if of(TOKENS) || of(NAMES_OF_OWNERS) || loose || (is_variable && !before.is_empty()) => {
            Says::Surely
        }
        "token" => Says::Likely,
        "secret" if !before.is_empty() || loose => Says::Surely,
        "secret" => Says::Likely,
        "key" if KEYS.iter().any(|(list, says)| list.contains(&kind) && *says == Says::Nothing) => {
            Says::Nothing
        }
        "key" if of(NAMES_OF_OWNERS) => Says::Surely,
        "key" => match KEYS.iter().find(|(list, _)| list.contains(&kind)) {
            Some((_, says)) => *says,
            None if loose => Says::Surely,
            None if before.is_empty() => Says::Nothing,
            None if is_variable => Says::Likely,
            None => Says::Perhaps,
        },
        "pass" if of(PASSES) || loose || (is_variable && !before.is_empty()) => Says::Surely,
        "pass" | "psk" => Says::Pass,
        "phrase" if of(&["seed", "recovery", "secret", "backup", "mnemonic", "pass"]) => Says::Surely,
        "code" if of(ANNOUNCED_CODES) => Says::Surely,
        "code" if at == At::Parameter && before.is_empty() => Says::Likely,
        "code" if before.is_empty() => Says::Perhaps,
        "verifier" if of(&["code", "pkce"]) => Says::Surely,
        "assertion" if of(&["client", "saml"]) || loose => Says::Surely,
        "pat" if is_variable && !before.is_empty() => Says::Surely,
        // `signature` alone is of a model's thoughts.
        "signature" if of(&["amz", "goog"]) => Says::Surely,
        "signature" | "sig" | "credential" | "sas" if loose => Says::Surely,
        "auth" | "credential" if loose => Says::Surely,
        "cookie" if loose => Says::Surely,
        "sign" | "hmac" if at == At::Parameter => Says::Surely,
        "appid" | "session" | "ticket" if at == At::Parameter => Says::Likely,
        "id" if of(&["session", "sess"]) => Says::Perhaps,
        "id" if of(&["secret"]) => Says::Likely,
        "dsn" => Says::Address,
        "url" | "uri" if of(ADDRESSES) || is_variable => Says::Address,
        word if SHORT.contains(&word) => Says::Code,
        word if WITH_LOOKS.contains(&word) => Says::Likely,
        _ => Says::Nothing,
    }
}

/// `OPENAI_KEY`: in capitals, and of several words.
fn is_like_a_variable(name: &str) -> bool {
    name.contains('_') && !name.contains(|c: char| c.is_ascii_lowercase())
}

fn is_neutral_word(word: &str) -> bool {
    NEUTRAL.contains(&word) || word.bytes().all(|byte| byte.is_ascii_digit())
}

/// The word without the `s` of a plural. `pass` and `access` have none.
fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(one) if !one.ends_with('s') && !matches!(word, "dns" | "sas" | "alias") => one,
        _ => word,
    }
}
