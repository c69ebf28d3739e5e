//! Those who speak as OpenAI does.

use super::{CHAT, Case, known};

const PLAIN_COUNTS: &str = r#"{"prompt_tokens":31,"completion_tokens":12,"total_tokens":43}"#;

/// Those who speak OpenAI's chat completions, each with counts of its own: the URL, the counts, where a stream has them, and
/// what is to be known.
pub(super) const OPENAI_COMPATIBLE: [(&str, &str, &str, &str); 28] = [
    (
        "https://api.mistral.ai/v1/chat/completions",
        r#"{"prompt_tokens":31,"completion_tokens":12,"total_tokens":43,"prompt_tokens_details":{"cached_tokens":8}}"#,
        "usage",
        "mistral_ai m input=31 output=12 read=8",
    ),
    (
        "https://api.groq.com/openai/v1/chat/completions",
        r#"{"queue_time":0.1,"prompt_tokens":31,"prompt_time":0.1,"completion_tokens":12,"total_tokens":43,"completion_tokens_details":{"reasoning_tokens":5}}"#,
        "x_groq",
        "groq m input=31 output=12 reasoning_output=5",
    ),
    (
        "https://api.deepseek.com/chat/completions",
        r#"{"prompt_tokens":31,"completion_tokens":12,"total_tokens":43,"prompt_cache_hit_tokens":8,"prompt_cache_miss_tokens":23,"completion_tokens_details":{"reasoning_tokens":5}}"#,
        "usage",
        "deepseek m input=31 output=12 read=8 reasoning_output=5",
    ),
    // Reasoning is beside the completion, and the total says so.
    (
        "https://api.x.ai/v1/chat/completions",
        r#"{"prompt_tokens":31,"completion_tokens":12,"total_tokens":48,"prompt_tokens_details":{"cached_tokens":8},"completion_tokens_details":{"reasoning_tokens":5}}"#,
        "usage",
        "x_ai m input=31 output=17 read=8 reasoning_output=5",
    ),
    (
        "https://openrouter.ai/api/v1/chat/completions",
        r#"{"prompt_tokens":31,"completion_tokens":12,"total_tokens":43,"cost":0.1,"prompt_tokens_details":{"cached_tokens":8,"cache_write_tokens":6,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":5,"audio_tokens":2}}"#,
        "usage",
        "openrouter m input=31 output=12 read=8 written=6 reasoning_output=5 audio_output=2",
    ),
    (
        "https://api.together.xyz/v1/chat/completions",
        r#"{"prompt_tokens":31,"completion_tokens":12,"total_tokens":43,"cached_tokens":8}"#,
        "usage",
        "together_ai m input=31 output=12 read=8",
    ),
    // Here it is beside both.
    (
        "https://api.perplexity.ai/chat/completions",
        r#"{"prompt_tokens":31,"completion_tokens":12,"total_tokens":43,"citation_tokens":200,"num_search_queries":3,"reasoning_tokens":50}"#,
        "usage",
        "perplexity m input=31 output=62 reasoning_output=50",
    ),
    (
        "http://localhost:11434/v1/chat/completions",
        r#"{"prompt_tokens":31,"completion_tokens":12,"total_tokens":43}"#,
        "usage",
        "ollama m input=31 output=12",
    ),
    // llama.cpp
    (
        "http://127.0.0.1:8080/v1/chat/completions",
        r#"{"completion_tokens":12,"prompt_tokens":31,"total_tokens":43,"prompt_tokens_details":{"cached_tokens":8}}"#,
        "usage",
        "openai m input=31 output=12 read=8",
    ),
    // vLLM
    (
        "http://127.0.0.1:8000/v1/chat/completions",
        r#"{"prompt_tokens":31,"total_tokens":43,"completion_tokens":12,"prompt_tokens_details":null}"#,
        "usage",
        "openai m input=31 output=12",
    ),
    // A gateway that adds Anthropic's names to OpenAI's counts, which have cached tokens among the others.
    (
        "http://127.0.0.1:4000/v1/chat/completions",
        r#"{"prompt_tokens":133,"completion_tokens":12,"total_tokens":145,"cache_creation_input_tokens":30,"cache_read_input_tokens":100,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20}}"#,
        "usage",
        "openai m input=133 output=12 read=100 written=30 written_5m_in=10 written_1h_in=20",
    ),
    // Nothing is known of these but their hosts.
    (
        "https://me.services.ai.azure.com/models/chat/completions",
        PLAIN_COUNTS,
        "usage",
        "azure.ai.inference m input=31 output=12",
    ),
    (
        "https://us-south.ml.cloud.ibm.com/ml/gateway/v1/chat/completions",
        PLAIN_COUNTS,
        "usage",
        "ibm.watsonx.ai m input=31 output=12",
    ),
    (
        "https://api.fireworks.ai/inference/v1/chat/completions",
        PLAIN_COUNTS,
        "usage",
        "fireworks_ai m input=31 output=12",
    ),
    ("https://api.cerebras.ai/v1/chat/completions", PLAIN_COUNTS, "usage", "cerebras m input=31 output=12"),
    (
        "https://api.deepinfra.com/v1/openai/chat/completions",
        PLAIN_COUNTS,
        "usage",
        "deepinfra m input=31 output=12",
    ),
    (
        "https://integrate.api.nvidia.com/v1/chat/completions",
        PLAIN_COUNTS,
        "usage",
        "nvidia m input=31 output=12",
    ),
    (
        "https://api.moonshot.ai/v1/chat/completions",
        PLAIN_COUNTS,
        "usage",
        "moonshot_ai m input=31 output=12",
    ),
    (
        "https://dashscope.aliyuncs.com/compatible-mode/v1/chat/completions",
        PLAIN_COUNTS,
        "usage",
        "alibaba_cloud m input=31 output=12",
    ),
    // On whichever host.
    (
        "https://models.example.com/compatible-mode/v1/chat/completions",
        PLAIN_COUNTS,
        "usage",
        "alibaba_cloud m input=31 output=12",
    ),
    ("https://api.z.ai/api/paas/v4/chat/completions", PLAIN_COUNTS, "usage", "z_ai m input=31 output=12"),
    (
        "https://router.huggingface.co/v1/chat/completions",
        PLAIN_COUNTS,
        "usage",
        "hugging_face m input=31 output=12",
    ),
    (
        "https://models.github.ai/inference/chat/completions",
        PLAIN_COUNTS,
        "usage",
        "github m input=31 output=12",
    ),
    (
        "https://api.replicate.com/v1/chat/completions",
        PLAIN_COUNTS,
        "usage",
        "replicate m input=31 output=12",
    ),
    ("https://api.voyageai.com/v1/embeddings", r#"{"total_tokens":31}"#, "usage", "voyage_ai m input=31"),
    ("https://api.venice.ai/api/v1/chat/completions", PLAIN_COUNTS, "usage", "venice m input=31 output=12"),
    (
        "https://api.doubleword.ai/v1/chat/completions",
        PLAIN_COUNTS,
        "usage",
        "doubleword m input=31 output=12",
    ),
    ("https://api.portkey.ai/v1/chat/completions", PLAIN_COUNTS, "usage", "portkey m input=31 output=12"),
];

#[test]
fn those_who_speak_as_openai_does() {
    for (url, counts, place, wanted) in OPENAI_COMPATIBLE {
        let case = Case { protocol: "openai chat", url, request: CHAT, plain: None, stream: None, wanted };
        let plain = format!(r#"{{"model":"m","choices":[],"usage":{counts}}}"#);
        assert_eq!(known(&case, plain.as_bytes()), wanted, "{url}");
        let counts = match place {
            "x_groq" => format!(r#""x_groq":{{"usage":{counts}}}"#),
            _ => format!(r#""usage":{counts}"#),
        };
        let streamed = format!(
            "data: {{\"model\":\"m\",\"choices\":[{{\"delta\":{{\"content\":\"hi\"}}}}]}}\n\n\
             data: {{\"model\":\"m\",\"choices\":[],{counts}}}\n\ndata: [DONE]\n\n"
        );
        assert_eq!(known(&case, streamed.as_bytes()), wanted, "{url}, streamed");
    }
}
