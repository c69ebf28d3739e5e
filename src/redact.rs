//! The only door between a live interaction and the disk: what has passed it holds no secret.

mod assignments;
mod body;
mod echoes;
mod encodings;
mod finder;
mod forms;
mod frames;
mod headers;
mod hits;
mod in_base64;
mod json_spans;
mod learn;
mod looks;
mod marks;
mod media;
mod named;
mod prefilter;
mod quick_hash;
mod remembered;
mod runs;
mod scan;
mod secret_fields;
mod secret_names;
mod shapes;
mod sought;
mod stand_ins;
mod streams;
#[cfg(test)]
mod tests;
mod url;
mod values;
mod windows;

use std::cell::Cell;
use std::fmt;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use http::header::LINK;
use http::{HeaderMap, HeaderValue};
use regex::bytes::Regex;

use self::finder::{Finder, Look};
use self::secret_names::Names;
use self::values::Known;
use crate::model::exchange::{Request, Response, ResponseBody};
use crate::model::interaction::Interaction;
use crate::model::wire::compressed;

pub(crate) use self::headers::left_out;
pub(crate) use self::hits::MARK;
pub(crate) use self::marks::replaced;
#[cfg(feature = "cli")]
pub(crate) use self::marks::replaced_in;

/// An interaction without its secrets. Only `Redactor::redact` makes one.
#[derive(Debug, Clone)]
pub(crate) struct Redacted {
    interaction: Interaction,
    /// How many values were known then.
    known: usize,
}

impl Redacted {
    /// The interaction, to be read.
    pub(crate) fn interaction(&self) -> &Interaction {
        &self.interaction
    }

    /// How many values the redactor knew. What it has learned since, nobody has looked for.
    pub(crate) fn known(&self) -> usize {
        self.known
    }

    /// The same as another take of its request, which says nothing that could be secret.
    #[cfg(feature = "cli")]
    pub(crate) fn with_take(self, take: u64) -> Redacted {
        Redacted { interaction: Interaction { take, ..self.interaction }, ..self }
    }

    /// The interaction, which may no longer be written once it was changed.
    #[cfg(test)]
    pub(crate) fn into_inner(self) -> Interaction {
        self.interaction
    }
}

/// A secret was left after redaction, so the interaction must not be written. Where it was left, not what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leak {
    pub(crate) place: String,
}

/// What a user adds to the rules that hold for everybody. Names count in any letter case.
#[derive(Debug, Clone, Default)]
pub(crate) struct RedactOptions {
    /// Headers that hold a secret.
    pub(crate) headers: Vec<String>,
    /// Parameters of URLs and forms that hold a secret.
    pub(crate) parameters: Vec<String>,
    /// Keys of JSON objects whose string is a secret.
    pub(crate) fields: Vec<String>,
    /// Whatever these match is a secret.
    pub(crate) patterns: Vec<Regex>,
    /// These are secrets, however short.
    pub(crate) values: Vec<String>,
    /// Request headers to store; a secret one without its value.
    pub(crate) kept_request_headers: Vec<String>,
    /// Response headers to store; a secret one without its value.
    pub(crate) kept_response_headers: Vec<String>,
}

/// An answer whose body came compressed, as its client will read it, where that can be told.
fn uncompressed(response: &Response) -> Option<Response> {
    let bytes = compressed::content(&response.headers, &response.body.bytes).ok()??;
    (bytes != response.body.bytes)
        .then(|| Response { body: ResponseBody { bytes, ..ResponseBody::default() }, ..response.clone() })
}

impl RedactOptions {
    /// What stands under a name is a secret, wherever the name stands.
    pub(crate) fn add_name(&mut self, name: &str) {
        for names in [&mut self.headers, &mut self.parameters, &mut self.fields] {
            names.push(name.to_owned());
        }
    }
}

/// Whether the values that we know are looked for, or only secret places and known shapes. Without values, what is
/// replaced does not depend on the key in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Values {
    Known,
    None,
}

/// Knows what is secret, and takes it out.
pub(crate) struct Redactor {
    finder: Finder,
    known: RwLock<Known>,
}

impl fmt::Debug for Redactor {
    /// Says nothing: all it could say is secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor").finish_non_exhaustive()
    }
}

impl Redactor {
    /// A redactor that knows the values of the environment's keys, tokens and passwords.
    pub(crate) fn new(env: impl IntoIterator<Item = (String, String)>, options: RedactOptions) -> Redactor {
        let lower = |names: Vec<String>| names.iter().map(|name| name.to_ascii_lowercase()).collect();
        let plain = |names: &[String]| names.iter().map(|name| secret_names::plain(name)).collect();
        let names = Names {
            headers: lower(options.headers),
            parameters: plain(&options.parameters),
            fields: plain(&options.fields),
            kept_request_headers: lower(options.kept_request_headers),
            kept_response_headers: lower(options.kept_response_headers),
        };
        let mut known = Known::new();
        let mut short = Vec::new();
        for value in options.values.iter().filter(|value| !value.is_empty()) {
            if !known.learn_for_sure(value.as_bytes()) {
                short.extend(Regex::new(&regex::escape(value)));
            }
        }
        let finder = Finder::new(names, options.patterns, short);
        for (name, value) in env {
            learn::of_variable(&finder, &name, &value).iter().for_each(|value| known.learn(value));
        }
        Redactor { finder, known: RwLock::new(known) }
    }

    /// Remembers every secret that a request carries, for whatever may repeat it. Gives those that are new.
    pub(crate) fn learn(&self, request: &Request) -> Vec<Vec<u8>> {
        self.remember(learn::of_request(&self.finder, request))
    }

    /// Remembers every secret that an answer hands out.
    pub(crate) fn learn_response(&self, response: &Response) {
        self.remember(learn::of_response(&self.finder, response));
        if let Some(response) = uncompressed(response) {
            self.remember(learn::of_response(&self.finder, &response));
        }
    }

    /// The request as it may be stored and hashed.
    pub(crate) fn request(&self, request: &Request, values: Values) -> Request {
        let known = self.known();
        self.clean_request(request, self.look(values, &known))
    }

    /// The request without what stands in secret places or looks like a key; and how many values are known, where none of them
    /// stands in it: then it may be stored so.
    pub(crate) fn placeless(&self, request: &Request) -> (Request, Option<usize>) {
        let known = self.known();
        let by_value = Cell::new(false);
        let look = Look { by_value: Some(&by_value), ..self.look(Values::Known, &known) };
        let clean = self.clean_request(request, look);
        match by_value.get() {
            false => (clean, Some(known.count())),
            true => (self.clean_request(request, self.look(Values::None, &known)), None),
        }
    }

    /// The request with no more of its headers than are stored, and nothing else taken out: as a document may hold it already.
    pub(crate) fn stored_headers_alone(&self, request: &Request) -> Request {
        let names = &self.finder.names;
        let kept = request.headers.iter().filter(|(name, _)| names.keeps_of_request(name.as_str()));
        let mark = HeaderValue::from_static(MARK);
        let mut headers = HeaderMap::new();
        for (name, value) in kept {
            let value = if names.is_secret_header(name.as_str()) { &mark } else { value };
            headers.append(name, value.clone());
        }
        let Request { method, url, body, .. } = request;
        Request { method: method.clone(), url: url.clone(), headers, body: body.clone() }
    }

    /// The interaction without its secrets.
    ///
    /// # Errors
    /// When the last scan finds one that is left.
    pub(crate) fn redact(&self, interaction: Interaction) -> Result<Redacted, Leak> {
        self.redact_answered(interaction, None)
    }

    /// The same where the request has come through this redactor already, and so many values were known by then.
    ///
    /// # Errors
    /// When the last scan finds one that is left.
    pub(crate) fn redact_answered(
        &self,
        interaction: Interaction,
        clean_at: Option<usize>,
    ) -> Result<Redacted, Leak> {
        if clean_at.is_none() {
            self.learn(&interaction.request);
        }
        self.learn_response(&interaction.response);
        let known = self.known();
        let look = self.look(Values::Known, &known);
        // What is compressed cannot be cut in without compressing it anew, to other bytes.
        if let Some(response) = uncompressed(&interaction.response)
            && self.clean_response(&response, look).body.bytes != response.body.bytes
        {
            return Err(Leak { place: "the response body, which is compressed".to_owned() });
        }
        let request = match clean_at == Some(known.count()) {
            true => interaction.request,
            false => self.clean_request(&interaction.request, look),
        };
        let response = self.clean_response(&interaction.response, look);
        let clean = Interaction { request, response, ..interaction };
        scan::interaction(&self.finder, &clean, look)?;
        Ok(Redacted { interaction: clean, known: known.count() })
    }

    /// How many values it knows by now.
    pub(crate) fn known_values(&self) -> usize {
        self.known().count()
    }

    /// A text without secrets, for messages and logs.
    pub(crate) fn scrub(&self, text: &str) -> String {
        let known = self.known();
        let look = self.look(Values::Known, &known);
        let mut clean = url::with_clean_urls(&self.finder, text, look);
        // As in a body, what was taken out may show a key beside it.
        for _ in 1..body::ROUNDS {
            let again = url::with_clean_urls(&self.finder, &clean, look);
            if again == clean {
                break;
            }
            clean = again;
        }
        clean
    }

    /// Whether a secret stands in a blob that is about to be written. Where the value had it in base64, nobody has
    /// looked for the names and patterns of the user yet, which mean something in text only.
    pub(crate) fn scan_blob(&self, bytes: &[u8]) -> bool {
        let known = self.known();
        let look = self.look(Values::Known, &known);
        let look = if std::str::from_utf8(bytes).is_ok() { look } else { look.without_places() };
        scan::blob(&self.finder, bytes, look)
    }

    /// Where a secret stands in a text that is about to be written, if one does.
    pub(crate) fn scan_text(&self, text: &str) -> Option<String> {
        let known = self.known();
        let look = self.look(Values::Known, &known).without_places();
        let at = scan::anywhere(&self.finder, text.as_bytes(), look)?;
        let line = text.as_bytes()[..at].iter().filter(|&&byte| byte == b'\n').count() + 1;
        Some(format!("line {line}"))
    }

    fn known(&self) -> RwLockReadGuard<'_, Known> {
        // Nothing in `Known` is half done when a thread panics: what it holds then is only less.
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn look<'a>(&self, values: Values, known: &'a Known) -> Look<'a> {
        Look {
            known: (values == Values::Known).then_some(known),
            places: true,
            names: true,
            apart: false,
            echoes: false,
            by_value: None,
        }
    }

    fn remember(&self, values: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
        let fresh: Vec<Vec<u8>> = {
            let known = self.known();
            values.into_iter().filter(|value| !known.has(value)).collect()
        };
        if !fresh.is_empty() {
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            fresh.iter().for_each(|value| known.learn(value));
        }
        fresh
    }

    fn clean_request(&self, request: &Request, look: Look<'_>) -> Request {
        let look = Look { apart: true, ..look };
        let keeps = |name: &str| self.finder.names.keeps_of_request(name);
        Request {
            method: request.method.clone(),
            url: url::clean(&self.finder, &request.url, look),
            headers: self.headers(&request.headers, keeps, look),
            body: body::of_request(&self.finder, request, look),
        }
    }

    fn clean_response(&self, response: &Response, look: Look<'_>) -> Response {
        let keeps = |name: &str| self.finder.names.keeps_of_response(name);
        let look_at_body = Look { echoes: echoes::may_be_in(response), ..look };
        Response {
            status: response.status,
            version: response.version,
            url: response.url.as_deref().map(|url| url::clean(&self.finder, url, look)),
            headers: self.headers(&response.headers, keeps, look),
            body: body::of_response(&self.finder, &response.headers, &response.body, look_at_body),
        }
    }

    fn headers(&self, headers: &HeaderMap, keeps: impl Fn(&str) -> bool, look: Look<'_>) -> HeaderMap {
        let mut kept = HeaderMap::new();
        for (name, value) in headers.iter().filter(|(name, _)| keeps(name.as_str())) {
            let name_text = name.as_str();
            let clean = if self.finder.names.is_secret_header(name_text) {
                HeaderValue::from_static(MARK)
            } else if headers::is_url_header(name_text)
                || name == LINK
                || self.finder.finds(value.as_bytes(), look)
            {
                let text = String::from_utf8_lossy(value.as_bytes());
                let text = match headers::is_url_header(name_text) {
                    true => url::clean(&self.finder, &text, look),
                    false if name == LINK => url::with_clean_urls(&self.finder, &text, look),
                    false => url::without(&self.finder, &text, look, MARK),
                };
                HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(MARK))
            } else {
                value.clone()
            };
            kept.append(name, clean);
        }
        kept
    }
}
