//! From lines of JSON to requests: the form of the providers' batch APIs, pairs of question and answer, logs.

use std::collections::HashMap;
use std::hash::Hash;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::pairs::{Answer, Pair, Shape};
use super::place;
use crate::model::exchange::Request;
use crate::model::json::{self, Json};
use crate::providers;

/// What the lines leave open.
#[derive(Debug, Clone, Default)]
pub(in crate::cli) struct Wanted {
    pub(in crate::cli) base: Option<String>,
    /// For every request; a line's own headers count for more.
    pub(in crate::cli) headers: HeaderMap,
    pub(in crate::cli) shape: Shape,
    pub(in crate::cli) model: Option<String>,
    /// Fields that every request of a pair has.
    pub(in crate::cli) params: Vec<(String, Json)>,
}

/// One request that is to be in the cassette.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Job {
    pub(in crate::cli) line: usize,
    /// What the line calls itself.
    pub(in crate::cli) id: Option<String>,
    pub(in crate::cli) request: Request,
    /// What is to be recorded without asking anybody.
    pub(in crate::cli) answer: Option<Answer>,
    /// How often it was asked.
    pub(in crate::cli) times: usize,
}

/// The requests of a file, or every line that is none and why.
pub(in crate::cli) fn requests(bytes: &[u8], wanted: &Wanted) -> Result<Vec<Job>, Vec<(usize, String)>> {
    let (mut jobs, mut wrong) = (Vec::new(), Vec::new());
    for (line, text) in filled_lines(bytes) {
        match parsed(text).and_then(|tree| job(line, &tree, wanted)) {
            Ok(job) => jobs.push(job),
            Err(what) => wrong.push((line, what)),
        }
    }
    if wrong.is_empty() { Ok(jobs) } else { Err(wrong) }
}

/// The requests that a log tells of, and how many of its lines tell of none.
pub(in crate::cli) fn log(bytes: &[u8], wanted: &Wanted) -> (Vec<Job>, usize) {
    let (mut jobs, mut other) = (Vec::new(), 0);
    for (line, text) in filled_lines(bytes) {
        let rendered = parsed(text).and_then(|tree| {
            let nested = tree.get("request").filter(|request| request.as_object().is_some());
            call(line, nested.unwrap_or(&tree), wanted)
        });
        match rendered {
            Ok(job) => jobs.push(job),
            Err(_) => other += 1,
        }
    }
    (jobs, other)
}

/// The places of the keys that come most often, each with how often; of equals the first comes first.
pub(in crate::cli) fn most_frequent<K: Hash + Eq>(keys: &[K], top: usize) -> Vec<(usize, usize)> {
    let mut counts: HashMap<&K, (usize, usize)> = HashMap::new();
    for (place, key) in keys.iter().enumerate() {
        counts.entry(key).or_insert((place, 0)).1 += 1;
    }
    let mut ranked: Vec<(usize, usize)> = counts.into_values().collect();
    ranked.sort_unstable_by_key(|&(place, count)| (std::cmp::Reverse(count), place));
    ranked.truncate(top);
    ranked
}

/// Lines with something on them, numbered from 1.
fn filled_lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let lines = bytes.split(|byte| *byte == b'\n').enumerate();
    lines.map(|(index, line)| (index + 1, line.trim_ascii())).filter(|(_, line)| !line.is_empty())
}

fn parsed(text: &[u8]) -> Result<Json, String> {
    match json::parse(text) {
        Ok(tree) if tree.as_object().is_some() => Ok(tree),
        Ok(_) => Err("a line has to be a JSON object".to_owned()),
        Err(_) => Err("this is not JSON; each line has to be one whole object".to_owned()),
    }
}

fn job(line: usize, tree: &Json, wanted: &Wanted) -> Result<Job, String> {
    let is_pair =
        tree.get("url").is_none() && ["question", "prompt"].iter().any(|name| tree.get(name).is_some());
    if is_pair { pair(line, tree, wanted) } else { call(line, tree, wanted) }
}

fn call(line: usize, tree: &Json, wanted: &Wanted) -> Result<Job, String> {
    // Batches of those to whom all lines go have no place in a line: Anthropic's `params`, Gemini's `request`.
    let alone =
        |name: &str| tree.get(name).filter(|_| tree.get("url").is_none() && tree.get("body").is_none());
    let (anthropic, gemini) =
        (alone("params"), alone("request").filter(|body| body.get("contents").is_some()));
    let body = anthropic.or(gemini).or_else(|| tree.get("body")).filter(|body| !body.is_null());
    let path = match (anthropic, gemini) {
        (Some(_), _) => "/v1/messages".to_owned(),
        (None, Some(body)) => gemini_path(body, wanted)?,
        (None, None) => text(tree, "url")?
            .ok_or("`url` is missing; it is a path such as `/v1/responses`, or a whole URL")?
            .to_owned(),
    };
    let method = match text(tree, "method")? {
        None => Method::POST,
        Some(name) => name
            .to_ascii_uppercase()
            .parse::<Method>()
            .map_err(|_| format!("`method` is {name:?}, which is not an HTTP method"))?,
    };
    if method == Method::POST && body.is_none() {
        return Err("`body` is missing".to_owned());
    }
    // Logs often have the body as a text.
    let whole = body.and_then(Json::as_str).and_then(|text| json::parse(text.as_bytes()).ok());
    let tree_of_body = whole.as_ref().or(body);
    let bytes =
        body.map(|body| body.as_str().map_or_else(|| body.compact(), str::to_owned)).unwrap_or_default();
    let url = place::url(&path, wanted.base.as_deref(), tree_of_body)?;
    let headers = headers(tree, &url, tree_of_body, wanted)?;
    let request = Request { method, url, headers, body: Bytes::from(bytes) };
    Ok(Job { line, id: id(tree), request, answer: None, times: 1 })
}

/// Gemini's lines name no model, unless in the request itself.
fn gemini_path(body: &Json, wanted: &Wanted) -> Result<String, String> {
    let model = text(body, "model")?
        .or(wanted.model.as_deref())
        .filter(|model| !model.is_empty())
        .ok_or("the model is missing; give `--model NAME`")?;
    Ok(format!("/v1beta/models/{}:generateContent", model.strip_prefix("models/").unwrap_or(model)))
}

fn pair(line: usize, tree: &Json, wanted: &Wanted) -> Result<Job, String> {
    let either = |one: &str, other: &str| match text(tree, one)? {
        Some(text) => Ok(text),
        None => text(tree, other)?.ok_or_else(|| format!("`{one}` is missing")),
    };
    let shape = match text(tree, "provider")? {
        None => wanted.shape,
        Some(name) => Shape::parse(name).ok_or_else(|| {
            format!("`provider` is {name:?}; it can be openai, anthropic, gemini or ollama")
        })?,
    };
    let mut params = wanted.params.clone();
    match tree.get("params") {
        None => {}
        Some(Json::Object(own)) => {
            params.retain(|(name, _)| own.iter().all(|(other, _)| other != name));
            params.extend(own.iter().cloned());
        }
        Some(_) => return Err("`params` has to be an object, such as {\"max_tokens\": 512}".to_owned()),
    }
    if params.iter().any(|(name, value)| name == "stream" && *value == Json::Bool(true)) {
        return Err("a pair cannot become a stream; leave `stream` out".to_owned());
    }
    let pair = Pair {
        question: either("question", "prompt")?.to_owned(),
        answer: either("answer", "completion")?.to_owned(),
        system: text(tree, "system")?.map(str::to_owned),
        shape,
        model: text(tree, "model")?
            .or(wanted.model.as_deref())
            .filter(|model| !model.is_empty())
            .ok_or("the model is missing; give `model` in the line, or `--model NAME`")?
            .to_owned(),
        params,
    };
    let body = pair.body();
    let url = place::url(&pair.path(), wanted.base.as_deref(), Some(&body))?;
    let headers = headers(tree, &url, Some(&body), wanted)?;
    let request = Request { method: Method::POST, url, headers, body: Bytes::from(body.compact()) };
    Ok(Job { line, id: id(tree), request, answer: Some(pair.answer()), times: 1 })
}

/// Headers of the command and of the line, and those without which no client sends such a request.
fn headers(tree: &Json, url: &str, body: Option<&Json>, wanted: &Wanted) -> Result<HeaderMap, String> {
    let mut headers = wanted.headers.clone();
    match tree.get("headers") {
        None | Some(Json::Null) => {}
        Some(Json::Object(own)) => {
            for (name, value) in own {
                let header = value.as_str().and_then(|value| {
                    Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?))
                });
                let (name, value) = header.ok_or_else(|| format!("the header {name:?} is not valid"))?;
                headers.insert(name, value);
            }
        }
        Some(_) => return Err("`headers` has to be an object of names and texts".to_owned()),
    }
    // These belong to the connection, and the client sets them right.
    for name in [http::header::HOST, http::header::CONTENT_LENGTH, http::header::TRANSFER_ENCODING] {
        headers.remove(name);
    }
    headers.remove(http::header::ACCEPT_ENCODING);
    if body.is_some() {
        headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
    }
    let provider = providers::recognise(url, &headers, body);
    for &(name, value) in provider.map(|provider| provider.headers).unwrap_or_default() {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    Ok(headers)
}

fn id(tree: &Json) -> Option<String> {
    ["custom_id", "key", "id"].iter().find_map(|name| tree.get(name)?.as_str()).map(str::to_owned)
}

/// The text of a field; what is there and no text is an error.
fn text<'a>(tree: &'a Json, name: &str) -> Result<Option<&'a str>, String> {
    match tree.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("`{name}` has to be text")),
    }
}

#[cfg(test)]
mod tests;
