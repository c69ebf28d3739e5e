//! From an exchange to a document that is proven to replay it.

use std::sync::Arc;

use super::Recorder;
use crate::format::checksum::with_checksum;
use crate::format::turns::Earlier;
use crate::format::{self, Written};
use crate::matching::request_key::{Key, Normal, normalise};
use crate::model::error::{Error, ErrorKind};
use crate::model::exchange::Response;
use crate::model::interaction::Interaction;
use crate::model::labels::Labels;
use crate::model::mode::Mode;
use crate::providers::{self, Facts};
use crate::redact::Redacted;
use crate::session::Session;
use crate::store::document::Document;
use crate::store::tape::Parsed;

impl Recorder {
    /// Redacts, writes, and proves the result: what was written is read back and compared with what was meant.
    pub(super) fn document(&self, response: Response, facts: Facts) -> Result<Document, Error> {
        let session = &self.pending.session;
        let interaction = self.interaction(response, facts);
        let received = interaction.response.clone();
        let redacted = session.redacted_answered(interaction, self.pending.clean_at)?;
        // What the answer gave away may have to go from the request too, which then has another normal form.
        let normal = match redacted.interaction().request == self.pending.stored {
            true => self.pending.normal.clone(),
            false => normalise(&redacted.interaction().request, &session.settings.rules),
        };
        // What goes into the midst of a file chooses when all of the new file is known.
        let base = match session.mode {
            Mode::Record if self.pending.replaces.is_none() => {
                session.earlier_turn(self.pending.order, &redacted.interaction().request)
            }
            Mode::Replay | Mode::Record | Mode::Refresh | Mode::Off => None,
        };
        let earlier = base.as_ref().map(|(key, parsed)| Earlier::new(*key, &parsed.interaction));
        let mut document = session.document(&redacted, normal, earlier.as_ref())?;
        document.altered = is_altered(&received, &document.parsed.interaction.response);
        Ok(document)
    }

    /// The call as it ended, not redacted but for the request.
    pub(super) fn interaction(&self, response: Response, facts: Facts) -> Interaction {
        let named = self.pending.session.settings.gateways.named(&self.pending.request.url);
        let provider = named.or_else(|| facts.provider.map(providers::Provider::name));
        let usage = facts.usage.map(|usage| usage.written()).unwrap_or_default();
        Interaction {
            recorded_at: seconds(self.pending.began),
            usage_count: 1,
            take: self.pending.take(),
            provider: provider.map(str::to_owned),
            model: facts.model,
            usage: usage.into_iter().map(|(name, count)| (name.to_owned(), count)).collect(),
            labels: self.labels(),
            request: self.pending.stored.clone(),
            response,
        }
    }

    /// What was said of the recording that this one replaces is said of this one too.
    fn labels(&self) -> Labels {
        let ours = &self.pending.labels;
        self.pending
            .replaces
            .as_ref()
            .map_or_else(|| ours.clone(), |(_, old)| old.interaction.labels.and(ours))
    }
}

impl Session {
    pub(in crate::session) fn redacted(&self, interaction: Interaction) -> Result<Redacted, Error> {
        self.redacted_answered(interaction, None)
    }

    /// The same of a call whose request was redacted before it was sent, when so many values were known.
    fn redacted_answered(
        &self,
        interaction: Interaction,
        clean_at: Option<usize>,
    ) -> Result<Redacted, Error> {
        self.redactor
            .redact_answered(interaction, clean_at)
            .map_err(|leak| refused(&format!("a secret was still in {} after redaction", leak.place)))
    }

    /// The document of an interaction, whose request has this normal form. It is proven to replay.
    pub(in crate::session) fn document(
        &self,
        redacted: &Redacted,
        normal: Normal,
        earlier: Option<&Earlier<'_>>,
    ) -> Result<Document, Error> {
        let key = match self.settings.rules.is_empty() {
            true => normal.key,
            false => self.file_key(&redacted.interaction().request),
        };
        let written = format::write(redacted, &key, earlier);
        if let Some(place) = self.redactor.scan_text(&written.text) {
            return Err(refused(&format!("a secret was still in the document ({place})")));
        }
        if written.blobs.iter().any(|(_, bytes)| self.redactor.scan_blob(bytes)) {
            return Err(refused("a secret was still in a value stored as a blob, such as an attached file"));
        }
        let text = with_checksum(&written.text);
        let interaction = prove(redacted, &key, &written, &text, earlier)
            .map_err(|what| refused(&format!("it would not replay exactly: {what}")))?;
        let parsed = Arc::new(Parsed::new(interaction, normal));
        Ok(Document {
            text,
            key,
            parsed,
            at: None,
            blobs: written.blobs,
            replays: 0,
            altered: false,
            known: redacted.known(),
        })
    }
}

/// Whether something in an answer was replaced. Headers that are not kept do not count.
fn is_altered(received: &Response, stored: &Response) -> bool {
    let replaced = |name| !stored.headers.get_all(name).iter().eq(received.headers.get_all(name));
    received.body.bytes != stored.body.bytes
        || received.url != stored.url
        || stored.headers.keys().any(replaced)
}

/// Reads a document back and compares everything that a replay would give.
fn prove(
    meant: &Redacted,
    key: &Key,
    written: &Written,
    text: &str,
    earlier: Option<&Earlier<'_>>,
) -> Result<Interaction, String> {
    let turn = earlier.map(|earlier| &earlier.turn);
    let (interaction, stated) = written.read_back(text, turn).map_err(|malformed| malformed.message)?;
    let (want, got) = (&meant.interaction().response, &interaction.response);
    let same = [
        ("its key", stated == *key),
        ("the request body", interaction.request.body == meant.interaction().request.body),
        // Equal requests have equal keys.
        ("the request", interaction.request == meant.interaction().request),
        ("the response body", got.body.bytes == want.body.bytes),
        ("the chunks of the response", got.body.chunks == want.body.chunks),
        ("the times of the chunks", got.body.times == want.body.times),
        ("the response headers", got.headers == want.headers),
        ("the response", got == want),
    ];
    match same.iter().find(|(_, same)| !same) {
        Some((what, _)) => Err(format!("{what} changed when it was read back")),
        None => Ok(interaction),
    }
}

pub(super) fn refused(why: &str) -> Error {
    Error::new(ErrorKind::Unrecordable, format!("refused to record: {why}"))
}

fn seconds(time: jiff::Timestamp) -> String {
    jiff::Timestamp::from_second(time.as_second()).unwrap_or(time).to_string()
}
