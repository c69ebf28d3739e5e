//! Who answered, and what they say about the answer: model, usage, errors, the end of a stream.
//!
//! A provider is told from where a request goes. What an answer says is read from its shape alone, since gateways and
//! local servers speak the protocols of others.

use crate::model::json::Json;
use crate::providers::registry::FAMILIES;
use http::HeaderMap;

macro_rules! providers {
    ($($variant:ident = $name:literal, [$($host:literal),*];)*) => {
        /// A provider of language models.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Provider { $($variant),* }

        impl Provider {
            /// The `gen_ai.provider.name` of OpenTelemetry, or a name in its style where it has none.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Provider::$variant => $name),* }
            }
        }

        /// Hosts by provider. A name stands for its subdomains too, and `*` for anything, once.
        const HOSTS: &[(&str, Provider)] = &[$($(($host, Provider::$variant)),*),*];
    };
}

providers! {
    OpenAi = "openai", ["api.openai.com", "chatgpt.com"];
    AzureOpenAi = "azure.ai.openai", ["openai.azure.com", "cognitiveservices.azure.com"];
    AzureInference = "azure.ai.inference", ["services.ai.azure.com", "inference.ai.azure.com", "models.ai.azure.com"];
    Anthropic = "anthropic", ["api.anthropic.com"];
    Gemini = "gcp.gemini", ["generativelanguage.googleapis.com"];
    VertexAi = "gcp.vertex_ai", ["*aiplatform.googleapis.com"];
    Bedrock = "aws.bedrock", ["bedrock*.amazonaws.com", "bedrock*.amazonaws.com.cn", "bedrock*.api.aws"];
    Mistral = "mistral_ai", ["api.mistral.ai", "codestral.mistral.ai"];
    Groq = "groq", ["api.groq.com"];
    Cohere = "cohere", ["api.cohere.com", "api.cohere.ai"];
    DeepSeek = "deepseek", ["api.deepseek.com"];
    XAi = "x_ai", ["api.x.ai"];
    Perplexity = "perplexity", ["api.perplexity.ai"];
    Watsonx = "ibm.watsonx.ai", ["ml.cloud.ibm.com"];
    OpenRouter = "openrouter", ["openrouter.ai"];
    Together = "together_ai", ["api.together.ai", "api.together.xyz"];
    Fireworks = "fireworks_ai", ["api.fireworks.ai"];
    Cerebras = "cerebras", ["api.cerebras.ai"];
    DeepInfra = "deepinfra", ["api.deepinfra.com"];
    Nvidia = "nvidia", ["integrate.api.nvidia.com"];
    Moonshot = "moonshot_ai", ["api.moonshot.ai", "api.moonshot.cn"];
    DashScope = "alibaba_cloud", ["dashscope.aliyuncs.com", "dashscope-intl.aliyuncs.com"];
    ZAi = "z_ai", ["api.z.ai", "open.bigmodel.cn"];
    HuggingFace = "hugging_face", ["router.huggingface.co", "api-inference.huggingface.co", "endpoints.huggingface.cloud"];
    GitHub = "github", ["api.githubcopilot.com", "models.github.ai"];
    Replicate = "replicate", ["api.replicate.com"];
    VoyageAi = "voyage_ai", ["api.voyageai.com"];
    Venice = "venice", ["api.venice.ai"];
    Doubleword = "doubleword", ["api.doubleword.ai"];
    Portkey = "portkey", ["api.portkey.ai"];
    Ollama = "ollama", ["ollama.com"];
}

/// Which provider a request goes to: by its host, else by the shape of its path, else by its body. A server on the own
/// machine that speaks OpenAI's protocol counts as OpenAI.
pub(crate) fn recognise(url: &str, headers: &HeaderMap, body: Option<&Json>) -> Option<Provider> {
    let place = Place::of(url);
    by_host(&place.host)
        // The port that Ollama listens on, whichever protocol it is spoken to in.
        .or_else(|| (place.port == Some("11434")).then_some(Provider::Ollama))
        .or_else(|| FAMILIES.iter().find_map(|family| (family.by_path)(place.path, headers, body)))
        .or_else(|| FAMILIES.iter().find_map(|family| (family.by_body)(body?)))
}

/// The provider whose own server a URL is on, whatever is asked there.
#[cfg(feature = "cli")]
pub(crate) fn at_home(url: &str) -> Option<Provider> {
    by_host(&Place::of(url).host)
}

fn by_host(host: &str) -> Option<Provider> {
    HOSTS.iter().find(|(pattern, _)| host_fits(pattern, host)).map(|&(_, provider)| provider)
}

/// The parts of a URL that tell providers apart.
pub(super) struct Place<'a> {
    pub(super) host: String,
    port: Option<&'a str>,
    path: &'a str,
}

impl Place<'_> {
    pub(super) fn of(url: &str) -> Place<'_> {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let rest = &rest[..rest.find(['?', '#']).unwrap_or(rest.len())];
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        Place { host: host.to_ascii_lowercase(), port, path: path.trim_end_matches('/') }
    }
}

pub(super) fn host_fits(pattern: &str, host: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => {
            host.len() >= start.len() + end.len() && host.starts_with(start) && host.ends_with(end)
        }
        None => host.strip_suffix(pattern).is_some_and(|before| before.is_empty() || before.ends_with('.')),
    }
}

/// The model that a request asks for.
pub(crate) fn model_asked_for(url: &str, body: Option<&Json>) -> Option<String> {
    let named = body.and_then(|body| body.get("model")).and_then(Json::as_str);
    if let Some(model) = named.filter(|model| !model.is_empty()) {
        return Some(model.strip_prefix("models/").unwrap_or(model).to_owned());
    }
    let path = Place::of(url).path;
    let segment = ["/models/", "/model/", "/deployments/"].iter().find_map(|mark| path.split_once(mark))?.1;
    let segment = segment.split('/').next()?;
    // Google's paths end in `model:verb`; in Bedrock's, a colon belongs to the model and comes percent-encoded.
    let model = percent_decoded(segment.split(':').next()?);
    (!model.is_empty()).then_some(model)
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        let hex = behind.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) if first == b'%' => {
                bytes.push(byte);
                rest = &behind[2..];
            }
            _ => {
                bytes.push(first);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
