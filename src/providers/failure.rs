//! What a provider says went wrong, which need not show in the status.

use super::protocol::says_something;
use super::registry::PROTOCOLS;
use crate::model::json::Json;
use crate::model::wire::json_rpc;
use http::{HeaderMap, StatusCode};

/// An error in words, and whether it is about the account rather than the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) words: String,
    /// About credentials, quota, rate or load: it says nothing of the code under test, so nobody wants it recorded.
    pub(super) credential_or_quota: bool,
}

/// The error that an answer with status 200, or one event of it, holds.
pub(super) fn within(name: Option<&str>, json: &Json) -> Option<Failure> {
    if let Json::Array(items) = json {
        return items.iter().find_map(|item| within(name, item));
    }
    // To be told that a call cannot be answered is an answer to it, whose other half is in the program under test.
    if json_rpc::is_error(json) {
        return json.get("error").map(described).filter(|failure| failure.credential_or_quota);
    }
    let text = |path: &[&str]| json.at(path).and_then(Json::as_str);
    let kind = text(&["type"]).or_else(|| text(&["event_type"])).unwrap_or_default();
    let object = text(&["object"]).unwrap_or_default();
    // Work that failed in the background, as told by somebody asked how it went, is no failure of the asking.
    if !tells_of_work(object)
        && json.get("custom_id").is_none()
        && let Some(error) = json.get("error").filter(|error| says_something(error))
    {
        return Some(described(error));
    }
    if kind == "error" || object == "error" || name == Some("error") {
        return Some(described(json));
    }
    PROTOCOLS.iter().find_map(|protocol| (protocol.response.failure)(name, json)).map(described)
}

/// Whether a text means to be an object with an error and is no JSON, as servers write it who put a message between quotes
/// as it is.
pub(super) fn is_broken(text: &str) -> bool {
    let Some(inner) = text.trim_start().strip_prefix('{') else { return false };
    let named = inner.trim_start().strip_prefix("\"error\"").or(inner.trim_start().strip_prefix("'error'"));
    named.is_some_and(|rest| rest.trim_start().starts_with(':'))
}

/// The error of an answer whose status says that it is one.
pub(super) fn of_status(status: StatusCode, headers: &HeaderMap, body: Option<&Json>) -> Failure {
    let body = match body {
        Some(Json::Array(items)) => items.first(),
        other => other,
    };
    let error = body.map(|body| body.get("error").filter(|error| says_something(error)).unwrap_or(body));
    let account = matches!(status.as_u16(), 401 | 402 | 403 | 407 | 429 | 529);
    let mut failure = described(error.unwrap_or(&Json::Null));
    // AWS names the kind of an error in a header: `ValidationException:http://…`.
    if let Some(kind) = headers.get("x-amzn-errortype").and_then(|value| value.to_str().ok()) {
        let kind = kind.split(':').next().unwrap_or(kind);
        failure = exception(kind, error.unwrap_or(&Json::Null));
    }
    if failure.words == UNSAID {
        failure.words = format!("HTTP {status}");
    }
    failure.credential_or_quota |= account;
    failure
}

/// Whether a request says that its client speaks MCP.
pub(crate) fn speaks_mcp(headers: &HeaderMap) -> bool {
    ["mcp-session-id", "mcp-protocol-version"].iter().any(|name| headers.contains_key(*name))
}

/// Whether the refusal of a request belongs to a conversation in JSON-RPC: the error of a call, or that a server of MCP has no
/// stream of its own and no sessions to end. Clients go on from there.
pub(super) fn is_part_of_json_rpc(
    status: StatusCode,
    asked: &HeaderMap,
    call: Option<&Json>,
    body: Option<&Json>,
) -> bool {
    let in_mcp = speaks_mcp(asked);
    let calls = call.is_some_and(json_rpc::calls);
    let is_error = body.is_some_and(json_rpc::is_error);
    status.is_client_error()
        && ((in_mcp && status == StatusCode::METHOD_NOT_ALLOWED) || ((in_mcp || calls) && is_error))
}

/// An error whose kind stands outside its body.
pub(super) fn exception(kind: &str, body: &Json) -> Failure {
    let message = message(body).unwrap_or_default();
    Failure {
        words: words(kind, message),
        credential_or_quota: is_about_account(kind) || is_about_account(message) || any_code(body),
    }
}

const UNSAID: &str = "the provider reported an error";

fn described(error: &Json) -> Failure {
    let code = match error.get("code") {
        Some(Json::Number(number)) => Some(number.as_str()),
        other => other.and_then(Json::as_str),
    };
    let said = |field: &str| error.get(field).and_then(Json::as_str).filter(|text| !text.is_empty());
    let kind = said("type").filter(|kind| *kind != "error");
    exception(kind.or_else(|| said("status")).or_else(|| said("__type")).or(code).unwrap_or_default(), error)
}

fn message(error: &Json) -> Option<&str> {
    ["message", "Message", "detail", "error", "msg"]
        .iter()
        .find_map(|field| error.get(field)?.as_str())
        .or(error.as_str())
}

fn words(kind: &str, message: &str) -> String {
    let all = match (kind, message) {
        ("", "") => UNSAID.to_owned(),
        ("", one) | (one, "") => one.to_owned(),
        (kind, message) => format!("{kind}: {message}"),
    };
    let masked: Vec<String> = all.split_whitespace().map(without_secrets).collect();
    masked.join(" ").chars().take(200).collect()
}

/// Providers repeat the key that they refuse, or parts of it.
fn without_secrets(word: &str) -> String {
    const STARTS: [&str; 12] =
        ["sk-", "sk_", "pk-", "gsk_", "xai-", "pplx-", "hf_", "AIza", "AKIA", "ASIA", "eyJ", "ya29."];
    let in_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '*' | '.');
    let secret = |part: &str| {
        let random = part.split(['-', '_', '.']).any(|run| {
            run.len() >= 20 && run.contains(|c: char| c.is_ascii_digit()) && run.contains(char::is_alphabetic)
        });
        random || part.contains("***") || STARTS.iter().any(|start| part.starts_with(start))
    };
    let mut out = String::new();
    let mut rest = word;
    while !rest.is_empty() {
        let (part, behind) = rest.split_at(rest.find(|c| !in_key(c)).unwrap_or(rest.len()));
        out.push_str(if secret(part) { "****" } else { part });
        let other = behind.find(in_key).unwrap_or(behind.len());
        out.push_str(&behind[..other]);
        rest = &behind[other..];
    }
    out
}

/// Objects that describe a job. One that failed carries an error, and the answer is as it should be.
fn tells_of_work(object: &str) -> bool {
    PROTOCOLS.iter().flat_map(|protocol| protocol.response.work).any(|start| object.starts_with(start))
}

/// Whether one of the codes within an error is about the account.
fn any_code(error: &Json) -> bool {
    match error {
        Json::Array(items) => items.iter().any(any_code),
        Json::Object(fields) => fields.iter().any(|(name, value)| match value {
            Json::String(code) => {
                matches!(name.as_str(), "type" | "code" | "status" | "reason" | "__type")
                    && is_about_account(code)
            }
            // OpenRouter passes the status of the provider behind it on as a number.
            Json::Number(code) => {
                name == "code" && matches!(code.as_str(), "401" | "402" | "403" | "407" | "429" | "529")
            }
            inner => any_code(inner),
        }),
        _ => false,
    }
}

/// Codes are spelt in many ways: `rate_limit_exceeded`, `ThrottlingException`, `API_KEY_INVALID`.
fn is_about_account(text: &str) -> bool {
    const SIGNS: [&str; 20] = [
        "quota",
        "ratelimit",
        "apikey",
        "authentication",
        "unauthorized",
        "unauthenticated",
        "permission",
        "forbidden",
        "accessdenied",
        "overloaded",
        "billing",
        "creditbalance",
        "insufficientbalance",
        "insufficientcredits",
        "throttl",
        "toomanyrequests",
        "resourceexhausted",
        "unrecognizedclient",
        "expiredtoken",
        "invalidsignature",
    ];
    let plain: String =
        text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    SIGNS.iter().any(|sign| plain.contains(sign))
}
