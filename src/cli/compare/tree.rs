//! A comparison as JSON.

use super::word_diff::{Op, Run};
use super::{AnswerChange, Change, Comparison, Drift, FileChange, Side, Sides};
use crate::model::json::{Json, object};
use crate::providers::Usage;
use crate::providers::price::Totals;

/// All of a comparison. The names of its fields are a promise.
pub(in crate::cli) fn tree(comparison: &Comparison) -> Json {
    let (before, after) = comparison.totals();
    let [added, removed, changed] = comparison.counts();
    object(vec![
        ("before", comparison.before.as_str().into()),
        ("after", comparison.after.as_str().into()),
        ("added", number(added)),
        ("removed", number(removed)),
        ("changed", number(changed)),
        ("totals", object(vec![("before", totals(&before)), ("after", totals(&after))])),
        ("files", Json::Array(comparison.files.iter().map(file).collect())),
        ("shape_drift", Json::Array(comparison.drifts.iter().map(drift).collect())),
        ("failed", strings(&comparison.failed)),
    ])
}

fn file(file: &FileChange) -> Json {
    object(vec![
        ("path", file.path.as_str().into()),
        ("was", optional(file.was.as_deref())),
        ("unchanged", number(file.unchanged)),
        ("totals", object(vec![("before", totals(&file.before)), ("after", totals(&file.after))])),
        ("changes", Json::Array(file.changes.iter().map(change).collect())),
    ])
}

fn change(change: &Change) -> Json {
    let kind = match &change.sides {
        Sides::Added(_) => "added",
        Sides::Removed(_) => "removed",
        Sides::Both(..) if change.sides.is_rekeyed() => "rekeyed",
        Sides::Both(..) => "changed",
    };
    object(vec![
        ("kind", kind.into()),
        ("before", change.sides.before().map_or(Json::Null, side)),
        ("after", change.sides.after().map_or(Json::Null, side)),
        ("request", strings(&change.request)),
        ("answer", Json::Array(change.answer.iter().map(said).collect())),
        ("notes", strings(&change.notes)),
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
