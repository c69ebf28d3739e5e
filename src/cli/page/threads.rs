//! Runs of agents: calls of which each goes on from what an earlier one said.

use super::columns::{Column, Columns, Stands};
use super::figures::{percent, totals};
use super::html::Html;
use super::trends::TOKENS;
use super::{Call, money};
use crate::cli::conversation::Repeat;
use crate::model::text::grouped;
use crate::providers::Usage;
use crate::providers::conversation::Conversation;

/// Turns that have a chart: where there are more, none of its columns could be told from the next.
const MOST_DRAWN: usize = 60;

/// Numbers that stand below such a chart.
const MOST_NUMBERED: usize = 12;

/// Which turn of a thread a call is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    /// From 1.
    pub(super) number: usize,
}

/// The calls of each thread in their order, the threads in the order of their first calls. A call on its own is a thread
/// of one.
pub(super) fn of(conversations: &[&Conversation], repeats: &[Option<Repeat>]) -> Vec<Vec<usize>> {
    let mut threads: Vec<Vec<usize>> = Vec::new();
    let mut thread_of: Vec<usize> = Vec::with_capacity(conversations.len());
    for (index, (conversation, repeat)) in conversations.iter().zip(repeats).enumerate() {
        let before =
            repeat.filter(|repeat| goes_on(conversation, conversations[repeat.call], repeat.messages));
        let thread = before.map_or(threads.len(), |repeat| thread_of[repeat.call]);
        if thread == threads.len() {
            threads.push(Vec::new());
        }
        threads[thread].push(index);
        thread_of.push(thread);
    }
    threads
}

/// Whether a call says more than what an earlier one was told, and all of that. Agents with one system prompt only begin alike.
fn goes_on(now: &Conversation, before: &Conversation, shared: usize) -> bool {
    !before.messages.is_empty() && shared >= before.messages.len() && now.messages.len() > shared
}

/// Shows a thread: what its turns come to, and below it the turns.
pub(super) fn show(turns: &[&Call], html: &mut Html, content: impl FnOnce(&mut Html)) {
    let title = format!("Thread of {} turns", grouped(turns.len() as u64));
    html.element("section", &[("class", "thread"), ("aria-label", &title)], |html| {
        html.element("p", &[("class", "sum")], |html| {
            html.leaf("b", &[], &title);
            facts(turns, html);
        });
        if turns.len() <= MOST_DRAWN {
            tokens(turns).show(html);
        }
        content(html);
    });
}

fn facts(turns: &[&Call], html: &mut Html) {
    let totals = totals(turns.iter().copied());
    let usage = &totals.usage;
    let (input, output) = (usage.input_tokens.unwrap_or(0), usage.output_tokens.unwrap_or(0));
    if input > 0 || output > 0 {
        let cached = percent(usage.cache_read_input_tokens.unwrap_or(0), input);
        let cached = cached.map(|percent| format!(" ({percent} cached)")).unwrap_or_default();
        html.leaf("span", &[], &format!("{} in{cached}, {} out", grouped(input), grouped(output)));
    }
    if !money::cost(&totals).is_empty() {
        money::leaf("span", &[], &totals, html);
    }
}

/// The tokens of each turn, and how many of them came from the provider's cache.
fn tokens(turns: &[&Call]) -> Columns {
    let step = turns.len().div_ceil(MOST_NUMBERED).max(1);
    let column = |(index, call): (usize, &&Call)| {
        let usage = Usage::of(&call.parsed.interaction.usage);
        let input = usage.input_tokens.unwrap_or(0);
        let cached = usage.cache_read_input_tokens.unwrap_or(0).min(input);
        let output = usage.output_tokens.unwrap_or(0);
        let share = percent(cached, input).map(|percent| format!(" ({percent} cached)")).unwrap_or_default();
        Column {
            label: if (index + 1).is_multiple_of(step) { (index + 1).to_string() } else { String::new() },
            told: format!("turn {}: {} in{share}, {} out", index + 1, grouped(input), grouped(output)),
            amounts: vec![cached, input - cached, output],
        }
    };
    Columns {
        title: "Tokens a turn",
        series: TOKENS.to_vec(),
        columns: turns.iter().enumerate().map(column).collect(),
        stands: Stands::Stacked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::conversation::repeats;
    use crate::providers::conversation::{Answer, Message, Part, Role};

    fn conversation(messages: &[&str], answer: &str) -> Conversation {
        let text = |text: &str| vec![Part::Text(text.to_owned())];
        // The model speaks every other time.
        let role = |index: usize| if index.is_multiple_of(2) { Role::User } else { Role::Assistant };
        let message = |(index, said): (usize, &&str)| Message { role: role(index), parts: text(said) };
        Conversation {
            messages: messages.iter().enumerate().map(message).collect(),
            answers: vec![Answer { parts: text(answer), finish_reason: None }],
            ..Conversation::default()
        }
    }

    fn threads(conversations: &[Conversation]) -> Vec<Vec<usize>> {
        let all: Vec<&Conversation> = conversations.iter().collect();
        of(&all, &repeats(&all))
    }

    #[test]
    fn each_run_of_an_agent_is_a_thread_also_where_two_took_turns() {
        let calls = [
            conversation(&["plan"], "moon"),
            conversation(&["judge"], "hm"),
            conversation(&["plan", "moon", "on"], "sun"),
            conversation(&["judge", "hm", "well?"], "no"),
            conversation(&["plan", "moon", "on", "sun", "on"], "end"),
        ];
        assert_eq!(threads(&calls), [vec![0, 2, 4], vec![1, 3]]);
    }

    #[test]
    fn what_is_asked_twice_or_only_begins_alike_is_no_thread() {
        let twice = [conversation(&["a"], "b"), conversation(&["a"], "c")];
        assert_eq!(threads(&twice), [[0], [1]]);
        let alike = [conversation(&["s", "", "one"], "b"), conversation(&["s", "", "two"], "c")];
        assert_eq!(threads(&alike), [[0], [1]]);
    }

    #[test]
    fn a_turn_whose_answer_came_back_in_other_words_is_a_turn() {
        let calls = [conversation(&["a"], "b"), conversation(&["a", "B!", "c"], "d")];
        assert_eq!(threads(&calls), [[0, 1]]);
    }
}
