//! What changed from one version of a cassette to another, by meaning: which requests, which answers, and what they cost.
//! Pure: from interactions to a value that [`render`], [`markdown`] and [`tree`] put into words.

mod answers;
pub(super) mod gates;
pub(super) mod markdown;
pub(super) mod render;
mod shapes;
mod sums;
pub(super) mod tree;
mod word_diff;

use crate::matching::difference::{self, Limits};
use crate::matching::request_key::Key;
use crate::model::text::plural;
use crate::providers::Usage;
use crate::providers::conversation::Conversation;
use crate::providers::price::{self, Dollars, Payment, Prices};
use crate::redact;
use crate::store::tape::Parsed;
use crate::store::versions::{Pair, pairing};
pub(super) use shapes::{Drift, Shapes};
pub(super) use sums::Sums;
pub(super) use word_diff::{Op, Run};

/// An interaction, and the line of the file at which it begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Recorded<'a> {
    pub(super) line: usize,
    pub(super) parsed: &'a Parsed,
}

/// What became of a cassette.
#[derive(Debug)]
pub(super) struct FileChange {
    pub(super) path: String,
    /// Where it was before, if that is another place.
    pub(super) was: Option<String>,
    pub(super) changes: Vec<Change>,
    pub(super) unchanged: usize,
    pub(super) sums: Sums,
}

/// What became of an interaction.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) sides: Sides,
    /// Where both stand in their versions.
    pub(super) pair: Pair,
    /// What differs in the request, a sentence each; lines of a diff may follow in it.
    pub(super) request: Vec<String>,
    pub(super) answer: Vec<AnswerChange>,
    /// What else is not as it was.
    pub(super) notes: Vec<Note>,
}

/// Something beside request and answer that is not as it was.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) about: About,
    pub(super) text: String,
}

/// What a note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    Status,
    /// Another model answers the same request.
    Model,
    /// The build of the model.
    Fingerprint,
    /// How the answer was sent.
    Sending,
    Tokens,
    /// How many values are replaced, which the recording does not hold.
    Redactions,
}

/// The versions of an interaction that there are.
#[derive(Debug)]
pub(super) enum Sides {
    Added(Box<Side>),
    Removed(Box<Side>),
    Both(Box<Side>, Box<Side>),
}

/// An interaction in one version.
#[derive(Debug)]
pub(super) struct Side {
    pub(super) line: usize,
    pub(super) key: Key,
    pub(super) take: u64,
    pub(super) provider: Option<String>,
    pub(super) model: Option<String>,
    /// Method and URL.
    pub(super) address: String,
    pub(super) usage: Usage,
    /// `None` when it is not known.
    pub(super) cost: Option<Dollars>,
    /// How many values were replaced in the request and in the answer.
    pub(super) redactions: usize,
    pub(super) conversation: Conversation,
}

/// Something that the answer says otherwise than before.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum AnswerChange {
    /// A text, word by word; `what` is `answer`, `reasoning` or the like.
    Text {
        what: String,
        runs: Vec<Run>,
    },
    Sentence(String),
}

/// How to compare.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comparing<'a> {
    pub(super) prices: &'a Prices,
    pub(super) limits: Limits,
}

impl Comparing<'_> {
    /// What became of the interactions of a cassette. What the answers look like goes to `shapes`.
    pub(super) fn file(
        self,
        path: String,
        was: Option<String>,
        (old, new): (&[Recorded<'_>], &[Recorded<'_>]),
        shapes: &mut Shapes,
    ) -> FileChange {
        let [was_parsed, is_parsed] =
            [old, new].map(|all| all.iter().map(|one| one.parsed).collect::<Vec<_>>());
        let pairs = pairing::pairs(&was_parsed, &is_parsed);
        self.paired(path, was, &pairs, (old, new), shapes)
    }

    /// The same, where it is known which interactions belong together.
    pub(super) fn paired(
        self,
        path: String,
        was: Option<String>,
        pairs: &[Pair],
        (old, new): (&[Recorded<'_>], &[Recorded<'_>]),
        shapes: &mut Shapes,
    ) -> FileChange {
        let mut file = FileChange { path, was, changes: Vec::new(), unchanged: 0, sums: Sums::default() };
        let [old, new] = [old, new].map(|all| {
            let paid = price::each(self.prices, all.iter().map(|one| one.parsed.bill()));
            all.iter().zip(paid).map(|(recorded, payment)| Paid { recorded, payment }).collect::<Vec<_>>()
        });
        for pair in pairs {
            let (before, after) = *pair;
            let sides = match (before.map(|at| old[at]), after.map(|at| new[at])) {
                (Some(before), Some(after)) => {
                    file.sums.stays(before.counted(), after.counted());
                    shapes.see(&before.recorded.parsed.interaction, &after.recorded.parsed.interaction);
                    match self.change(*pair, before, after) {
                        Some(change) => file.changes.push(change),
                        None => file.unchanged += 1,
                    }
                    continue;
                }
                (Some(before), None) => {
                    file.sums.goes(before.counted());
                    Sides::Removed(self.side(before))
                }
                (None, Some(after)) => {
                    file.sums.comes(after.counted());
                    Sides::Added(self.side(after))
                }
                (None, None) => continue,
            };
            let pair = *pair;
            file.changes.push(Change {
                sides,
                pair,
                request: Vec::new(),
                answer: Vec::new(),
                notes: Vec::new(),
            });
        }
        file
    }

    /// How two versions of an interaction differ, if they do.
    fn change(self, pair: Pair, before: Paid<'_>, after: Paid<'_>) -> Option<Change> {
        let (from, to) = (self.side(before), self.side(after));
        let (before, after) = (before.recorded, after.recorded);
        let (old, new) = (before.parsed.normal(), after.parsed.normal());
        let request =
            if old.key == new.key { Vec::new() } else { difference::describe(old, new, self.limits) };
        let (was, is) = (&before.parsed.interaction, &after.parsed.interaction);
        let answer = answers::differences(was, is, &from.conversation, &to.conversation, self.limits);
        let mut notes = Vec::new();
        let mut note = |about, text: Option<String>| notes.extend(text.map(|text| Note { about, text }));
        let (status, now) = (was.response.status.as_u16(), is.response.status.as_u16());
        note(About::Status, (status != now).then(|| format!("status {status} → {now}")));
        let named = |what: &str, old: &Option<String>, new: &Option<String>| match (old, new) {
            (Some(old), Some(new)) if old != new => Some(format!("{what} {old} → {new}")),
            _ => None,
        };
        // Where another model was asked for, the request says so.
        if from.conversation.model == to.conversation.model {
            note(About::Model, named("answered by", &from.model, &to.model));
        }
        let (build, built) = (&from.conversation.fingerprint, &to.conversation.fingerprint);
        note(About::Fingerprint, named("fingerprint", build, built));
        for sentence in answers::sent_otherwise(&was.response, &is.response) {
            note(About::Sending, Some(sentence));
        }
        note(About::Tokens, other_counts(&from.usage, &to.usage));
        note(About::Redactions, other_redactions(from.redactions, to.redactions));
        let same = request.is_empty() && answer.is_empty() && notes.is_empty() && from.usage == to.usage;
        (!same).then_some(Change { sides: Sides::Both(from, to), pair, request, answer, notes })
    }

    fn side(self, paid: Paid<'_>) -> Box<Side> {
        let recorded = paid.recorded;
        let interaction = &recorded.parsed.interaction;
        Box::new(Side {
            line: recorded.line,
            key: recorded.parsed.normal().key,
            take: interaction.take,
            provider: interaction.provider.clone(),
            model: interaction.model.clone(),
            address: interaction.request.address(),
            usage: Usage::of(&interaction.usage),
            cost: paid.payment.known().map(|cost| cost.total),
            redactions: redact::replaced_in(interaction),
            conversation: Conversation::of(interaction),
        })
    }
}

/// An interaction of a version, and what is to be paid for it beside the others.
#[derive(Clone, Copy)]
struct Paid<'a> {
    recorded: &'a Recorded<'a>,
    payment: Payment,
}

impl Paid<'_> {
    /// What it took, and what that costs.
    fn counted(self) -> sums::Counted {
        (self.recorded.parsed.usage, self.payment)
    }
}

/// How many values are replaced, where that is another number than before.
fn other_redactions(before: usize, after: usize) -> Option<String> {
    (before != after).then(|| match before {
        0 => format!("{} replaced", plural(after, "value")),
        _ => format!("values replaced {before} → {after}"),
    })
}

/// Counts of tokens that changed, beside those that stand with the cost.
fn other_counts(before: &Usage, after: &Usage) -> Option<String> {
    if (before.input_tokens, before.output_tokens) != (after.input_tokens, after.output_tokens) {
        return None;
    }
    let (old, new) = (before.fields(), after.fields());
    let count =
        |of: &[(&str, u64)], name: &str| of.iter().find(|(other, _)| *other == name).map_or(0, |it| it.1);
    let mut rendered: Vec<String> = Vec::new();
    for (name, _) in old.iter().chain(&new) {
        let (was, is) = (count(&old, name), count(&new, name));
        let sentence = format!("{name} {was} → {is}");
        if was != is && !rendered.contains(&sentence) {
            rendered.push(sentence);
        }
    }
    (!rendered.is_empty()).then(|| rendered.join(", "))
}

impl FileChange {
    /// How many interactions were added, removed, and changed.
    pub(super) fn counts(&self) -> [usize; 3] {
        let count = |is: fn(&Sides) -> bool| self.changes.iter().filter(|change| is(&change.sides)).count();
        [
            count(|sides| matches!(sides, Sides::Added(_))),
            count(|sides| matches!(sides, Sides::Removed(_))),
            count(|sides| matches!(sides, Sides::Both(..))),
        ]
    }

    /// Whether there is anything to tell: one that merely moved says the same.
    pub(super) fn is_changed(&self) -> bool {
        !self.changes.is_empty() || self.was.is_some()
    }
}

impl Sides {
    pub(super) fn before(&self) -> Option<&Side> {
        match self {
            Sides::Removed(side) | Sides::Both(side, _) => Some(side.as_ref()),
            Sides::Added(_) => None,
        }
    }

    pub(super) fn after(&self) -> Option<&Side> {
        match self {
            Sides::Added(side) | Sides::Both(_, side) => Some(side.as_ref()),
            Sides::Removed(_) => None,
        }
    }

    /// The version to show: the newest.
    pub(super) fn newest(&self) -> &Side {
        match self {
            Sides::Added(side) | Sides::Removed(side) | Sides::Both(_, side) => side,
        }
    }

    /// What became of it, in a word.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Sides::Added(_) => "added",
            Sides::Removed(_) => "removed",
            Sides::Both(..) => "changed",
        }
    }

    /// Whether the request is another one, so that its key is.
    pub(super) fn is_rekeyed(&self) -> bool {
        matches!(self, Sides::Both(before, after) if before.key != after.key)
    }
}

/// What became of a set of cassettes.
#[derive(Debug)]
pub(super) struct Comparison {
    /// What was compared with what, in words.
    pub(super) before: String,
    pub(super) after: String,
    /// Only those that changed.
    pub(super) files: Vec<FileChange>,
    pub(super) drifts: Vec<Drift>,
    /// What could not be compared, and why.
    pub(super) failed: Vec<String>,
}

impl Comparison {
    /// The sums over the files that changed.
    pub(super) fn sums(&self) -> Sums {
        self.files.iter().fold(Sums::default(), |sums, file| sums.plus(&file.sums))
    }

    /// How many interactions were added, removed, and changed.
    pub(super) fn counts(&self) -> [usize; 3] {
        self.files.iter().map(FileChange::counts).fold([0; 3], |[a, b, c], [x, y, z]| [a + x, b + y, c + z])
    }
}
