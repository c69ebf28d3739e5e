//! Embeddings as OpenAI and Ollama send them. A vector depends on its input and on the version of the model.

use super::{
    context::Context,
    ollama, openai,
    text::{list, quote},
    wire::Reply,
};
use serde_json::Value;

pub fn openai(body: &Value, context: &mut Context) -> Reply {
    let inputs = body["input"].as_array().cloned().unwrap_or_else(|| vec![body["input"].clone()]);
    let size = body["dimensions"].as_u64().unwrap_or(1536) as usize;
    let item = |(n, input): (usize, &Value)| {
        let vector = vector(input, size, context.rewording);
        let embedding = if body["encoding_format"] == "base64" {
            quote(&base64(&vector.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<_>>()))
        } else {
            list(&vector.iter().map(f32::to_string).collect::<Vec<_>>())
        };
        format!("{{\"object\": \"embedding\", \"index\": {n}, \"embedding\": {embedding}}}")
    };
    let data = list(&inputs.iter().enumerate().map(item).collect::<Vec<_>>());
    let body = fill!(
        r#"{"object": "list", "data": $data, "model": $model,
            "usage": {"prompt_tokens": $tokens, "total_tokens": $tokens}}"#,
        data,
        model = body["model"],
        tokens = body["input"].to_string().len() / 4 + 1
    );
    openai::pretty(&body, context)
}

fn vector(input: &Value, size: usize, version: u32) -> Vec<f32> {
    let seed = input
        .to_string()
        .bytes()
        .fold(7 + u64::from(version), |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let mut numbers = Context::new(seed, 0, false);
    (0..size).map(|_| (numbers.random() % 200_000) as f32 / 1_000_000.0 - 0.1).collect()
}

fn base64(bytes: &[u8]) -> String {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let bits =
            group.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for n in 0..4 {
            let letter = letters[(bits >> (18 - 6 * n)) as usize % 64];
            out.push(if n > group.len() { '=' } else { char::from(letter) });
        }
    }
    out
}

pub fn ollama(body: &Value, context: &mut Context) -> Reply {
    let inputs = body["input"].as_array().cloned().unwrap_or_else(|| vec![body["input"].clone()]);
    let vectors: Vec<_> = inputs
        .iter()
        .map(|input| {
            list(&vector(input, 384, context.rewording).iter().map(f32::to_string).collect::<Vec<_>>())
        })
        .collect();
    let body = fill!(
        r#"{"model":$model,"embeddings":$vectors,"total_duration":$took,"load_duration":1019500,"prompt_eval_count":$n}"#,
        model = body["model"],
        vectors = list(&vectors),
        took = 14_000_000 + context.random() % 9_000_000,
        n = body["input"].to_string().len() / 4 + 1
    );
    ollama::with_headers(Reply::json(body), context)
}
