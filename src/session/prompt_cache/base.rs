//! Which earlier request a request goes on from, even where what they share has moved.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher as _};

use super::breakpoints::blocks;
use super::prompt::{Message, Prompt};
use crate::matching::difference::spoken;

/// Bytes. Two short texts have less than this in common by chance.
const SOME: usize = 16;

/// How much a request goes on from an earlier one; the greater, the likelier.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Nearness {
    /// About how many bytes of messages are said again.
    shared: usize,
    /// All messages of the earlier one lead this one.
    is_whole: bool,
    /// What stands before the messages is the same.
    begins_alike: bool,
}

/// Requests by what later ones are found by that go on from them, so that not each is compared with each.
#[derive(Debug, Default)]
pub(super) struct Earlier(HashMap<(Sign, u64), Vec<usize>>);

/// What tells that a request may go on from an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Sign {
    /// All of its messages lead the later one's; what stands before these may be another.
    Whole,
    /// That is the same, too.
    WholeBegun,
    /// All but its last message do, and of that the blocks do.
    Within,
    WithinBegun,
    /// All but its last message do.
    ButLast,
    /// It has a message of the later one.
    Said,
}

/// So many of the last requests are compared that have a message in common, or all but one. Whoever goes on goes on from what
/// was said last.
const RECENT: usize = 16;

impl Sign {
    /// How many of the last requests with this sign are compared. Those with the same messages are equally near, and of equals
    /// the last is taken.
    fn recent(self) -> usize {
        match self {
            Sign::Whole | Sign::WholeBegun | Sign::Within | Sign::WithinBegun => 1,
            Sign::ButLast | Sign::Said => RECENT,
        }
    }
}

impl Earlier {
    /// Adds a request; they come in their order.
    pub(super) fn add(&mut self, index: usize, prompt: &Prompt) {
        let chain = chains(prompt);
        if let ([.., but_last, whole], Some(last)) = (&*chain, prompt.messages.last()) {
            let within = within(*but_last, last).last().unwrap_or(*but_last);
            self.note(Sign::Whole, *whole, index);
            self.note(Sign::WholeBegun, hash(&(whole, prompt.begins)), index);
            self.note(Sign::Within, within, index);
            self.note(Sign::WithinBegun, hash(&(within, prompt.begins)), index);
            self.note(Sign::ButLast, *but_last, index);
        }
        let said: HashSet<u64> = prompt.messages.iter().map(|message| message.hash).collect();
        for message in said {
            self.note(Sign::Said, hash(&(&prompt.kind, message)), index);
        }
    }

    fn note(&mut self, sign: Sign, value: u64, index: usize) {
        let known = self.0.entry((sign, value)).or_default();
        if known.len() == sign.recent() {
            known.remove(0);
        }
        known.push(index);
    }

    /// The place of the request that `now` goes on from; of equals the last.
    pub(super) fn of(&self, now: &Prompt, earlier: &[Option<Prompt>]) -> Option<usize> {
        let mut candidates: BTreeSet<usize> = BTreeSet::new();
        let mut look = |sign: Sign, value: u64| {
            candidates.extend(self.0.get(&(sign, value)).into_iter().flatten());
        };
        let said: HashSet<u64> = now.messages.iter().map(|message| message.hash).collect();
        for message in &said {
            look(Sign::Said, hash(&(&now.kind, message)));
        }
        for (at, chain) in chains(now).iter().enumerate() {
            look(Sign::Whole, *chain);
            look(Sign::WholeBegun, hash(&(chain, now.begins)));
            let Some(next) = now.messages.get(at) else { continue };
            look(Sign::ButLast, *chain);
            for within in within(*chain, next) {
                look(Sign::Within, within);
                look(Sign::WithinBegun, hash(&(within, now.begins)));
            }
        }
        let near = candidates.into_iter().filter_map(|index| {
            let base = earlier.get(index)?.as_ref()?;
            Some((nearness(base, now, &said)?, index))
        });
        near.max().map(|(_, index)| index)
    }
}

/// For each number of messages what those first ones add up to, beginning with none.
fn chains(prompt: &Prompt) -> Vec<u64> {
    let mut chain = hash(&prompt.kind);
    let mut chains = vec![chain];
    for message in &prompt.messages {
        chain = hash(&(chain, message.hash));
        chains.push(chain);
    }
    chains
}

/// For each number of blocks of a message what it and those before it, which add up to `chain`, add up to.
fn within(chain: u64, message: &Message) -> impl Iterator<Item = u64> {
    let start = hash(&(chain, message.json.get("role")));
    blocks(&message.json).iter().scan(start, |within, block| {
        *within = hash(&(*within, block));
        Some(*within)
    })
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// `None` if they only begin alike, as the branches of a conversation do, or have little in common.
fn nearness(base: &Prompt, now: &Prompt, said: &HashSet<u64>) -> Option<Nearness> {
    if base.kind != now.kind {
        return None;
    }
    let pairs = base.messages.iter().zip(&now.messages);
    let common = pairs.take_while(|(before, after)| before.hash == after.hash).count();
    let (first, rest) = base.messages.split_at(common);
    let begins_alike = base.begins == now.begins;
    if rest.is_empty() {
        // The same question put in another way is no turn.
        let is_turn = now.messages.len() > common || begins_alike;
        return is_turn.then(|| Nearness { shared: size(first), is_whole: true, begins_alike });
    }
    let again: usize =
        rest.iter().filter(|message| said.contains(&message.hash)).map(|message| message.size).sum();
    let reworded = match rest {
        [last] if goes_on_within(last, common, base, now) => last.size,
        _ => 0,
    };
    let says_more =
        now.messages.last().is_some_and(|last| base.messages.iter().all(|other| other.hash != last.hash));
    let shared = size(first) + again.max(reworded);
    let goes_on = again.max(reworded) > 0 && says_more && shared * 2 >= size(&base.messages);
    goes_on.then_some(Nearness { shared, is_whole: false, begins_alike })
}

/// Whether the last message of the earlier one is still there, with more in it or in other words.
fn goes_on_within(last: &Message, at: usize, base: &Prompt, now: &Prompt) -> bool {
    let is_longer = now.messages.len() > base.messages.len();
    now.messages.get(at).is_some_and(|after| last.leads(after, usize::MAX) || is_longer && alike(last, after))
}

fn size(messages: &[Message]) -> usize {
    messages.iter().map(|message| message.size).sum()
}

/// Whether two messages are the same one but for a place in it: a time, a reminder that was put in or taken out.
fn alike(one: &Message, two: &Message) -> bool {
    let said =
        |message: &Message| spoken(&message.json).map_or_else(|| message.json.compact(), |(_, text)| text);
    let (one_said, two_said) = (said(one), said(two));
    let (a, b) = (one_said.as_bytes(), two_said.as_bytes());
    let front = a.iter().zip(b).take_while(|(p, q)| p == q).count();
    let back = a[front..].iter().rev().zip(b[front..].iter().rev()).take_while(|(p, q)| p == q).count();
    let common = front + back;
    one.json.get("role") == two.json.get("role") && common >= SOME && common * 2 >= a.len().min(b.len())
}
