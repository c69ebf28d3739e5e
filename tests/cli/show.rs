//! `show`: a conversation of every provider as people read it.

use crate::run::{Call, folder, package, printed, run};

/// A conversation as it is shown, without the line that says where it stands.
fn shown(call: Call<'_>, arguments: &[&str]) -> String {
    let (request, response) = (with_data(call.request), with_data(call.response));
    let folder = folder(&[Call { request: &request, response: &response, ..call }]);
    let told = printed(folder.path(), &[&["show", "talk.yaml", "--width", "80"], arguments].concat());
    told.split_once('\n').unwrap().1.to_owned()
}

/// Puts that many letters of base64 in the place of `BASE64_1200`.
fn with_data(text: &str) -> String {
    let mut parts = text.split("BASE64_");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        out.push_str(&"A".repeat(part[..end].parse().unwrap()));
        out.push_str(&part[end..]);
    }
    out
}

#[test]
fn the_page_of_commands_shows_what_is_shown() {
    let told = printed(package(), &["show", "cassettes/agent/looks_up_the_weather.yaml"]);
    let (page, told) = (without_lines(include_str!("../../docs/command-line.md")), without_lines(&told));
    assert!(page.contains(&told), "{told}");
}

/// Where a conversation stands in its file is another thing with each change of the file's form.
fn without_lines(text: &str) -> String {
    let mut pieces = text.split(".yaml:");
    let first = pieces.next().unwrap().to_owned();
    pieces.fold(first, |told, piece| told + ".yaml:" + piece.trim_start_matches(|c: char| c.is_ascii_digit()))
}

#[test]
fn openai_chat_reads_as_a_conversation() {
    let call = Call {
        head: "provider: openai\nmodel: gpt-4o-mini-2024-07-18\nusage: {input_tokens: 1082, output_tokens: 25}",
        ..Call::json(
            "https://api.openai.com/v1/chat/completions",
            r#"{"model":"gpt-4o-mini","temperature":0.2,"messages":[{"role":"developer","content":"You help travellers."},{"role":"user","content":[{"type":"text","text":"What is this, and is it warm there?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,BASE64_3300"}},{"type":"input_audio","input_audio":{"data":"AAAA","format":"mp3"}},{"type":"file","file":{"file_id":"file-6F2ksmvXxt4VdoqmHRw6kL"}}]},{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{\"city\": \"Oslo\", \"days\": 2}"}}]},{"role":"tool","tool_call_id":"call_1","content":"4 °C, light rain"}],"tools":[{"type":"function","function":{"name":"get_weather","description":"The weather of a city","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}},{"type":"function","function":{"name":"get_time","parameters":{}}}]}"#,
            r#"{"id":"chatcmpl-1","object":"chat.completion","created":1763731265,"model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"message":{"role":"assistant","content":"That is the opera house. It is cold.","refusal":null},"finish_reason":"stop"},{"index":1,"message":{"role":"assistant","content":null,"refusal":"I can't identify places."},"finish_reason":"content_filter"}],"system_fingerprint":"fp_4adc"}"#,
        )
    };
    insta::assert_snapshot!(shown(call, &[]), @r#"
    openai · gpt-4o-mini-2024-07-18 · 2026-11-21 05:13 · 1082 → 25 tokens

      settings   temperature 0.2
      tools      get_weather, get_time
      system     You help travellers.
      user       What is this, and is it warm there?
                 [image/png, 2 KB]
                 [audio/mp3, 3 bytes]
                 [file file-6F2ksmvXxt4VdoqmHRw6kL]
      assistant  get_weather(city: "Oslo", days: 2)
      tool       get_weather → 4 °C, light rain

      answer 1/2 That is the opera house. It is cold.
      answer 2/2 refusal: I can't identify places.
                 ended: content_filter
    "#);
}

#[test]
fn openai_responses_reads_as_a_conversation() {
    let call = Call {
        head: "provider: openai\nmodel: gpt-5-2025-08-07\nusage: {input_tokens: 91, output_tokens: 230}",
        ..Call::json(
            "https://api.openai.com/v1/responses",
            r#"{"model":"gpt-5","instructions":"Answer in one sentence.","reasoning":{"effort":"low"},"input":[{"role":"user","content":[{"type":"input_text","text":"Weather in Oslo?"},{"type":"input_image","image_url":"https://example.com/sky.jpg"}]},{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"BASE64_280"},{"type":"function_call","call_id":"call_9","name":"get_weather","arguments":"{\"city\":\"Oslo\"}"},{"type":"function_call_output","call_id":"call_9","output":"{\"celsius\":4}"}],"tools":[{"type":"function","name":"get_weather","parameters":{"type":"object"}},{"type":"web_search"}]}"#,
            r#"{"id":"resp_1","object":"response","status":"completed","model":"gpt-5-2025-08-07","output":[{"id":"rs_2","type":"reasoning","summary":[{"type":"summary_text","text":"The tool says four degrees."}]},{"id":"ws_1","type":"web_search_call","status":"completed","action":{"type":"search","query":"Oslo weather"}},{"id":"msg_1","type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","annotations":[],"text":"It is 4 °C in Oslo."}]}]}"#,
        )
    };
    insta::assert_snapshot!(shown(call, &[]), @r#"
    openai · gpt-5-2025-08-07 · 2026-11-21 05:13 · 91 → 230 tokens

      settings   reasoning {"effort": "low"}
      tools      get_weather, web_search
      system     Answer in one sentence.
      user       Weather in Oslo?
                 [image https://example.com/sky.jpg]
      assistant  [encrypted reasoning, 280 bytes]
                 get_weather(city: "Oslo")
      tool       get_weather → {"celsius":4}

      assistant  (thinks) The tool says four degrees.
                 web_search(type: "search", query: "Oslo weather")
                 It is 4 °C in Oslo.
    "#);
}

#[test]
fn openai_completions_reads_as_a_conversation() {
    let call = Call {
        head: "",
        ..Call::json(
            "https://api.openai.com/v1/completions",
            r#"{"model":"gpt-3.5-turbo-instruct","prompt":"Roses are red,","max_tokens":8}"#,
            r#"{"id":"cmpl-1","object":"text_completion","choices":[{"text":" violets are blue","index":0,"logprobs":null,"finish_reason":"length"}]}"#,
        )
    };
    insta::assert_snapshot!(shown(call, &[]), @r#"
    POST https://api.openai.com/v1/completions · 2026-11-21 05:13

      settings   max_tokens 8
      user       Roses are red,

      assistant   violets are blue
                 ended: length
    "#);
}

#[test]
fn openai_embeddings_reads_as_a_conversation() {
    let call = Call {
        head: "",
        ..Call::json(
            "https://api.openai.com/v1/embeddings",
            r#"{"model":"text-embedding-3-small","input":["Oslo","Bergen"]}"#,
            r#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.1,0.2,0.3]},{"object":"embedding","index":1,"embedding":[0.3,0.2,0.1]}],"model":"text-embedding-3-small"}"#,
        )
    };
    insta::assert_snapshot!(shown(call, &[]), @r#"
    POST https://api.openai.com/v1/embeddings · 2026-11-21 05:13

      user       Oslo
                 Bergen

      answer     [2 vectors of 3 numbers]
    "#);
}

#[test]
fn openai_images_reads_as_a_conversation() {
    let call = Call {
        head: "",
        ..Call::json(
            "https://api.openai.com/v1/images/generations",
            r#"{"model":"gpt-image-1","prompt":"A lighthouse at dawn","size":"1024x1024"}"#,
            r#"{"created":1763731265,"data":[{"b64_json":"BASE64_4000","revised_prompt":"A lighthouse on a cliff"}]}"#,
        )
    };
    insta::assert_snapshot!(shown(call, &[]), @r#"
    POST https://api.openai.com/v1/images/generations · 2026-11-21 05:13

      settings   size "1024x1024"
      user       A lighthouse at dawn

      assistant  A lighthouse on a cliff
                 [image, 3 KB]
    "#);
}

#[test]
fn openai_moderation_reads_as_a_conversation() {
    let call = Call {
        head: "",
        ..Call::json(
            "https://api.openai.com/v1/moderations",
            r#"{"model":"omni-moderation-latest","input":[{"type":"text","text":"I will win this fight."}]}"#,
            r#"{"id":"modr-1","model":"omni-moderation-latest","results":[{"flagged":true,"categories":{"violence":true,"hate":false},"category_scores":{"violence":0.9,"hate":0.01}}]}"#,
        )
    };
    insta::assert_snapshot!(shown(call, &[]), @r#"
    POST https://api.openai.com/v1/moderations · 2026-11-21 05:13

      user       I will win this fight.

      assistant  flagged: violence
    "#);
}

#[test]
fn anthropic_reads_as_a_conversation() {
    let call = Call {
        head: "provider: anthropic\nmodel: claude-sonnet-4-5-20250929\nusage: {input_tokens: 510, output_tokens: 96}",
        ..Call::json(
            "https://api.anthropic.com/v1/messages",
            r#"{"model":"claude-sonnet-4-5","max_tokens":1024,"system":[{"type":"text","text":"You help travellers.","cache_control":{"type":"ephemeral"}}],"thinking":{"type":"enabled","budget_tokens":1024},"messages":[{"role":"user","content":[{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"BASE64_800"},"title":"Guide"},{"type":"text","text":"Weather in Oslo and Bergen?"}]},{"role":"assistant","content":[{"type":"thinking","thinking":"I need the tool twice.","signature":"EqQB"},{"type":"tool_use","id":"toolu_1","name":"get_weather","input":{"city":"Oslo"}},{"type":"tool_use","id":"toolu_2","name":"get_weather","input":{"city":"Bergen"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"4 °C"},{"type":"tool_result","tool_use_id":"toolu_2","is_error":true,"content":[{"type":"text","text":"no such station"}]}]}],"tools":[{"name":"get_weather","description":"The weather of a city","input_schema":{"type":"object"}}]}"#,
            r#"{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929","content":[{"type":"thinking","thinking":"One failed.","signature":"EqQC"},{"type":"text","text":"Oslo has 4 °C; I could not find Bergen."}],"stop_reason":"end_turn","usage":{"input_tokens":510,"output_tokens":96}}"#,
        )
    };
    insta::assert_snapshot!(shown(call, &[]), @r#"
    anthropic · claude-sonnet-4-5-20250929 · 2026-11-21 05:13 · 510 → 96 tokens

      settings   max_tokens 1024 · thinking {"type": "enabled", "budget_tokens":
                 1024}
      tools      get_weather
      system     You help travellers.
      user       [application/pdf, 600 bytes]
                 Weather in Oslo and Bergen?
      assistant  (thinks) I need the tool twice.
                 get_weather(city: "Oslo")
                 get_weather(city: "Bergen")
      tool       get_weather → 4 °C
                 get_weather → error: no such station

      assistant  (thinks) One failed.
                 Oslo has 4 °C; I could not find Bergen.
    "#);
}

#[test]
fn gemini_reads_as_a_conversation() {
    let call = Call {
        head: "provider: gcp.gemini\nmodel: gemini-2.5-flash\nusage: {input_tokens: 80, output_tokens: 44, reasoning_output_tokens: 32}",
        ..Call::json(
            "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent",
            r#"{"systemInstruction":{"parts":[{"text":"You help travellers."}]},"contents":[{"role":"user","parts":[{"text":"Weather where this was taken?"},{"inlineData":{"mimeType":"image/jpeg","data":"BASE64_5600"}}]},{"role":"model","parts":[{"functionCall":{"name":"get_weather","args":{"city":"Oslo"}}}]},{"role":"user","parts":[{"functionResponse":{"name":"get_weather","response":{"celsius":4}}}]}],"generationConfig":{"temperature":0,"maxOutputTokens":256},"tools":[{"functionDeclarations":[{"name":"get_weather","description":"The weather of a city","parameters":{"type":"OBJECT"}}]},{"googleSearch":{}}]}"#,
            r#"{"candidates":[{"content":{"role":"model","parts":[{"text":"A tool told me.","thought":true},{"text":"Four "},{"text":"degrees."}]},"finishReason":"STOP","index":0}],"modelVersion":"gemini-2.5-flash"}"#,
        )
    };
    insta::assert_snapshot!(shown(call, &[]), @r#"
    gcp.gemini · gemini-2.5-flash · 2026-11-21 05:13 · 80 → 44 tokens

      settings   generationConfig.temperature 0 · generationConfig.maxOutputTokens
                 256
      tools      get_weather, googleSearch
      system     You help travellers.
      user       Weather where this was taken?
                 [image/jpeg, 4 KB]
      assistant  get_weather(city: "Oslo")
      tool       get_weather → {"celsius": 4}

      assistant  (thinks) A tool told me.
                 Four degrees.
    "#);
}

#[test]
fn bedrock_converse_reads_as_a_conversation() {
    let call = Call {
        head: "provider: aws.bedrock\nmodel: amazon.nova-micro-v1:0",
        ..Call::json(
            "https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.nova-micro-v1%3A0/converse",
            r#"{"system":[{"text":"You help travellers."}],"messages":[{"role":"user","content":[{"text":"Weather?"},{"image":{"format":"png","source":{"bytes":"iVBORw0KGgo="}}}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"tooluse_1","name":"get_weather","input":{"city":"Oslo"}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"tooluse_1","content":[{"json":{"celsius":4}}],"status":"success"}}]}],"inferenceConfig":{"maxTokens":100},"toolConfig":{"tools":[{"toolSpec":{"name":"get_weather","inputSchema":{"json":{"type":"object"}}}}],"toolChoice":{"auto":{}}}}"#,
            r#"{"output":{"message":{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"Four it is."}}},{"text":"4 °C."}]}},"stopReason":"max_tokens","usage":{"inputTokens":9,"outputTokens":3}}"#,
        )
    };
    insta::assert_snapshot!(shown(call, &[]), @r#"
    aws.bedrock · amazon.nova-micro-v1:0 · 2026-11-21 05:13

      settings   inferenceConfig.maxTokens 100 · toolChoice {"auto": {}}
      tools      get_weather
      system     You help travellers.
      user       Weather?
                 [image/png, 8 bytes]
      assistant  get_weather(city: "Oslo")
      tool       get_weather → {"celsius": 4}

      assistant  (thinks) Four it is.
                 4 °C.
                 ended: max_tokens
    "#);
}

#[test]
fn bedrock_invoke_reads_as_a_conversation() {
    let call = Call {
        head: "",
        ..Call::json(
            "https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.titan-text-express-v1/invoke",
            r#"{"inputText":"Name a river.","textGenerationConfig":{"maxTokenCount":20,"temperature":0}}"#,
            r#"{"inputTextTokenCount":4,"results":[{"tokenCount":2,"outputText":"The Danube.","completionReason":"FINISH"}]}"#,
        )
    };
    insta::assert_snapshot!(shown(call, &[]), @r#"
    POST https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.titan-text-express-v1/invoke · 2026-11-21 05:13

      settings   textGenerationConfig.maxTokenCount 20 ·
                 textGenerationConfig.temperature 0
      user       Name a river.

      assistant  The Danube.
    "#);
}

#[test]
fn mistral_reads_as_a_conversation() {
    let call = Call {
        head: "provider: mistral_ai\nmodel: magistral-small-2509",
        ..Call::json(
            "https://api.mistral.ai/v1/chat/completions",
            r#"{"model":"magistral-small-latest","messages":[{"role":"user","content":[{"type":"text","text":"Read this."},{"type":"document_url","document_url":"https://example.com/a.pdf"}]}]}"#,
            r#"{"id":"a","object":"chat.completion","model":"magistral-small-2509","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"It is short."}]},{"type":"text","text":"It says hello."}]}}]}"#,
        )
    };
    insta::assert_snapshot!(shown(call, &[]), @r#"
    mistral_ai · magistral-small-2509 · 2026-11-21 05:13

      user       Read this.
                 [document https://example.com/a.pdf]

      assistant  (thinks) It is short.
                 It says hello.
    "#);
}

#[test]
fn cohere_reads_as_a_conversation() {
    let call = Call {
        head: "provider: cohere\nmodel: command-a-03-2025",
        ..Call::json(
            "https://api.cohere.com/v2/chat",
            r#"{"model":"command-a-03-2025","messages":[{"role":"user","content":"What is 11 - 6?"}],"tools":[{"type":"function","function":{"name":"subtract","parameters":{}}}]}"#,
            r#"{"id":"d5a9","finish_reason":"TOOL_CALL","message":{"role":"assistant","tool_plan":"I will subtract.","tool_calls":[{"id":"subtract_1","type":"function","function":{"name":"subtract","arguments":"{\"x\":11,\"y\":6}"}}]}}"#,
        )
    };
    insta::assert_snapshot!(shown(call, &[]), @r#"
    cohere · command-a-03-2025 · 2026-11-21 05:13

      tools      subtract
      user       What is 11 - 6?

      assistant  (thinks) I will subtract.
                 subtract(x: 11, y: 6)
    "#);
}

#[test]
fn ollama_reads_as_a_conversation() {
    let call = Call {
        head: "provider: ollama\nmodel: qwen3",
        ..Call::json(
            "http://localhost:11434/api/chat",
            r#"{"model":"qwen3","stream":false,"options":{"temperature":0},"messages":[{"role":"user","content":"What is in this picture?","images":["iVBORw0KGgo="]}]}"#,
            r#"{"model":"qwen3","created_at":"2026-11-21T05:13:13Z","message":{"role":"assistant","content":"A cat.","thinking":"Whiskers.","tool_calls":[{"function":{"name":"save","arguments":{"what":"cat"}}}]},"done":true,"done_reason":"stop"}"#,
        )
    };
    insta::assert_snapshot!(shown(call, &[]), @r#"
    ollama · qwen3 · 2026-11-21 05:13

      settings   stream false · options.temperature 0
      user       What is in this picture?
                 [image, 8 bytes]

      assistant  (thinks) Whiskers.
                 A cat.
                 save(what: "cat")
    "#);
}

/// Two turns of an agent, and one that has nothing to do with them.
fn turns() -> tempfile::TempDir {
    const CHAT: &str = "https://api.openai.com/v1/chat/completions";
    let tools = r#""tools":[{"type":"function","function":{"name":"get_weather","description":"The weather of a city","parameters":{"type":"object"}}}]"#;
    let first = format!(
        r#"{{"model":"gpt-4o","messages":[{{"role":"system","content":"Be brief."}},{{"role":"user","content":"Weather in Oslo?"}}],{tools}}}"#
    );
    let called = r#"{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Oslo\"}"}}]}"#;
    let second = first.replace(
        r#"Oslo?"}"#,
        &format!(r#"Oslo?"}},{called},{{"role":"tool","tool_call_id":"call_1","content":"4 °C"}}"#),
    );
    let answered = |message: &str| {
        format!(r#"{{"choices":[{{"index":0,"message":{message},"finish_reason":"stop"}}]}}"#)
    };
    let other = r#"{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]}"#;
    folder(&[
        Call::json(CHAT, &first, &answered(called)),
        Call::json(CHAT, &second, &answered(r#"{"role":"assistant","content":"Cold."}"#)),
        Call::json(CHAT, other, &answered(r#"{"role":"assistant","content":"Hello."}"#)),
    ])
}

#[test]
fn what_a_turn_repeats_is_folded() {
    let folder = turns();
    insta::assert_snapshot!(printed(folder.path(), &["show"]), @r#"
    talk.yaml:2  b58bf541
    POST https://api.openai.com/v1/chat/completions · 2026-11-21 05:13

      tools      get_weather
      system     Be brief.
      user       Weather in Oslo?

      assistant  get_weather(city: "Oslo")


    talk.yaml:16  846cdf5a
    POST https://api.openai.com/v1/chat/completions · 2026-11-21 05:13

                 … 3 earlier messages as in b58bf541
      tool       get_weather → 4 °C

      assistant  Cold.


    talk.yaml:30  c0dc02f0
    POST https://api.openai.com/v1/chat/completions · 2026-11-21 05:13

      user       Hi

      assistant  Hello.
    "#);
}

#[test]
fn in_full_nothing_is_folded_and_tools_have_their_schemas() {
    let folder = turns();
    let told = printed(folder.path(), &["show", "--full", "--tools"]);
    assert_eq!(told.matches("Weather in Oslo?").count(), 2);
    assert_eq!(told.matches(r#"{"parameters": {"type": "object"}}"#).count(), 2);
    assert!(!told.contains('…'), "{told}");
}

#[test]
fn one_conversation_is_shown_by_its_key_or_as_the_last() {
    let folder = turns();
    let last = printed(folder.path(), &["show", "--last"]);
    assert!(last.contains("Hello.") && !last.contains("Oslo"), "{last}");
    let key = last.lines().next().unwrap().rsplit(' ').next().unwrap();
    assert_eq!(printed(folder.path(), &["show", "--key", key]), last);
    let ran = run(folder.path(), &["show", "--key", "no"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    insta::assert_snapshot!(ran.stderr, @r#"
    error: no key starts with `no`
    hint: run `llm-cassette list` to see the keys
    "#);
}

#[test]
fn a_long_text_shows_its_start_and_its_end() {
    let text: Vec<String> = (1..=100).map(|number| format!("line {number}")).collect();
    let request =
        format!(r#"{{"model":"m","messages":[{{"role":"user","content":"{}"}}]}}"#, text.join("\\n"));
    let call = || Call::json("https://api.openai.com/v1/chat/completions", &request, "{}");
    insta::assert_snapshot!(shown(call(), &[]), @r#"
    POST https://api.openai.com/v1/chat/completions · 2026-11-21 05:13

      user       line 1
                 line 2
                 line 3
                 line 4
                 line 5
                 line 6
                 line 7
                 line 8
                 line 9
                 line 10
                 … 87 more lines (--full shows them)
                 line 98
                 line 99
                 line 100
    "#);
    assert!(shown(call(), &["--full"]).contains("line 50"));
}

#[test]
fn an_error_is_told_in_the_words_of_the_provider() {
    let call = Call {
        status: 429,
        ..Call::json(
            "https://api.openai.com/v1/chat/completions",
            r#"{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]}"#,
            r#"{"error":{"message":"You exceeded your current quota.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#,
        )
    };
    insta::assert_snapshot!(shown(call, &[]), @r#"
    POST https://api.openai.com/v1/chat/completions · 2026-11-21 05:13 · status 429

      user       Hi

      error      insufficient_quota: You exceeded your current quota.
    "#);
}

#[test]
fn what_nobody_knows_is_shown_as_it_is() {
    let call = Call::json(
        "https://example.com/v1/wishes",
        r#"{"wish":"a pony","colours":["white"]}"#,
        r#"{"granted":false}"#,
    );
    insta::assert_snapshot!(shown(call, &[]), @r#"
    POST https://example.com/v1/wishes · 2026-11-21 05:13

      request    wish "a pony" · colours ["white"]

      answer     {"granted": false}
    "#);
}

#[test]
fn a_stream_reads_as_the_message_it_makes() {
    let call = Call {
        kind: "text/event-stream",
        ..Call::json(
            "https://api.openai.com/v1/chat/completions",
            r#"{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Weather in Oslo?"}]}"#,
            concat!(
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"Let me\"},\"finish_reason\":null}]}\n\n",
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\" look.\"},\"finish_reason\":null}]}\n\n",
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"{\\\"ci\"}}]},\"finish_reason\":null}]}\n\n",
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"ty\\\":\\\"Oslo\\\"}\"}}]},\"finish_reason\":null}]}\n\n",
                "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\n",
                "data: [DONE]\n\n",
            ),
        )
    };
    insta::assert_snapshot!(shown(call, &[]), @r#"
    POST https://api.openai.com/v1/chat/completions · 2026-11-21 05:13

      settings   stream true
      user       Weather in Oslo?

      assistant  Let me look.
                 get_weather(city: "Oslo")
    "#);
}

#[test]
fn json_has_the_same_under_names_that_stay() {
    let told = printed(package(), &["show", "cassettes/agent/looks_up_the_weather.yaml", "--json"]);
    let tree: serde_json::Value = serde_json::from_str(&told).unwrap();
    let interactions = tree[0]["interactions"].as_array().unwrap();
    assert_eq!(interactions.len(), 2);
    insta::assert_snapshot!(serde_json::to_string_pretty(&interactions[1]["conversation"]).unwrap(), @r#"
    {
      "answers": [
        {
          "finish_reason": "stop",
          "parts": [
            {
              "text": "The tool says: 4 °C, light rain",
              "type": "text"
            }
          ]
        }
      ],
      "error": null,
      "fingerprint": "fp_95f493c171",
      "messages": [
        {
          "parts": [
            {
              "text": "You help travellers.\nAnswer in one sentence.",
              "type": "text"
            }
          ],
          "role": "system"
        },
        {
          "parts": [
            {
              "text": "What is the weather in Oslo?",
              "type": "text"
            }
          ],
          "role": "user"
        },
        {
          "parts": [
            {
              "arguments": {
                "city": "Oslo"
              },
              "id": "call_nv7JNkQpCWyXrvThPsTudGG8",
              "name": "get_weather",
              "type": "tool_call"
            }
          ],
          "role": "assistant"
        },
        {
          "parts": [
            {
              "id": "call_nv7JNkQpCWyXrvThPsTudGG8",
              "is_error": false,
              "name": "get_weather",
              "parts": [
                {
                  "text": "4 °C, light rain",
                  "type": "text"
                }
              ],
              "type": "tool_result"
            }
          ],
          "role": "tool"
        }
      ],
      "model": "gpt-4o-mini",
      "settings": {},
      "tools": [
        {
          "definition": {
            "parameters": {
              "properties": {
                "city": {
                  "description": "Name of the city",
                  "type": "string"
                }
              },
              "required": [
                "city"
              ],
              "type": "object"
            }
          },
          "description": "The weather of a city",
          "name": "get_weather"
        }
      ]
    }
    "#);
}

#[test]
fn colours_set_names_apart_where_they_are_wanted() {
    let told = printed(package(), &["show", "cassettes/agent/streams_a_count.yaml", "--color", "always"]);
    assert!(told.contains("\u{1b}[1massistant\u{1b}[0m"), "{told}");
}

#[test]
fn one_bad_file_keeps_nobody_from_reading_the_others() {
    let folder = turns();
    std::fs::write(folder.path().join("bad.yaml"), "# llm-cassette 1\n--- # x\nkey: [\n...\n").unwrap();
    let ran = run(folder.path(), &["show"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stdout.contains("Hello."), "{}", ran.stdout);
    assert!(ran.stderr.contains("bad.yaml:"), "{}", ran.stderr);
}

#[test]
fn what_only_programs_read_is_folded_and_two_that_differ_have_two_names() {
    let sealed = |letter: &str| letter.repeat(300);
    let response = format!(
        r#"{{"task":{{"state":"{}","next":"{}","again":"{}","note":"kept as it is"}}}}"#,
        sealed("A"),
        sealed("B"),
        sealed("A")
    );
    let call = Call::json("https://tasks.example.com/run", r#"{"name":"count"}"#, &response);
    let told = shown(call, &[]).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(!told.contains(&"A".repeat(100)) && !told.contains(&"B".repeat(100)), "{told}");
    let names: Vec<&str> =
        told.match_indices("[300 characters, sha256:").map(|(at, _)| &told[at..at + 33]).collect();
    let [one, two, three] = names[..] else { panic!("{told}") };
    assert!((one == two) as u8 + (one == three) as u8 + (two == three) as u8 == 1, "{names:?}");
    assert!(told.contains("kept as it is"), "{told}");
}

/// Two turns with a provider, as `show` tells of them.
fn two_turns(url: &str, model: &str, head: &str) -> String {
    let message = |role: &str, text: &str| format!(r#"{{"role":"{role}","content":"{text}"}}"#);
    let first = message("user", &"Count the rivers. ".repeat(400));
    let second = [first.clone(), message("assistant", "Three."), message("user", "And lakes?")];
    let request = |messages: &str| format!(r#"{{"model":"{model}","max_tokens":9,"messages":[{messages}]}}"#);
    let (one, two) = (request(&first), request(&second.join(",")));
    let call = |request| Call { head, ..Call::json(url, request, "{}") };
    let folder = folder(&[call(&one), call(&two)]);
    printed(folder.path(), &["show"])
}

#[test]
fn marks_of_a_cache_are_missed_only_where_a_model_has_them() {
    let missing = "there is no `cache_control`";
    for (url, model, has_marks) in [
        ("https://api.anthropic.com/v1/messages", "claude-sonnet-4-5", true),
        ("https://openrouter.ai/api/v1/chat/completions", "anthropic/claude-sonnet-4.5", true),
        ("https://api.openai.com/v1/chat/completions", "gpt-5", false),
        ("http://127.0.0.1:8080/v1/messages", "qwen3", false),
    ] {
        let told = two_turns(url, model, "");
        assert_eq!(told.contains(missing), has_marks, "{url}: {told}");
    }
}

#[test]
fn more_from_the_cache_than_was_read_is_told_as_the_provider_said_it() {
    let head = "provider: groq\nusage: {input_tokens: 1000, output_tokens: 5, cache_read_input_tokens: 4000}";
    let told = two_turns("https://api.groq.com/openai/v1/chat/completions", "m", head);
    assert!(told.contains("4,000 tokens read, says the provider, of 1,000 that it counts"), "{told}");
    assert!(!told.contains("400 %"), "{told}");
}
