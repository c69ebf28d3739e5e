//! Two texts, word by word.

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// More words are not searched for what they have in common in their middles: that takes quadratic time.
const MAX_SEARCHED: usize = 3_000;

/// Of texts that share less than a third, each is easier to read by itself.
const SHARED: usize = 3;

/// What became of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Op {
    Same,
    Removed,
    Added,
}

/// A piece of text, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Run {
    pub(in crate::cli) op: Op,
    pub(in crate::cli) text: String,
}

/// What changed from one text to another. Those that are `Same` or `Removed` make up the old one, `Same` or `Added` the new.
pub(super) fn diff(old: &str, new: &str) -> Vec<Run> {
    let (before, after) = (tokens(old), tokens(new));
    let front = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
    let back =
        before[front..].iter().rev().zip(after[front..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (middle, other) = (&before[front..before.len() - back], &after[front..after.len() - back]);
    let mut runs = Runs::default();
    runs.push(Op::Same, &before[..front].concat());
    if middle.len().max(other.len()) > MAX_SEARCHED {
        runs.push(Op::Removed, &middle.concat());
        runs.push(Op::Added, &other.concat());
    } else {
        for operation in capture_diff_slices(Algorithm::Myers, middle, other) {
            let (a, b) = (middle[operation.old_range()].concat(), other[operation.new_range()].concat());
            match operation {
                DiffOp::Equal { .. } => runs.push(Op::Same, &a),
                _ => {
                    runs.push(Op::Removed, &a);
                    runs.push(Op::Added, &b);
                }
            }
        }
    }
    runs.push(Op::Same, &before[before.len() - back..].concat());
    let runs = runs.joined();
    let same: usize = runs.iter().filter(|run| run.op == Op::Same).map(|run| run.text.trim().len()).sum();
    if same * SHARED < old.len().min(new.len()) {
        return [(Op::Removed, old), (Op::Added, new)]
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(op, text)| Run { op, text: text.to_owned() })
            .collect();
    }
    runs
}

/// Words, white space between them, and single characters of all else and of scripts that put no space between words.
fn tokens(text: &str) -> Vec<&str> {
    #[derive(PartialEq)]
    enum Class {
        Word,
        Space,
        Single,
    }
    let class = |c: char| match c {
        '\u{2e80}'.. => Class::Single,
        c if c.is_alphanumeric() || c == '_' => Class::Word,
        ' ' | '\t' => Class::Space,
        _ => Class::Single,
    };
    let mut tokens = Vec::new();
    let mut start = 0;
    let mut last = Class::Single;
    for (at, c) in text.char_indices() {
        let now = class(c);
        if at > 0 && (now != last || now == Class::Single) {
            tokens.push(&text[start..at]);
            start = at;
        }
        last = now;
    }
    if start < text.len() {
        tokens.push(&text[start..]);
    }
    tokens
}

#[derive(Default)]
struct Runs(Vec<Run>);

impl Runs {
    fn push(&mut self, op: Op, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.0.last_mut() {
            Some(last) if last.op == op => last.text.push_str(text),
            _ => self.0.push(Run { op, text: text.to_owned() }),
        }
    }

    /// Changes with nothing but white space or a sign between them are one change, which reads better.
    fn joined(self) -> Vec<Run> {
        let mut out = Runs::default();
        let (mut gone, mut come) = (String::new(), String::new());
        let mut runs = self.0.into_iter().peekable();
        while let Some(run) = runs.next() {
            match run.op {
                Op::Removed => gone.push_str(&run.text),
                Op::Added => come.push_str(&run.text),
                Op::Same => {
                    let between = !(gone.is_empty() && come.is_empty()) && runs.peek().is_some();
                    if between && is_small(&run.text) {
                        gone.push_str(&run.text);
                        come.push_str(&run.text);
                        continue;
                    }
                    out.push(Op::Removed, &std::mem::take(&mut gone));
                    out.push(Op::Added, &std::mem::take(&mut come));
                    out.push(Op::Same, &run.text);
                }
            }
        }
        out.push(Op::Removed, &gone);
        out.push(Op::Added, &come);
        out.0
    }
}

fn is_small(text: &str) -> bool {
    !text.contains('\n') && text.chars().filter(|c| !c.is_whitespace()).count() <= 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(old: &str, new: &str) -> String {
        diff(old, new)
            .iter()
            .map(|Run { op, text }| match op {
                Op::Same => text.clone(),
                Op::Removed => format!("[-{text}-]"),
                Op::Added => format!("{{+{text}+}}"),
            })
            .collect()
    }

    #[test]
    fn a_word_that_changed_is_told_among_those_that_did_not() {
        insta::assert_snapshot!(shown("It rains in Oslo today.", "It snows in Oslo."), @"It [-rains-]{+snows+} in Oslo[- today-].");
    }

    #[test]
    fn changes_that_touch_are_one() {
        insta::assert_snapshot!(
            shown("Take the red bus to the harbour, then walk.", "Take a blue tram to the harbour, then walk."),
            @"Take [-the red bus-]{+a blue tram+} to the harbour, then walk."
        );
    }

    #[test]
    fn texts_with_nothing_in_common_stand_by_themselves() {
        insta::assert_snapshot!(shown("Yes, of course.", "I do not know what you mean by it"), @"[-Yes, of course.-]{+I do not know what you mean by it+}");
    }

    #[test]
    fn scripts_without_spaces_are_compared_by_character() {
        insta::assert_snapshot!(shown("今日は雨です。", "今日は雪です。"), @"今日は[-雨-]{+雪+}です。");
    }

    #[test]
    fn long_texts_take_no_long_time() {
        let (old, new) = ("a b c d e ".repeat(100_000), "e d x b a ".repeat(100_000));
        let runs = diff(&old, &new);
        assert!(runs.len() <= 4, "{}", runs.len());
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_from_what_changed(old in "[ab \n.é今]{0,40}", new in "[ab \n.é今]{0,40}") {
            let runs = diff(&old, &new);
            let side = |not: Op| runs.iter().filter(|run| run.op != not).map(|run| run.text.as_str()).collect::<String>();
            prop_assert_eq!(side(Op::Added), old);
            prop_assert_eq!(side(Op::Removed), new);
        }
    }
}
