//! Those whose protocols others speak as well.

use super::Stream::{Frames, Lines, Native, Sse};
use super::{CHAT, Case};

pub(super) const OPENAI: &[Case] = &[
    Case {
        protocol: "openai chat",
        url: "https://api.openai.com/v1/chat/completions",
        request: CHAT,
        plain: Some(
            r#"{"model":"gpt-x","usage":{"prompt_tokens":31,"completion_tokens":12,"total_tokens":43,
                "prompt_tokens_details":{"cached_tokens":8,"audio_tokens":9},
                "completion_tokens_details":{"reasoning_tokens":5,"audio_tokens":3,"accepted_prediction_tokens":0}}}"#,
        ),
        stream: Some(Sse(&[
            r#"{"model":"gpt-x","choices":[{"delta":{"content":"hi"}}],"usage":null}"#,
            r#"{"model":"gpt-x","choices":[],"usage":{"prompt_tokens":31,"completion_tokens":12,"total_tokens":43,"prompt_tokens_details":{"cached_tokens":8,"audio_tokens":9},"completion_tokens_details":{"reasoning_tokens":5,"audio_tokens":3}}}"#,
            "[DONE]",
        ])),
        wanted: "openai gpt-x input=31 output=12 read=8 reasoning_output=5 audio_in=9 audio_output=3",
    },
    Case {
        protocol: "openai responses",
        url: "https://api.openai.com/v1/responses",
        request: r#"{"model":"asked","input":"hi"}"#,
        plain: Some(
            r#"{"model":"gpt-x","usage":{"input_tokens":31,"input_tokens_details":{"cached_tokens":8},
                "output_tokens":12,"output_tokens_details":{"reasoning_tokens":5},"total_tokens":43}}"#,
        ),
        stream: Some(Sse(&[
            r#"{"type":"response.created","response":{"model":"gpt-x","usage":null}}"#,
            r#"{"type":"response.output_text.delta","delta":"hi"}"#,
            r#"{"type":"response.completed","response":{"model":"gpt-x","usage":{"input_tokens":31,"input_tokens_details":{"cached_tokens":8},"output_tokens":12,"output_tokens_details":{"reasoning_tokens":5}}}}"#,
        ])),
        wanted: "openai gpt-x input=31 output=12 read=8 reasoning_output=5",
    },
    Case {
        protocol: "openai others",
        url: "https://api.openai.com/v1/embeddings",
        request: r#"{"model":"asked","input":"hi"}"#,
        plain: Some(r#"{"model":"text-embedding-x","data":[],"usage":{"prompt_tokens":4,"total_tokens":4}}"#),
        stream: None,
        wanted: "openai text-embedding-x input=4",
    },
    Case {
        protocol: "openai others",
        url: "https://api.openai.com/v1/images/generations",
        request: r#"{"model":"gpt-image-x","prompt":"hi"}"#,
        plain: Some(
            r#"{"data":[],"usage":{"input_tokens":50,"input_tokens_details":{"text_tokens":10,"image_tokens":40},
                "output_tokens":60,"total_tokens":110}}"#,
        ),
        stream: Some(Sse(&[
            r#"{"type":"image_generation.partial_image","b64_json":"aGk=","partial_image_index":0}"#,
            r#"{"type":"image_generation.completed","b64_json":"aGk=","usage":{"input_tokens":50,"input_tokens_details":{"text_tokens":10,"image_tokens":40},"output_tokens":60,"total_tokens":110}}"#,
        ])),
        wanted: "openai gpt-image-x input=50 output=60",
    },
    Case {
        protocol: "openai others",
        url: "https://api.openai.com/v1/audio/transcriptions",
        request: "--boundary",
        plain: Some(
            r#"{"text":"hi","usage":{"type":"tokens","input_tokens":14,"input_token_details":{"text_tokens":2,
                "audio_tokens":12},"output_tokens":45,"total_tokens":59}}"#,
        ),
        stream: Some(Sse(&[
            r#"{"type":"transcript.text.delta","delta":"hi"}"#,
            r#"{"type":"transcript.text.done","text":"hi","usage":{"type":"tokens","input_tokens":14,"input_token_details":{"text_tokens":2,"audio_tokens":12},"output_tokens":45}}"#,
        ])),
        wanted: "openai - input=14 output=45 audio_in=12",
    },
    Case {
        protocol: "openai others",
        url: "https://api.openai.com/v1/audio/speech",
        request: r#"{"model":"tts-x","input":"hi"}"#,
        plain: None,
        stream: Some(Sse(&[
            r#"{"type":"speech.audio.delta","audio":"aGk="}"#,
            r#"{"type":"speech.audio.done","usage":{"input_tokens":14,"output_tokens":101,"total_tokens":115}}"#,
        ])),
        wanted: "openai tts-x input=14 output=101",
    },
];

pub(super) const AZURE_OPENAI: &[Case] = &[Case {
    protocol: "openai chat",
    url: "https://me.openai.azure.com/openai/deployments/mine/chat/completions?api-version=2024-10-21",
    request: r#"{"messages":[]}"#,
    plain: Some(
        r#"{"model":"gpt-x","usage":{"prompt_tokens":31,"completion_tokens":12,"total_tokens":43,
            "prompt_tokens_details":{"cached_tokens":8},"completion_tokens_details":{"reasoning_tokens":5}}}"#,
    ),
    stream: Some(Sse(&[
        r#"{"model":"","choices":[],"prompt_filter_results":[]}"#,
        r#"{"model":"gpt-x","choices":[],"usage":{"prompt_tokens":31,"completion_tokens":12,"total_tokens":43,"prompt_tokens_details":{"cached_tokens":8},"completion_tokens_details":{"reasoning_tokens":5}}}"#,
        "[DONE]",
    ])),
    wanted: "azure.ai.openai gpt-x input=31 output=12 read=8 reasoning_output=5",
}];

pub(super) const ANTHROPIC: &[Case] = &[Case {
    protocol: "anthropic",
    url: "https://api.anthropic.com/v1/messages",
    request: CHAT,
    plain: Some(
        r#"{"model":"claude-x","usage":{"input_tokens":3,"cache_creation_input_tokens":30,"cache_read_input_tokens":100,
            "cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20},"output_tokens":7,
            "output_tokens_details":{"thinking_tokens":2}}}"#,
    ),
    stream: Some(Sse(&[
        r#"{"type":"message_start","message":{"model":"claude-x","usage":{"input_tokens":3,"cache_creation_input_tokens":30,"cache_read_input_tokens":100,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20},"output_tokens":1}}}"#,
        r#"{"type":"message_delta","usage":{"output_tokens":7,"output_tokens_details":{"thinking_tokens":2}}}"#,
        r#"{"type":"message_stop"}"#,
    ])),
    wanted: "anthropic claude-x input=133 output=7 read=100 written=30 written_5m_in=10 written_1h_in=20 \
                 reasoning_output=2",
}];

const GEMINI_PLAIN: &str = r#"{"candidates":[],"modelVersion":"gemini-x","usageMetadata":{"promptTokenCount":40,
        "cachedContentTokenCount":16,"candidatesTokenCount":6,"thoughtsTokenCount":9,"totalTokenCount":55,
        "promptTokensDetails":[{"modality":"TEXT","tokenCount":8},{"modality":"AUDIO","tokenCount":32}],
        "candidatesTokensDetails":[{"modality":"AUDIO","tokenCount":6}]}}"#;
const GEMINI_EVENTS: &[&str] = &[
    r#"{"candidates":[{"index":0}],"modelVersion":"gemini-x","usageMetadata":{"promptTokenCount":40,"totalTokenCount":40}}"#,
    r#"{"candidates":[{"finishReason":"STOP"}],"modelVersion":"gemini-x","usageMetadata":{"promptTokenCount":40,"cachedContentTokenCount":16,"candidatesTokenCount":6,"thoughtsTokenCount":9,"promptTokensDetails":[{"modality":"TEXT","tokenCount":8},{"modality":"AUDIO","tokenCount":32}],"candidatesTokensDetails":[{"modality":"AUDIO","tokenCount":6}]}}"#,
];
const fn gemini(url: &'static str, wanted: &'static str) -> Case {
    let (plain, stream) = (Some(GEMINI_PLAIN), Some(Sse(GEMINI_EVENTS)));
    Case { protocol: "gemini", url, request: "{}", plain, stream, wanted }
}

pub(super) const GEMINI: &[Case] = &[
    gemini(
        "https://generativelanguage.googleapis.com/v1beta/models/asked:generateContent",
        "gcp.gemini gemini-x input=40 output=15 read=16 reasoning_output=9 audio_in=32 audio_output=6",
    ),
    gemini(
        "https://europe-west1-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models/asked:streamGenerateContent",
        "gcp.vertex_ai gemini-x input=40 output=15 read=16 reasoning_output=9 audio_in=32 audio_output=6",
    ),
];

pub(super) const INTERACTIONS: &[Case] = &[
    Case {
        protocol: "interactions",
        url: "https://generativelanguage.googleapis.com/v1beta/interactions",
        request: r#"{"model":"asked","input":"hi"}"#,
        plain: Some(
            r#"{"object":"interaction","status":"completed","model":"gemini-x","usage":{"total_input_tokens":40,
            "total_cached_tokens":16,"total_output_tokens":6,"total_thought_tokens":9,"total_tool_use_tokens":2,
            "input_tokens_by_modality":[{"modality":"text","tokens":8},{"modality":"audio","tokens":32}],
            "output_tokens_by_modality":[{"modality":"audio","tokens":6}]}}"#,
        ),
        stream: Some(Sse(&[
            r#"{"event_type":"interaction.created","interaction":{"status":"in_progress","model":"gemini-x"}}"#,
            r#"{"event_type":"step.stop","index":0,"usage":{"total_input_tokens":40,"total_output_tokens":1}}"#,
            r#"{"event_type":"interaction.completed","interaction":{"model":"gemini-x","usage":{"total_input_tokens":40,"total_cached_tokens":16,"total_output_tokens":6,"total_thought_tokens":9,"total_tool_use_tokens":2,"input_tokens_by_modality":[{"modality":"audio","tokens":32}],"output_tokens_by_modality":[{"modality":"audio","tokens":6}]}}}"#,
        ])),
        wanted: "gcp.gemini gemini-x input=42 output=15 read=16 reasoning_output=9 audio_in=32 audio_output=6",
    },
    // Behind a proxy, of an agent, in the contents of before.
    Case {
        protocol: "interactions",
        url: "http://127.0.0.1:9000/google/v1beta/interactions",
        request: r#"{"agent":"deep-x","input":"hi"}"#,
        plain: Some(r#"{"status":"completed","usage":{"total_input_tokens":40,"total_output_tokens":6}}"#),
        stream: Some(Sse(&[
            r#"{"event_type":"interaction.complete","interaction":{"agent":"deep-x","usage":{"total_input_tokens":40,"total_output_tokens":6}}}"#,
        ])),
        wanted: "gcp.gemini deep-x input=40 output=6",
    },
];

pub(super) const BEDROCK: &[Case] = &[
    Case {
        protocol: "bedrock",
        url: "https://bedrock-runtime.us-east-1.amazonaws.com/model/claude-x/converse-stream",
        request: "{}",
        plain: Some(
            r#"{"usage":{"inputTokens":11,"outputTokens":2,"cacheReadInputTokens":100,"cacheWriteInputTokens":30,
                "cacheDetails":[{"ttl":"1h","inputTokens":20},{"ttl":"5m","inputTokens":10}],"totalTokens":143}}"#,
        ),
        stream: Some(Frames(&[
            ("messageStart", r#"{"role":"assistant"}"#),
            (
                "metadata",
                r#"{"usage":{"inputTokens":11,"outputTokens":2,"cacheReadInputTokens":100,"cacheWriteInputTokens":30,"cacheDetails":[{"ttl":"1h","inputTokens":20},{"ttl":"5m","inputTokens":10}]}}"#,
            ),
        ])),
        wanted: "aws.bedrock claude-x input=141 output=2 read=100 written=30 written_5m_in=10 written_1h_in=20",
    },
    // InvokeModel has the shape of the model's maker.
    Case {
        protocol: "anthropic",
        url: "https://bedrock-runtime.us-east-1.amazonaws.com/model/claude-y/invoke",
        request: r#"{"anthropic_version":"bedrock-2023-05-31"}"#,
        plain: Some(
            r#"{"model":"claude-x","usage":{"input_tokens":3,"cache_creation_input_tokens":30,"cache_read_input_tokens":100,
                "cache_creation":{"ephemeral_5m_input_tokens":30,"ephemeral_1h_input_tokens":0},"output_tokens":7}}"#,
        ),
        stream: Some(Native(&[
            r#"{"type":"message_start","message":{"model":"claude-x","usage":{"input_tokens":3,"cache_creation_input_tokens":30,"cache_read_input_tokens":100,"cache_creation":{"ephemeral_5m_input_tokens":30,"ephemeral_1h_input_tokens":0},"output_tokens":1}}}"#,
            r#"{"type":"message_delta","usage":{"output_tokens":7}}"#,
            r#"{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":3,"outputTokenCount":7,"cacheReadInputTokenCount":100,"cacheWriteInputTokenCount":30}}"#,
        ])),
        wanted: "aws.bedrock claude-x input=133 output=7 read=100 written=30 written_5m_in=30",
    },
    Case {
        protocol: "bedrock",
        url: "https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.nova-x/invoke",
        request: "{}",
        plain: Some(
            r#"{"usage":{"inputTokens":11,"outputTokens":2,"cacheReadInputTokenCount":100,"cacheWriteInputTokenCount":30}}"#,
        ),
        stream: Some(Native(&[
            r#"{"messageStart":{"role":"assistant"}}"#,
            r#"{"metadata":{"usage":{"inputTokens":11,"outputTokens":2,"cacheReadInputTokenCount":100,"cacheWriteInputTokenCount":30}}}"#,
        ])),
        wanted: "aws.bedrock amazon.nova-x input=141 output=2 read=100 written=30",
    },
];

pub(super) const COHERE_AND_OLLAMA: &[Case] = &[
    Case {
        protocol: "cohere",
        url: "https://api.cohere.com/v2/chat",
        request: r#"{"model":"command-x"}"#,
        plain: Some(
            r#"{"usage":{"billed_units":{"input_tokens":6,"output_tokens":3},"tokens":{"input_tokens":50,"output_tokens":3},"cached_tokens":9}}"#,
        ),
        stream: Some(Sse(&[
            r#"{"type":"message-start"}"#,
            r#"{"type":"message-end","delta":{"usage":{"billed_units":{"input_tokens":6,"output_tokens":3},"tokens":{"input_tokens":50,"output_tokens":3},"cached_tokens":9}}}"#,
        ])),
        wanted: "cohere command-x input=50 output=3 read=9",
    },
    Case {
        protocol: "cohere",
        url: "https://api.cohere.com/v1/chat",
        request: r#"{"model":"command-x"}"#,
        plain: Some(
            r#"{"meta":{"billed_units":{"input_tokens":6.0},"tokens":{"input_tokens":50.0,"output_tokens":3.0}}}"#,
        ),
        stream: Some(Lines(&[
            r#"{"event_type":"stream-start"}"#,
            r#"{"event_type":"stream-end","response":{"meta":{"tokens":{"input_tokens":50,"output_tokens":3}}}}"#,
        ])),
        wanted: "cohere command-x input=50 output=3",
    },
    Case {
        protocol: "ollama",
        url: "http://localhost:11434/api/chat",
        request: CHAT,
        plain: Some(r#"{"model":"llama-x","done":true,"prompt_eval_count":26,"eval_count":298}"#),
        stream: Some(Lines(&[
            r#"{"model":"llama-x","message":{"content":"hi"},"done":false}"#,
            r#"{"model":"llama-x","done":true,"prompt_eval_count":26,"eval_count":298}"#,
        ])),
        wanted: "ollama llama-x input=26 output=298",
    },
];
