//! What a conversation repeats of one before it: agents send all that was said again with each turn.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::{Conversation, Message, Part, Role};

/// What a conversation has in common with an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Repeats {
    /// Which one has most of its messages at its start, and how many those are.
    pub(crate) messages: Option<(usize, usize)>,
    /// Which one was the last to offer the very same tools.
    pub(crate) tools: Option<usize>,
}

/// What each conversation repeats of those before it. The answer of a turn counts as its last message.
pub(crate) fn repeats(conversations: &[Conversation]) -> Vec<Repeats> {
    let mut starts: HashMap<u64, usize> = HashMap::new();
    let mut toolboxes: HashMap<u64, usize> = HashMap::new();
    let mut all = Vec::with_capacity(conversations.len());
    for (at, conversation) in conversations.iter().enumerate() {
        let hashes = prefixes(conversation);
        let known = hashes[..conversation.messages.len()].iter().rposition(|hash| starts.contains_key(hash));
        let messages = known.map(|last| (starts[&hashes[last]], last + 1));
        let toolbox = (!conversation.tools.is_empty()).then(|| hash(&format!("{:?}", conversation.tools)));
        all.push(Repeats { messages, tools: toolbox.and_then(|tools| toolboxes.get(&tools).copied()) });
        // The last one that has it is the one a reader has just seen.
        starts.extend(hashes.into_iter().map(|start| (start, at)));
        toolboxes.extend(toolbox.map(|tools| (tools, at)));
    }
    all
}

/// A hash for the first message, for the first two, and so on.
fn prefixes(conversation: &Conversation) -> Vec<u64> {
    let answer = conversation.answers.first().filter(|_| conversation.answers.len() == 1);
    let answer = answer.map(|answer| Message { role: Role::Assistant, parts: answer.parts.clone() });
    let mut before = 0;
    let mut hashes = Vec::new();
    for message in conversation.messages.iter().chain(&answer) {
        // Clients need not send thoughts back.
        let said: Vec<&Part> = message.parts.iter().filter(|part| !is_thought(part)).collect();
        before = hash(&format!("{before} {:?} {said:?}", message.role));
        hashes.push(before);
    }
    hashes
}

fn is_thought(part: &Part) -> bool {
    match part {
        Part::Reasoning(_) => true,
        Part::Media { source, .. } => source.is_empty(),
        _ => false,
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
