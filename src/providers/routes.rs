//! Where a path leads that begins with the name of a provider: `/openai/v1/responses` to OpenAI's server.

use std::borrow::Cow;

use super::protocol::{Leads, Provider};
use super::registry::{self, PROVIDERS};

/// A path that names a provider, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Routed<'a> {
    pub(crate) provider: &'static Provider,
    /// Scheme and host, such as `https://api.openai.com`.
    pub(crate) origin: String,
    /// The path on that server.
    pub(crate) path: Cow<'a, str>,
}

/// What a path names that begins with a route; `None` if it begins with something else.
///
/// # Errors
/// When a route needs more than the path says.
pub(crate) fn routed(path: &str) -> Option<Result<Routed<'_>, String>> {
    let (name, rest) = first(path)?;
    let provider = registry::routed(name)?;
    let route = provider.route?;
    let led = match route.leads {
        Leads::Home => Ok((provider.home.unwrap_or_default().to_owned(), rest)),
        Leads::AzureResource => azure(rest),
        Leads::BedrockRegion => bedrock(rest),
        Leads::VertexLocation => Ok((vertex(rest), rest)),
    };
    Some(led.map(|(origin, path)| Routed { provider, origin, path: as_meant(path, route.below_v1) }))
}

/// What clients ask below a version of the API, whichever provider of those that share OpenAI's or Anthropic's paths it is.
const BELOW_V1: [&str; 6] = ["chat", "completions", "embeddings", "messages", "models", "responses"];

/// The path that a client means, which one SDK puts together in another way than the next: of two that read one variable
/// for the base, one adds a version that the other expects to find there.
fn as_meant(path: &str, below_v1: bool) -> Cow<'_, str> {
    for start in ["/v1", "/openai/v1"] {
        if let Some(once) = strip(path, start).filter(|path| strip(path, start).is_some()) {
            return once.into();
        }
    }
    let lacks_version = below_v1 && first(path).is_some_and(|(segment, _)| BELOW_V1.contains(&segment));
    if lacks_version { format!("/v1{path}").into() } else { path.into() }
}

/// The names of all routes.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    PROVIDERS.iter().filter_map(|provider| Some(provider.route?.name))
}

/// What stands behind the start of a path, where a segment ends there.
fn strip<'a>(path: &'a str, start: &str) -> Option<&'a str> {
    path.strip_prefix(start).filter(|rest| rest.starts_with('/'))
}

/// The first segment of a path, and the rest.
fn first(path: &str) -> Option<(&str, &str)> {
    let path = path.strip_prefix('/')?;
    Some(path.split_at(path.find('/').unwrap_or(path.len())))
}

/// A piece of a host name: what a path puts there must not lead to another server.
fn is_label(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn azure(rest: &str) -> Result<(String, &str), String> {
    match first(rest).filter(|(resource, _)| is_label(resource)) {
        Some((resource, path)) => Ok((format!("https://{resource}.openai.azure.com"), path)),
        None => Err("the path names no resource: write `/azure/RESOURCE/openai/…`".to_owned()),
    }
}

/// Which of Bedrock's services has paths that begin so; of models and guardrails it is the first.
const BEDROCK: [(&str, &[&str]); 4] = [
    ("bedrock-runtime", &["model", "guardrail", "async-invoke", "openai"]),
    ("bedrock-agent-runtime", &["agents", "knowledgebases", "retrieveAndGenerate", "rerank", "flows"]),
    (
        "bedrock",
        &["foundation-models", "inference-profiles", "guardrails", "custom-models", "model-invocation-job"],
    ),
    ("bedrock-runtime", &[]),
];

fn bedrock(rest: &str) -> Result<(String, &str), String> {
    let Some((region, path)) = first(rest).filter(|(region, _)| is_region(region)) else {
        return Err("the path names no region: write `/bedrock/us-east-1/model/…`".to_owned());
    };
    let asked = first(path).map_or("", |(segment, _)| segment);
    let known = BEDROCK.iter().find(|(_, starts)| starts.is_empty() || starts.contains(&asked));
    let service = known.map_or("bedrock-runtime", |(service, _)| service);
    let ending = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    Ok((format!("https://{service}.{region}.{ending}"), path))
}

/// Whether a text is the name of one of Amazon's regions, such as `us-gov-west-1`.
fn is_region(text: &str) -> bool {
    is_label(text)
        && text.matches('-').count() >= 2
        && text.rsplit('-').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The server that a path of Vertex AI is on: it has the location in it, but for what is in no place of its own.
fn vertex(path: &str) -> String {
    let location = path.split_once("/locations/").and_then(|(_, behind)| behind.split('/').next());
    match location.filter(|location| is_label(location) && *location != "global") {
        Some(location) => format!("https://{location}-aiplatform.googleapis.com"),
        None => "https://aiplatform.googleapis.com".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn led(path: &str) -> Option<String> {
        routed(path).map(|routed| match routed {
            Ok(Routed { origin, path, .. }) => format!("{origin}{path}"),
            Err(why) => format!("error: {why}"),
        })
    }

    #[test]
    fn a_path_leads_to_the_server_of_the_provider_it_begins_with() {
        for (path, wanted) in [
            ("/openai/v1/responses", "https://api.openai.com/v1/responses"),
            ("/anthropic/v1/messages", "https://api.anthropic.com/v1/messages"),
            (
                "/gemini/v1beta/models/m:generateContent",
                "https://generativelanguage.googleapis.com/v1beta/models/m:generateContent",
            ),
            ("/groq/openai/v1/chat/completions", "https://api.groq.com/openai/v1/chat/completions"),
            ("/together/v1/v1/chat/completions", "https://api.together.xyz/v1/chat/completions"),
            ("/together/chat/completions", "https://api.together.xyz/v1/chat/completions"),
            ("/groq/openai/v1/openai/v1/chat/completions", "https://api.groq.com/openai/v1/chat/completions"),
            ("/anthropic/messages", "https://api.anthropic.com/v1/messages"),
            ("/ollama/chat/completions", "http://localhost:11434/v1/chat/completions"),
            ("/ollama/api/chat", "http://localhost:11434/api/chat"),
            ("/azure/mine/openai/deployments/d", "https://mine.openai.azure.com/openai/deployments/d"),
            (
                "/bedrock/us-east-1/model/m/converse",
                "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse",
            ),
            (
                "/bedrock/us-gov-west-1/foundation-models",
                "https://bedrock.us-gov-west-1.amazonaws.com/foundation-models",
            ),
            (
                "/bedrock/eu-west-1/knowledgebases/k/retrieve",
                "https://bedrock-agent-runtime.eu-west-1.amazonaws.com/knowledgebases/k/retrieve",
            ),
            (
                "/bedrock/cn-north-1/model/m/invoke",
                "https://bedrock-runtime.cn-north-1.amazonaws.com.cn/model/m/invoke",
            ),
            (
                "/vertex/v1/projects/p/locations/europe-west4/publishers/google/models/m:generateContent",
                "https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/europe-west4/publishers/google/models/m:generateContent",
            ),
            (
                "/vertex/v1/projects/p/locations/global/publishers/x",
                "https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/x",
            ),
            ("/openai", "https://api.openai.com"),
        ] {
            assert_eq!(led(path).as_deref(), Some(wanted), "{path}");
        }
    }

    #[test]
    fn a_path_that_begins_with_something_else_names_no_provider() {
        for path in ["", "/", "/v1/chat/completions", "/openai.com/x", "/OPENAI/x", "//openai/x"] {
            assert_eq!(led(path), None, "{path}");
        }
    }

    #[test]
    fn a_piece_of_a_host_cannot_lead_to_another_server() {
        for path in [
            "/azure/evil.test%2f/openai",
            "/azure/evil.test/openai",
            "/azure/a@b/openai",
            "/azure",
            "/bedrock/model/m/converse",
            "/bedrock/us-east-1.evil.test/model",
        ] {
            assert!(led(path).unwrap().starts_with("error: "), "{path}: {:?}", led(path));
        }
        let odd = "/vertex/v1/projects/p/locations/evil.test/models/m";
        assert!(led(odd).unwrap().starts_with("https://aiplatform.googleapis.com/"));
    }

    #[test]
    fn every_route_leads_somewhere_and_no_two_have_one_name() {
        let all: Vec<_> = names().collect();
        for name in &all {
            let found = led(&format!("/{name}/us-east-1/x")).unwrap();
            assert!(found.starts_with("http"), "{name}: {found}");
            assert_eq!(all.iter().filter(|other| *other == name).count(), 1, "{name}");
        }
        assert!(all.len() > 20, "{all:?}");
    }
}
