//! What exchanges cost, each worked out by hand from a table in which round numbers stand for prices.

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Version};

use crate::model::exchange::{Request, Response, ResponseBody};
use crate::model::wire::asked::asked_of;
use crate::providers::bill::Bill;
use crate::providers::price::{Payment, Prices, each};
use crate::providers::{Provider, facts_behind};

/// Dollars for each token, so that sums are easy to read; what fits no price here is unknown.
const TABLE: &str = r#"{
  "gpt-x": {"litellm_provider": "openai", "input_cost_per_token": 1e-6, "output_cost_per_token": 1e-5,
    "cache_read_input_token_cost": 1e-7, "input_cost_per_token_priority": 2e-6, "output_cost_per_token_priority": 2e-5,
    "cache_read_input_token_cost_priority": 2e-7, "input_cost_per_token_flex": 5e-7, "output_cost_per_token_flex": 5e-6,
    "input_cost_per_token_batches": 5e-7, "output_cost_per_token_batches": 5e-6, "input_cost_per_audio_token": 3e-5,
    "input_cost_per_token_above_100k_tokens": 2e-6, "output_cost_per_token_above_100k_tokens": 2e-5},
  "gpt-s": {"litellm_provider": "openai", "input_cost_per_token": 1e-6, "output_cost_per_token": 1e-5,
    "search_context_cost_per_query": {"search_context_size_low": 0.03, "search_context_size_medium": 0.035, "search_context_size_high": 0.05}},
  "gpt-picture": {"litellm_provider": "openai", "mode": "image_generation", "input_cost_per_token": 5e-6,
    "input_cost_per_image_token": 1e-5, "output_cost_per_image_token": 4e-5},
  "claude-x": {"litellm_provider": "anthropic", "input_cost_per_token": 3e-6, "output_cost_per_token": 1.5e-5,
    "input_cost_per_token_batches": 1.5e-6, "output_cost_per_token_batches": 7.5e-6,
    "cache_read_input_token_cost": 3e-7, "cache_creation_input_token_cost": 3.75e-6,
    "search_context_cost_per_query": {"search_context_size_low": 0.01, "search_context_size_medium": 0.01, "search_context_size_high": 0.01}},
  "gemini/gemini-x": {"litellm_provider": "gemini", "input_cost_per_token": 5e-7, "output_cost_per_token": 3e-6,
    "search_context_cost_per_query": {"search_context_size_medium": 0.014}, "web_search_billing_unit": "per_query"},
  "gemini/gemini-prompt": {"litellm_provider": "gemini", "input_cost_per_token": 5e-7, "output_cost_per_token": 3e-6,
    "search_context_cost_per_query": {"search_context_size_medium": 0.035}, "google_maps_grounding_cost_per_query": 0.025},
  "gemini/gemini-draws": {"litellm_provider": "gemini", "mode": "image_generation", "input_cost_per_token": 2e-6,
    "output_cost_per_token": 1.2e-5, "output_cost_per_image": 0.134, "output_cost_per_image_token": 1.2e-4},
  "rerank-x": {"litellm_provider": "cohere", "mode": "rerank", "input_cost_per_query": 0.002, "input_cost_per_token": 0.0},
  "command-x": {"litellm_provider": "cohere_chat", "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6},
  "openai.gpt-x": {"litellm_provider": "bedrock_converse", "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6},
  "perplexity/sonar-x": {"litellm_provider": "perplexity", "input_cost_per_token": 1e-6, "output_cost_per_token": 1e-6}
}"#;

const CHAT: &str = "https://api.openai.com/v1/chat/completions";
const RESPONSES: &str = "https://api.openai.com/v1/responses";
const MESSAGES: &str = "https://api.anthropic.com/v1/messages";
const GEMINI: &str = "https://generativelanguage.googleapis.com/v1beta/models/gemini-x:generateContent";

pub(super) struct Exchange<'a> {
    pub(super) method: Method,
    url: &'a str,
    headers: &'a [(&'static str, &'static str)],
    asked: &'a str,
    answer: &'a str,
}

impl Exchange<'_> {
    pub(super) fn post<'a>(url: &'a str, asked: &'a str, answer: &'a str) -> Exchange<'a> {
        Exchange { method: Method::POST, url, headers: &[], asked, answer }
    }

    /// Its cost, `nothing` or `unknown`.
    fn costs(&self) -> String {
        one_after_the_other(&[self.bill()]).remove(0)
    }

    pub(super) fn bill(&self) -> Bill {
        let mut headers = HeaderMap::new();
        for (name, value) in self.headers {
            headers.insert(*name, value.parse().unwrap());
        }
        let request = Request {
            method: self.method.clone(),
            url: self.url.to_owned(),
            headers,
            body: Bytes::copy_from_slice(self.asked.as_bytes()),
        };
        let mut headers = HeaderMap::new();
        let kind = if self.answer.starts_with("data:") { "text/event-stream" } else { "application/json" };
        headers.insert("content-type", kind.parse().unwrap());
        let status = StatusCode::OK;
        let asked = asked_of(&request);
        let facts = facts_behind(
            false,
            &request.url,
            &request.headers,
            asked.as_deref(),
            status,
            &headers,
            self.answer.as_bytes(),
        );
        let response = Response {
            status,
            version: Version::HTTP_11,
            url: None,
            headers,
            body: ResponseBody {
                bytes: Bytes::copy_from_slice(self.answer.as_bytes()),
                ..ResponseBody::default()
            },
        };
        let provider = facts.provider.map(Provider::name);
        let usage = facts.usage.unwrap_or_default();
        Bill::new(provider, facts.model.as_deref(), usage, &request, &response)
    }
}

/// What each of several exchanges is to be paid for: `again` where that is counted with another one.
pub(super) fn one_after_the_other(bills: &[Bill]) -> Vec<String> {
    let prices = Prices::parse(TABLE.as_bytes(), "a test").unwrap();
    let in_words = |payment| match payment {
        Payment::Nothing => "nothing".to_owned(),
        Payment::Again => "again".to_owned(),
        Payment::Unknown => "unknown".to_owned(),
        Payment::Known(cost) => cost.total.exact(),
    };
    each(&prices, bills).into_iter().map(in_words).collect()
}

fn costs(url: &str, asked: &str, answer: &str) -> String {
    Exchange::post(url, asked, answer).costs()
}

/// A chat of 1,000 tokens in and 100 out, which comes to 0.002 with `gpt-x`.
fn chat(more: &str, usage: &str) -> String {
    format!(
        r#"{{"object":"chat.completion","model":"gpt-x"{more},"choices":[],"usage":{{"prompt_tokens":1000,"completion_tokens":100{usage}}}}}"#
    )
}

#[test]
fn a_service_tier_has_the_prices_of_that_tier_or_none_that_are_known() {
    for (asked, answered, wanted) in [
        ("", "", "0.002"),
        ("", r#","service_tier":"default""#, "0.002"),
        (r#","service_tier":"auto""#, r#","service_tier":"default""#, "0.002"),
        (r#","service_tier":"priority""#, r#","service_tier":"priority""#, "0.004"),
        // What was asked for and not given is not paid for.
        (r#","service_tier":"priority""#, r#","service_tier":"default""#, "0.002"),
        (r#","service_tier":"flex""#, r#","service_tier":"flex""#, "0.001"),
        ("", r#","service_tier":"scale""#, "unknown"),
        // Nobody says whether it was given.
        (r#","service_tier":"flex""#, "", "unknown"),
    ] {
        let asked = format!(r#"{{"model":"gpt-x","messages":[]{asked}}}"#);
        assert_eq!(costs(CHAT, &asked, &chat(answered, "")), wanted, "{asked} {answered}");
    }
    // The tier has no price for what was cached, and none for long prompts.
    let cached = chat(r#","service_tier":"flex""#, r#","prompt_tokens_details":{"cached_tokens":500}"#);
    assert_eq!(costs(CHAT, "{}", &cached), "unknown");
    let long = r#"{"model":"gpt-x","service_tier":"priority","choices":[],"usage":{"prompt_tokens":100001,"completion_tokens":0}}"#;
    assert_eq!(costs(CHAT, "{}", long), "unknown");
    let anthropic = |tier: &str| {
        format!(
            r#"{{"type":"message","model":"claude-x","usage":{{"input_tokens":1000,"cache_read_input_tokens":0,"output_tokens":100{tier}}}}}"#
        )
    };
    for (tier, wanted) in [
        (r#","service_tier":"standard","inference_geo":"not_available""#, "0.0045"),
        (r#","service_tier":"batch""#, "0.00225"),
        (r#","service_tier":"priority""#, "unknown"),
        (r#","speed":"fast""#, "unknown"),
        (r#","inference_geo":"us""#, "unknown"),
        (r#","iterations":[{"type":"compaction","input_tokens":9},{"type":"message"}]"#, "unknown"),
    ] {
        let asked = r#"{"model":"claude-x","messages":[]}"#;
        assert_eq!(costs(MESSAGES, asked, &anthropic(tier)), wanted, "{tier}");
    }
}

#[test]
fn pictures_and_sound_have_prices_of_their_own_or_the_sum_is_unknown() {
    let draws = GEMINI.replace("gemini-x", "gemini-draws");
    let gemini = |parts: &str, counts: &str| {
        format!(
            r#"{{"candidates":[{{"content":{{"parts":[{parts}]}},"finishReason":"STOP"}}],"modelVersion":"gemini-draws",
            "usageMetadata":{{"promptTokenCount":300,"candidatesTokenCount":1200,"thoughtsTokenCount":100{counts}}}}}"#
        )
    };
    let picture = r#"{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="}}"#;
    // 300 × 2 + (1,200 − 1,000 + 100) × 12 + 1,000 × 120 millionths
    let told = r#","candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":1000}]"#;
    assert_eq!(costs(&draws, "{}", &gemini(picture, told)), "0.1242");
    assert_eq!(costs(&draws, "{}", &gemini(picture, "")), "unknown");
    // 300 × 2 + 1,300 × 12
    assert_eq!(costs(&draws, "{}", &gemini(r#"{"text":"no"}"#, "")), "0.0162");
    let images =
        |usage: &str| format!(r#"{{"created":1,"data":[{{"b64_json":"iVBORw0KGgo="}}],"usage":{usage}}}"#);
    let url = "https://api.openai.com/v1/images/generations";
    let asked = r#"{"model":"gpt-picture","prompt":"a cat"}"#;
    // 40 × 5 + 10 × 10 + 4,000 × 40: what it writes is pictures.
    let usage = r#"{"input_tokens":50,"output_tokens":4000,"input_tokens_details":{"text_tokens":40,"image_tokens":10}}"#;
    assert_eq!(costs(url, asked, &images(usage)), "0.1603");
    // Of text that it writes nobody knows the price.
    let mixed = r#"{"input_tokens":50,"output_tokens":4000,"output_tokens_details":{"text_tokens":5,"image_tokens":3995}}"#;
    assert_eq!(costs(url, asked, &images(mixed)), "unknown");
    assert_eq!(
        costs(url, r#"{"model":"dall-e-3"}"#, r#"{"created":1,"data":[{"url":"https://x"}]}"#),
        "unknown"
    );
    // 900 × 1 + 100 × 30 + 100 × 10
    let heard = chat("", r#","prompt_tokens_details":{"audio_tokens":100}"#);
    assert_eq!(costs(CHAT, "{}", &heard), "0.0049");
    let heard = chat("", r#","prompt_tokens_details":{"audio_tokens":100,"cached_tokens":500}"#);
    assert_eq!(costs(CHAT, "{}", &heard), "unknown", "whether sound was cached");
    let spoken = chat("", r#","completion_tokens_details":{"audio_tokens":50}"#);
    assert_eq!(costs(CHAT, "{}", &spoken), "unknown");
    let drawn = chat("", r#","completion_tokens_details":{"image_tokens":50}"#);
    assert_eq!(costs(CHAT, "{}", &drawn), "unknown");
}

#[test]
fn searches_are_paid_for_beside_tokens() {
    let anthropic = r#"data: {"type":"message_start","message":{"model":"claude-x","usage":{"input_tokens":10,"cache_read_input_tokens":0,"output_tokens":1}}}

data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":1000,"output_tokens":100,"server_tool_use":{"web_search_requests":5,"web_fetch_requests":2}}}

data: {"type":"message_stop"}

"#;
    assert_eq!(costs(MESSAGES, r#"{"model":"claude-x","messages":[]}"#, anthropic), "0.0545");
    let response = |items: &str, model: &str| {
        format!(
            r#"{{"object":"response","status":"completed","model":"{model}","output":[{items}],"usage":{{"input_tokens":1000,"output_tokens":100}}}}"#
        )
    };
    let search = r#"{"id":"ws_1","type":"web_search_call","status":"completed","action":{"type":"search"}},
        {"id":"ws_2","type":"web_search_call","status":"completed","action":{"type":"open_page"}},
        {"id":"ws_3","type":"web_search_call","status":"completed"}"#;
    let asked =
        |size: &str| format!(r#"{{"model":"gpt-s","input":"?","tools":[{{"type":"web_search"{size}}}]}}"#);
    assert_eq!(costs(RESPONSES, &asked(""), &response(search, "gpt-s")), "0.072");
    let low = asked(r#","search_context_size":"low""#);
    assert_eq!(costs(RESPONSES, &low, &response(search, "gpt-s")), "0.062");
    assert_eq!(costs(RESPONSES, &asked(""), &response(search, "gpt-x")), "unknown", "no fee is known");
    for tool in ["file_search_call", "code_interpreter_call", "image_generation_call"] {
        let item = format!(r#"{{"id":"t_1","type":"{tool}","status":"completed"}}"#);
        assert_eq!(costs(RESPONSES, "{}", &response(&item, "gpt-s")), "unknown", "{tool}");
    }
    let asked = r#"{"model":"gpt-s","messages":[],"web_search_options":{"search_context_size":"high"}}"#;
    assert_eq!(costs(CHAT, asked, &chat("", "").replace("gpt-x", "gpt-s")), "0.052");
    let grounded = |model: &str, grounding: &str| {
        let answer = format!(
            r#"{{"candidates":[{{"content":{{"parts":[{{"text":"so"}}]}},"finishReason":"STOP","groundingMetadata":{grounding}}}],
            "modelVersion":"{model}","usageMetadata":{{"promptTokenCount":100,"candidatesTokenCount":10}}}}"#
        );
        costs(&GEMINI.replace("gemini-x", model), "{}", &answer)
    };
    let queries = r#"{"webSearchQueries":["a","b","a",""]}"#;
    // 100 × 0.5 + 10 × 3 millionths, and each query once, or the prompt.
    assert_eq!(grounded("gemini-x", queries), "0.02808");
    assert_eq!(grounded("gemini-prompt", queries), "0.03508");
    assert_eq!(grounded("gemini-prompt", r#"{"groundingChunks":[{"maps":{"uri":"https://x"}}]}"#), "0.02508");
    assert_eq!(grounded("gemini-x", r#"{"groundingChunks":[{"maps":{"uri":"https://x"}}]}"#), "unknown");
    assert_eq!(grounded("gemini-x", r#"{"retrievalQueries":["a"]}"#), "unknown");
    assert_eq!(grounded("gemini-draws", queries), "unknown");
}

#[test]
fn the_sum_that_a_provider_states_is_the_cost() {
    let url = "https://openrouter.ai/api/v1/chat/completions";
    for (usage, wanted) in [
        (r#","cost":0.00123,"is_byok":false,"cost_details":{"upstream_inference_cost":null}"#, "0.00123"),
        (r#","cost":0.0001,"is_byok":true,"cost_details":{"upstream_inference_cost":0.002}"#, "0.0021"),
        (r#","cost":0.0001,"is_byok":true"#, "unknown"),
        (r#","cost":0"#, "0"),
        // A sum that a program came to.
        (r#","cost":0.00014225999999999999"#, "0.00014226"),
        (r#","cost":1.4226e-4"#, "0.00014226"),
        (r#","cost_in_usd_ticks":37756000"#, "0.0037756"),
        (r#","estimated_cost":0.0005"#, "0.0005"),
        (r#","cost":-1"#, "unknown"),
        ("", "unknown"),
    ] {
        assert_eq!(costs(url, "{}", &chat(r#","provider":"someone""#, usage)), wanted, "{usage}");
    }
    let url = "https://api.perplexity.ai/chat/completions";
    let answer = |cost: &str| chat("", cost).replace("gpt-x", "sonar-x");
    let stated = r#","cost":{"input_tokens_cost":0.001,"request_cost":0.005,"total_cost":0.007}"#;
    assert_eq!(costs(url, "{}", &answer(stated)), "0.007");
    assert_eq!(costs(url, "{}", &answer("")), "unknown", "each request has a fee");
}

#[test]
fn nothing_is_bought_when_what_was_paid_for_is_fetched_again_or_tokens_are_counted() {
    let stored = r#"{"object":"response","id":"resp_1","model":"gpt-x","output":[],"usage":{"input_tokens":1000,"output_tokens":100}}"#;
    assert_eq!(costs(RESPONSES, r#"{"model":"gpt-x","input":"?"}"#, stored), "0.002");
    let again = Exchange {
        method: Method::GET,
        ..Exchange::post("https://api.openai.com/v1/responses/resp_1", "", stored)
    };
    assert_eq!(again.costs(), "again");
    for (url, asked, answer) in [
        (
            "https://api.anthropic.com/v1/messages/count_tokens",
            r#"{"model":"claude-x","messages":[]}"#,
            r#"{"input_tokens":14}"#,
        ),
        (&GEMINI.replace("generateContent", "countTokens"), "{}", r#"{"totalTokens":5}"#),
        (
            "https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-x/count-tokens",
            "{}",
            r#"{"inputTokens":7}"#,
        ),
        (
            "https://api.openai.com/v1/moderations",
            r#"{"model":"omni","input":"?"}"#,
            r#"{"model":"omni","results":[]}"#,
        ),
        ("https://example.com/api/search", r#"{"q":"?"}"#, r#"{"hits":[]}"#),
    ] {
        assert_eq!(costs(url, asked, answer), "nothing", "{url}");
    }
}

#[test]
fn a_batch_is_paid_for_at_its_own_prices_when_it_is_done() {
    let url = "https://api.openai.com/v1/batches";
    let of = |status: &str, usage: &str| {
        format!(r#"{{"id":"batch_1","object":"batch","model":"gpt-x","status":"{status}"{usage}}}"#)
    };
    let asked = r#"{"input_file_id":"file-1","endpoint":"/v1/chat/completions"}"#;
    assert_eq!(costs(url, asked, &of("validating", "")), "unknown");
    let get = |answer: &str| {
        Exchange {
            method: Method::GET,
            ..Exchange::post("https://api.openai.com/v1/batches/batch_1", "", answer)
        }
        .costs()
    };
    let counts = r#","usage":{"input_tokens":1000,"output_tokens":100}"#;
    assert_eq!(get(&of("completed", counts)), "0.001");
    assert_eq!(get(&of("in_progress", "")), "nothing");
    let url = "https://api.anthropic.com/v1/messages/batches";
    let batch = r#"{"id":"msgbatch_1","type":"message_batch","processing_status":"in_progress"}"#;
    assert_eq!(costs(url, r#"{"requests":[]}"#, batch), "unknown");
}

#[test]
fn work_that_is_done_later_is_of_unknown_price_when_it_is_ordered() {
    for (url, asked, answer) in [
        (
            RESPONSES,
            r#"{"model":"gpt-x","input":"?","background":true}"#,
            r#"{"object":"response","id":"resp_1","model":"gpt-x","status":"queued","output":[],"usage":null}"#,
        ),
        (
            &GEMINI.replace("generateContent", "batchGenerateContent"),
            r#"{"batch":{"display_name":"b"}}"#,
            r#"{"name":"batches/1","metadata":{"state":"BATCH_STATE_PENDING","name":"batches/1"}}"#,
        ),
        (
            "https://api.mistral.ai/v1/batch/jobs",
            r#"{"input_files":["f"],"endpoint":"/v1/ocr"}"#,
            r#"{"id":"1","status":"QUEUED","total_requests":0}"#,
        ),
        (
            "https://api.together.xyz/v1/batches",
            r#"{"input_file_id":"f","endpoint":"/v1/chat/completions"}"#,
            r#"{"job":{"id":"1","status":"VALIDATING"}}"#,
        ),
        (
            "https://api.replicate.com/v1/predictions",
            r#"{"version":"0a1b","input":{"prompt":"?"}}"#,
            r#"{"id":"p","status":"starting","output":null,"metrics":{}}"#,
        ),
        (
            "https://dashscope-intl.aliyuncs.com/api/v1/services/aigc/text2image/image-synthesis",
            r#"{"input":{"prompt":"?"}}"#,
            r#"{"output":{"task_id":"1","task_status":"PENDING"},"request_id":"r"}"#,
        ),
    ] {
        assert_eq!(costs(url, asked, answer), "unknown", "{url}");
        let poll = Exchange { method: Method::GET, ..Exchange::post(url, "", answer) };
        assert_eq!(poll.costs(), "nothing", "{url}");
    }
    for (url, answer) in [
        ("https://api.openai.com/v1/uploads", r#"{"object":"upload","id":"u","status":"pending"}"#),
        (
            "https://api.openai.com/v1/vector_stores/v/files",
            r#"{"object":"vector_store.file","status":"in_progress"}"#,
        ),
        ("https://shop.example.com/orders", r#"{"id":1,"status":"pending"}"#),
    ] {
        assert_eq!(costs(url, "{}", answer), "nothing", "{url}");
    }
}

#[test]
fn an_answer_that_was_paid_for_and_counts_nothing_is_unknown() {
    let silent = r#"{"object":"chat.completion","model":"gpt-x","choices":[]}"#;
    assert_eq!(costs(CHAT, r#"{"model":"gpt-x","messages":[]}"#, silent), "unknown");
    let read = "https://api.deepgram.com/v1/read?summarize=true&language=en";
    assert_eq!(
        costs(read, r#"{"text":"hi"}"#, r#"{"metadata":{},"results":{"summary":{"text":"hi"}}}"#),
        "unknown"
    );
    let speech = "https://api.openai.com/v1/audio/speech";
    assert_eq!(costs(speech, r#"{"model":"gpt-x","input":"hello"}"#, "sound"), "unknown");
}

#[test]
fn cohere_is_paid_for_the_units_that_it_bills() {
    let chat = r#"{"id":"c","message":{"role":"assistant"},"usage":{"billed_units":{"input_tokens":100,"output_tokens":10},"tokens":{"input_tokens":900,"output_tokens":20}}}"#;
    assert_eq!(costs("https://api.cohere.com/v2/chat", r#"{"model":"command-x"}"#, chat), "0.00012");
    let ranked = |meta: &str| format!(r#"{{"id":"r","results":[]{meta}}}"#);
    let url = "https://api.cohere.com/v2/rerank";
    let asked = r#"{"model":"rerank-x","query":"?","documents":[]}"#;
    assert_eq!(costs(url, asked, &ranked(r#","meta":{"billed_units":{"search_units":2}}"#)), "0.004");
    assert_eq!(costs(url, asked, &ranked("")), "unknown");
}

#[test]
fn bedrock_with_a_guardrail_or_faster_answers_has_no_known_price() {
    let url = "https://bedrock-runtime.eu-west-1.amazonaws.com/model/openai.gpt-x/converse";
    let answer = |more: &str| {
        format!(
            r#"{{"output":{{"message":{{"role":"assistant","content":[]}}}},"stopReason":"end_turn","usage":{{"inputTokens":1000,"outputTokens":100}}{more}}}"#
        )
    };
    assert_eq!(costs(url, "{}", &answer("")), "0.0012");
    assert_eq!(costs(url, "{}", &answer(r#","serviceTier":{"type":"priority"}"#)), "unknown");
    assert_eq!(costs(url, r#"{"guardrailConfig":{"guardrailIdentifier":"g"}}"#, &answer("")), "unknown");
    assert_eq!(costs(url, r#"{"performanceConfig":{"latency":"optimized"}}"#, &answer("")), "unknown");
    let headers: &[(&str, &str)] = &[("x-amzn-bedrock-guardrailidentifier", "g")];
    assert_eq!(Exchange { headers, ..Exchange::post(url, "{}", &answer("")) }.costs(), "unknown");
}

#[test]
fn a_model_of_bedrock_costs_what_it_is_sold_for_whatever_name_it_gives_itself() {
    let answer = r#"{"type":"message","role":"assistant","model":"gpt-x-20260101","content":[],"stop_reason":"end_turn","usage":{"input_tokens":1000,"output_tokens":100}}"#;
    for (model, wanted) in [
        ("openai.gpt-x", "0.0012"),
        ("us.openai.gpt-x", "0.0012"),
        ("arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fus.openai.gpt-x", "0.0012"),
        // What a profile of one's own stands for, nothing says.
        ("arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fgpt", "unknown"),
        ("openai.gpt-y", "unknown"),
    ] {
        let url = format!("https://bedrock-runtime.us-east-1.amazonaws.com/model/{model}/invoke");
        assert_eq!(costs(&url, "{}", answer), wanted, "{model}");
    }
}

#[test]
fn a_server_of_ones_own_costs_nothing_unless_it_passes_calls_on() {
    let answer = |model: &str| {
        format!(
            r#"{{"model":"{model}","done":true,"prompt_eval_count":100,"eval_count":10,"message":{{"role":"assistant","content":"hi"}}}}"#
        )
    };
    for (host, model, wanted) in [
        ("http://localhost:11434", "llama3.2", "0"),
        ("http://localhost:11434", "gpt-oss:120b-cloud", "unknown"),
        ("https://ollama.com", "gpt-oss:120b", "unknown"),
    ] {
        let asked = format!(r#"{{"model":"{model}","messages":[]}}"#);
        assert_eq!(costs(&format!("{host}/api/chat"), &asked, &answer(model)), wanted, "{host} {model}");
    }
}
