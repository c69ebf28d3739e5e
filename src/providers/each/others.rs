//! Those who have protocols of their own: hosts of models, and servers of one's own.

use super::Stream::{Pieces, Sse};
use super::{CHAT, Case};

/// Those who speak as nobody else does, and servers that people run themselves.
pub(super) const OTHERS: &[Case] = &[
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
    // On a machine of one's own.
    Case {
        protocol: "watsonx",
        url: "https://cpd.example.com/ml/v1/text/embeddings?version=2026-11-01",
        request: r#"{"model_id":"ibm/slate-x","inputs":["hi"],"project_id":"p"}"#,
        plain: Some(
            r#"{"model_id":"ibm/slate-x","created_at":"2026-12-01T00:00:00Z","results":[{"embedding":[0.5,0.25]}],"input_token_count":5}"#,
        ),
        stream: None,
        wanted: "ibm.watsonx.ai ibm/slate-x input=5",
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
