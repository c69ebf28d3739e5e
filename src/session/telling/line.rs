//! A line of what sessions tell a run: JSON, written and read here.

use std::fmt;
use std::path::PathBuf;

use crate::model::json::{Json, object};
use crate::model::mode::Mode;
use crate::session::report::Report;

/// How much of a text is told. A run that wants more has the cassette.
const LONGEST: usize = 4000;

/// Something that a session tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Who tells it: nobody else is called so.
    pub(crate) id: String,
    /// The cassette.
    pub(crate) file: PathBuf,
    pub(crate) mode: Mode,
    pub(crate) what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    Opened,
    Refused(Refused),
    /// May be told again, with more.
    Ended(Box<End>),
}

/// A request that got an error instead of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) why: Why,
    /// Where in the cassette that is which comes nearest.
    pub(crate) line: Option<usize>,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

/// Why a request was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// It has no recording.
    Missed,
    /// Its recording is too old.
    Expired,
    Other,
}

impl Why {
    const WORDS: [(&str, Why); 3] =
        [("missed", Why::Missed), ("expired", Why::Expired), ("other", Why::Other)];

    fn word(self) -> &'static str {
        Why::WORDS.iter().find(|(_, why)| *why == self).map_or("other", |(word, _)| word)
    }
}

/// What a session came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct End {
    /// What is unused stands without the path of its file.
    pub(crate) report: Report,
    /// Whether somebody finished it, or it was dropped.
    pub(crate) finished: bool,
    /// What went wrong at its end.
    pub(crate) error: Option<String>,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = [
            ("id", text(&self.id)),
            ("file", Json::from(self.file.to_string_lossy().into_owned())),
            ("mode", Json::from(self.mode.to_string())),
        ];
        let what = match &self.what {
            What::Opened => ("opened", Json::Bool(true)),
            What::Refused(refused) => ("refused", refused.to_json()),
            What::Ended(end) => ("ended", end.to_json()),
        };
        f.write_str(&object(head.into_iter().chain([what])).compact())
    }
}

fn text(text: &str) -> Json {
    let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(end, _)| end);
    Json::from(&text[..end])
}

fn optional(value: Option<&String>) -> Json {
    value.map_or(Json::Null, |value| text(value))
}

fn number(count: usize) -> Json {
    Json::Number(count.to_string())
}

impl Refused {
    fn to_json(&self) -> Json {
        object([
            ("why", Json::from(self.why.word())),
            ("line", self.line.map_or(Json::Null, number)),
            ("message", text(&self.message)),
            ("hint", optional(self.hint.as_ref())),
        ])
    }
}

/// The counts of a report, by the names that they have in a line.
macro_rules! counts {
    ($report:expr) => {{
        let report = $report;
        [
            ("requests", &mut report.requests),
            ("played", &mut report.played),
            ("recorded", &mut report.recorded),
            ("resumed", &mut report.resumed),
            ("unchanged", &mut report.unchanged),
            ("expired", &mut report.expired),
            ("removed", &mut report.removed),
            ("pending", &mut report.pending),
            ("evicted", &mut report.evicted),
            ("discarded", &mut report.discarded),
            ("unpriced", &mut report.unpriced),
        ]
    }};
}

impl End {
    fn to_json(&self) -> Json {
        let mut report = self.report.clone();
        let list = |lines: &[String]| Json::Array(lines.iter().map(|line| text(line)).collect());
        let skipped = report
            .skipped
            .iter()
            .map(|skipped| object([("request", text(&skipped.request)), ("reason", text(&skipped.reason))]));
        let mut fields = vec![
            ("finished", Json::Bool(self.finished)),
            ("error", optional(self.error.as_ref())),
            ("missed", list(&report.missed)),
            ("skipped", Json::Array(skipped.collect())),
            ("unused", list(&report.unused)),
            ("kept", list(&report.kept)),
            ("headers_left_out", list(&report.headers_left_out)),
            ("redacted", list(&report.redacted)),
            ("input_tokens", Json::from(report.input_tokens)),
            ("output_tokens", Json::from(report.output_tokens)),
            ("spent", text(&report.spent.exact())),
            ("saved", text(&report.saved.exact())),
        ];
        fields.extend(counts!(&mut report).map(|(name, count)| (name, number(*count))));
        object(fields)
    }
}

#[cfg(feature = "cli")]
mod reading {
    use super::{End, Line, Refused, What, Why};
    use crate::model::json::{Json, parse};
    use crate::providers::price::Dollars;
    use crate::session::report::{Report, Skipped};

    impl Line {
        /// What a line says; `None` for what a session of another version may have told.
        pub(crate) fn parse(line: &str) -> Option<Line> {
            let tree = parse(line.as_bytes()).ok()?;
            let what = if let Some(refused) = tree.get("refused") {
                What::Refused(Refused::of(refused)?)
            } else if let Some(ended) = tree.get("ended") {
                What::Ended(Box::new(End::of(ended)?))
            } else {
                tree.get("opened")?;
                What::Opened
            };
            let file = tree.get("file")?.as_str()?.into();
            let mode = tree.get("mode")?.as_str()?.parse().ok()?;
            Some(Line { id: string(&tree, "id")?, file, mode, what })
        }
    }

    fn string(tree: &Json, name: &str) -> Option<String> {
        tree.get(name)?.as_str().map(str::to_owned)
    }

    fn flag(tree: &Json, name: &str) -> Option<bool> {
        match tree.get(name)? {
            Json::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    fn count(tree: &Json, name: &str) -> Option<usize> {
        usize::try_from(tree.get(name)?.as_u64()?).ok()
    }

    fn strings(tree: &Json, name: &str) -> Option<Vec<String>> {
        tree.get(name)?.as_array()?.iter().map(|line| line.as_str().map(str::to_owned)).collect()
    }

    fn dollars(tree: &Json, name: &str) -> Option<Dollars> {
        Dollars::parse(tree.get(name)?.as_str()?)
    }

    impl Refused {
        fn of(tree: &Json) -> Option<Refused> {
            let (line, hint) = (count(tree, "line"), string(tree, "hint"));
            let word = tree.get("why")?.as_str()?;
            let (_, why) = Why::WORDS.iter().find(|(known, _)| *known == word)?;
            Some(Refused { why: *why, line, message: string(tree, "message")?, hint })
        }
    }

    impl End {
        fn of(tree: &Json) -> Option<End> {
            let skipped = |tree: &Json| {
                Some(Skipped { request: string(tree, "request")?, reason: string(tree, "reason")? })
            };
            let mut report = Report {
                missed: strings(tree, "missed")?,
                skipped: tree.get("skipped")?.as_array()?.iter().map(skipped).collect::<Option<_>>()?,
                unused: strings(tree, "unused")?,
                kept: strings(tree, "kept")?,
                headers_left_out: strings(tree, "headers_left_out")?,
                redacted: strings(tree, "redacted")?,
                input_tokens: tree.get("input_tokens")?.as_u64()?,
                output_tokens: tree.get("output_tokens")?.as_u64()?,
                spent: dollars(tree, "spent")?,
                saved: dollars(tree, "saved")?,
                ..Report::default()
            };
            for (name, target) in counts!(&mut report) {
                *target = count(tree, name)?;
            }
            Some(End { report, finished: flag(tree, "finished")?, error: string(tree, "error") })
        }
    }
}

#[cfg(all(test, feature = "cli"))]
mod tests {
    use super::*;
    use crate::providers::price::Dollars;
    use crate::session::report::Skipped;

    fn line(what: What) -> Line {
        Line { id: "1.0.2".to_owned(), file: "/a b/c.yaml".into(), mode: Mode::Record, what }
    }

    #[test]
    fn what_is_told_is_read_as_it_was_told() {
        let report = Report {
            requests: 9,
            played: 1,
            recorded: 2,
            resumed: 3,
            unchanged: 4,
            skipped: vec![Skipped { request: "POST x".to_owned(), reason: "HTTP 429".to_owned() }],
            missed: vec!["no recorded response".to_owned()],
            unused: vec!["12: POST \"x\"\n".to_owned()],
            kept: vec!["13: y".to_owned()],
            headers_left_out: vec!["x-order".to_owned()],
            redacted: vec!["POST x: 1 value is replaced in the answer: `/z`".to_owned()],
            expired: 5,
            removed: 6,
            pending: 13,
            evicted: 7,
            discarded: 8,
            input_tokens: 10,
            output_tokens: 11,
            spent: Dollars::parse("0.000000000000001").unwrap(),
            saved: Dollars::parse("12.5").unwrap(),
            unpriced: 12,
        };
        let refused = Refused {
            why: Why::Missed,
            line: Some(7),
            message: "no recorded response\n  nearest: …".to_owned(),
            hint: Some("run `x`".to_owned()),
        };
        let end = |error: Option<&str>| End {
            report: report.clone(),
            finished: error.is_none(),
            error: error.map(str::to_owned),
        };
        for what in [
            What::Opened,
            What::Refused(refused.clone()),
            What::Refused(Refused { why: Why::Expired, line: None, hint: None, ..refused }),
            What::Ended(Box::new(end(None))),
            What::Ended(Box::new(end(Some("could not write")))),
        ] {
            let told = line(what);
            assert!(!told.to_string().contains('\n'), "{told}");
            assert_eq!(Line::parse(&told.to_string()), Some(told));
        }
    }

    #[test]
    fn what_no_session_of_this_version_tells_is_passed_over() {
        for text in ["", "{}", "{\"id\":1}", "x", "{\"id\":\"1\",\"file\":\"f\",\"mode\":\"replay\"}"] {
            assert_eq!(Line::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_long_text_is_cut() {
        let message = "ü".repeat(3 * LONGEST);
        let told = line(What::Refused(Refused { why: Why::Other, line: None, message, hint: None }));
        assert!(told.to_string().len() < 3 * LONGEST);
    }
}
