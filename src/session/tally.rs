//! What each model was asked: counts for metrics.

use crate::model::interaction::Interaction;
use crate::providers::Usage;
use crate::providers::price::Payment;
use crate::store::tape::Parsed;

/// What was played and recorded of one model of one provider.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Tally {
    /// By OpenTelemetry's name.
    pub(crate) provider: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) played: u64,
    pub(crate) recorded: u64,
    /// Of all of these together.
    pub(crate) usage: Usage,
}

impl Tally {
    /// The tally that an interaction belongs to. There are as many as there are models.
    fn of<'a>(all: &'a mut Vec<Tally>, interaction: &Interaction) -> &'a mut Tally {
        let Interaction { provider, model, .. } = interaction;
        Tally::at(all, provider.as_ref(), model.as_ref())
    }

    fn at<'a>(all: &'a mut Vec<Tally>, provider: Option<&String>, model: Option<&String>) -> &'a mut Tally {
        let known =
            all.iter().position(|tally| tally.provider.as_ref() == provider && tally.model.as_ref() == model);
        let index = known.unwrap_or_else(|| {
            all.push(Tally { provider: provider.cloned(), model: model.cloned(), ..Tally::default() });
            all.len() - 1
        });
        &mut all[index]
    }

    fn took(&mut self, parsed: &Parsed, payment: Payment) {
        if payment != Payment::Again {
            self.usage = self.usage.plus(&parsed.usage);
        }
    }

    /// An interaction was played.
    pub(super) fn played(all: &mut Vec<Tally>, parsed: &Parsed, payment: Payment) {
        let tally = Tally::of(all, &parsed.interaction);
        tally.played += 1;
        tally.took(parsed, payment);
    }

    /// An interaction was recorded.
    pub(super) fn recorded(all: &mut Vec<Tally>, parsed: &Parsed, payment: Payment) {
        let tally = Tally::of(all, &parsed.interaction);
        tally.recorded += 1;
        tally.took(parsed, payment);
    }

    /// Adds those of another run.
    #[cfg(feature = "server")]
    pub(crate) fn add_all(all: &mut Vec<Tally>, others: Vec<Tally>) {
        for other in others {
            let tally = Tally::at(all, other.provider.as_ref(), other.model.as_ref());
            tally.played += other.played;
            tally.recorded += other.recorded;
            tally.usage = tally.usage.plus(&other.usage);
        }
    }
}
