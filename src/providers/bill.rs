//! What there is to pay for of an exchange, by its own account: tokens by their kinds, the service tier, searches, and what
//! the provider says that it came to. Prices stand elsewhere.

mod reading;
mod work;

use http::{Method, StatusCode};

use super::charges::Charges;
use super::recognise::{is_at, is_on_this_machine, model_asked_for};
use super::registry::{self, FIELDS};
use super::usage::Usage;
use crate::model::address::Address;
use crate::model::exchange::{Cut, Request, Response};
use crate::model::interaction::Interaction;
use crate::model::json::Json;
use crate::model::wire::asked::asked_of;
use reading::Read;

/// What is to be paid for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bill {
    pub(crate) provider: Option<String>,
    pub(crate) model: Option<String>,
    /// The name under which the model is sold, where answers call it otherwise.
    pub(crate) sold_as: Option<String>,
    pub(crate) usage: Usage,
    pub(crate) charges: Charges,
    pub(crate) state: State,
    /// Work that is ordered now and done later, if the exchange is about some.
    pub(crate) work: Option<Work>,
}

/// Work that is ordered now, done later, and fetched as often as somebody asks. It is one thing to pay for, by the name that
/// the provider gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Work {
    pub(crate) id: String,
    /// Who gave it that name. A provider may be known by the path of an order alone.
    pub(crate) host: String,
    pub(crate) part: Part,
}

/// What an exchange does about work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// It orders the work, which is not done yet.
    Orders,
    /// It fetches what the work came to.
    Fetches,
}

/// Whether there is anything to pay for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum State {
    /// Something was bought, and the answer says what.
    #[default]
    Bought,
    /// Something was bought, and nothing says what all of it came to: an answer of which only a part arrived, or that
    /// counts no tokens.
    Uncounted,
    /// A server of one's own answered, which nobody is paid for.
    Own,
    /// Nothing was bought: models were listed, tokens counted, somebody asked how far work is.
    Nothing,
}

impl Bill {
    /// What an interaction came to when it was recorded.
    pub(crate) fn of(interaction: &Interaction) -> Bill {
        let (provider, model) = (interaction.provider.as_deref(), interaction.model.as_deref());
        let usage = Usage::of(&interaction.usage);
        if interaction.labels.is_by_hand() {
            return Bill { state: State::Nothing, ..Bill::of_tokens(provider, model, usage) };
        }
        Bill::new(provider, model, usage, &interaction.request, &interaction.response)
    }

    pub(crate) fn new(
        provider: Option<&str>,
        model: Option<&str>,
        usage: Usage,
        request: &Request,
        response: &Response,
    ) -> Bill {
        let mut bill = Bill::of_tokens(provider, model, usage);
        let read = reading::read(&response.headers, &response.body.bytes);
        let is_whole = response.body.cut == Cut::Whole;
        let Some(part) = part(request, response.status, &read, is_whole) else {
            bill.state = State::Nothing;
            return bill;
        };
        // Others than providers have work of their own that takes its time.
        let is_later = provider.is_some() && (read.is_under_way || (read.is_in_background && !is_whole));
        if part == Part::Fetches || is_later {
            let host = Address::of(&request.url).authority.to_ascii_lowercase();
            bill.work = read.work.map(|id| Work { id, host, part });
        }
        let asked = asked_of(request);
        bill.charges = read.charges;
        if usage == Usage::default() {
            bill.usage = read.usage.unwrap_or_default();
        }
        take_orders(&mut bill.charges, provider, request, asked.as_deref());
        // Native answers have the name that the maker of a model has for it.
        if provider == Some("aws.bedrock") {
            bill.sold_as = model_asked_for(&request.url, asked.as_deref());
        }
        let counted = bill.usage != Usage::default() || bill.charges.ranked.is_some();
        bill.state = match model {
            None if !counted && bill.charges == Charges::default() && !is_later => State::Nothing,
            Some(model) if is_own(provider, &request.url, model) => State::Own,
            _ if !is_whole || !counted || is_later => State::Uncounted,
            _ => State::Bought,
        };
        bill
    }

    /// Of so many tokens, and nothing else.
    pub(crate) fn of_tokens(provider: Option<&str>, model: Option<&str>, usage: Usage) -> Bill {
        Bill {
            provider: provider.map(str::to_owned),
            model: model.map(str::to_owned),
            usage,
            ..Bill::default()
        }
    }

    /// The counts that are paid for.
    pub(crate) fn counts_paid_for(&self) -> Usage {
        match self.charges.billed {
            Some((input, output)) => Usage {
                input_tokens: Some(input),
                output_tokens: Some(output),
                cache_read_input_tokens: None,
                ..self.usage
            },
            None => self.usage,
        }
    }
}

/// What the request says of how it is to be answered, and the answer need not.
fn take_orders(charges: &mut Charges, provider: Option<&str>, request: &Request, body: Option<&Json>) {
    for protocol in registry::PROTOCOLS {
        (protocol.request.orders)(request, body, charges);
    }
    if provider == Some("perplexity") {
        // It charges for each request what depends on how it was asked, and states the sum.
        charges.unpriced = true;
    }
}

/// What an exchange does, where it is one that a provider is paid for. Work is paid for by what it came to, which only
/// somebody who fetches it once it is done is told.
fn part(request: &Request, status: StatusCode, read: &Read, is_whole: bool) -> Option<Part> {
    let path = Address::of(&request.url).path.trim_end_matches('/');
    let is_free = FIELDS.free_paths.iter().any(|free| path.ends_with(free));
    if !status.is_success() || is_free {
        return None;
    }
    let is_done = is_whole && read.usage.is_some() && !read.is_under_way && read.work.is_some();
    match request.method == Method::POST {
        true => Some(Part::Orders),
        false => is_done.then_some(Part::Fetches),
    }
}

/// Whether the server is one of those that people run themselves: by its name, or since somebody gave it a name that is
/// no provider's and it listens on this machine.
fn is_own(provider: Option<&str>, url: &str, model: &str) -> bool {
    // Ollama passes models whose names end so on to its own servers.
    let passed_on = model.ends_with("-cloud") || model.ends_with(":cloud");
    !passed_on
        && provider.is_some_and(|name| match registry::provider(name) {
            Some(known) => known.runs_at_home && !is_at(known, url),
            None => is_on_this_machine(url),
        })
}
