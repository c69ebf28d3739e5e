//! Telling keys from words: what is replaced wherever it turns up must not be ordinary text.

use super::hits::MARK;

/// Shorter values are no secrets by themselves: they turn up in any text by chance.
pub(super) const MIN_VALUE: usize = 8;

/// Words of which people make stand-ins for a key. One of them marks the value as a stand-in ...
const STAND_INS: [&str; 32] = [
    "test",
    "testing",
    "tests",
    "dummy",
    "fake",
    "mock",
    "mocked",
    "placeholder",
    "unused",
    "none",
    "null",
    "nil",
    "your",
    "yours",
    "changeme",
    "change",
    "example",
    "sample",
    "redacted",
    "not",
    "no",
    "foo",
    "bar",
    "demo",
    "invalid",
    "local",
    "localhost",
    "unset",
    "undefined",
    "insert",
    "replace",
    "irrelevant",
];

/// ... when all others are such words, or these.
const FILLERS: [&str; 35] = [
    "api",
    "key",
    "keys",
    "apikey",
    "token",
    "secret",
    "password",
    "access",
    "here",
    "me",
    "my",
    "the",
    "a",
    "an",
    "needed",
    "required",
    "used",
    "set",
    "real",
    "valid",
    "sk",
    "openai",
    "anthropic",
    "gemini",
    "google",
    "azure",
    "groq",
    "ollama",
    "bearer",
    "basic",
    "auth",
    "value",
    "for",
    "only",
    "with",
];

/// What the manuals of local servers and proxies put in the place of a key, since their clients want one. As of 2026-11: LM Studio
/// 0.3, vLLM 0.32, llama.cpp and llamafile, Ollama, `LiteLLM` 1.80 (`sk-1234` is its master key, "anything" goes before it),
/// `LocalAI`, Docker Model Runner, Lemonade, `SGLang`, Jan, TGI, text-generation-webui.
const MANUALS: [&str; 27] = [
    "lm-studio",
    "lm_studio",
    "lmstudio",
    "token-abc123",
    "llama.cpp",
    "llama-cpp",
    "llamacpp",
    "llamafile",
    "sk-anything",
    "anything",
    "sk-1234",
    "sk-12345",
    "sk-no-key-required",
    "no-key-required",
    "ollama",
    "empty",
    "vllm",
    "sglang",
    "localai",
    "lemonade",
    "docker",
    "jan",
    "litellm",
    "sk-local",
    "tgi",
    "koboldcpp",
    "sk-dummy",
];

/// Whether a value is long and odd enough to be replaced in any text: no stand-in, no single word, no short number.
pub(super) fn is_telling(value: &[u8]) -> bool {
    if value.len() < MIN_VALUE || is_stand_in(value) {
        return false;
    }
    let one_word = value[1..].iter().all(u8::is_ascii_lowercase) && value[0].is_ascii_alphabetic()
        || value.iter().all(u8::is_ascii_uppercase);
    let number = value.iter().all(u8::is_ascii_digit);
    let short = (one_word && value.len() < 12) || (number && value.len() < 11);
    !short
}

/// Whether a value stands in for a key: `dummy-key`, `your-api-key`, `sk-xxxx`, `****`, our own mark.
pub(super) fn is_stand_in(value: &[u8]) -> bool {
    if is_masked(value) {
        return true;
    }
    let text = String::from_utf8_lossy(value).to_ascii_lowercase();
    if MANUALS.contains(&text.as_str()) {
        return true;
    }
    let mark = MARK.to_ascii_lowercase();
    // With a tag or without one.
    if text.contains(mark.trim_end_matches(']')) || mark.contains(&text) {
        return true;
    }
    let parts: Vec<&str> =
        text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let is_known = |part: &&str| {
        STAND_INS.contains(part) || FILLERS.contains(part) || is_masked(part.as_bytes()) && part.len() > 2
    };
    if parts.iter().all(is_known)
        && parts.iter().any(|part| STAND_INS.contains(part) || is_masked(part.as_bytes()))
    {
        return true;
    }
    // `ghp_XXXXXXXXXXXXXXXX`
    if let Some((last, before)) = parts.split_last()
        && last.len() >= MIN_VALUE
        && is_even(last.as_bytes())
        && before.iter().all(|part| part.len() <= 8 && !is_mixed(part.as_bytes()))
    {
        return true;
    }
    let begins_so =
        ["fake", "dummy", "placeholder", "your-", "your_", "<your"].iter().any(|word| text.starts_with(word));
    begins_so && !parts.iter().any(|part| part.len() >= 12 && is_mixed(part.as_bytes()))
}

/// Whether somebody masked the value already: hardly any different letters or digits, such as `xxxxXXXX`, `****`, or the word
/// EXAMPLE in capitals, as in the keys that manuals of AWS show.
pub(super) fn is_masked(value: &[u8]) -> bool {
    is_example(value) || is_even(value)
}

/// Whether the word begins or ends the value, perhaps before another, as in `…EXAMPLEKEY`. Within it only long tokens of manuals
/// have it; whoever makes a key of his own out of one means a key.
fn is_example(value: &[u8]) -> bool {
    const WORD: &[u8] = b"EXAMPLE";
    const LONG: usize = 100;
    memchr::memmem::rfind(value, WORD).is_some_and(|at| {
        let begins = at == 0 || !value[at - 1].is_ascii_alphanumeric();
        let ends = !value[at + WORD.len()..].iter().any(u8::is_ascii_digit);
        begins || ends || value.len() > LONG
    })
}

fn is_even(value: &[u8]) -> bool {
    distinct(value) <= if value.len() < MIN_VALUE { 1 } else { 2 }
}

/// Whether the tail of a key looks drawn at random. `Strict` wants one long unbroken run, for prefixes that words
/// have too: `sk-learn-in-24-hours` is no key.
pub(super) fn is_random(tail: &[u8], strict: bool) -> bool {
    if distinct(tail) < 6 || is_masked(tail) {
        return false;
    }
    let run =
        tail.split(|byte| !byte.is_ascii_alphanumeric()).max_by_key(|run| run.len()).unwrap_or_default();
    let long_mix =
        tail.split(|byte| !byte.is_ascii_alphanumeric()).any(|run| run.len() >= 16 && is_mixed(run));
    let long_letters = run.len() >= 24 && distinct(run) >= 10;
    let all_kinds = tail.len() >= 16
        && is_mixed(tail)
        && tail.iter().any(u8::is_ascii_uppercase)
        && tail.iter().any(u8::is_ascii_lowercase);
    long_mix || long_letters || (!strict && all_kinds)
}

/// Whether there are both letters and digits.
pub(super) fn is_mixed(value: &[u8]) -> bool {
    value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_alphabetic)
}

/// How many different letters and digits there are.
fn distinct(value: &[u8]) -> u32 {
    let bits =
        value.iter().filter(|byte| byte.is_ascii_alphanumeric()).fold(0u128, |bits, &byte| bits | 1 << byte);
    bits.count_ones()
}

/// A byte of a name, a key or URL-safe base64.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}
