//! What a turn of a conversation repeats of the turns before it: agents send with each turn all that was said.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use crate::providers::conversation::{Conversation, Message, Part, Role};

/// What the beginning of a request says again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) struct Repeat {
    /// The number of the call, from 0, that said or was told it first.
    pub(in crate::cli) call: usize,
    /// How many messages.
    pub(in crate::cli) messages: usize,
}

/// For each conversation of a cassette, the longest beginning that an earlier one has too, its answer included. Told by
/// hashes of beginnings, so that the cost grows with the text and not with its square.
pub(in crate::cli) fn repeats(conversations: &[&Conversation]) -> Vec<Option<Repeat>> {
    let mut seen: HashMap<[u8; 32], usize> = HashMap::new();
    conversations
        .iter()
        .enumerate()
        .map(|(call, conversation)| {
            let mut beginnings = beginnings(&conversation.messages);
            let found = beginnings.iter().enumerate().rev().find_map(|(index, beginning)| {
                seen.get(beginning).map(|&call| Repeat { call, messages: index + 1 })
            });
            if let [answer] = conversation.answers.as_slice() {
                let rendered = Message { role: Role::Assistant, parts: answer.parts.clone() };
                beginnings.push(extend(beginnings.last(), &rendered));
            }
            for beginning in beginnings {
                seen.entry(beginning).or_insert(call);
            }
            found
        })
        .collect()
}

/// A hash for each beginning of a list of messages: of the first, of the first two, and so on.
fn beginnings(messages: &[Message]) -> Vec<[u8; 32]> {
    let mut hashes: Vec<[u8; 32]> = Vec::with_capacity(messages.len() + 1);
    for message in messages {
        hashes.push(extend(hashes.last(), message));
    }
    hashes
}

fn extend(before: Option<&[u8; 32]>, message: &Message) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(before.unwrap_or(&[0; 32]));
    // Few providers are sent what their models thought, and it is no part of what was said.
    let said: Vec<&Part> = message.parts.iter().filter(|part| !is_thought(part)).collect();
    hash.update(format!("{:?}{said:?}", message.role));
    hash.finalize().into()
}

fn is_thought(part: &Part) -> bool {
    match part {
        Part::Reasoning(_) => true,
        // Encrypted ones have no source.
        Part::Media { source, .. } => source.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::conversation::Answer;

    fn conversation(messages: &[(Role, &str)], answer: &str) -> Conversation {
        let text = |text: &str| vec![Part::Text(text.to_owned())];
        let message = |(role, said): &(Role, &str)| Message { role: role.clone(), parts: text(said) };
        Conversation {
            messages: messages.iter().map(message).collect(),
            answers: vec![Answer { parts: text(answer), finish_reason: None }],
            ..Conversation::default()
        }
    }

    #[test]
    fn a_turn_repeats_the_one_before_and_its_answer() {
        let (ask, again) = ((Role::User, "Hello"), (Role::User, "And now?"));
        let first = conversation(std::slice::from_ref(&ask), "Hi");
        let second = conversation(&[ask.clone(), (Role::Assistant, "Hi"), again.clone()], "Now this");
        let third = conversation(
            &[ask, (Role::Assistant, "Hi"), again, (Role::Assistant, "Now this"), (Role::User, "Thanks")],
            "",
        );
        assert_eq!(
            repeats(&[&first, &second, &third]),
            [None, Some(Repeat { call: 0, messages: 2 }), Some(Repeat { call: 1, messages: 4 })]
        );
    }

    #[test]
    fn what_a_model_thought_need_not_be_said_again() {
        let mut first = conversation(&[(Role::User, "Hello")], "Hi");
        first.answers[0].parts.insert(0, Part::Reasoning("They greet me".to_owned()));
        let second =
            conversation(&[(Role::User, "Hello"), (Role::Assistant, "Hi"), (Role::User, "And now?")], "");
        assert_eq!(repeats(&[&first, &second]), [None, Some(Repeat { call: 0, messages: 2 })]);
    }

    #[test]
    fn what_merely_looks_alike_in_the_midst_is_no_repeat() {
        let first = conversation(&[(Role::User, "A"), (Role::User, "B")], "");
        let second = conversation(&[(Role::User, "C"), (Role::User, "B")], "");
        assert_eq!(repeats(&[&first, &second]), [None, None]);
    }
}
