//! What there is to know of a provider and of a protocol, as plain data. The registry has a row of each.
//!
//! Who answers and how they speak are two things: most providers speak OpenAI's chat completions, some several protocols,
//! and a gateway whichever it is asked in. So a provider is told from where a request goes, and what an answer says from
//! its shape alone.

use http::HeaderMap;

use super::assembly::Claims;
use super::charges::Charges;
use super::conversation::content::Parts;
use super::conversation::{Answer, Message, Part};
use super::usage::Usage;
use crate::model::exchange::Request;
use crate::model::json::Json;

/// The way to a value, key by key.
pub(crate) type Path = &'static [&'static str];

/// A provider of language models.
#[derive(Debug, PartialEq, Eq)]
#[cfg_attr(
    not(any(feature = "cli", feature = "server")),
    allow(dead_code, reason = "only the command line and the server send requests of their own")
)]
pub(crate) struct Provider {
    /// The `gen_ai.provider.name` of OpenTelemetry, or a name in its style where it has none.
    pub(crate) name: &'static str,
    /// Its own servers. A name stands for its subdomains too, and `*` for anything, once.
    pub(super) hosts: &'static [&'static str],
    /// The port that its server listens on, whichever protocol it is spoken to in.
    pub(super) port: Option<&'static str>,
    /// Its server, where all its calls go to one: what a path stands behind that says no more.
    pub(crate) home: Option<&'static str>,
    /// How paths of the server of ours begin that are meant for it.
    pub(crate) route: Option<Route>,
    pub(crate) credential: Option<Credential>,
    /// Headers without which it answers nothing, and what most clients send there.
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(super) prices: PriceNames,
    /// Whether it is a server that people run themselves, and pay nobody for.
    pub(super) runs_at_home: bool,
    pub(crate) cache: Caching,
}

/// The first segment of paths that are meant for a provider, and what they lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) name: &'static str,
    pub(super) leads: Leads,
    /// Whether chats, messages, responses and the like stand below `/v1`: some SDKs have that in their base and others add it.
    pub(super) below_v1: bool,
}

/// Where the rest of such a path leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leads {
    /// To the provider's home.
    Home,
    /// To the server of the resource that the next segment names.
    AzureResource,
    /// To the server of the region that the next segment names, and of the service that has such paths.
    BedrockRegion,
    /// To the server of the location that stands in the path anyway.
    VertexLocation,
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
    not(any(feature = "cli", feature = "server")),
    allow(dead_code, reason = "only the command line and the server send requests of their own")
)]
pub(crate) struct Credential {
    /// The variable that usually has it.
    pub(crate) variable: &'static str,
    /// The header that it goes in; behind the word `Bearer` in `authorization`.
    pub(crate) header: &'static str,
    /// The parameter of a URL that has it in place of the header.
    pub(crate) parameter: Option<&'static str>,
    /// Another variable that some of its clients read.
    pub(crate) or: Option<&'static str>,
}

impl Provider {
    /// Of whom nothing is known.
    pub(super) const BLANK: Provider = Provider {
        name: "",
        hosts: &[],
        port: None,
        home: None,
        route: None,
        credential: None,
        headers: &[],
        prices: PriceNames { prefixes: &[], owners: &[] },
        runs_at_home: false,
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
    pub(super) request: RequestFacts,
    pub(super) response: ResponseFacts,
    /// How people get to read it.
    pub(super) readers: Readers,
}

/// What requests say.
pub(crate) struct RequestFacts {
    /// Fields that name whom is asked: a model, or an agent.
    pub(super) models: &'static [&'static str],
    /// The model that a path names, where that takes more than what stands behind a mark.
    pub(super) model_of_path: fn(&str) -> Option<String>,
    /// Parameters of a URL that name it.
    pub(super) model_parameters: &'static [&'static str],
    /// Behind what in a path the name of a model stands.
    pub(super) model_behind: &'static [&'static str],
    /// Objects that gather what governs sampling.
    pub(super) settings: &'static [&'static str],
    /// Where the declarations of tools are.
    pub(super) tools: &'static [Path],
    /// Fields under which one entry declares several tools.
    pub(super) tool_lists: &'static [&'static str],
    /// Fields in which the declaration of a tool is wrapped.
    pub(super) tool_wrappers: &'static [&'static str],
    /// Fields that hold the system prompt.
    pub(super) system: &'static [&'static str],
    /// Lists of what was said, and what one of their items is called. A list of one may be a text.
    pub(super) lists: &'static [(&'static str, &'static str)],
    /// Other fields that hold prompts.
    pub(super) prompts: &'static [&'static str],
    /// Fields somewhere inside a prompt that hold text. The others are names, roles, types, addresses, and files.
    pub(super) texts: &'static [&'static str],
    /// Fields that carry an id which a provider made up in an earlier answer.
    pub(super) ids: &'static [&'static str],
    /// Types of objects whose `id` a provider made up.
    pub(super) id_types: &'static [&'static str],
    /// Fields whose object, or each of whose objects, has such an `id`.
    pub(super) id_holders: &'static [&'static str],
    /// Fields under which users put what is their own: an `id` or a text in there is a value like any other.
    pub(super) users: &'static [&'static str],
    /// Fields that hold JSON schemas, or declarations with such in them.
    pub(super) schemas: &'static [&'static str],
    /// Who speaks in a message that holds what a tool answered.
    pub(super) tool_roles: &'static [&'static str],
    /// Types of objects that hold what a tool answered.
    pub(super) result_types: &'static [&'static str],
    /// Fields whose object, or each of whose objects, does.
    pub(super) result_holders: &'static [&'static str],
    /// Headers that say what is asked, and are worth keeping; those that choose the answer stand in a table of their own.
    pub(super) headers: &'static [&'static str],
    /// How paths end on which prompts are sent whose list is named as that of something else may be.
    pub(super) prompt_paths: &'static [&'static str],
    /// Fields that are read before the tools, or choose the machine. When they change, nothing is in the provider's cache.
    pub(super) before_tools: &'static [Path],
    /// Fields that spoil what was cached of the messages, and of nothing before them.
    pub(super) before_messages: &'static [Path],
    /// Fields that mark what they stand at as the end of what is to be cached.
    pub(super) cache_marks: &'static [&'static str],
    /// Fields of blocks that mark what stands before them.
    pub(super) cache_blocks: &'static [&'static str],
    /// How paths end on which a body is JSON whose media type nobody says.
    pub(super) json_paths: &'static [&'static str],
    /// Fields that hold the body of another request, JSON in base64.
    pub(super) encoded_requests: &'static [&'static str],
    /// How paths end on which nothing is bought.
    pub(super) free_paths: &'static [&'static str],
    /// Notes what a request says of how its answer is to be charged for.
    pub(super) orders: fn(&Request, Option<&Json>, &mut Charges),
}

/// An object that measures, by its name, and the fields of which it has one: others may have data of that name.
pub(crate) type Measured = (&'static str, &'static [&'static str]);

/// What answers and the events of streams say.
pub(crate) struct ResponseFacts {
    /// Where the name of the model is that answered.
    pub(super) models: &'static [Path],
    /// Objects that hold counts.
    pub(super) counts: &'static [Path],
    /// Counts that stand among the other fields.
    pub(super) loose_counts: &'static [&'static str],
    /// The usage, from counts gathered under their own names.
    pub(super) usage: fn(&Json) -> Option<Usage>,
    /// Notes what an event, or a whole answer, is charged for beside its counts.
    pub(super) charged: fn(&Json, &mut Charges),
    /// Notes the same of the counts, gathered as for the usage.
    pub(super) counted: fn(&Json, &mut Charges),
    /// The usage that is told in headers.
    pub(super) usage_of_headers: fn(&HeaderMap) -> Option<Usage>,
    /// Told the name of an event and what it holds, how far the stream has come; `None` when it is none of the protocol's.
    pub(super) progress: fn(Option<&str>, &Json) -> Option<Progress>,
    /// Lists of answers, and the field that says why each of them ended. Each answer that has begun owes such a
    /// reason.
    pub(super) reasons_in: &'static [(&'static str, &'static str)],
    /// Where a stream says why its only answer ended. One that never does has not come to its end, whatever it ends with.
    pub(super) reason_at: &'static [Path],
    /// What a stream ends with, for people.
    pub(super) last: &'static str,
    /// What describes the error that an event or an answer with status 200 tells of, beside those that have an `error`, as
    /// everybody's do. [`UNSAID`] where nothing does.
    pub(super) failure: for<'a> fn(Option<&str>, &'a Json) -> Option<&'a Json>,
    /// How the `object` of work begins that goes on elsewhere. One that tells of work that failed is no failure itself.
    pub(super) work: &'static [&'static str],
    /// What a frame of AWS wraps, if it is not what it seems to be.
    pub(super) wrapped: fn(&Json) -> Option<Json>,
    /// The strings of an event that are pieces of a message.
    pub(super) claims: Claims,
    /// Times and dates, which differ each time.
    pub(super) times: &'static [&'static str],
    /// How long something took.
    pub(super) durations: &'static [&'static str],
    /// Objects that say how long it took to answer and what a server had at hand for it, and nothing of the answer.
    pub(super) measured: &'static [Measured],
    /// Texts that say nothing: fingerprints, padding.
    pub(super) noise: &'static [&'static str],
    /// Fields that carry an id which the provider made up, beside `id` and those that requests repeat.
    pub(super) ids: &'static [&'static str],
    /// What a model or a user made up, all the way down.
    pub(super) exact: &'static [&'static str],
    /// Texts that streams send piece by piece.
    pub(super) pieces: &'static [&'static str],
    /// Counts of which the last event of a stream says all.
    pub(super) cumulative: &'static [&'static str],
    /// What only the first or the last event of a text says beside it.
    pub(super) beside: &'static [&'static str],
    /// Headers that a client acts upon, and that are worth keeping.
    pub(super) headers: &'static [&'static str],
}

/// A field of a request in which something is said: when it is to be read, its name, and what it says; `None` leaves it
/// among the settings.
pub(super) type Said = (Turn, &'static str, fn(&Json, Parts) -> Option<Vec<Message>>);

/// When something is to be read, whatever its place in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// It holds for all that follows.
    System,
    /// What was said before what is said now, where that stands apart.
    Before,
    Messages,
    /// What is said now, in a field of its own.
    Now,
    /// It belongs to what is said now.
    Beside,
}

impl Turn {
    pub(super) const ALL: [Turn; 5] = [Turn::System, Turn::Before, Turn::Messages, Turn::Now, Turn::Beside];
}

/// How requests and answers become a conversation. What a reader does not know is somebody else's.
pub(crate) struct Readers {
    pub(super) said: &'static [Said],
    /// The answers in a whole answer.
    pub(super) answers: fn(&Json, Parts) -> Option<Vec<Answer>>,
    /// What a block is of which a message is made.
    pub(super) block: fn(&Json, Parts) -> Option<Vec<Part>>,
    /// Whether an item of an answer that is an array is an event of a stream.
    pub(super) in_array: fn(&Json) -> bool,
    /// What an event says in one piece, by the number of the answer, beside what is claimed from it.
    pub(super) beside: fn(&Json, Parts) -> Vec<(usize, Part)>,
    /// Events by whose names what they hold is a piece of what is said, as it stands there.
    pub(super) text_events: &'static [&'static str],
    /// A piece of sound, in base64.
    pub(super) sound: fn(&Json) -> Option<(usize, &str)>,
    /// What an event at the end says again as a whole.
    pub(super) summary: fn(&Json, Parts) -> Option<Vec<Answer>>,
    /// Where an event says why the answer ended.
    pub(super) reasons: &'static [Path],
    /// Reasons to end that say no more than that all was said.
    pub(super) usual_ends: &'static [&'static str],
}

/// How far a stream has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// More must come.
    Going,
    /// All is said. More may follow, such as counts, and some servers leave it out.
    Said,
    /// This was the last event.
    Ended,
}

/// An error that nothing is said of.
pub(super) static UNSAID: Json = Json::Null;

impl Protocol {
    /// Of which nothing is known.
    pub(super) const BLANK: Protocol = Protocol {
        name: "",
        by_path: |_, _, _| None,
        by_body: |_| None,
        request: RequestFacts::BLANK,
        response: ResponseFacts::BLANK,
        readers: Readers::BLANK,
    };
}

impl Readers {
    pub(super) const BLANK: Readers = Readers {
        said: &[],
        answers: |_, _| None,
        block: |_, _| None,
        in_array: |_| false,
        beside: |_, _| Vec::new(),
        text_events: &[],
        sound: |_| None,
        summary: |_, _| None,
        reasons: &[],
        usual_ends: &[],
    };
}

impl RequestFacts {
    pub(super) const BLANK: RequestFacts = RequestFacts {
        models: &[],
        model_of_path: |_| None,
        model_parameters: &[],
        model_behind: &[],
        settings: &[],
        tools: &[],
        tool_lists: &[],
        tool_wrappers: &[],
        system: &[],
        lists: &[],
        prompts: &[],
        texts: &[],
        ids: &[],
        id_types: &[],
        id_holders: &[],
        users: &[],
        schemas: &[],
        tool_roles: &[],
        result_types: &[],
        result_holders: &[],
        headers: &[],
        prompt_paths: &[],
        before_tools: &[],
        before_messages: &[],
        cache_marks: &[],
        cache_blocks: &[],
        json_paths: &[],
        encoded_requests: &[],
        free_paths: &[],
        orders: |_, _, _| {},
    };
}

impl ResponseFacts {
    pub(super) const BLANK: ResponseFacts = ResponseFacts {
        models: &[],
        counts: &[],
        loose_counts: &[],
        usage: |_| None,
        charged: |_, _| {},
        counted: |_, _| {},
        usage_of_headers: |_| None,
        progress: |_, _| None,
        reasons_in: &[],
        reason_at: &[],
        last: "",
        failure: |_, _| None,
        work: &[],
        wrapped: |_| None,
        claims: |_, _, _| {},
        times: &[],
        durations: &[],
        measured: &[],
        noise: &[],
        ids: &[],
        exact: &[],
        pieces: &[],
        cumulative: &[],
        beside: &[],
        headers: &[],
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
