//! What of a prompt no longer stands where it stood in the turn before, as far as that could be cached.

use super::breakpoints::Reach;
use super::prompt::{Prompt, Setting};
use super::words;
use crate::matching::difference;
use crate::model::json::Json;

/// Sentences at most: a prompt that moved in more places is simply another one.
const MOST: usize = 5;

/// What has moved, in the order of the prompt; empty if nothing has.
pub(super) fn moved(before: &Prompt, now: &Prompt) -> Vec<String> {
    let mut out = all(before, now);
    if out.len() > MOST {
        let more = out.len() - MOST;
        out.truncate(MOST);
        out.push(format!("… and {more} more"));
    }
    out
}

fn all(before: &Prompt, now: &Prompt) -> Vec<String> {
    if before.reach != Reach::Nowhere && now.asks_for_nothing() {
        return vec!["`cache_control` is gone: nothing is read from the cache".to_owned()];
    }
    let mut out = Vec::new();
    if before.model != now.model {
        let (old, new) = (before.model.as_deref(), now.model.as_deref());
        out.extend(difference::changes("model", old.map(Json::from).as_ref(), new.map(Json::from).as_ref()));
    }
    settings(&before.in_front, &now.in_front, &mut out);
    let limit = match before.reach {
        Reach::Tools(count) => Some(count),
        _ => None,
    };
    if !begins(&before.tools, &now.tools, limit) {
        out.extend(words::tools(&before.tools, &now.tools));
    }
    let limit = match before.reach {
        Reach::Tools(_) => return out,
        Reach::System(count) => Some(count),
        _ => None,
    };
    if !begins(&before.system, &now.system, limit) {
        out.push(words::system(&before.system, &now.system));
    }
    if limit.is_none() {
        settings(&before.before_messages, &now.before_messages, &mut out);
        messages(before, now, &mut out);
    }
    out
}

/// Whether the first of the old ones, or all of them, are the new ones or lead them.
fn begins(old: &[Json], new: &[Json], limit: Option<usize>) -> bool {
    limit.map_or(old == new, |count| new.starts_with(&old[..count.min(old.len())]))
}

fn settings(old: &[Setting], new: &[Setting], out: &mut Vec<String>) {
    for ((name, before), (_, after)) in old.iter().zip(new) {
        if before != after {
            let described = difference::changes(name, before.as_ref(), after.as_ref());
            out.push(
                words::first(described)
                    .unwrap_or_else(|| format!("the keys of `{name}` are in another order")),
            );
        }
    }
}

/// The first message that is another one: all that is behind it is lost with it.
fn messages(before: &Prompt, now: &Prompt, out: &mut Vec<String>) {
    let count = match before.reach {
        Reach::Messages(count, _) => count,
        _ => before.messages.len(),
    };
    let old = &before.messages[..count.min(before.messages.len())];
    let same = |at: usize| match (&old[at], now.messages.get(at), before.reach) {
        (_, None, _) => false,
        // Of the message with the breakpoint, what is behind that may change.
        (message, Some(new), Reach::Messages(_, blocks)) if at + 1 == count => message.leads(new, blocks),
        (message, Some(new), Reach::Everything) if at + 1 == old.len() => message.leads(new, usize::MAX),
        (message, Some(new), _) => message.hash == new.hash,
    };
    if let Some(at) = (0..old.len()).find(|at| !same(*at)) {
        out.push(words::message(&before.messages, &now.messages, at, now.leading));
    }
}
