//! What there is to know of a provider and of a protocol, as plain data. The registry has a row of each.
//!
//! Who answers and how they speak are two things: most providers speak OpenAI's chat completions, some several protocols,
//! and a gateway whichever it is asked in. So a provider is told from where a request goes, and what an answer says from
//! its shape alone.

use http::HeaderMap;

use super::usage::Usage;
use crate::model::json::Json;

/// The way to a value, key by key.
pub(crate) type Path = &'static [&'static str];

/// A provider of language models.
#[derive(Debug, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "cli"),
    allow(dead_code, reason = "only the command line sends requests of its own")
)]
pub(crate) struct Provider {
    /// The `gen_ai.provider.name` of OpenTelemetry, or a name in its style where it has none.
    pub(crate) name: &'static str,
    /// Its own servers. A name stands for its subdomains too, and `*` for anything, once.
    pub(super) hosts: &'static [&'static str],
    /// The port that its server listens on, whichever protocol it is spoken to in.
    pub(super) port: Option<&'static str>,
    /// Where a path goes that its protocol is known by, if nobody says where.
    pub(crate) home: Option<&'static str>,
    pub(crate) credential: Option<Credential>,
    /// Headers without which it answers nothing, and what most clients send there.
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(super) prices: PriceNames,
    pub(crate) cache: Caching,
}

/// How the community's table of prices calls a provider.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PriceNames {
    /// What it puts before the provider's models.
    pub(super) prefixes: &'static [&'static str],
    /// Whose entries without such a prefix are the provider's.
    pub(super) owners: &'static [&'static str],
}

/// What a provider keeps of prompts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Caching {
    /// Nothing shorter than so many tokens.
    pub(crate) fewest: Option<u64>,
    /// Only what a request marks.
    pub(crate) only_marked: bool,
}

/// The key that a provider wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "cli"),
    allow(dead_code, reason = "only the command line sends requests of its own")
)]
pub(crate) struct Credential {
    /// The variable that usually has it.
    pub(crate) variable: &'static str,
    /// The header that it goes in; behind the word `Bearer` in `authorization`.
    pub(crate) header: &'static str,
    /// The parameter of a URL that has it in place of the header.
    pub(crate) parameter: Option<&'static str>,
}

impl Provider {
    /// Of whom nothing is known.
    pub(super) const BLANK: Provider = Provider {
        name: "",
        hosts: &[],
        port: None,
        home: None,
        credential: None,
        headers: &[],
        prices: PriceNames { prefixes: &[], owners: &[] },
        cache: Caching { fewest: None, only_marked: false },
    };

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }
}

/// How a protocol is spoken.
pub(crate) struct Protocol {
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests of each protocol go by it"))]
    pub(super) name: &'static str,
    /// The name of the provider that is asked, by the path and the headers. Told the body, too, where the path alone is too
    /// common.
    pub(super) by_path: fn(&str, &HeaderMap, Option<&Json>) -> Option<&'static str>,
    /// The name of the provider that is asked, whatever the path: protocols are spoken on paths of a proxy's own making.
    pub(super) by_body: fn(&Json) -> Option<&'static str>,
    pub(super) asked: Asked,
    pub(super) told: Told,
}

/// What requests say.
pub(crate) struct Asked {
    /// Behind what in a path the name of a model stands.
    pub(super) model_behind: &'static [&'static str],
}

/// What answers and the events of streams say.
pub(crate) struct Told {
    /// Where the name of the model is that answered.
    pub(super) models: &'static [Path],
    /// Objects that hold counts.
    pub(super) counts: &'static [Path],
    /// Counts that stand among the other fields.
    pub(super) loose_counts: &'static [&'static str],
    /// The usage, from counts gathered under their own names.
    pub(super) usage: fn(&Json) -> Option<Usage>,
    /// The usage that is told in headers.
    pub(super) usage_of_headers: fn(&HeaderMap) -> Option<Usage>,
    /// Told the name of an event and what it holds: `Some(true)` when it is the last one, `Some(false)` when more must come,
    /// `None` when it is none of the protocol's.
    pub(super) ends: fn(Option<&str>, &Json) -> Option<bool>,
    /// What describes the error that an event or an answer with status 200 tells of, beside those that have an `error`, as
    /// everybody's do. [`UNSAID`] where nothing does.
    pub(super) failure: for<'a> fn(Option<&str>, &'a Json) -> Option<&'a Json>,
    /// How the `object` of work begins that goes on elsewhere. One that tells of work that failed is no failure itself.
    pub(super) work: &'static [&'static str],
    /// What a frame of AWS wraps, if it is not what it seems to be.
    pub(super) wrapped: fn(&Json) -> Option<Json>,
}

/// An error that nothing is said of.
pub(super) static UNSAID: Json = Json::Null;

impl Protocol {
    /// Of which nothing is known.
    pub(super) const BLANK: Protocol = Protocol {
        name: "",
        by_path: |_, _, _| None,
        by_body: |_| None,
        asked: Asked::BLANK,
        told: Told::BLANK,
    };
}

impl Asked {
    pub(super) const BLANK: Asked = Asked { model_behind: &[] };
}

impl Told {
    pub(super) const BLANK: Told = Told {
        models: &[],
        counts: &[],
        loose_counts: &[],
        usage: |_| None,
        usage_of_headers: |_| None,
        ends: |_, _| None,
        failure: |_, _| None,
        work: &[],
        wrapped: |_| None,
    };
}

/// Not `null`, `{}`, `""`, `false`, nor an object of nothing but such.
pub(super) fn says_something(error: &Json) -> bool {
    match error {
        Json::Null | Json::Bool(false) => false,
        Json::Number(number) => number != "0",
        Json::String(text) => !text.is_empty(),
        Json::Array(items) => !items.is_empty(),
        Json::Object(fields) => fields.iter().any(|(_, value)| says_something(value)),
        Json::Bool(true) => true,
    }
}
