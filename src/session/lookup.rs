//! A request as matching sees it.

use std::cell::OnceCell;
use std::sync::Arc;
use std::time::Instant;

use http::header::CONTENT_ENCODING;

use super::Session;
use crate::matching::request_key::{Normal, normalise};
use crate::model::exchange::Request;
use crate::model::mode::Mode;
use crate::model::wire::compressed;
use crate::redact::Values;
use crate::store::tape::Parsed;

/// A request and the forms of it that matching knows.
pub(super) struct Lookup<'a> {
    pub(super) session: &'a Session,
    pub(super) at: Instant,
    pub(super) request: Request,
    /// Why nobody can tell what its body says, if so: it is compressed in a way that is not read here.
    pub(super) sealed: Option<String>,
    forms: Forms,
    /// The normal form under the ids that the cassette has for new ones, where the request was handed such.
    by_old_ids: Option<Normal>,
    /// Made when it is first needed.
    stored: OnceCell<Stored>,
}

/// A request as a cassette would hold it, without any secret that this run knows.
pub(super) struct Stored {
    pub(super) form: (Request, Normal),
    /// How many values were known when it was made, unless something else was done to it then.
    pub(super) clean_at: Option<usize>,
}

/// The forms of a request that do not depend on the secrets of this run.
enum Forms {
    /// It is, byte for byte, one that a document holds. Whatever redaction would make of it, this is the recording of it; most
    /// requests of a replay are such.
    Recorded(Arc<Parsed>),
    /// Without what stands in secret places or looks like a key.
    Made(Box<Placeless>),
}

/// A request without what stands in secret places or looks like a key.
struct Placeless {
    form: (Request, Normal),
    /// How many values were known when it was made, where none of them stands in it.
    clean_at: Option<usize>,
}

impl Forms {
    fn of(session: &Session, request: &Request) -> Forms {
        let rules = &session.settings.rules;
        let make = || session.redactor.placeless(request);
        if session.tape.len() == 0 {
            let (placeless, clean_at) = make();
            let normal = normalise(&placeless, rules);
            return Forms::Made(Box::new(Placeless { form: (placeless, normal), clean_at }));
        }
        let raw = session.redactor.stored_headers_alone(request);
        if let Some(parsed) = session.tape.asked_before(&raw) {
            return Forms::Recorded(parsed);
        }
        let normal = normalise(&raw, rules);
        let normal = match session.tape.very_same(&raw, normal) {
            Ok(parsed) => return Forms::Recorded(parsed),
            Err(normal) => normal,
        };
        let (placeless, clean_at) = make();
        let normal = if placeless == raw { normal } else { normalise(&placeless, rules) };
        Forms::Made(Box::new(Placeless { form: (placeless, normal), clean_at }))
    }
}

impl<'a> Lookup<'a> {
    pub(super) fn new(session: &'a Session, request: Request) -> Lookup<'a> {
        let (request, sealed) = uncompressed(request);
        let forms = Forms::of(session, &request);
        let (at, stored) = (Instant::now(), OnceCell::new());
        let mut lookup = Lookup { session, at, request, sealed, forms, by_old_ids: None, stored };
        let renamed = session.old_ids().request(lookup.placeless());
        lookup.by_old_ids = renamed.map(|request| normalise(&request, &session.settings.rules));
        lookup
    }

    /// The request without what stands in secret places or looks like a key: what does not depend on the secrets of this run.
    pub(super) fn placeless(&self) -> &Request {
        match &self.forms {
            Forms::Recorded(parsed) => &parsed.interaction.request,
            Forms::Made(made) => &made.form.0,
        }
    }

    /// The normal form of that.
    pub(super) fn unredacted(&self) -> &Normal {
        match &self.forms {
            Forms::Recorded(parsed) => parsed.normal(),
            Forms::Made(made) => &made.form.1,
        }
    }

    /// The form that recordings are looked for by.
    pub(super) fn asked(&self) -> &Normal {
        self.by_old_ids.as_ref().unwrap_or(self.unredacted())
    }

    /// Whether the request hands on an id that this run got in the place of one that the cassette has.
    pub(super) fn hands_on(&self) -> bool {
        self.by_old_ids.is_some()
    }

    pub(super) fn stored(&self) -> &(Request, Normal) {
        &self.stored.get_or_init(|| self.as_stored()).form
    }

    /// The request as the client made it, and as a cassette would hold it.
    pub(super) fn into_requests(mut self) -> (Request, Stored) {
        let stored = self.stored.take().unwrap_or_else(|| self.as_stored());
        (self.request, stored)
    }

    fn as_stored(&self) -> Stored {
        let Lookup { session, request, .. } = self;
        let fresh = session.redactor.learn(request);
        session.take_out_at_once(&fresh);
        let known = session.redactor.known_values();
        let (mut form, mut clean_at) = match &self.forms {
            // Nothing that is known by now was in it when it was looked for.
            Forms::Made(made) if made.clean_at == Some(known) => (made.form.clone(), made.clean_at),
            _ => {
                let stored = session.redactor.request(request, Values::Known);
                let normal = normalise(&stored, &session.settings.rules);
                ((stored, normal), Some(known))
            }
        };
        // A refresh knows more at its end, and renames then.
        if session.mode == Mode::Record
            && let Some(renamed) = session.old_ids().request(&form.0)
        {
            let normal = normalise(&renamed, &session.settings.rules);
            (form, clean_at) = ((renamed, normal), None);
        }
        Stored { form, clean_at }
    }
}

/// A request as if it had not been compressed, which is how it is sent and not what: so it is searched for secrets, stored and
/// compared.
fn uncompressed(mut request: Request) -> (Request, Option<String>) {
    match compressed::content(&request.headers, &request.body) {
        Ok(None) => (request, None),
        Ok(Some(body)) => {
            request.body = body;
            request.headers.remove(CONTENT_ENCODING);
            (request, None)
        }
        Err(why) => (request, Some(why)),
    }
}
