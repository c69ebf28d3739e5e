//! Who answers, and in which protocols: a row for each provider, and one for each protocol.
//!
//! A protocol is a folder of this registry, declared here and nowhere else, so that a new one takes a folder and a row. A
//! folder imports the types of a protocol and what helps to read one, neither these lists nor what reads them.

#![allow(
    clippy::needless_update,
    reason = "a row says what it knows, be it all that there is to know or not"
)]

mod aleph_alpha;
mod anthropic;
mod bedrock;
mod cohere;
mod dashscope;
mod deepgram;
mod gemini;
mod interactions;
mod llama_cpp;
mod ollama;
mod openai;
mod replicate;
mod scores;
mod text_generation;
mod watsonx;

use std::sync::LazyLock;

use super::assembly::{Assembly, Claims};
use super::protocol::{Caching, Credential, Leads, Measured, Path, PriceNames, Protocol, Provider, Route};

/// All protocols. Of those that know something, the first counts.
pub(super) static PROTOCOLS: [&Protocol; 17] = [
    &openai::CHAT,
    &interactions::INTERACTIONS,
    // Its answers have an `output` that is a list, too.
    &replicate::PREDICTIONS,
    &openai::RESPONSES,
    &anthropic::MESSAGES,
    &gemini::GENERATE_CONTENT,
    // Agents of Bedrock have an `output` with a text as well.
    &dashscope::SERVICES,
    &bedrock::CONVERSE,
    &ollama::CHAT,
    &cohere::CHAT,
    &watsonx::TEXT,
    &aleph_alpha::COMPLETIONS,
    &text_generation::GENERATED,
    &deepgram::LISTEN,
    &llama_cpp::NATIVE,
    &scores::SCORES,
    // Some of its answers are no more than a text.
    &openai::OTHERS,
];

const BEARER: &str = "authorization";

const fn key(variable: &'static str, header: &'static str) -> Credential {
    Credential { variable, header, parameter: None, or: None }
}

const fn route(name: &'static str) -> Option<Route> {
    Some(Route { name, leads: Leads::Home, below_v1: false })
}

const fn route_below_v1(name: &'static str) -> Option<Route> {
    Some(Route { name, leads: Leads::Home, below_v1: true })
}

/// All providers.
pub(super) static PROVIDERS: [Provider; 38] = [
    Provider {
        name: "openai",
        hosts: &["api.openai.com", "chatgpt.com"],
        home: Some("https://api.openai.com"),
        route: route_below_v1("openai"),
        credential: Some(key("OPENAI_API_KEY", BEARER)),
        prices: PriceNames { prefixes: &["openai/"], owners: &["openai", "text-completion-openai"] },
        cache: Caching { fewest: Some(1024), only_marked: false },
        ..Provider::BLANK
    },
    Provider {
        name: "azure.ai.openai",
        hosts: &["openai.azure.com", "cognitiveservices.azure.com"],
        route: Some(Route { name: "azure", leads: Leads::AzureResource, below_v1: false }),
        credential: Some(key("AZURE_OPENAI_API_KEY", "api-key")),
        prices: PriceNames { prefixes: &["azure/"], owners: &["azure", "azure_text"] },
        cache: Caching { fewest: Some(1024), only_marked: false },
        ..Provider::BLANK
    },
    Provider {
        name: "azure.ai.inference",
        hosts: &["services.ai.azure.com", "inference.ai.azure.com", "models.ai.azure.com"],
        prices: PriceNames { prefixes: &["azure_ai/"], owners: &["azure_ai"] },
        ..Provider::BLANK
    },
    Provider {
        name: "anthropic",
        hosts: &["api.anthropic.com"],
        home: Some("https://api.anthropic.com"),
        route: route_below_v1("anthropic"),
        credential: Some(key("ANTHROPIC_API_KEY", "x-api-key")),
        headers: &[("anthropic-version", "2023-06-01")],
        prices: PriceNames { prefixes: &["anthropic/"], owners: &["anthropic"] },
        cache: Caching { fewest: Some(1024), only_marked: true },
        ..Provider::BLANK
    },
    Provider {
        name: "gcp.gemini",
        hosts: &["generativelanguage.googleapis.com"],
        home: Some("https://generativelanguage.googleapis.com"),
        route: route("gemini"),
        credential: Some(Credential {
            parameter: Some("key"),
            or: Some("GOOGLE_API_KEY"),
            ..key("GEMINI_API_KEY", "x-goog-api-key")
        }),
        prices: PriceNames { prefixes: &["gemini/"], owners: &["gemini"] },
        cache: Caching { fewest: Some(1024), only_marked: false },
        ..Provider::BLANK
    },
    Provider {
        name: "gcp.vertex_ai",
        hosts: &["*aiplatform.googleapis.com"],
        route: Some(Route { name: "vertex", leads: Leads::VertexLocation, below_v1: false }),
        prices: PriceNames {
            prefixes: &["vertex_ai/"],
            owners: &[
                "vertex_ai",
                "vertex_ai-language-models",
                "vertex_ai-embedding-models",
                "vertex_ai-anthropic_models",
                "vertex_ai-mistral_models",
                "vertex_ai-llama_models",
                "vertex_ai-ai21_models",
                "vertex_ai-deepseek_models",
                "vertex_ai-qwen_models",
                "vertex_ai-openai_models",
                "vertex_ai-text-models",
            ],
        },
        cache: Caching { fewest: Some(1024), only_marked: false },
        ..Provider::BLANK
    },
    Provider {
        name: "aws.bedrock",
        hosts: &["bedrock*.amazonaws.com", "bedrock*.amazonaws.com.cn", "bedrock*.api.aws"],
        route: Some(Route { name: "bedrock", leads: Leads::BedrockRegion, below_v1: false }),
        credential: Some(key("AWS_BEARER_TOKEN_BEDROCK", BEARER)),
        prices: PriceNames { prefixes: &["bedrock/"], owners: &["bedrock", "bedrock_converse"] },
        cache: Caching { fewest: Some(1024), only_marked: false },
        ..Provider::BLANK
    },
    Provider {
        name: "mistral_ai",
        hosts: &["api.mistral.ai", "codestral.mistral.ai"],
        home: Some("https://api.mistral.ai"),
        route: route_below_v1("mistral"),
        credential: Some(key("MISTRAL_API_KEY", BEARER)),
        prices: PriceNames { prefixes: &["mistral/", "codestral/"], owners: &["mistral"] },
        ..Provider::BLANK
    },
    Provider {
        name: "groq",
        hosts: &["api.groq.com"],
        home: Some("https://api.groq.com"),
        route: route("groq"),
        credential: Some(key("GROQ_API_KEY", BEARER)),
        prices: PriceNames { prefixes: &["groq/"], owners: &["groq"] },
        ..Provider::BLANK
    },
    Provider {
        name: "cohere",
        hosts: &["api.cohere.com", "api.cohere.ai"],
        home: Some("https://api.cohere.com"),
        route: route("cohere"),
        credential: Some(Credential { or: Some("COHERE_API_KEY"), ..key("CO_API_KEY", BEARER) }),
        prices: PriceNames { prefixes: &["cohere/"], owners: &["cohere", "cohere_chat"] },
        ..Provider::BLANK
    },
    Provider {
        name: "deepseek",
        hosts: &["api.deepseek.com"],
        home: Some("https://api.deepseek.com"),
        route: route("deepseek"),
        credential: Some(key("DEEPSEEK_API_KEY", BEARER)),
        prices: PriceNames { prefixes: &["deepseek/"], owners: &["deepseek"] },
        ..Provider::BLANK
    },
    Provider {
        name: "x_ai",
        hosts: &["api.x.ai"],
        home: Some("https://api.x.ai"),
        route: route("xai"),
        credential: Some(key("XAI_API_KEY", BEARER)),
        prices: PriceNames { prefixes: &["xai/"], owners: &["xai"] },
        ..Provider::BLANK
    },
    Provider {
        name: "perplexity",
        hosts: &["api.perplexity.ai"],
        home: Some("https://api.perplexity.ai"),
        route: route("perplexity"),
        credential: Some(key("PERPLEXITY_API_KEY", BEARER)),
        prices: PriceNames { prefixes: &["perplexity/"], owners: &["perplexity"] },
        ..Provider::BLANK
    },
    Provider {
        name: "ibm.watsonx.ai",
        hosts: &["ml.cloud.ibm.com"],
        prices: PriceNames { prefixes: &["watsonx/"], owners: &["watsonx"] },
        ..Provider::BLANK
    },
    Provider {
        name: "openrouter",
        hosts: &["openrouter.ai"],
        home: Some("https://openrouter.ai"),
        route: route("openrouter"),
        credential: Some(key("OPENROUTER_API_KEY", BEARER)),
        prices: PriceNames { prefixes: &["openrouter/"], owners: &["openrouter"] },
        ..Provider::BLANK
    },
    Provider {
        name: "together_ai",
        hosts: &["api.together.ai", "api.together.xyz"],
        home: Some("https://api.together.xyz"),
        route: route_below_v1("together"),
        credential: Some(key("TOGETHER_API_KEY", BEARER)),
        prices: PriceNames { prefixes: &["together_ai/"], owners: &["together_ai"] },
        ..Provider::BLANK
    },
    Provider {
        name: "fireworks_ai",
        hosts: &["api.fireworks.ai"],
        home: Some("https://api.fireworks.ai"),
        route: route("fireworks"),
        credential: Some(key("FIREWORKS_API_KEY", BEARER)),
        prices: PriceNames {
            prefixes: &["fireworks_ai/"],
            owners: &["fireworks_ai", "fireworks_ai-embedding-models"],
        },
        ..Provider::BLANK
    },
    Provider {
        name: "cerebras",
        hosts: &["api.cerebras.ai"],
        home: Some("https://api.cerebras.ai"),
        route: route_below_v1("cerebras"),
        credential: Some(key("CEREBRAS_API_KEY", BEARER)),
        prices: PriceNames { prefixes: &["cerebras/"], owners: &["cerebras"] },
        ..Provider::BLANK
    },
    Provider {
        name: "deepinfra",
        hosts: &["api.deepinfra.com"],
        home: Some("https://api.deepinfra.com"),
        route: route("deepinfra"),
        credential: Some(key("DEEPINFRA_API_KEY", BEARER)),
        prices: PriceNames { prefixes: &["deepinfra/"], owners: &["deepinfra"] },
        ..Provider::BLANK
    },
    Provider {
        name: "nvidia",
        hosts: &["integrate.api.nvidia.com"],
        home: Some("https://integrate.api.nvidia.com"),
        route: route("nvidia"),
        credential: Some(key("NVIDIA_API_KEY", BEARER)),
        ..Provider::BLANK
    },
    Provider {
        name: "moonshot_ai",
        hosts: &["api.moonshot.ai", "api.moonshot.cn"],
        home: Some("https://api.moonshot.ai"),
        route: route("moonshot"),
        credential: Some(key("MOONSHOT_API_KEY", BEARER)),
        ..Provider::BLANK
    },
    Provider {
        name: "alibaba_cloud",
        hosts: &["dashscope.aliyuncs.com", "dashscope-intl.aliyuncs.com"],
        home: Some("https://dashscope-intl.aliyuncs.com"),
        route: route("dashscope"),
        credential: Some(key("DASHSCOPE_API_KEY", BEARER)),
        ..Provider::BLANK
    },
    Provider {
        name: "z_ai",
        hosts: &["api.z.ai", "open.bigmodel.cn"],
        home: Some("https://api.z.ai"),
        route: route("zai"),
        credential: Some(key("ZAI_API_KEY", BEARER)),
        ..Provider::BLANK
    },
    Provider {
        name: "hugging_face",
        hosts: &["router.huggingface.co", "api-inference.huggingface.co", "endpoints.huggingface.cloud"],
        home: Some("https://router.huggingface.co"),
        route: route("huggingface"),
        credential: Some(key("HF_TOKEN", BEARER)),
        ..Provider::BLANK
    },
    Provider {
        name: "github",
        hosts: &["api.githubcopilot.com", "models.github.ai"],
        home: Some("https://models.github.ai"),
        route: route("github"),
        credential: Some(key("GITHUB_TOKEN", BEARER)),
        ..Provider::BLANK
    },
    Provider {
        name: "replicate",
        hosts: &["api.replicate.com", "stream.replicate.com"],
        home: Some("https://api.replicate.com"),
        route: route("replicate"),
        credential: Some(key("REPLICATE_API_TOKEN", BEARER)),
        ..Provider::BLANK
    },
    Provider {
        name: "voyage_ai",
        hosts: &["api.voyageai.com"],
        home: Some("https://api.voyageai.com"),
        route: route("voyage"),
        credential: Some(key("VOYAGE_API_KEY", BEARER)),
        prices: PriceNames { prefixes: &["voyage/"], owners: &["voyage"] },
        ..Provider::BLANK
    },
    Provider {
        name: "venice",
        hosts: &["api.venice.ai"],
        home: Some("https://api.venice.ai"),
        route: route("venice"),
        credential: Some(key("VENICE_API_KEY", BEARER)),
        ..Provider::BLANK
    },
    Provider {
        name: "doubleword",
        hosts: &["api.doubleword.ai"],
        home: Some("https://api.doubleword.ai"),
        route: route("doubleword"),
        credential: Some(key("DOUBLEWORD_API_KEY", BEARER)),
        ..Provider::BLANK
    },
    Provider {
        name: "portkey",
        hosts: &["api.portkey.ai"],
        home: Some("https://api.portkey.ai"),
        route: route("portkey"),
        credential: Some(key("PORTKEY_API_KEY", "x-portkey-api-key")),
        ..Provider::BLANK
    },
    Provider {
        name: "aws.sagemaker",
        hosts: &["runtime.sagemaker*.amazonaws.com", "runtime.sagemaker*.amazonaws.com.cn"],
        ..Provider::BLANK
    },
    Provider {
        name: "deepgram",
        hosts: &["api.deepgram.com"],
        home: Some("https://api.deepgram.com"),
        route: route("deepgram"),
        ..Provider::BLANK
    },
    Provider {
        name: "aleph_alpha",
        hosts: &["api.aleph-alpha.com"],
        home: Some("https://api.aleph-alpha.com"),
        route: route("aleph-alpha"),
        credential: Some(key("AA_TOKEN", BEARER)),
        ..Provider::BLANK
    },
    Provider { name: "vllm", runs_at_home: true, ..Provider::BLANK },
    Provider { name: "llama.cpp", runs_at_home: true, ..Provider::BLANK },
    Provider { name: "infinity", runs_at_home: true, port: Some("7997"), ..Provider::BLANK },
    // `transformers serve`, whose port is that of vLLM.
    Provider { name: "transformers", runs_at_home: true, ..Provider::BLANK },
    Provider {
        name: "ollama",
        runs_at_home: true,
        hosts: &["ollama.com"],
        port: Some("11434"),
        home: Some("http://localhost:11434"),
        route: route_below_v1("ollama"),
        credential: Some(key("OLLAMA_API_KEY", BEARER)),
        ..Provider::BLANK
    },
];

/// The names in requests and answers, in whichever protocol, for those who read what nobody says whose it is: each name
/// once, in the order of the protocols. What each list means is said at [`RequestFacts`], [`ResponseFacts`] and `Readers`.
///
/// [`RequestFacts`]: super::protocol::RequestFacts
/// [`ResponseFacts`]: super::protocol::ResponseFacts
pub(crate) struct Fields {
    pub(super) models: Vec<Path>,
    pub(super) counts: Vec<Path>,
    pub(super) loose_counts: Vec<&'static str>,
    pub(super) asked_models: Vec<&'static str>,
    pub(super) model_behind: Vec<&'static str>,
    pub(super) model_parameters: Vec<&'static str>,
    pub(crate) settings: Vec<&'static str>,
    pub(crate) tools: Vec<Path>,
    pub(crate) tool_lists: Vec<&'static str>,
    pub(crate) tool_wrappers: Vec<&'static str>,
    pub(crate) system: Vec<&'static str>,
    pub(crate) lists: Vec<(&'static str, &'static str)>,
    pub(crate) texts: Vec<&'static str>,
    pub(crate) users: Vec<&'static str>,
    pub(crate) id_types: Vec<&'static str>,
    pub(crate) id_holders: Vec<&'static str>,
    pub(crate) schemas: Vec<&'static str>,
    pub(crate) tool_roles: Vec<&'static str>,
    pub(crate) result_types: Vec<&'static str>,
    pub(crate) result_holders: Vec<&'static str>,
    pub(crate) prompt_paths: Vec<&'static str>,
    pub(crate) before_tools: Vec<Path>,
    pub(crate) before_messages: Vec<Path>,
    pub(crate) cache_marks: Vec<&'static str>,
    pub(crate) cache_blocks: Vec<&'static str>,
    pub(crate) json_paths: Vec<&'static str>,
    pub(crate) encoded_requests: Vec<&'static str>,
    pub(super) free_paths: Vec<&'static str>,
    /// All that hold prompts, the system prompt among them.
    pub(crate) prompts: Vec<&'static str>,
    /// Those of the lists that are no conversation in other protocols.
    pub(crate) shared_lists: Vec<&'static str>,
    /// Ids that requests repeat.
    pub(crate) request_ids: Vec<&'static str>,
    /// Ids that answers hand out, those that requests repeat among them.
    pub(crate) answer_ids: Vec<&'static str>,
    pub(crate) times: Vec<&'static str>,
    pub(crate) durations: Vec<&'static str>,
    pub(crate) measured: Vec<Measured>,
    pub(crate) noise: Vec<&'static str>,
    pub(crate) exact: Vec<&'static str>,
    pub(crate) pieces: Vec<&'static str>,
    pub(crate) cumulative: Vec<&'static str>,
    pub(crate) beside: Vec<&'static str>,
    /// Headers of requests that are worth keeping beside those that choose the answer.
    pub(crate) request_headers: Vec<&'static str>,
    /// Headers of answers that are worth keeping.
    pub(crate) response_headers: Vec<&'static str>,
    claims: Vec<Claims>,
    pub(super) reasons: Vec<Path>,
    pub(super) reasons_in: Vec<(&'static str, &'static str)>,
    pub(super) usual_ends: Vec<&'static str>,
}

pub(crate) static FIELDS: LazyLock<Fields> = LazyLock::new(|| Fields {
    models: all(|protocol| protocol.response.models),
    counts: all(|protocol| protocol.response.counts),
    loose_counts: all(|protocol| protocol.response.loose_counts),
    asked_models: all(|protocol| protocol.request.models),
    model_behind: all(|protocol| protocol.request.model_behind),
    model_parameters: all(|protocol| protocol.request.model_parameters),
    settings: all(|protocol| protocol.request.settings),
    tools: all(|protocol| protocol.request.tools),
    tool_lists: all(|protocol| protocol.request.tool_lists),
    tool_wrappers: all(|protocol| protocol.request.tool_wrappers),
    system: all(|protocol| protocol.request.system),
    lists: all(|protocol| protocol.request.lists),
    texts: all(|protocol| protocol.request.texts),
    users: all(|protocol| protocol.request.users),
    id_types: all(|protocol| protocol.request.id_types),
    id_holders: all(|protocol| protocol.request.id_holders),
    schemas: all(|protocol| protocol.request.schemas),
    tool_roles: all(|protocol| protocol.request.tool_roles),
    result_types: all(|protocol| protocol.request.result_types),
    result_holders: all(|protocol| protocol.request.result_holders),
    prompt_paths: all(|protocol| protocol.request.prompt_paths),
    before_tools: all(|protocol| protocol.request.before_tools),
    before_messages: all(|protocol| protocol.request.before_messages),
    cache_marks: all(|protocol| protocol.request.cache_marks),
    cache_blocks: all(|protocol| protocol.request.cache_blocks),
    json_paths: all(|protocol| protocol.request.json_paths),
    encoded_requests: all(|protocol| protocol.request.encoded_requests),
    free_paths: all(|protocol| protocol.request.free_paths),
    prompts: all(|protocol| protocol.request.system)
        .into_iter()
        .chain(all(|protocol| protocol.request.lists).into_iter().map(|(name, _)| name))
        .chain(all(|protocol| protocol.request.prompts))
        .collect(),
    shared_lists: all(|protocol| protocol.request.lists)
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| PROTOCOLS.iter().any(|protocol| protocol.request.prompts.contains(name)))
        .collect(),
    request_ids: all(|protocol| protocol.request.ids),
    answer_ids: all(|protocol| protocol.request.ids)
        .into_iter()
        .chain(all(|protocol| protocol.response.ids))
        .collect(),
    times: all(|protocol| protocol.response.times),
    durations: all(|protocol| protocol.response.durations),
    measured: all(|protocol| protocol.response.measured),
    noise: all(|protocol| protocol.response.noise),
    exact: all(|protocol| protocol.response.exact),
    pieces: all(|protocol| protocol.response.pieces),
    cumulative: all(|protocol| protocol.response.cumulative),
    beside: all(|protocol| protocol.response.beside),
    request_headers: all(|protocol| protocol.request.headers),
    response_headers: all(|protocol| protocol.response.headers),
    claims: PROTOCOLS.iter().map(|protocol| protocol.response.claims).collect(),
    reasons: all(|protocol| protocol.readers.reasons),
    reasons_in: all(|protocol| protocol.response.reasons_in),
    usual_ends: all(|protocol| protocol.readers.usual_ends),
});

fn all<T: Copy + PartialEq + 'static>(of: impl Fn(&Protocol) -> &'static [T]) -> Vec<T> {
    let mut found = Vec::new();
    for value in PROTOCOLS.iter().flat_map(|protocol| of(protocol)) {
        if !found.contains(value) {
            found.push(*value);
        }
    }
    found
}

/// Nothing yet, for the events of a stream in any protocol.
pub(crate) fn start_assembly() -> Assembly {
    Assembly::new(&FIELDS.claims)
}

/// The provider of that name.
pub(crate) fn provider(name: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|provider| provider.name == name)
}

/// The provider that paths are meant for which begin so.
#[cfg(feature = "server")]
pub(super) fn routed(name: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|provider| provider.route.is_some_and(|route| route.name == name))
}

/// The keys that providers want.
#[cfg(feature = "cli")]
pub(crate) fn credentials() -> impl Iterator<Item = Credential> {
    PROVIDERS.iter().filter_map(|provider| provider.credential)
}

#[cfg(test)]
mod tests;
