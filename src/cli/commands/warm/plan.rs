//! What there is to do: which requests are in the cassette already, which are the same, who needs a key.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::tally::shown;
use crate::cli::commands::output::Output;
use crate::cli::commands::table::Table;
use crate::cli::warm::{self, Job};
use crate::matching::request_key::Key;
use crate::model::error::{Error, ErrorKind};
use crate::model::json::{Json, object};
use crate::model::text::grouped;
use crate::session::{Known, Session};

/// What is to be recorded, in the order of the lines.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) calls: Vec<Job>,
    pub(super) pairs: Vec<Job>,
    /// Requests that the cassette has an answer to.
    pub(super) there: usize,
    /// Lines that ask what an earlier line asks.
    pub(super) repeated: usize,
}

/// Sorts the jobs. With `top`, only so many, the most frequent first.
pub(super) fn plan(session: &Arc<Session>, jobs: Vec<Job>, top: Option<usize>) -> Result<Plan, Error> {
    let mut keys: Vec<Key> = Vec::with_capacity(jobs.len());
    let mut known: HashMap<Key, Known> = HashMap::new();
    for job in &jobs {
        let (key, has) = session.knows(job.request.clone())?;
        known.insert(key, has);
        keys.push(key);
    }
    let mut chosen = warm::most_frequent(&keys, top.unwrap_or(usize::MAX));
    if top.is_none() {
        chosen.sort_unstable();
    }
    let repeated = if top.is_none() { jobs.len() - chosen.len() } else { 0 };
    let mut plan = Plan { repeated, ..Plan::default() };
    let mut jobs: Vec<Option<Job>> = jobs.into_iter().map(Some).collect();
    for (place, times) in chosen {
        let Some(mut job) = jobs[place].take() else { continue };
        job.times = times;
        match (known.get(&keys[place]), &job.answer) {
            (Some(Known::Answer), _) | (Some(Known::OldAnswer), Some(_)) => plan.there += 1,
            (_, Some(_)) => plan.pairs.push(job),
            (_, None) => plan.calls.push(job),
        }
    }
    Ok(plan)
}

/// The calls with the keys of the environment. Headers of the command may hold a key, and so must not go to several hosts.
pub(super) fn with_credentials(mut calls: Vec<Job>, own_headers: bool) -> Result<Vec<Job>, Error> {
    let hosts: BTreeSet<&str> = calls.iter().filter_map(|job| job.request.url.split('/').nth(2)).collect();
    if own_headers && hosts.len() > 1 {
        let hosts: Vec<&str> = hosts.into_iter().collect();
        let what = format!("`--header` would be sent to {}", hosts.join(", "));
        return Err(Error::new(ErrorKind::BadSetting, what)
            .with_hint("a header may hold a key, so warm the requests of one host at a time"));
    }
    for job in &mut calls {
        let found = warm::credential(&job.request, |name| std::env::var(name).ok())?;
        job.request.headers.extend(found);
    }
    Ok(calls)
}

/// Tells what a run would do.
pub(super) fn show(session: &Session, plan: &Plan, other_lines: usize, output: &mut Output) {
    if output.wants_json() {
        output.value(&tree(session, plan, other_lines));
        return;
    }
    let mut rendered = vec![format!("would record {}", grouped(plan.calls.len() as u64))];
    for (count, what) in [
        (plan.pairs.len(), "would write"),
        (plan.there, "already there"),
        (plan.repeated, "repeated"),
        (other_lines, "other lines"),
    ] {
        if count > 0 {
            rendered.push(format!("{what} {}", grouped(count as u64)));
        }
    }
    output.line(&rendered.join(", "));
    let mut table = Table::new(3, &["id", "line", "request", "times"]);
    for job in plan.calls.iter().chain(&plan.pairs) {
        let times = if job.times > 1 { grouped(job.times as u64) } else { String::new() };
        table.row(vec![shown(job.id.as_deref()), job.line.to_string(), session.title(&job.request), times]);
    }
    if plan.calls.len() + plan.pairs.len() > 0 {
        table.print(output);
    }
}

fn tree(session: &Session, plan: &Plan, other_lines: usize) -> Json {
    let job = |job: &Job| {
        let fields = [
            ("custom_id", job.id.as_deref().map_or(Json::Null, Json::from)),
            ("line", Json::from(job.line as u64)),
            ("request", Json::from(session.title(&job.request))),
            ("times", Json::from(job.times as u64)),
        ];
        object(fields)
    };
    let fields = [
        ("record", Json::Array(plan.calls.iter().map(job).collect())),
        ("write", Json::Array(plan.pairs.iter().map(job).collect())),
        ("there", Json::from(plan.there as u64)),
        ("repeated", Json::from(plan.repeated as u64)),
        ("other_lines", Json::from(other_lines as u64)),
    ];
    object(fields)
}
