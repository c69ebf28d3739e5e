//! Gemini's generateContent and embedContent.

use super::*;

const GENERATE: &str =
    "http://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent";
const STREAM: &str =
    "http://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse";

fn call(url: &'static str, body: &str, reply: Reply) -> Call {
    let reply = with(
        reply,
        &[
            ("vary", "Origin"),
            ("vary", "X-Origin"),
            ("date", "Tue, 18 Nov 2025 14:02:38 GMT"),
            ("server", "scaffolding on HTTPServer2"),
            ("x-xss-protection", "0"),
            ("x-frame-options", "SAMEORIGIN"),
            ("server-timing", "gfet4t7; dur=783"),
        ],
    );
    Call { url, headers: &[("x-goog-api-key", "AIza-test")], body: flat(body), reply }
}

/// A stream of candidates, each given as its parts, and perhaps why it finished, with the usage so far.
fn stream(candidates: &[(&str, &str, &str)]) -> Reply {
    let events: Vec<String> = candidates
        .iter()
        .map(|(parts, finish, usage)| {
            format!(
                r#"{{"candidates": [{{"content": {{"parts": [{parts}],"role": "model"}},{finish}"index": 0}}],"usageMetadata": {{{usage}}},"modelVersion": "gemini-2.5-flash","responseId": "jn0caZ3sKv6Tx9APh4-moQg"}}"#
            )
        })
        .collect();
    // Gemini ends its lines as HTTP does.
    let chunks = events.iter().map(|event| format!("data: {event}\r\n\r\n").into_bytes()).collect();
    Reply::new(200).header("content-type", "text/event-stream").chunks(chunks)
}

const STOP: &str = r#""finishReason": "STOP","#;

/// An answer that is not streamed, laid out as Google does it.
fn pretty(text: &str) -> Reply {
    Reply::new(200).header("content-type", "application/json; charset=UTF-8").chunk(text)
}

#[tokio::test]
async fn streams_an_answer() {
    let question = r#"{"contents":[{"role":"user","parts":[{"text":"What is there to see in Bergen?"}]}],
        "systemInstruction":{"parts":[{"text":"You are a travel guide. Answer in one sentence."}]},
        "generationConfig":{"temperature":0.2,"thinkingConfig":{"thinkingBudget":0}}}"#;
    let usage = |output: u32| {
        let total = 19 + output;
        format!(
            r#""promptTokenCount": 19,"candidatesTokenCount": {output},"totalTokenCount": {total},"promptTokensDetails": [{{"modality": "TEXT","tokenCount": 19}}]"#
        )
    };
    let answer = stream(&[
        (r#"{"text": "Bergen"}"#, "", &usage(1)),
        (r#"{"text": " has the wooden houses"}"#, "", &usage(5)),
        (r#"{"text": " of Bryggen."}"#, STOP, &usage(9)),
    ]);
    reads_as("gemini_streams_an_answer", &[call(STREAM, question, answer)]).await;
}

#[tokio::test]
async fn streams_a_tool_call() {
    let question = r#"{"contents":[{"role":"user","parts":[{"text":"How is the weather in Oslo and Bergen?"}]}],
        "tools":[{"functionDeclarations":[{"name":"get_weather","description":"The weather of a city, now.",
        "parameters":{"type":"OBJECT","properties":{"city":{"type":"STRING"}},"required":["city"]}}]}]}"#;
    let signature =
        "CvwBAdHtim9zKx4vQ2LrT8mYwN5bPcJ7hGfD3sAe6uXkZq0iRoVnWlMtByCjUpHgE1xSdF9aKbQrLmTzNyWvXcJh";
    let usage = |output: u32| {
        let total = 62 + output + 48;
        format!(
            r#""promptTokenCount": 62,"candidatesTokenCount": {output},"totalTokenCount": {total},"promptTokensDetails": [{{"modality": "TEXT","tokenCount": 62}}],"thoughtsTokenCount": 48"#
        )
    };
    let answer = stream(&[
        (
            &format!(
                r#"{{"functionCall": {{"name": "get_weather","args": {{"city": "Oslo"}}}},"thoughtSignature": "{signature}"}}"#
            ),
            "",
            &usage(15),
        ),
        (r#"{"functionCall": {"name": "get_weather","args": {"city": "Bergen"}}}"#, "", &usage(30)),
        (r#"{"text": ""}"#, STOP, &usage(30)),
    ]);
    reads_as("gemini_streams_a_tool_call", &[call(STREAM, question, answer)]).await;
}

#[tokio::test]
async fn streams_thoughts() {
    let question = r#"{"contents":[{"role":"user","parts":[{"text":"Is 91 a prime?"}]}],
        "generationConfig":{"thinkingConfig":{"includeThoughts":true}}}"#;
    let usage = |output: u32, thoughts: u32| {
        let total = 8 + output + thoughts;
        format!(
            r#""promptTokenCount": 8,"candidatesTokenCount": {output},"totalTokenCount": {total},"promptTokensDetails": [{{"modality": "TEXT","tokenCount": 8}}],"thoughtsTokenCount": {thoughts}"#
        )
    };
    let answer = stream(&[
        (
            r#"{"text": "**Trying small divisors**\n\nNeither 2, 3 nor 5","thought": true}"#,
            "",
            r#""promptTokenCount": 8,"totalTokenCount": 31,"promptTokensDetails": [{"modality": "TEXT","tokenCount": 8}],"thoughtsTokenCount": 23"#,
        ),
        (
            r#"{"text": " divides 91, but 7 does.\n\n\n","thought": true}"#,
            "",
            r#""promptTokenCount": 8,"totalTokenCount": 49,"promptTokensDetails": [{"modality": "TEXT","tokenCount": 8}],"thoughtsTokenCount": 41"#,
        ),
        (r#"{"text": "No:"}"#, "", &usage(2, 41)),
        (r#"{"text": " it is 7 times 13."}"#, STOP, &usage(10, 41)),
    ]);
    reads_as("gemini_streams_thoughts", &[call(STREAM, question, answer)]).await;
}

#[tokio::test]
async fn is_shown_an_image() {
    let picture = picture();
    let question = format!(
        r#"{{"contents":[{{"role":"user","parts":[{{"inlineData":{{"mimeType":"image/png","data":"{picture}"}}}},{{"text":"What is in this picture?"}}]}}]}}"#
    );
    let answer = pretty(
        r#"{
  "candidates": [
    {
      "content": {
        "parts": [
          {
            "text": "Noise: grey and white points without any pattern."
          }
        ],
        "role": "model"
      },
      "finishReason": "STOP",
      "index": 0
    }
  ],
  "usageMetadata": {
    "promptTokenCount": 265,
    "candidatesTokenCount": 10,
    "totalTokenCount": 275,
    "promptTokensDetails": [
      {
        "modality": "TEXT",
        "tokenCount": 7
      },
      {
        "modality": "IMAGE",
        "tokenCount": 258
      }
    ]
  },
  "modelVersion": "gemini-2.5-flash",
  "responseId": "2H4cabfCDq-kkdUPzZ6B0Ak"
}
"#,
    );
    reads_as("gemini_is_shown_an_image", &[call(GENERATE, &question, answer)]).await;
}

#[tokio::test]
async fn embeds_a_text() {
    let question = r#"{"model":"models/gemini-embedding-001","content":{"parts":[{"text":"Bergen is rainy."}]},"outputDimensionality":64}"#;
    let values = vector(3).replace('[', "[\n      ").replace(',', ",\n      ").replace(']', "\n    ]");
    let answer = pretty(&format!("{{\n  \"embedding\": {{\n    \"values\": {values}\n  }}\n}}\n"));
    let url = "http://generativelanguage.googleapis.com/v1beta/models/gemini-embedding-001:embedContent";
    reads_as("gemini_embeds_a_text", &[call(url, question, answer)]).await;
}

#[tokio::test]
async fn goes_on_for_three_turns() {
    let asked = r#"{"role":"user","parts":[{"text":"Do I need an umbrella in Bergen today, or a warm coat, or both?"}]}"#;
    let called =
        r#"{"role":"model","parts":[{"functionCall":{"name":"get_weather","args":{"city":"Bergen"}}}]}"#;
    let looked_up = r#"{"role":"user","parts":[{"functionResponse":{"name":"get_weather","response":{"degrees":11,"sky":"light rain until 18:00"}}}]}"#;
    let said = r#"{"role":"model","parts":[{"text":"An umbrella will do: it rains lightly until six."}]}"#;
    let thanked = r#"{"role":"user","parts":[{"text":"And after six?"}]}"#;
    let turn = |contents: &[&str], id: &str, part: &str, [input, output]: [u32; 2]| {
        let request = format!(
            r#"{{"contents":[{}],"systemInstruction":{{"parts":[{{"text":"You help travellers. You may look up the weather, and you never guess it. Answer in one sentence, in the language of the question."}}]}},"tools":[{{"functionDeclarations":[{{"name":"get_weather","description":"The weather of a city, now and in the next hours.","parameters":{{"type":"OBJECT","properties":{{"city":{{"type":"STRING","description":"The name of the city, in English."}}}},"required":["city"]}}}}]}}]}}"#,
            contents.join(",")
        );
        let answer = format!(
            r#"{{"candidates":[{{"content":{{"parts":[{part}],"role":"model"}},"finishReason":"STOP","index":0}}],
            "usageMetadata":{{"promptTokenCount":{input},"candidatesTokenCount":{output},"totalTokenCount":{},"promptTokensDetails":[{{"modality":"TEXT","tokenCount":{input}}}]}},"modelVersion":"gemini-2.5-flash","responseId":"{id}"}}"#,
            input + output
        );
        call(GENERATE, &request, whole(&answer).header("content-type", "application/json; charset=UTF-8"))
    };
    let calls = [
        turn(
            &[asked],
            "K38cacOTBp2qkdUPr8mWsQk",
            r#"{"functionCall":{"name":"get_weather","args":{"city":"Bergen"}}}"#,
            [97, 15],
        ),
        turn(
            &[asked, called, looked_up],
            "LX8caYvXEszrxN8P5_mS-Ak",
            r#"{"text":"An umbrella will do: it rains lightly until six."}"#,
            [138, 12],
        ),
        turn(
            &[asked, called, looked_up, said, thanked],
            "L38cafq2G5SqkdUPt7iLmQk",
            r#"{"text":"After six it stays dry."}"#,
            [156, 7],
        ),
    ];
    reads_as("gemini_goes_on_for_three_turns", &calls).await;
}
