//! `llm-cassette.toml`: what the tests of a package, or of a workspace, would each have to say. Text in, settings or an error
//! out; `files.rs` knows where the text comes from.

pub(crate) mod files;
mod reader;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use regex::Regex;

use self::reader::{Fields, Reader};
use super::setting;
use crate::matching::user_rules::Pointer;
use crate::model::age::Age;
use crate::model::error::Error;
use crate::model::ttl::Expiry;
use crate::redact::RedactOptions;
use crate::session::budget::Budget;
use crate::session::settings::{Repeats, Settings};
use crate::store::writer::Destination;

/// The fields of the file, in the order of its documentation.
pub(crate) const FIELDS: [&str; 20] = [
    "folder",
    "ignore",
    "ignore_order",
    "replace",
    "ignore_host",
    "normalize_whitespace",
    "match_headers",
    "keep_headers",
    "secrets",
    "providers",
    "upstreams",
    "prices",
    "budget",
    "ttl",
    "ttl_of_tags",
    "expiry",
    "repeats",
    "review",
    "fail_on_unused",
    "ledger",
];

/// How files say where the answers of a refresh go.
const REVIEW: [(&str, Destination); 2] = [("direct", Destination::InPlace), ("pending", Destination::Beside)];

/// What one file says. What it does not say is blank.
#[derive(Debug, Default)]
pub(crate) struct Configuration {
    folder: Option<PathBuf>,
    ignore: Vec<Pointer>,
    ignore_order: Vec<Pointer>,
    replace: Vec<(Regex, String)>,
    ignore_host: Option<bool>,
    normalize_whitespace: Option<bool>,
    match_headers: Vec<String>,
    keep_headers: Vec<String>,
    secret_names: Vec<String>,
    secret_patterns: Vec<regex::bytes::Regex>,
    providers: Vec<(String, String)>,
    #[cfg_attr(not(feature = "server"), allow(dead_code, reason = "the server alone sends anything"))]
    upstreams: Vec<(String, String)>,
    prices: Option<PathBuf>,
    budget: Option<Budget>,
    ttl: Option<Age>,
    ttl_of_tags: Vec<(String, Age)>,
    expiry: Option<Expiry>,
    repeats: Option<Repeats>,
    review: Option<Destination>,
    fail_on_unused: Option<bool>,
    ledger: Option<bool>,
}

impl Configuration {
    /// Reads the text of a file. Its path is for errors, and what paths in it count from.
    pub(crate) fn parse(text: &str, path: &Path) -> Result<Configuration, Error> {
        let reader = Reader::new(text, path);
        let tree = reader.tree()?;
        let fields = reader.fields(&tree, &FIELDS)?;
        let beside = |file: &str| path.parent().unwrap_or(Path::new("")).join(file);
        let secrets = fields.table("secrets", &["names", "patterns"])?;
        let secrets = secrets.unwrap_or_default();
        Ok(Configuration {
            folder: fields.text("folder")?.map(beside),
            ignore: fields.list("ignore", setting::pointer)?,
            ignore_order: fields.list("ignore_order", setting::pointer)?,
            replace: replacements(&fields)?,
            ignore_host: fields.flag("ignore_host")?,
            normalize_whitespace: fields.flag("normalize_whitespace")?,
            match_headers: fields.list("match_headers", |name| setting::header(name, "x-tenant"))?,
            keep_headers: fields.list("keep_headers", |name| setting::header(name, "x-request-id"))?,
            secret_names: secrets.list("names", secret_name)?,
            secret_patterns: secrets.list("patterns", setting::secret_pattern)?,
            providers: fields.map("providers", |host, provider| {
                setting::gateway(host, provider).map(|()| (host.to_owned(), provider.to_owned()))
            })?,
            upstreams: fields
                .map("upstreams", |name, url| Ok((setting::upstream(name)?, setting::server(url)?)))?,
            prices: fields.text("prices")?.map(beside),
            budget: fields.read("budget", Budget::parse)?,
            ttl: fields.read("ttl", Age::parse)?,
            ttl_of_tags: fields
                .map("ttl_of_tags", |tag, age| Ok((setting::tag(tag)?.to_owned(), Age::parse(age)?)))?,
            expiry: fields.word("expiry", &Expiry::WORDS)?,
            repeats: fields.word("repeats", &Repeats::WORDS)?,
            review: fields.word("review", &REVIEW)?,
            fail_on_unused: fields.flag("fail_on_unused")?,
            ledger: fields.flag("ledger")?,
        })
    }
}

/// They stand in a list, since each sees what the ones before it have left.
fn replacements(fields: &Fields<'_>) -> Result<Vec<(Regex, String)>, Error> {
    let rows = fields.rows("replace", &["pattern", "with"])?;
    rows.iter()
        .map(|row| {
            Ok((
                row.required("pattern", setting::pattern)?,
                row.required("with", |with| Ok(with.to_owned()))?,
            ))
        })
        .collect()
}

fn secret_name(name: &str) -> Result<String, Error> {
    match name.is_empty() {
        true => Err(setting::wrong("the name is empty".to_owned(), "write a name such as `session_ticket`")),
        false => Ok(name.to_owned()),
    }
}

/// What the files say that stand in a folder and above it, the farthest first.
#[derive(Debug, Default)]
pub(crate) struct Configurations(Vec<Configuration>);

impl Configurations {
    /// What cassettes start from, before code has its say. Of what one field can say only once, the nearest file counts; lists
    /// add up, the farthest first.
    pub(super) fn apply(&self, settings: &mut Settings, secrets: &mut RedactOptions) {
        for file in &self.0 {
            let Settings { rules, gateways, ttl, .. } = settings;
            rules.ignored.extend_from_slice(&file.ignore);
            rules.unordered.extend_from_slice(&file.ignore_order);
            rules.replaced.extend_from_slice(&file.replace);
            rules.headers.extend_from_slice(&file.match_headers);
            set(&mut rules.ignore_host, file.ignore_host);
            set(&mut rules.normalize_whitespace, file.normalize_whitespace);
            file.providers.iter().for_each(|(host, provider)| gateways.add(host, provider));
            for (tag, age) in &file.ttl_of_tags {
                ttl.set_of_tag(tag, *age);
            }
            set(&mut ttl.policy, file.expiry);
            ttl.all = file.ttl.or(ttl.all);
            set(&mut settings.repeats, file.repeats);
            set(&mut settings.refreshed, file.review);
            set(&mut settings.fail_on_unused, file.fail_on_unused);
            set(&mut settings.no_ledger, file.ledger.map(|ledger| !ledger));
            secrets.kept_request_headers.extend_from_slice(&file.match_headers);
            secrets.kept_response_headers.extend_from_slice(&file.keep_headers);
        }
        self.add_secrets(secrets);
    }

    /// What the files say is secret.
    pub(crate) fn add_secrets(&self, secrets: &mut RedactOptions) {
        for file in &self.0 {
            file.secret_names.iter().for_each(|name| secrets.add_name(name));
            secrets.patterns.extend_from_slice(&file.secret_patterns);
        }
    }

    /// Where the server sends requests, by what paths name, the farthest file first.
    #[cfg(feature = "server")]
    pub(crate) fn upstreams(&self) -> impl Iterator<Item = &(String, String)> {
        self.0.iter().flat_map(|file| &file.upstreams)
    }

    /// The folder of cassettes, in the place of `cassettes`.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.nearest(|file| file.folder.as_deref())
    }

    /// The file with prices.
    fn prices(&self) -> Option<&Path> {
        self.nearest(|file| file.prices.as_deref())
    }

    /// What all cassettes of a process may spend together.
    pub(super) fn budget(&self) -> Option<&Budget> {
        self.nearest(|file| file.budget.as_ref())
    }

    fn nearest<'a, T>(&'a self, said: impl Fn(&'a Configuration) -> Option<T>) -> Option<T> {
        self.0.iter().rev().find_map(said)
    }
}

fn set<T>(setting: &mut T, said: Option<T>) {
    if let Some(said) = said {
        *setting = said;
    }
}
