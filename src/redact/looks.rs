//! What a value looks like that stands under the name of a secret: the secret itself, or what only shows where one goes.

use super::hits::is_mark;
use super::secret_names::{self, Says};
use super::stand_ins::{is_masked, is_mixed, is_random, is_stand_in};

/// Where a value was written, which decides what it takes to be none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// In a field that a program sends: whatever stands there counts, a stand-in too, for what is replaced must not depend
    /// on the key in use.
    Sent,
    /// In a field of data, such as an answer.
    Data,
    /// In quotes in a text.
    Quoted,
    /// In a text, in a line of its own of which it is the end: `KEY=value`, `key: value`.
    Line { is_variable: bool },
    /// In a text, and not in quotes.
    Bare,
}

/// Fewer letters in a text are a word or a sign.
const FEWEST_IN_TEXT: usize = 4;

/// A key has more characters than this, unless its name leaves no doubt.
const SHORTEST_KEY: usize = 16;

/// Whether a value under a name that says so much is a secret.
pub(super) fn is_secret(says: Says, value: &[u8], written: Written) -> bool {
    let value = value.trim_ascii();
    if value.is_empty() || is_mark(value) {
        return false;
    }
    let shows = || {
        is_stand_in(value)
            || is_reference(value)
            || is_label(value)
            || is_caption(value)
            || is_prose(value)
            || is_version(value)
            || is_locator(value)
    };
    match says {
        Says::Nothing | Says::Address => false,
        Says::Surely if written == Written::Sent => true,
        Says::Surely => fits(value, written) && !shows(),
        Says::Code if is_code(value) => true,
        Says::Likely | Says::Pass | Says::Perhaps | Says::Code
            if written == Written::Sent && is_stand_in(value) =>
        {
            true
        }
        Says::Pass if is_password(value) => !shows(),
        Says::Likely | Says::Pass => {
            (is_key(value) || is_long_mix(value)) && !shows() && !names_itself(value)
        }
        Says::Perhaps | Says::Code => is_key(value) && !shows() && !is_id(value),
    }
}

/// Whether what was found under a name is a credential for sure, so that it may be looked for everywhere.
pub(super) fn is_telling(says: Says, value: &[u8]) -> bool {
    let is_odd = is_mixed(value) || is_random(value, false) || has_signs(value);
    let lone = !value.iter().any(u8::is_ascii_whitespace) && !is_reference(value) && !is_locator(value);
    match says {
        Says::Surely => is_odd && lone && !is_label(value) && !is_id(value),
        Says::Likely | Says::Pass => {
            lone && value.len() >= SHORTEST_KEY + 8 && is_key(value) && !is_id(value)
        }
        Says::Nothing | Says::Perhaps | Says::Code | Says::Address => false,
    }
}

/// Whether a password in a URL only shows where one belongs.
pub(super) fn is_stand_in_password(value: &[u8]) -> bool {
    let word = String::from_utf8_lossy(value).to_ascii_lowercase();
    is_stand_in(value)
        || is_reference(value)
        || matches!(
            word.as_str(),
            "password" | "pass" | "passwd" | "pwd" | "secret" | "token" | "x-oauth-basic"
        )
}

/// Whether a value could be the secret, by how it is written.
fn fits(value: &[u8], written: Written) -> bool {
    match written {
        Written::Sent | Written::Data => true,
        Written::Quoted => value.len() >= FEWEST_IN_TEXT && value.iter().any(u8::is_ascii_alphanumeric),
        Written::Line { is_variable: true } => {
            value.len() >= FEWEST_IN_TEXT
                && !is_expression(value)
                && value.iter().any(u8::is_ascii_alphanumeric)
        }
        // Nobody can tell an unquoted word from the name of a variable or of a type.
        Written::Line { is_variable: false } | Written::Bare => {
            value.len() >= 6 && !is_expression(value) && (!is_words(value) || is_random(value, true))
        }
    }
}

/// Words and numbers, perhaps joined: `risk-management-of-2024`. Capitals among small letters and digits make no word.
fn is_words(value: &[u8]) -> bool {
    let kind = |of: fn(&u8) -> bool| value.iter().any(of);
    let (digits, capitals, small) =
        (kind(u8::is_ascii_digit), kind(u8::is_ascii_uppercase), kind(u8::is_ascii_lowercase));
    let is_word =
        |word: &[u8]| word.iter().all(u8::is_ascii_alphabetic) || word.iter().all(u8::is_ascii_digit);
    !(digits && capitals && small)
        && (capitals || small)
        && value.split(|byte| matches!(byte, b'_' | b'-' | b'.')).all(is_word)
}

/// A few digits, perhaps in groups.
fn is_code(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let groups = value.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b' '));
    (4..=10).contains(&digits) && groups && !is_masked(value)
}

/// Whether a value looks like a key and like no word.
fn is_key(value: &[u8]) -> bool {
    value.len() >= SHORTEST_KEY
        && !value.iter().any(u8::is_ascii_whitespace)
        && (is_random(value, false)
            || (is_mixed(value) && value.len() >= SHORTEST_KEY && has_long_run(value)))
}

/// Whether a value has three of the kinds of characters that a password is to have, and no blank.
fn is_password(value: &[u8]) -> bool {
    let is_sign = |byte: &u8| byte.is_ascii_punctuation() && !matches!(byte, b'-' | b'_' | b'.');
    let kinds = [u8::is_ascii_lowercase, u8::is_ascii_uppercase, u8::is_ascii_digit];
    let kinds =
        kinds.iter().filter(|kind| value.iter().any(kind)).count() + usize::from(value.iter().any(is_sign));
    value.len() >= 8 && kinds >= 3 && !value.iter().any(u8::is_ascii_whitespace)
}

fn has_long_run(value: &[u8]) -> bool {
    value.split(|byte| !byte.is_ascii_alphanumeric()).any(|run| run.len() >= SHORTEST_KEY && is_mixed(run))
}

fn has_signs(value: &[u8]) -> bool {
    value.iter().any(|byte| byte.is_ascii_punctuation() && !matches!(byte, b'-' | b'_' | b'.'))
        && value.iter().any(u8::is_ascii_alphabetic)
}

/// Letters with some digits among them, without a sign that texts have: a UUID, `public-sandbox-8ae55020-…`.
fn is_long_mix(value: &[u8]) -> bool {
    value.len() >= SHORTEST_KEY + 8
        && value.iter().filter(|byte| byte.is_ascii_digit()).count() >= 6
        && value.iter().any(u8::is_ascii_alphabetic)
        && value.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// Ids by which programs call things: a UUID, or one that says what it is the id of.
fn is_id(value: &[u8]) -> bool {
    let mut groups = value.split(|&byte| byte == b'-').map(<[u8]>::len);
    let is_uuid = groups.by_ref().take(5).eq([8, 4, 4, 4, 12])
        && groups.next().is_none()
        && value.iter().all(|&byte| byte == b'-' || byte.is_ascii_hexdigit());
    is_uuid || names_itself(value)
}

fn names_itself(value: &[u8]) -> bool {
    let prefix = value.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
    matches!(&value[..prefix], b"sess" | b"session" | b"conv" | b"thread" | b"run" | b"msg")
        && matches!(value.get(prefix), Some(b'_' | b'-'))
}

/// Whether a value points to where the secret is: a variable, a template, a path of settings, a store of secrets.
pub(super) fn is_reference(value: &[u8]) -> bool {
    let text = String::from_utf8_lossy(value);
    let text = text.trim();
    // `Bearer ${TOKEN}`
    let text = match text.split_once(' ') {
        Some((scheme, rest)) if scheme.bytes().all(|byte| byte.is_ascii_alphabetic()) => rest.trim(),
        _ => text,
    };
    let is_name = |name: &str| {
        !name.is_empty()
            && name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':'))
            && !is_random(name.as_bytes(), false)
    };
    let wrapped = |open: &str, close: &str| {
        text.strip_prefix(open).is_some_and(|rest| rest.contains(close) || rest.is_empty())
    };
    let templates = [
        ("${", "}"),
        ("$(", ")"),
        ("{{", "}}"),
        ("<%", "%>"),
        ("#{", "}"),
        ("[[", "]]"),
        ("%(", ")"),
        ("${{", "}}"),
        ("@{", "}"),
        ("`", "`"),
    ];
    let placeholder = |open: char, close: char| {
        let inner = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        inner.is_some_and(|inner| !is_random(inner.as_bytes(), false))
    };
    templates.iter().any(|(open, close)| wrapped(open, close))
        || placeholder('<', '>')
        || placeholder('{', '}')
        || placeholder('[', ']')
        || placeholder('%', '%')
        || text.strip_prefix('$').is_some_and(is_name)
        || text.strip_prefix(':').is_some_and(is_name)
        || matches!(text, "%s" | "%v" | "%d" | "{}" | "?")
        || text.contains("...")
        || text.starts_with('…')
        || text.contains("…")
        || LOOKUPS.iter().any(|lookup| text.contains(lookup))
        || STORES.iter().any(|store| text.starts_with(store))
        || is_name_of_variable(text)
}

/// How programs ask for a setting.
const LOOKUPS: &[&str] = &[
    "process.env",
    "os.environ",
    "getenv(",
    "import.meta.env",
    "Deno.env",
    "env::var",
    "std::env",
    "ENV[",
    "env(",
    "env!(",
    "Env.get",
    "System.getenv",
    "getProperty(",
    "secrets.",
    "vars.",
    "config.",
    "settings.",
    "Configuration[",
    "GetEnvironmentVariable",
    "$env:",
    "params.",
    "self.",
    "this.",
];

/// Where secrets are kept, by an address.
const STORES: &[&str] = &[
    "op://",
    "vault:",
    "vault://",
    "secret://",
    "secrets://",
    "env:",
    "env://",
    "file:",
    "file://",
    "arn:aws:",
    "ssm:",
    "ssm://",
    "projects/",
    "keyring:",
    "keychain:",
    "gcp-sm:",
    "aws-sm:",
    "azkv:",
    "azurekeyvault:",
    "doppler:",
    "ref+",
    "ref:",
    "sops:",
    "ENC[",
    "@Microsoft.KeyVault",
    "!Ref",
    "!GetAtt",
    "!Sub",
    "!secret",
    "!vault",
    "data.",
    "var.",
    "local.",
    "module.",
    "each.",
    "kms:",
    "credhub:",
    "infisical:",
    "bws:",
    "resolve:",
];

/// `2.9.0`, beside the name of a library.
fn is_version(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"v").unwrap_or(value);
    digits.contains(&b'.')
        && digits.first().is_some_and(u8::is_ascii_digit)
        && digits
            .split(|&byte| byte == b'.')
            .all(|part| part.len() <= 4 && !part.is_empty() && part.iter().all(u8::is_ascii_digit))
}

/// `OPENAI_API_KEY`, where a key would be.
fn is_name_of_variable(text: &str) -> bool {
    let all = text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let bounds =
        text.starts_with(|c: char| c.is_ascii_uppercase()) && text.contains('_') && !text.ends_with('_');
    let words =
        || text.split('_').all(|word| word.len() < 16 && !(is_mixed(word.as_bytes()) && word.len() > 5));
    all && bounds && words()
}

/// Whether a text says by itself that it is a path or an address, and holds no key.
pub(super) fn is_locator(value: &[u8]) -> bool {
    let begins = |starts: &[&str]| starts.iter().any(|start| value.starts_with(start.as_bytes()));
    let drive = value.len() > 3
        && value[0].is_ascii_alphabetic()
        && &value[1..2] == b":"
        && matches!(value[2], b'\\' | b'/');
    let ends = |ends: &[&str]| ends.iter().any(|end| value.ends_with(end.as_bytes()));
    let address = begins(&["http://", "https://", "urn:", "data:", "ws://", "wss://"]);
    let path = begins(&["/", "./", "../", "~/", "~\\"])
        || drive
        || (ends(&[
            ".pem", ".key", ".json", ".txt", ".yaml", ".yml", ".env", ".p12", ".pfx", ".crt", ".toml",
        ]) && !value.contains(&b'='));
    let has_key = || {
        value
            .split(|byte| !byte.is_ascii_alphanumeric())
            .any(|part| part.len() >= 16 && is_random(part, false))
    };
    ((path || address) && !has_key()) || is_path(value)
}

/// Words with slashes between them, such as `reports/2026/november.csv`.
fn is_path(value: &[u8]) -> bool {
    let is_word =
        |word: &[u8]| word.iter().all(u8::is_ascii_alphabetic) || word.iter().all(u8::is_ascii_digit);
    let is_part = |part: &[u8]| part.split(|byte| matches!(byte, b'_' | b'-' | b'.')).all(is_word);
    value.contains(&b'/')
        && value.iter().filter(|byte| byte.is_ascii_uppercase()).count() * 4 < value.len()
        && value.split(|&byte| byte == b'/').all(|part| is_part(part) && part.len() < 32)
}

/// Whether an unquoted value is code: a call, a path of names, a type.
fn is_expression(value: &[u8]) -> bool {
    let name = value
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':'))
        .count();
    let calls = name > 0 && matches!(value.get(name), Some(b'(' | b'[' | b'<'));
    let path = name == value.len()
        && value.iter().any(|byte| matches!(byte, b'.' | b':'))
        && value.first().is_some_and(u8::is_ascii_alphabetic)
        && value.split(|byte| matches!(byte, b'.' | b':')).all(|part| !(is_mixed(part) && part.len() > 5));
    let opens = value
        .first()
        .is_some_and(|byte| matches!(byte, b'(' | b'{' | b'[' | b'&' | b'*' | b'|' | b'=' | b'>'))
        && value.len() < 24;
    let chooses =
        [&b"||"[..], b"&&", b"??", b"=>"].iter().any(|sign| memchr::memmem::find(value, sign).is_some());
    calls || path || opens || chooses
}

/// Words that stand where a secret would: the type of a field, what is wrong with it, how it is called.
fn is_label(value: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(value) else {
        return false;
    };
    // Capitals, digits and signs make a password; a word has none within.
    if !text.chars().skip(1).all(|c| {
        c.is_lowercase() || matches!(c, ' ' | '_' | '-' | '.' | ':' | '*' | '?' | '!' | '|' | '[' | ']')
    }) && !text.chars().all(|c| c.is_ascii_uppercase() || c == '_')
        && !matches!(text, "API key" | "API Key" | "SecretStr" | "API token" | "API Token")
    {
        return is_named_like_a_secret(text);
    }
    let small = text.to_lowercase();
    let mut words = small.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).peekable();
    words.peek().is_some() && words.all(|word| LABELS.contains(&word) || WORDS_OF_NAMES.contains(&word))
}

/// What a form writes beside a field, in any language: a capital and small letters, or letters that no key has.
fn is_caption(value: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(value) else { return false };
    let mut chars = text.chars();
    let first = chars.next().is_some_and(|c| c.is_uppercase() || (c.is_alphabetic() && !c.is_ascii()));
    let rest = chars.all(|c| {
        c.is_lowercase() || (c.is_alphabetic() && !c.is_ascii()) || matches!(c, ' ' | '-' | '\'' | ':')
    });
    let foreign = text.chars().any(|c| c.is_alphabetic() && !c.is_ascii());
    let letters = || text.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | 'ー'));
    (first && rest) || (foreign && letters())
}

/// `apiKey`, `accessToken`, `SecretString`: what is called as a secret is the name of one.
fn is_named_like_a_secret(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b'.' | b' '))
        && secret_names::says(text, secret_names::At::Field) == Says::Surely
}

const WORDS_OF_NAMES: &[&str] = &[
    "access",
    "api",
    "auth",
    "authorization",
    "bearer",
    "client",
    "code",
    "credential",
    "credentials",
    "jwt",
    "key",
    "keys",
    "master",
    "passphrase",
    "passwd",
    "password",
    "passwords",
    "pin",
    "private",
    "public",
    "pwd",
    "refresh",
    "secret",
    "secrets",
    "session",
    "signing",
    "token",
    "tokens",
    "user",
    "your",
    "my",
    "new",
    "old",
    "current",
];

const LABELS: &[&str] = &[
    "a",
    "any",
    "apikey",
    "array",
    "auto",
    "basic",
    "bool",
    "boolean",
    "bytes",
    "cannot",
    "char",
    "confirm",
    "configured",
    "default",
    "denied",
    "digest",
    "disabled",
    "empty",
    "enabled",
    "enter",
    "error",
    "expired",
    "false",
    "field",
    "file",
    "float",
    "forbidden",
    "found",
    "hidden",
    "incorrect",
    "input",
    "int",
    "integer",
    "invalid",
    "is",
    "header",
    "query",
    "cookie",
    "path",
    "body",
    "length",
    "list",
    "long",
    "manual",
    "masked",
    "missing",
    "must",
    "never",
    "no",
    "none",
    "not",
    "null",
    "number",
    "object",
    "off",
    "ok",
    "omitted",
    "on",
    "optional",
    "option",
    "plain",
    "please",
    "present",
    "provided",
    "redacted",
    "reference",
    "rejected",
    "required",
    "revoked",
    "secretstr",
    "set",
    "short",
    "simple",
    "some",
    "str",
    "string",
    "strong",
    "text",
    "the",
    "to",
    "too",
    "true",
    "undefined",
    "unknown",
    "unset",
    "use",
    "valid",
    "value",
    "varchar",
    "weak",
    "wrong",
    "yes",
    "here",
    "goes",
    "type",
    "of",
    "and",
    "or",
    "for",
    "in",
];

/// Words that only sentences have.
const LITTLE_WORDS: &[&str] = &[
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "can", "cannot", "could", "do", "does", "enter",
    "for", "from", "has", "have", "if", "in", "invalid", "is", "it", "its", "least", "may", "minimum",
    "must", "not", "of", "on", "or", "please", "required", "should", "than", "that", "the", "this", "to",
    "too", "used", "was", "when", "which", "will", "with", "you", "your",
];

/// Whether a text of several words is a sentence: what a form says of a field, or a description.
pub(super) fn is_prose(value: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(value) else {
        return false;
    };
    let text = text.trim();
    let words: Vec<&str> = text.split_whitespace().take(64).collect();
    if words.len() < 2 {
        return false;
    }
    // `Bearer abc…` and `user:pass word` have a key in them.
    let holds_a_key =
        words.iter().any(|word| word.len() >= SHORTEST_KEY && is_random(word.as_bytes(), false));
    let says = |word: &&str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        LITTLE_WORDS.contains(&word.as_str())
    };
    !holds_a_key && (words.iter().any(says) || text.ends_with(['.', '?', '!', ':']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_points_to_a_secret_is_none() {
        for text in [
            "${API_KEY}",
            "$API_KEY",
            "{{ api_key }}",
            "{api_key}",
            "<your key>",
            "process.env.KEY",
            "%API_KEY%",
            "os.environ[\"KEY\"]",
            "OPENAI_API_KEY",
            "op://vault/item/field",
            "arn:aws:secretsmanager:eu:1:secret:x",
            "Bearer ${TOKEN}",
            "Bearer $TOKEN",
            "%s",
            "secrets.GITHUB_TOKEN",
            "...",
            "sk-...",
            "#{ENV['X']}",
        ] {
            assert!(!is_secret(Says::Surely, text.as_bytes(), Written::Quoted), "{text}");
            assert!(is_secret(Says::Surely, text.as_bytes(), Written::Sent), "{text}");
        }
        for text in
            ["hunter2", "$ecret-99x!", "q7Zt+x/9", "tr0ub4dor&3", "Xy7!a{b}c", "correct horse battery staple"]
        {
            assert!(is_secret(Says::Surely, text.as_bytes(), Written::Quoted), "{text}");
        }
    }

    #[test]
    fn what_a_form_says_of_a_field_is_no_secret() {
        for text in [
            "Password",
            "required",
            "This field is required.",
            "must be at least 8 characters",
            "string",
            "API key",
            "Enter your password",
            "invalid",
            "apiKey",
            "/run/secrets/db",
            "https://example.com/token",
            "SecretStr",
        ] {
            assert!(!is_secret(Says::Surely, text.as_bytes(), Written::Data), "{text}");
        }
    }

    #[test]
    fn a_key_of_a_manual_is_no_secret_and_one_that_was_made_of_it_is() {
        for (text, wanted) in [
            ("wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY", false),
            ("AKIAIOSFODNN7EXAMPLE", false),
            ("sk-EXAMPLE-9f8e7d6c5b4a39281706", false),
            ("wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY1", true),
            ("f5EXAMPLE8kq2Zt9xWv4Lm8", true),
        ] {
            assert_eq!(is_secret(Says::Surely, text.as_bytes(), Written::Data), wanted, "{text}");
        }
    }

    #[test]
    fn looks_decide_where_a_name_is_weak() {
        for text in ["ff828c557cb54180a0ce279fd6d5856f", "c2Vzc2lvbi1zZWNyZXQtOWYz"] {
            assert!(is_secret(Says::Likely, text.as_bytes(), Written::Data), "{text}");
        }
        assert!(!is_secret(Says::Perhaps, b"aabc00e7-d423-4385-8b83-0468c03ae47b", Written::Data));
        for text in [" key", "true", "hello", "sess_BBwZc7cFV3XizEyKGDCGL"] {
            assert!(!is_secret(Says::Likely, text.as_bytes(), Written::Data), "{text}");
        }
        assert!(
            is_secret(Says::Code, b"482913", Written::Data) && !is_secret(Says::Code, b"13", Written::Data)
        );
    }
}
