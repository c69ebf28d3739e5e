//! A conversation grows by what is new: a request stores what it says beyond the turn that it extends.

use llm_cassette::{Cassette, Mode, cassette_error};
use reqwest_middleware::ClientWithMiddleware;
use serde_json::{Value, json};

use crate::stand_in::StandIn;
use crate::support::*;

const CHAT: &str = "/v1/chat/completions";

/// The schemas of the tools that an agent has: about 30 KB.
fn tools() -> Value {
    let tool = |n: usize| {
        let words =
            format!("What this is for, told at length for the model, as the schema of tool {n} has it. ");
        let field = |name: &str| json!({"type": "string", "description": format!("{name}: {words}{words}")});
        json!({"type": "function", "function": {
            "name": format!("tool_{n}"),
            "description": words.repeat(4),
            "parameters": {"type": "object", "properties": {"first": field("first"), "second": field("second")}, "required": ["first"]},
        }})
    };
    json!((0..40).map(tool).collect::<Vec<_>>())
}

/// An agent whose every turn sends all that was said before.
struct Agent {
    messages: Vec<Value>,
    tools: Value,
}

impl Agent {
    fn new() -> Agent {
        let system = json!({"role": "system", "content": "You are an agent. ".repeat(20)});
        Agent { messages: vec![system], tools: tools() }
    }

    fn body(&self) -> String {
        json!({"model": "gpt-4o-mini", "messages": self.messages, "tools": self.tools}).to_string()
    }

    /// Asks, and remembers the answer.
    async fn turn(&mut self, client: &ClientWithMiddleware, base: &str, question: &str) -> String {
        self.messages.push(json!({"role": "user", "content": question}));
        let response = post(client, &format!("{base}{CHAT}"), self.body()).await.unwrap();
        let text = response.text().await.unwrap();
        let answer: Value = serde_json::from_str(&text).unwrap();
        self.messages.push(answer["choices"][0]["message"].clone());
        text
    }
}

fn question(n: usize) -> String {
    format!("What is {n} times 7?")
}

/// Runs an agent for some turns and gives the answers.
async fn run_agent(cassette: &Cassette, base: &str, turns: usize) -> Vec<String> {
    let client = client(cassette);
    let mut agent = Agent::new();
    let mut answers = Vec::new();
    for n in 0..turns {
        answers.push(agent.turn(&client, base, &question(n)).await);
    }
    answers
}

#[tokio::test]
async fn forty_turns_take_little_more_than_twice_the_file_of_twenty() {
    let provider = StandIn::start().await;
    let mut sizes = Vec::new();
    for turns in [20, 40] {
        let folder = Folder::new();
        let cassette = folder.open(Mode::Record);
        let answers = run_agent(&cassette, &provider.url(), turns).await;
        assert_eq!(cassette.finish().unwrap().recorded, turns);
        let cassette = folder.open(Mode::Replay);
        assert_eq!(run_agent(&cassette, &provider.url(), turns).await, answers);
        cassette.finish().unwrap();
        sizes.push(folder.text().len());
        if turns == 20 {}
    }
    println!("20 turns: {} bytes, 40 turns: {} bytes", sizes[0], sizes[1]);
    assert!(sizes[1] * 10 <= sizes[0] * 22, "{sizes:?}");
}
