//! A comparison as JSON.

use super::gates::Failure;
use super::word_diff::{Op, Run};
use super::{AnswerChange, Change, Comparison, Drift, FileChange, Side, Sums};
use crate::model::json::{Json, object};
use crate::providers::Usage;
use crate::providers::price::Totals;

/// All of a comparison. The names of its fields are a promise.
pub(in crate::cli) fn tree(comparison: &Comparison, failures: &[Failure]) -> Json {
    let [added, removed, changed] = comparison.counts();
    object(vec![
        ("before", comparison.before.as_str().into()),
        ("after", comparison.after.as_str().into()),
        ("added", number(added)),
        ("removed", number(removed)),
        ("changed", number(changed)),
        ("totals", sums(&comparison.sums())),
        ("files", Json::Array(comparison.files.iter().map(file).collect())),
        ("shape_drift", Json::Array(comparison.drifts.iter().map(drift).collect())),
        ("failed", strings(&comparison.failed)),
        ("not_wanted", Json::Array(failures.iter().map(failure).collect())),
    ])
}

fn failure(failure: &Failure) -> Json {
    let place = failure.place.as_ref();
    object(vec![
        ("rule", failure.rule.as_str().into()),
        ("path", optional(place.map(|(path, _)| path.as_str()))),
        ("line", place.map_or(Json::Null, |(_, line)| number(*line))),
        ("message", failure.message.as_str().into()),
    ])
}

fn file(file: &FileChange) -> Json {
    object(vec![
        ("path", file.path.as_str().into()),
        ("was", optional(file.was.as_deref())),
        ("unchanged", number(file.unchanged)),
        ("totals", sums(&file.sums)),
        ("changes", Json::Array(file.changes.iter().map(change).collect())),
    ])
}

fn change(change: &Change) -> Json {
    let kind = if change.sides.is_rekeyed() { "rekeyed" } else { change.sides.kind() };
    object(vec![
        ("kind", kind.into()),
        ("before", change.sides.before().map_or(Json::Null, side)),
        ("after", change.sides.after().map_or(Json::Null, side)),
        ("request", strings(&change.request)),
        ("answer", Json::Array(change.answer.iter().map(said).collect())),
        ("notes", Json::Array(change.notes.iter().map(|note| note.text.as_str().into()).collect())),
    ])
}

fn side(side: &Side) -> Json {
    object(vec![
        ("line", number(side.line)),
        ("key", side.key.to_string().into()),
        ("take", side.take.into()),
        ("request", side.address.as_str().into()),
        ("provider", optional(side.provider.as_deref())),
        ("model", optional(side.model.as_deref())),
        ("usage", usage(&side.usage)),
        ("cost_usd", side.cost.map_or(Json::Null, |cost| Json::Number(cost.exact()))),
        ("replaced", number(side.redactions)),
    ])
}

/// All of both versions, and of that what is in one of them alone.
fn sums(sums: &Sums) -> Json {
    object(vec![
        ("before", totals(&sums.before())),
        ("after", totals(&sums.after())),
        ("added", totals(&sums.added)),
        ("removed", totals(&sums.removed)),
    ])
}

fn said(said: &AnswerChange) -> Json {
    match said {
        AnswerChange::Sentence(sentence) => object(vec![("sentence", sentence.as_str().into())]),
        AnswerChange::Text { what, runs } => object(vec![
            ("text", what.as_str().into()),
            ("words", Json::Array(runs.iter().map(run).collect())),
        ]),
    }
}

fn run(Run { op, text }: &Run) -> Json {
    let name = match op {
        Op::Same => "same",
        Op::Removed => "removed",
        Op::Added => "added",
    };
    object(vec![(name, text.as_str().into())])
}

fn drift(drift: &Drift) -> Json {
    let retyped = |(field, was, is): &(String, String, String)| {
        object(vec![
            ("field", field.as_str().into()),
            ("before", was.as_str().into()),
            ("after", is.as_str().into()),
        ])
    };
    object(vec![
        ("endpoint", drift.endpoint.as_str().into()),
        ("added", strings(&drift.added)),
        ("dropped", strings(&drift.dropped)),
        ("retyped", Json::Array(drift.retyped.iter().map(retyped).collect())),
    ])
}

fn totals(totals: &Totals) -> Json {
    object(vec![
        ("interactions", totals.interactions.into()),
        ("usage", usage(&totals.usage)),
        ("cost_usd", Json::Number(totals.cost.exact())),
        ("unknown_price", totals.unpriced.into()),
    ])
}

fn usage(usage: &Usage) -> Json {
    let count = |(name, count): (&'static str, u64)| (name.to_owned(), Json::from(count));
    Json::Object(usage.fields().into_iter().map(count).collect())
}

fn strings(texts: &[String]) -> Json {
    Json::Array(texts.iter().map(|text| text.as_str().into()).collect())
}

fn optional(text: Option<&str>) -> Json {
    text.map_or(Json::Null, Json::from)
}

fn number(count: usize) -> Json {
    Json::from(count as u64)
}
