//! Every provider by itself, with counts as it reports them, in a plain answer and in a stream.

use super::place::Place;
use super::{facts, registry};
use crate::model::json;
use crate::model::wire::eventstream::{self, Message, Value};
use base64::Engine;
use http::{HeaderMap, StatusCode};

/// One way to ask a provider: where, what, the plain answer, the events of a stream, and what is to be known of each.
struct Case {
    /// The name that the protocol has in the registry.
    protocol: &'static str,
    url: &'static str,
    request: &'static str,
    plain: Option<&'static str>,
    stream: Option<Stream>,
    wanted: &'static str,
}

enum Stream {
    Sse(&'static [&'static str]),
    Lines(&'static [&'static str]),
    /// Frames with the type of each event.
    Frames(&'static [(&'static str, &'static str)]),
    /// Frames that hold a model's own events.
    Native(&'static [&'static str]),
    /// Frames that carry such a stream, cut anywhere.
    Pieces(&'static [&'static str]),
}
use Stream::{Frames, Lines, Native, Pieces, Sse};

impl Stream {
    fn bytes(&self) -> Vec<u8> {
        let frame = |kind: &str, payload: String| {
            let text = |text: &str| Value::String(text.to_owned());
            let headers =
                vec![(":message-type".to_owned(), text("event")), (":event-type".to_owned(), text(kind))];
            eventstream::encode(&Message { headers, payload: payload.into() }).unwrap()
        };
        match self {
            Sse(events) => {
                events.iter().flat_map(|event| format!("data: {event}\n\n").into_bytes()).collect()
            }
            Lines(lines) => lines.iter().flat_map(|line| format!("{line}\n").into_bytes()).collect(),
            Frames(events) => {
                events.iter().flat_map(|(kind, json)| frame(kind, (*json).to_owned())).collect()
            }
            Pieces(pieces) => {
                pieces.iter().flat_map(|piece| frame("PayloadPart", (*piece).to_owned())).collect()
            }
            Native(events) => {
                let base64 = |event| base64::engine::general_purpose::STANDARD.encode(event);
                events
                    .iter()
                    .flat_map(|event| frame("chunk", format!(r#"{{"bytes":"{}"}}"#, base64(event))))
                    .collect()
            }
        }
    }
}

/// Provider, model and counts of an answer.
fn known(case: &Case, body: &[u8]) -> String {
    let asked = json::parse(case.request.as_bytes()).ok();
    let none = HeaderMap::new();
    let facts = facts(case.url, &none, asked.as_ref(), StatusCode::OK, &none, body);
    let mut words = vec![
        facts.provider.map_or("-", super::Provider::name).to_owned(),
        facts.model.unwrap_or_else(|| "-".to_owned()),
    ];
    let short = |name: &str| {
        let name =
            name.replace("_tokens", "").replace("cache_creation", "written").replace("cache_read", "read");
        name.replace("written_input", "written").replace("read_input", "read").replace("_input", "_in")
    };
    let counts = facts.usage.unwrap_or_default().fields();
    words.extend(counts.iter().map(|(name, count)| format!("{}={count}", short(name))));
    words.join(" ")
}

fn holds(cases: &[Case]) {
    for case in cases {
        if let Some(plain) = case.plain {
            assert_eq!(known(case, plain.as_bytes()), case.wanted, "{} {plain}", case.url);
        }
        if let Some(stream) = &case.stream {
            assert_eq!(known(case, &stream.bytes()), case.wanted, "{}, streamed", case.url);
        }
    }
}

const CHAT: &str = r#"{"model":"asked","messages":[{"role":"user","content":"hi"}]}"#;

const OPENAI: &[Case] = &[
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

const AZURE_OPENAI: &[Case] = &[Case {
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

const ANTHROPIC: &[Case] = &[Case {
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

const GEMINI: &[Case] = &[
    gemini(
        "https://generativelanguage.googleapis.com/v1beta/models/asked:generateContent",
        "gcp.gemini gemini-x input=40 output=15 read=16 reasoning_output=9 audio_in=32 audio_output=6",
    ),
    gemini(
        "https://europe-west1-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models/asked:streamGenerateContent",
        "gcp.vertex_ai gemini-x input=40 output=15 read=16 reasoning_output=9 audio_in=32 audio_output=6",
    ),
];

const INTERACTIONS: &[Case] = &[
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

const BEDROCK: &[Case] = &[
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

const COHERE_AND_OLLAMA: &[Case] = &[
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

/// Those who speak as nobody else does, and servers that people run themselves.
const OTHERS: &[Case] = &[
    Case {
        protocol: "dashscope",
        url: "https://dashscope-intl.aliyuncs.com/api/v1/services/aigc/text-generation/generation",
        request: r#"{"model":"qwen-x","input":{"messages":[]},"parameters":{"incremental_output":true}}"#,
        plain: Some(
            r#"{"status_code":200,"request_id":"r-1","code":"","message":"","output":{"choices":[{"finish_reason":"stop","message":{"role":"assistant","content":"hi"}}]},"usage":{"input_tokens":31,"output_tokens":12,"total_tokens":43,"prompt_tokens_details":{"cached_tokens":8}}}"#,
        ),
        stream: Some(Sse(&[
            r#"{"output":{"choices":[{"finish_reason":"null","message":{"role":"assistant","content":"h"}}]},"usage":{"input_tokens":31,"output_tokens":1,"total_tokens":32},"request_id":"r-1"}"#,
            r#"{"output":{"choices":[{"finish_reason":"stop","message":{"role":"assistant","content":"i"}}]},"usage":{"input_tokens":31,"output_tokens":12,"total_tokens":43,"prompt_tokens_details":{"cached_tokens":8}},"request_id":"r-1"}"#,
        ])),
        wanted: "alibaba_cloud qwen-x input=31 output=12 read=8",
    },
    // Behind a gateway, which keeps the path.
    Case {
        protocol: "dashscope",
        url: "https://llm.example.com/api/v1/services/embeddings/text-embedding/text-embedding",
        request: r#"{"model":"text-embedding-x","input":{"texts":["hi"]}}"#,
        plain: Some(
            r#"{"output":{"embeddings":[{"embedding":[0.1],"text_index":0}]},"usage":{"total_tokens":4},"request_id":"r-1"}"#,
        ),
        stream: None,
        wanted: "alibaba_cloud text-embedding-x input=4",
    },
    Case {
        protocol: "cohere",
        url: "https://llm.example.com/cohere/v2/chat",
        request: CHAT,
        plain: Some(r#"{"usage":{"tokens":{"input_tokens":50,"output_tokens":3}}}"#),
        stream: None,
        wanted: "cohere asked input=50 output=3",
    },
    Case {
        protocol: "scores",
        url: "http://127.0.0.1:8000/v1/rerank",
        request: r#"{"model":"models/bge","query":"?","documents":["a"]}"#,
        plain: Some(
            r#"{"id":"rerank-1","model":"models/bge","usage":{"prompt_tokens":12,"total_tokens":12},"results":[{"index":0,"relevance_score":0.9}]}"#,
        ),
        stream: None,
        wanted: "cohere models/bge input=12",
    },
    Case {
        protocol: "scores",
        url: "http://127.0.0.1:8000/score",
        request: r#"{"model":"bge","text_1":"a","text_2":["b"]}"#,
        plain: Some(
            r#"{"id":"score-1","object":"list","model":"bge","data":[{"index":0,"object":"score","score":0.9}],"usage":{"total_tokens":7}}"#,
        ),
        stream: None,
        wanted: "vllm bge input=7",
    },
    Case {
        protocol: "scores",
        url: "http://127.0.0.1:8000/pooling",
        request: r#"{"model":"bge","input":"a"}"#,
        plain: Some(
            r#"{"id":"pool-1","object":"list","model":"bge","data":[{"index":0,"object":"pooling","data":[0.1]}],"usage":{"prompt_tokens":7,"total_tokens":7}}"#,
        ),
        stream: None,
        wanted: "vllm bge input=7",
    },
    Case {
        protocol: "llama.cpp",
        url: "http://127.0.0.1:8080/completion",
        request: r#"{"prompt":"hi","n_predict":8}"#,
        plain: Some(
            r#"{"index":0,"content":" there","id_slot":0,"stop":true,"model":"qwen.gguf","tokens_predicted":2,"tokens_evaluated":50,"timings":{"cache_n":40,"prompt_n":10,"predicted_n":2}}"#,
        ),
        stream: Some(Sse(&[
            r#"{"index":0,"content":" the","stop":false,"id_slot":0,"tokens_predicted":1,"tokens_evaluated":50}"#,
            r#"{"index":0,"content":"","id_slot":0,"stop":true,"model":"qwen.gguf","tokens_predicted":2,"tokens_evaluated":50,"timings":{"cache_n":40,"prompt_n":10,"predicted_n":2}}"#,
        ])),
        wanted: "llama.cpp qwen.gguf input=50 output=2 read=40",
    },
    // A chat of llama.cpp that did not ask for its usage, and several prompts in one request.
    Case {
        protocol: "openai chat",
        url: "http://127.0.0.1:8080/v1/chat/completions",
        request: CHAT,
        plain: None,
        stream: Some(Sse(&[
            r#"{"model":"qwen.gguf","choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":null}]}"#,
            r#"{"model":"qwen.gguf","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"timings":{"cache_n":4,"prompt_n":27,"predicted_n":12}}"#,
            "[DONE]",
        ])),
        wanted: "openai qwen.gguf input=31 output=12 read=4",
    },
    Case {
        protocol: "openai chat",
        url: "http://127.0.0.1:8080/v1/completions",
        request: r#"{"model":"m","prompt":["a","b"],"stream":true}"#,
        plain: None,
        stream: Some(Sse(&[
            r#"{"model":"m","choices":[{"index":0,"text":"x","finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}"#,
            r#"{"model":"m","choices":[{"index":1,"text":"y","finish_reason":"stop"}],"usage":{"prompt_tokens":4,"completion_tokens":5,"total_tokens":9}}"#,
            "[DONE]",
        ])),
        wanted: "openai m input=7 output=7",
    },
    Case {
        protocol: "watsonx",
        url: "https://eu-de.ml.cloud.ibm.com/ml/v1/text/generation?version=2026-11-01",
        request: r#"{"model_id":"ibm/granite-x","input":"hi","project_id":"p"}"#,
        plain: Some(
            r#"{"model_id":"ibm/granite-x","results":[{"generated_text":"there","generated_token_count":12,"input_token_count":31,"stop_reason":"eos_token"}]}"#,
        ),
        stream: Some(Sse(&[
            r#"{"model_id":"ibm/granite-x","results":[{"generated_text":"the","generated_token_count":1,"input_token_count":31,"stop_reason":"not_finished"}]}"#,
            r#"{"model_id":"ibm/granite-x","results":[{"generated_text":"re","generated_token_count":12,"input_token_count":0,"stop_reason":"eos_token"}]}"#,
        ])),
        wanted: "ibm.watsonx.ai ibm/granite-x input=31 output=12",
    },
    Case {
        protocol: "aleph alpha",
        url: "https://api.aleph-alpha.com/complete",
        request: r#"{"model":"luminous-x","prompt":"hi","maximum_tokens":8}"#,
        plain: Some(
            r#"{"model_version":"luminous-x-2026","completions":[{"completion":"there","finish_reason":"end_of_text"}],"num_tokens_prompt_total":31,"num_tokens_generated":12}"#,
        ),
        stream: Some(Sse(&[
            r#"{"type":"stream_chunk","index":0,"completion":"there"}"#,
            r#"{"type":"stream_summary","index":0,"model_version":"luminous-x-2026","finish_reason":"end_of_text"}"#,
            r#"{"type":"completion_summary","num_tokens_prompt_total":31,"num_tokens_generated":12}"#,
        ])),
        wanted: "aleph_alpha luminous-x-2026 input=31 output=12",
    },
    Case {
        protocol: "text generation",
        url: "https://runtime.sagemaker.us-east-1.amazonaws.com/endpoints/my-llama/invocations",
        request: r#"{"inputs":"hi","parameters":{"details":true}}"#,
        plain: Some(r#"[{"generated_text":"there"}]"#),
        stream: None,
        wanted: "aws.sagemaker my-llama",
    },
    Case {
        protocol: "text generation",
        url: "https://runtime.sagemaker.us-east-1.amazonaws.com/endpoints/my-llama/invocations-response-stream",
        request: r#"{"inputs":"hi","parameters":{"details":true}}"#,
        plain: None,
        stream: Some(Sse(&[
            r#"{"index":1,"token":{"id":1,"text":"there","special":false},"generated_text":null,"details":null}"#,
            r#"{"index":2,"token":{"id":2,"text":"</s>","special":true},"generated_text":"there","details":{"finish_reason":"eos_token","generated_tokens":12,"input_length":31}}"#,
        ])),
        wanted: "aws.sagemaker my-llama input=31 output=12",
    },
    Case {
        protocol: "text generation",
        url: "https://runtime.sagemaker.us-east-1.amazonaws.com/endpoints/my-llama/invocations-response-stream",
        request: r#"{"inputs":"hi","parameters":{"details":true}}"#,
        plain: None,
        stream: Some(Pieces(&[
            r#"data:{"index":1,"token":{"id":1,"text":"there","special":fal"#,
            "se},\"generated_text\":null,\"details\":null}\n\nda",
            r#"ta:{"index":2,"token":{"id":2,"text":"</s>","special":true},"generated_text":"there","details":{"finish_reason":"eos_token","generated_tokens":12,"input_length":31}}"#,
            "\n\n",
        ])),
        wanted: "aws.sagemaker my-llama input=31 output=12",
    },
    Case {
        protocol: "openai others",
        url: "http://127.0.0.1:7997/embeddings",
        request: r#"{"model":"bge","input":["hi"]}"#,
        plain: Some(
            r#"{"object":"list","data":[{"object":"embedding","embedding":[0.1],"index":0}],"model":"bge","usage":{"prompt_tokens":2,"total_tokens":2}}"#,
        ),
        stream: None,
        wanted: "infinity bge input=2",
    },
    Case {
        protocol: "replicate",
        url: "https://api.replicate.com/v1/models/meta/llama-x/predictions",
        request: r#"{"input":{"prompt":"hi"}}"#,
        plain: Some(
            r#"{"id":"p-1","model":"meta/llama-x","version":"hidden","input":{"prompt":"hi"},"output":["the","re"],"status":"succeeded","error":null,"urls":{"get":"https://api.replicate.com/v1/predictions/p-1"},"metrics":{"input_token_count":31,"output_token_count":12,"predict_time":0.4}}"#,
        ),
        stream: None,
        wanted: "replicate meta/llama-x input=31 output=12",
    },
    Case {
        protocol: "deepgram",
        url: "https://api.deepgram.com/v1/listen?model=nova-3&smart_format=true",
        request: "",
        plain: Some(
            r#"{"metadata":{"request_id":"r-1","duration":1.5,"channels":1},"results":{"channels":[{"alternatives":[{"transcript":"hi there","confidence":0.99}]}]}}"#,
        ),
        stream: None,
        wanted: "deepgram nova-3",
    },
];

const PLAIN_COUNTS: &str = r#"{"prompt_tokens":31,"completion_tokens":12,"total_tokens":43}"#;

/// Those who speak OpenAI's chat completions, each with counts of its own: the URL, the counts, where a stream has them, and
/// what is to be known.
const OPENAI_COMPATIBLE: [(&str, &str, &str, &str); 27] = [
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

const CASES: [&[Case]; 8] =
    [OPENAI, AZURE_OPENAI, ANTHROPIC, GEMINI, INTERACTIONS, BEDROCK, COHERE_AND_OLLAMA, OTHERS];

#[test]
fn provider_model_and_counts_of_every_protocol_are_known() {
    CASES.into_iter().for_each(holds);
}

/// Servers that only their users can name: they speak as OpenAI does, at a port that others have as well.
const BY_NAME_ALONE: [&str; 1] = ["transformers"];

#[test]
fn what_no_request_tells_of_costs_nothing_wherever_it_runs_once_it_is_named() {
    for name in BY_NAME_ALONE {
        let provider = registry::provider(name).unwrap();
        assert!(provider.runs_at_home && provider.hosts.is_empty() && provider.port.is_none(), "{name}");
    }
}

#[test]
fn every_row_of_the_registry_has_a_row_here() {
    let cases = CASES.into_iter().flatten();
    let protocols: Vec<&str> = cases.clone().map(|case| case.protocol).collect();
    let wanted = cases.map(|case| case.wanted).chain(OPENAI_COMPATIBLE.map(|(.., wanted)| wanted));
    let providers: Vec<&str> = wanted.filter_map(|wanted| wanted.split(' ').next()).collect();
    for protocol in registry::PROTOCOLS {
        assert!(protocols.contains(&protocol.name), "the protocol `{}` has no case", protocol.name);
    }
    let told = |name: &str| BY_NAME_ALONE.contains(&name);
    for provider in registry::PROVIDERS.iter().filter(|provider| !told(provider.name)) {
        assert!(providers.contains(&provider.name), "the provider `{}` has no case", provider.name);
    }
    let known = |name: &str| registry::PROTOCOLS.iter().any(|protocol| protocol.name == name);
    assert_eq!(protocols.iter().find(|name| !known(name)), None, "a case of no protocol");
}

#[test]
fn whoever_a_protocol_says_is_asked_is_a_provider_of_the_registry() {
    let none = HeaderMap::new();
    for case in CASES.into_iter().flatten() {
        let asked = json::parse(case.request.as_bytes()).ok();
        let path = Place::of(case.url).path;
        for protocol in registry::PROTOCOLS {
            let by_path = (protocol.by_path)(path, &none, asked.as_ref());
            let by_body = asked.as_ref().and_then(protocol.by_body);
            for name in by_path.into_iter().chain(by_body) {
                assert!(registry::provider(name).is_some(), "{name}, of {}", protocol.name);
            }
        }
    }
}

#[test]
fn what_people_get_to_read_of_a_request_is_known_as_a_prompt() {
    use crate::providers::protocol::Turn;

    for protocol in registry::PROTOCOLS {
        for (turn, name, _) in protocol.readers.said.iter().filter(|(turn, ..)| *turn != Turn::Beside) {
            assert!(registry::FIELDS.prompts.contains(name), "`{name}` of {}", protocol.name);
            let is_system = registry::FIELDS.system.contains(name);
            assert_eq!(is_system, *turn == Turn::System, "`{name}` of {}", protocol.name);
        }
    }
}
