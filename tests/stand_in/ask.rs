//! What a request asks, in whichever provider's words, and what the model says to it.

use super::{context::Context, text::quote};
use serde_json::Value;

/// A request, as far as the answer depends on it.
pub struct Ask {
    pub model: String,
    pub stream: bool,
    pub stream_usage: bool,
    /// Whether to think first, and show it.
    pub think: bool,
    /// A text that stands for whatever the model would say.
    pub says: Option<String>,
    pub input_tokens: usize,
    /// How many of these came from a prompt cache.
    pub cached_tokens: usize,
    /// The last thing the user said, and how many they have said.
    text: String,
    turns: usize,
    /// What the tools called since then have said.
    results: Vec<String>,
    tools: Vec<(String, Value)>,
    choice: String,
    /// The JSON schema an answer must have; null for any JSON.
    schema: Option<Value>,
    limit: usize,
}

/// What the model says.
pub struct Answer {
    pub thought: Option<String>,
    pub text: String,
    /// Names of tools, and arguments as JSON.
    pub calls: Vec<(String, String)>,
    /// Whether the token limit of the request cut the text off.
    pub cut_off: bool,
    pub thought_tokens: usize,
    /// All tokens written, thoughts included.
    pub tokens: usize,
}

/// A message's text, whether it is one string or parts.
fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            parts.iter().map(text_of).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
        }
        Value::Object(part) => part.get("text").map(text_of).unwrap_or_default(),
        _ => String::new(),
    }
}

/// The results of tools in one message or input item.
fn results_of(message: &Value, content: &Value) -> Vec<String> {
    if message["role"] == "tool" {
        return vec![text_of(content)];
    }
    if message["type"] == "function_call_output" {
        return vec![text_of(&message["output"])];
    }
    let parts = content.as_array().into_iter().flatten();
    parts
        .filter_map(|part| match part.get("functionResponse") {
            Some(answer) => Some(answer["response"].to_string()),
            None => (part["type"] == "tool_result").then(|| text_of(&part["content"])),
        })
        .collect()
}

fn is_on(value: &Value) -> bool {
    !value.is_null() && *value != false && *value != "none" && value["type"] != "disabled"
}

impl Ask {
    pub fn read(body: &Value) -> Ask {
        let gemini = &body["generationConfig"];
        let (mut text, mut turns, mut results) =
            (text_of(&body["input"]) + &text_of(&body["prompt"]), 1, Vec::new());
        let messages = ["messages", "contents", "input"].iter().find_map(|name| body[*name].as_array());
        if let Some(messages) = messages {
            turns = 0;
            for message in messages {
                let content =
                    if message["content"].is_null() { &message["parts"] } else { &message["content"] };
                let mut found = results_of(message, content);
                if !found.is_empty() {
                    results.append(&mut found);
                } else if matches!(message["role"].as_str(), None | Some("user"))
                    && matches!(message["type"].as_str(), None | Some("message"))
                {
                    text = text_of(content);
                    turns += 1;
                    results.clear();
                }
            }
        }
        let mut tools = Vec::new();
        for tool in body["tools"].as_array().into_iter().flatten() {
            // Protocol Buffers take either spelling, and so does Gemini.
            let spellings = ["functionDeclarations", "function_declarations"];
            let declared = spellings.iter().find_map(|name| tool[*name].as_array());
            for tool in declared.map_or(std::slice::from_ref(tool), Vec::as_slice) {
                let tool = if tool["function"].is_object() { &tool["function"] } else { tool };
                let schemas = ["parameters", "input_schema", "parametersJsonSchema"];
                let schema = schemas.iter().find_map(|name| tool.get(*name)).unwrap_or(&Value::Null);
                if let Some(name) = tool["name"].as_str() {
                    tools.push((name.to_owned(), schema.clone()));
                }
            }
        }
        let formats =
            [&body["response_format"], &body["text"]["format"], &body["format"], &gemini["responseSchema"]];
        let schema =
            formats.into_iter().find(|format| !format.is_null() && format["type"] != "text").cloned();
        let json = gemini["responseMimeType"] == "application/json";
        let schema = schema.or(json.then_some(Value::Null)).map(|format| {
            let inner = [&format["json_schema"]["schema"], &format["schema"], &format];
            inner.into_iter().find(|schema| schema["properties"].is_object()).cloned().unwrap_or_default()
        });
        let limits = ["max_tokens", "max_completion_tokens", "max_output_tokens"].map(|name| &body[name]);
        let limit = limits.into_iter().chain([&gemini["maxOutputTokens"], &body["options"]["num_predict"]]);
        let model = body["model"].as_str().unwrap_or_default().to_owned();
        let reasons = ["o1", "o3", "o4", "gpt-5"].iter().any(|family| model.starts_with(family));
        let think = reasons
            || ["thinking", "reasoning", "reasoning_effort", "think"].iter().any(|name| is_on(&body[*name]));
        let input_tokens = body.to_string().len() / 5 + 3;
        let cached = body.to_string().contains("\"cache_control\"");
        Ask {
            model,
            stream: body["stream"].as_bool().unwrap_or(false),
            stream_usage: body["stream_options"]["include_usage"] == true,
            think: think || gemini["thinkingConfig"]["includeThoughts"] == true,
            says: None,
            input_tokens,
            cached_tokens: if cached { input_tokens / 2 } else { 0 },
            text,
            turns,
            results,
            tools,
            choice: format!("{}{}", body["tool_choice"], body["toolConfig"]["functionCallingConfig"]),
            schema,
            limit: limit.filter_map(Value::as_u64).next().unwrap_or(u64::MAX) as usize,
        }
    }

    /// Which tools to call: those the request forces, or whose name shares a word with what the user said.
    fn calls(&self) -> Vec<(String, String)> {
        if self.says.is_some() || !self.results.is_empty() || self.choice.to_lowercase().contains("\"none\"")
        {
            return Vec::new();
        }
        let call = |(name, schema): &(String, Value)| {
            (name.clone(), sample(schema, &self.text, &mut numbers(&self.text).into_iter()))
        };
        let said = self.text.to_lowercase();
        let named = |name: &str| self.choice.contains(&quote(name));
        let meant = |name: &str| {
            name.split(['_', '-']).any(|word| word.len() > 3 && said.contains(&word.to_lowercase()))
        };
        let forced = ["required", "any", "tool", "function"]
            .iter()
            .any(|word| self.choice.to_lowercase().contains(&quote(word)));
        let mut calls: Vec<_> = self.tools.iter().filter(|(name, _)| named(name)).map(call).collect();
        if calls.is_empty() {
            calls = self.tools.iter().filter(|(name, _)| meant(name)).map(call).collect();
        }
        if calls.is_empty() && forced {
            calls = self.tools.first().map(call).into_iter().collect();
        }
        calls
    }

    fn words(&self, rewording: u32) -> String {
        let text = if let Some(says) = &self.says {
            return says.clone();
        } else if !self.results.is_empty() {
            format!("The tool says: {}", self.results.join("; "))
        } else if let Some(schema) = &self.schema {
            let any = serde_json::json!({"properties": {"answer": {"type": "string"}}});
            let schema = if schema.is_null() { &any } else { schema };
            return sample(schema, &self.text, &mut numbers(&self.text).into_iter());
        } else if let Some(known) = sum(&self.text).or_else(|| names(&self.text)) {
            known
        } else {
            let start: Vec<_> = self.text.split_whitespace().take(12).collect();
            let digest = self
                .text
                .bytes()
                .fold(0x811C_9DC5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
            format!("You said \"{}\". That was turn {}, digest {digest:08x}.", start.join(" "), self.turns)
        };
        if rewording == 0 { text } else { format!("{text}\n(In other words: version {}.)", rewording + 1) }
    }

    pub fn answer(&self, context: &Context) -> Answer {
        let calls = self.calls();
        let text = if calls.is_empty() { self.words(context.rewording) } else { String::new() };
        let thought = self.think.then(|| {
            let start: Vec<_> = self.text.split_whitespace().take(6).collect();
            format!("The user says \"{} …\".\nI should answer briefly.", start.join(" "))
        });
        let thought_tokens = thought.as_deref().map_or(0, |thought| pieces(thought).len());
        let all = pieces(&text);
        let text = all.iter().take(self.limit).copied().collect::<String>();
        let called = calls.iter().map(|(_, arguments)| pieces(arguments).len() + 8).sum::<usize>();
        let tokens = thought_tokens + all.len().min(self.limit) + called;
        Answer { thought, text, calls, cut_off: all.len() > self.limit, thought_tokens, tokens }
    }
}

/// The pieces a model writes a text in: about a word each, with the space before it.
pub fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        if at > start && (c.is_whitespace() || at - start >= 12) {
            pieces.push(&text[start..at]);
            start = at;
        }
    }
    if start < text.len() {
        pieces.push(&text[start..]);
    }
    pieces
}

fn numbers(text: &str) -> Vec<i64> {
    text.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect()
}

/// "What is 6 times 7?"
fn sum(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().map(|word| word.trim_matches(['?', '.', ','])).collect();
    words.windows(3).find_map(|window| {
        let (a, b): (i64, i64) = (window[0].parse().ok()?, window[2].parse().ok()?);
        let result = match window[1] {
            "times" | "*" | "x" | "×" => a.checked_mul(b)?,
            "plus" | "+" => a.checked_add(b)?,
            "minus" | "-" => a.checked_sub(b)?,
            _ => return None,
        };
        Some(format!("{a} {} {b} is {result}.", window[1]))
    })
}

/// "Name three rivers", "Count to 20": one a line.
fn names(text: &str) -> Option<String> {
    let words: Vec<&str> =
        text.split_whitespace().map(|word| word.trim_matches(['?', '.', ',', ':'])).collect();
    let number = |word: &str| {
        let counted = ["zero", "one", "two", "three", "four", "five", "six", "seven"];
        word.parse().ok().or_else(|| counted.iter().position(|name| *name == word)).filter(|n| *n <= 10_000)
    };
    words.windows(3).find_map(|window| {
        let (what, count) = match [window[0].to_lowercase().as_str(), window[1].to_lowercase().as_str()] {
            ["name" | "list", count] => (window[2], number(count)?),
            ["count", "to"] => ("", number(window[2])?),
            _ => return None,
        };
        let known: &[&str] = match what {
            "rivers" => &["Danube", "Loire", "Tagus", "Vistula", "Po", "Severn", "Drava"],
            "colours" | "colors" => &["red", "green", "blue", "ochre", "teal", "violet", "grey"],
            "cities" => &["Lisbon", "Kraków", "Genoa", "Bergen", "Ghent", "Zürich", "Kyōto"],
            _ => &[],
        };
        let lines = (0..count).map(|n| {
            known
                .get(n)
                .map_or_else(|| format!("{} {what}", n + 1).trim().to_owned(), |name| (*name).to_owned())
        });
        Some(lines.collect::<Vec<_>>().join("\n"))
    })
}

/// A JSON value that fits a schema, with what it can find in the text.
fn sample(schema: &Value, text: &str, numbers: &mut impl Iterator<Item = i64>) -> String {
    let kind =
        schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or_default().to_lowercase();
    if let Some(first) = schema["enum"].get(0) {
        return first.to_string();
    }
    if let Some(members) = schema["properties"].as_object() {
        let members = members
            .iter()
            .map(|(name, schema)| format!("{}:{}", quote(name), sample(schema, text, &mut *numbers)));
        return format!("{{{}}}", members.collect::<Vec<_>>().join(","));
    }
    match kind.as_str() {
        "object" | "" if schema.is_null() || kind == "object" => "{}".to_owned(),
        "array" => format!("[{}]", sample(&schema["items"], text, numbers)),
        "integer" | "number" => numbers.next().unwrap_or(1).to_string(),
        "boolean" => "true".to_owned(),
        _ => {
            let capital = |word: &&str| word.starts_with(char::is_uppercase);
            let place: Vec<_> = text
                .split_once(" in ")
                .map(|(_, rest)| rest.split_whitespace().take_while(capital).collect())
                .unwrap_or_default();
            let words = if place.is_empty() { text.split_whitespace().take(6).collect() } else { place };
            quote(words.join(" ").trim_end_matches(['?', '.', ',', '!']))
        }
    }
}
