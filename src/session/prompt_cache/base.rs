//! Which earlier request a request goes on from, even where what they share has moved.

use std::collections::HashSet;

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

/// The place of the request that `now` goes on from; of equals the last.
pub(super) fn of(now: &Prompt, earlier: &[Option<Prompt>]) -> Option<usize> {
    let said: HashSet<u64> = now.messages.iter().map(|message| message.hash).collect();
    let near = earlier.iter().enumerate().filter_map(|(index, base)| {
        let base = base.as_ref()?;
        Some((nearness(base, now, &said)?, index))
    });
    near.max().map(|(_, index)| index)
}

/// `None` if they only begin alike, as the branches of a conversation do, or have little in common.
fn nearness(base: &Prompt, now: &Prompt, said: &HashSet<u64>) -> Option<Nearness> {
    if base.kind != now.kind {
        return None;
    }
    let pairs = base.messages.iter().zip(&now.messages);
    let common = pairs.take_while(|(before, after)| before.hash == after.hash).count();
    let (first, rest) = base.messages.split_at(common);
    let begins_alike = base.begins_like(now);
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
