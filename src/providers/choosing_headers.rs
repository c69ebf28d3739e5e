//! Request headers that choose the answer, of all providers in one table: what differs in one of them is another request.
//!
//! A header belongs here when the same body to the same URL gets another answer for it, and when no client varies it by
//! chance: not `accept-encoding`, `accept-language`, `user-agent`, `traceparent`, ids of a call, nor what an SDK says of
//! itself. Read on 2026-11-30 and 2026-12-01 in the packages that each row names, as PyPI and npm had them.

/// A request header that chooses the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChoosingHeader {
    /// In small letters.
    pub(crate) name: &'static str,
    pub(crate) compared: Compared,
    /// Who sends it, in the version that was read.
    pub(crate) sent_by: &'static str,
}

/// What of a header counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compared {
    /// The media types, in the order in which they are wanted.
    MediaTypes,
    /// The items of a list, in any order.
    Items,
    /// That there is one: the value is an id which a server or a client made up.
    Presence,
}

const fn items(name: &'static str, sent_by: &'static str) -> ChoosingHeader {
    ChoosingHeader { name, compared: Compared::Items, sent_by }
}

const fn id(name: &'static str, sent_by: &'static str) -> ChoosingHeader {
    ChoosingHeader { name, compared: Compared::Presence, sent_by }
}

const BEDROCK: &str = "botocore 1.44.8: InvokeModel of bedrock-runtime";
const SAGEMAKER: &str = "botocore 1.44.8: InvokeEndpoint of sagemaker-runtime";
const DASHSCOPE: &str = "dashscope 2.0.2";
const GOOGLE: &str = "google-genai 3.6.1, @google/genai 2.32.0";
const GATEWAY: &str = "@ai-sdk/gateway 3.0.232: the path is the same for all models";
const PORTKEY: &str = "portkey-ai 2.3.4";
const A2A: &str = "a2a-sdk 1.3.0";
const MCP: &str = "mcp 2.3.0, @modelcontextprotocol/client 2.4.0";

/// The table. In a normal form they stand in this order.
pub(crate) static CHOOSING_HEADERS: [ChoosingHeader; 49] = [
    ChoosingHeader {
        name: "accept",
        compared: Compared::MediaTypes,
        sent_by: "openai 3.57.0, elevenlabs 2.78.0, dashscope 2.0.2, mcp 2.3.0",
    },
    items("prefer", "replicate 1.0.7: `wait`, `wait=30`"),
    items("range", "huggingface_hub 2.4.0"),
    items("if-none-match", "browsers and caches (RFC 9110, 13.1.2)"),
    items("anthropic-version", "anthropic 2.14.0"),
    items("anthropic-beta", "anthropic 2.14.0"),
    items("openai-beta", "openai 3.57.0: `assistants=v2`, `realtime=v1`"),
    // It chooses between steps and contents.
    items("api-revision", GOOGLE),
    items("x-goog-api-version", "clients of Google's APIs"),
    items("x-goog-upload-command", GOOGLE),
    items("x-goog-upload-offset", GOOGLE),
    items("x-goog-upload-protocol", GOOGLE),
    items(
        "x-vertex-ai-llm-request-type",
        "google-genai 3.6.1, where its user asks for `dedicated` or `shared`",
    ),
    items("x-dashscope-sse", DASHSCOPE),
    items("x-dashscope-async", DASHSCOPE),
    items("x-dashscope-plugin", DASHSCOPE),
    items("x-dashscope-datainspection", DASHSCOPE),
    items("x-dashscope-ossresourceresolve", DASHSCOPE),
    items("x-amzn-bedrock-guardrailidentifier", BEDROCK),
    items("x-amzn-bedrock-guardrailversion", BEDROCK),
    items("x-amzn-bedrock-trace", BEDROCK),
    items("x-amzn-bedrock-performanceconfig-latency", BEDROCK),
    items("x-amzn-bedrock-service-tier", BEDROCK),
    ChoosingHeader { name: "x-amzn-bedrock-accept", compared: Compared::MediaTypes, sent_by: BEDROCK },
    id("x-amzn-bedrock-agentcore-runtime-session-id", "botocore 1.44.8: InvokeAgentRuntime"),
    items("x-amz-target", "botocore 1.44.8: all services with AWS's JSON protocols"),
    items("x-amzn-sagemaker-target-model", SAGEMAKER),
    items("x-amzn-sagemaker-target-variant", SAGEMAKER),
    items("x-amzn-sagemaker-target-container-hostname", SAGEMAKER),
    items("x-amzn-sagemaker-inference-component", SAGEMAKER),
    items("x-amzn-sagemaker-custom-attributes", SAGEMAKER),
    items("x-amzn-sagemaker-enable-explanations", SAGEMAKER),
    items("x-amzn-sagemaker-inputlocation", "botocore 1.44.8: InvokeEndpointAsync"),
    ChoosingHeader { name: "x-amzn-sagemaker-accept", compared: Compared::MediaTypes, sent_by: SAGEMAKER },
    items("extra-parameters", "azure-ai-inference 1.0.0b9: `pass-through`, `drop`, `error`"),
    items("ai-model-id", GATEWAY),
    items("ai-language-model-id", GATEWAY),
    items("ai-language-model-streaming", GATEWAY),
    items("x-portkey-provider", PORTKEY),
    items("x-portkey-config", PORTKEY),
    items("x-tc-action", "tencentcloud-sdk-python-common 3.1.195"),
    items("x-tc-version", "tencentcloud-sdk-python-common 3.1.195"),
    items("x-acs-action", "alibabacloud-tea-openapi 0.4.6"),
    items("x-acs-version", "alibabacloud-tea-openapi 0.4.6"),
    items("a2a-version", A2A),
    items("a2a-extensions", A2A),
    items("mcp-protocol-version", MCP),
    id("mcp-session-id", MCP),
    id("last-event-id", MCP),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_stands_once_in_the_table_in_small_letters_with_who_sends_it() {
        for (at, header) in CHOOSING_HEADERS.iter().enumerate() {
            assert_eq!(header.name, header.name.to_ascii_lowercase());
            assert!(!CHOOSING_HEADERS[..at].iter().any(|other| other.name == header.name), "{}", header.name);
            assert!(!header.sent_by.is_empty(), "{}", header.name);
        }
    }
}
