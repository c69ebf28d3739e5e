//! What a comparison may not hold, for those that let a pull request fail by it.

use super::{About, AnswerChange, Change, Comparison, Sides};
use crate::model::dollars::Dollars;
use crate::model::text::plural;
use crate::providers::price::Totals;

/// A kind of change that is not wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::cli) enum Kind {
    /// A recording came.
    Added,
    /// A recording went.
    Removed,
    /// A recording is in both versions, and not the same.
    Changed,
    /// The request of a recording is another one.
    Request,
    /// An answer says otherwise: its text, a call of a tool, why it ended.
    Answer,
    /// Another model was asked, or answers.
    ModelChange,
    /// An answer has another status.
    Status,
    /// A provider sends fields that it did not, sends them no longer, or as another type.
    Shape,
    /// Another number of values is replaced.
    Redactions,
}

/// What the recordings may cost at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum MaxCost {
    /// So many hundredths of a percent more than before, for those that are in both versions.
    Percent(u32),
    /// So much more than before.
    More(Dollars),
    /// So much.
    All(Dollars),
}

impl MaxCost {
    /// Reads `+5%`, `+$0.10` or `$0.50`; the sign of the currency may be left out.
    pub(in crate::cli) fn parse(text: &str) -> Result<MaxCost, String> {
        let wrong = || "write `+5%`, `+$0.10` or `$0.50`".to_owned();
        let dollars = |text: &str| Dollars::parse(text.strip_prefix('$').unwrap_or(text)).ok_or_else(wrong);
        let Some(more) = text.strip_prefix('+') else { return dollars(text).map(MaxCost::All) };
        let Some(percent) = more.strip_suffix('%') else { return dollars(more).map(MaxCost::More) };
        let (whole, fraction) = percent.split_once('.').unwrap_or((percent, ""));
        let digits = format!("{whole}{fraction:0<2}");
        let is_number = !whole.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let hundredths = digits.parse().ok().filter(|_| is_number && fraction.len() <= 2);
        hundredths.map(MaxCost::Percent).ok_or_else(wrong)
    }
}

/// What is not wanted of a comparison.
#[derive(Debug, Clone, Default)]
pub(in crate::cli) struct Gates {
    pub(in crate::cli) kinds: Vec<Kind>,
    pub(in crate::cli) max_cost: Option<MaxCost>,
}

/// Why a comparison fails, in a sentence.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::cli) struct Failure {
    /// What asked for it: `model-change`, `max-cost`.
    pub(in crate::cli) rule: String,
    /// The file and the line, where it is about a recording.
    pub(in crate::cli) place: Option<(String, usize)>,
    pub(in crate::cli) message: String,
}

impl Failure {
    /// `cassettes/agent.yaml:12: answered by … (model-change)`.
    pub(in crate::cli) fn in_words(&self) -> String {
        let Failure { rule, place, message } = self;
        let place = place.as_ref().map(|(path, line)| format!("{path}:{line}: ")).unwrap_or_default();
        format!("{place}{message} ({rule})")
    }
}

impl Gates {
    /// All that a comparison has and may not have.
    pub(in crate::cli) fn failures(&self, comparison: &Comparison) -> Vec<Failure> {
        let mut out = Vec::new();
        for file in &comparison.files {
            for change in &file.changes {
                let place = Some((file.path.clone(), change.sides.newest().line));
                for kind in &self.kinds {
                    let message = kind.of_change(change);
                    let failure = |message| Failure { rule: kind.name(), place: place.clone(), message };
                    out.extend(message.map(failure));
                }
            }
        }
        if self.kinds.contains(&Kind::Shape) {
            let lines = super::render::drifts(&comparison.drifts).into_iter();
            out.extend(lines.map(|line| Failure {
                rule: Kind::Shape.name(),
                place: None,
                message: line.into_iter().map(|span| span.text).collect(),
            }));
        }
        let too_dear = self.max_cost.and_then(|most| most.exceeded(comparison));
        out.extend(too_dear.map(|message| Failure { rule: "max-cost".to_owned(), place: None, message }));
        out
    }
}

impl Kind {
    fn name(self) -> String {
        let value = clap::ValueEnum::to_possible_value(&self);
        value.map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// What a change has of this kind.
    fn of_change(self, change: &Change) -> Option<String> {
        let noted =
            |about: About| change.notes.iter().find(|note| note.about == about).map(|note| note.text.clone());
        let first_line = |text: &str| text.lines().next().unwrap_or_default().to_owned();
        let newest = change.sides.newest();
        let who = newest.model.as_deref().unwrap_or(&newest.address);
        match (self, &change.sides) {
            (Kind::Added, Sides::Added(_)) => Some(format!("a recording of {who} was added")),
            (Kind::Removed, Sides::Removed(_)) => Some(format!("a recording of {who} was removed")),
            (Kind::Changed, Sides::Both(..)) => Some(format!("a recording of {who} changed")),
            (Kind::Request, Sides::Both(..)) => change.request.first().map(|text| first_line(text)),
            (Kind::Answer, Sides::Both(..)) => change.answer.first().map(|answer| match answer {
                AnswerChange::Text { what, .. } => format!("{what} changed"),
                AnswerChange::Sentence(sentence) => first_line(sentence),
            }),
            (Kind::ModelChange, Sides::Both(before, after)) => {
                let (asked, now) = (&before.conversation.model, &after.conversation.model);
                match (asked, now) {
                    (Some(asked), Some(now)) if asked != now => {
                        Some(format!("the model asked for changed: {asked} → {now}"))
                    }
                    _ => noted(About::Model),
                }
            }
            (Kind::Status, _) => noted(About::Status),
            (Kind::Redactions, Sides::Added(side)) if side.redactions > 0 => {
                Some(format!("{} replaced", plural(side.redactions, "value")))
            }
            (Kind::Redactions, _) => noted(About::Redactions),
            _ => None,
        }
    }
}

impl MaxCost {
    /// That the recordings cost more than they may, or that nobody can tell.
    fn exceeded(self, comparison: &Comparison) -> Option<String> {
        let sums = comparison.sums();
        let (before, after) = match self {
            MaxCost::Percent(_) => (sums.was, sums.is),
            MaxCost::More(_) => (sums.before(), sums.after()),
            MaxCost::All(_) => (Totals::default(), sums.after()),
        };
        let unknown = before.unpriced.max(after.unpriced);
        if unknown > 0 {
            let recordings = plural(usize::try_from(unknown).unwrap_or(usize::MAX), "recording");
            return Some(format!(
                "the price of {recordings} is not known, so nobody can tell what they cost: give `--prices`"
            ));
        }
        let (was, is) = (before.cost, after.cost);
        match self {
            MaxCost::Percent(share) if is.is_more_than(was, share) => Some(format!(
                "what is in both versions cost {was} and now costs {is}, more than {} above it",
                percent(share)
            )),
            MaxCost::More(most) if is > was + most => {
                Some(format!("the recordings cost {was} and now cost {is}, more than {most} above it"))
            }
            MaxCost::All(most) if is > most => Some(format!("the recordings cost {is}, more than {most}")),
            _ => None,
        }
    }
}

/// `5%` for 500.
fn percent(hundredths: u32) -> String {
    let exact = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    format!("{}%", exact.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_share_an_amount_more_or_a_sum() {
        let dollars = |text: &str| Dollars::parse(text).unwrap();
        for (text, limit) in [
            ("+5%", MaxCost::Percent(500)),
            ("+0.5%", MaxCost::Percent(50)),
            ("+12.34%", MaxCost::Percent(1234)),
            ("+0%", MaxCost::Percent(0)),
            ("+$0.10", MaxCost::More(dollars("0.1"))),
            ("+0.10", MaxCost::More(dollars("0.1"))),
            ("$0.50", MaxCost::All(dollars("0.5"))),
            ("2", MaxCost::All(dollars("2"))),
        ] {
            assert_eq!(MaxCost::parse(text), Ok(limit), "{text}");
        }
        for text in ["", "5%", "+%", "+.5%", "+1.234%", "-5%", "+five", "$", "+-1%", "99999999999%"] {
            assert!(MaxCost::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_share_is_compared_exactly() {
        let [was, at, above] =
            ["0.000001", "0.00000105", "0.000001050000001"].map(|d| Dollars::parse(d).unwrap());
        assert!(!at.is_more_than(was, 500) && above.is_more_than(was, 500));
        assert!(!Dollars::ZERO.is_more_than(Dollars::ZERO, 0) && at.is_more_than(Dollars::ZERO, 500));
    }
}
