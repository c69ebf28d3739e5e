//! What is asked and answered: small OpenAI chats, each with a prompt of its own.

pub const URL: &str = "https://api.openai.com/v1/chat/completions";

/// How large bodies are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// A question and an answer of a sentence: about 250 and 450 bytes.
    Small,
    /// Half of 8 KB each.
    EightKilobytes,
    /// Half of 8 MB each, which is prose.
    EightMegabytes,
}

impl Size {
    pub const ALL: [Size; 3] = [Size::Small, Size::EightKilobytes, Size::EightMegabytes];

    pub fn name(self) -> &'static str {
        match self {
            Size::Small => "small",
            Size::EightKilobytes => "8k",
            Size::EightMegabytes => "8m",
        }
    }

    fn padding(self) -> usize {
        match self {
            Size::Small => 0,
            Size::EightKilobytes => 3800,
            Size::EightMegabytes => 4_000_000,
        }
    }
}

/// What a cassette holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    pub count: usize,
    pub size: Size,
    /// Whether all questions are one question, so that its recordings are takes.
    pub same: bool,
}

impl Work {
    /// Questions that differ.
    pub fn of(count: usize, size: Size) -> Work {
        Work { count, size, same: false }
    }

    /// One question, asked so often.
    pub fn takes(count: usize) -> Work {
        Work { count, size: Size::Small, same: true }
    }

    /// The number in the question that stands there.
    pub fn number(self, at: usize) -> usize {
        if self.same { 0 } else { at }
    }
}

pub fn question(number: usize, size: Size) -> String {
    let text = prose(number, size.padding());
    format!(
        r#"{{"model":"gpt-4o-mini","messages":[{{"role":"system","content":"You are a helpful assistant. Answer in one sentence."}},{{"role":"user","content":"What is the capital of country number {number}?{text}"}}],"temperature":0.2,"max_tokens":64}}"#
    )
}

pub fn answer(number: usize, size: Size) -> String {
    let text = prose(number + 7, size.padding());
    format!(
        r#"{{"id":"chatcmpl-{number:08}","object":"chat.completion","created":1750000000,"model":"gpt-4o-mini-2024-07-18","choices":[{{"index":0,"message":{{"role":"assistant","content":"The capital of country number {number} is city number {number}.{text}","refusal":null}},"logprobs":null,"finish_reason":"stop"}}],"usage":{{"prompt_tokens":31,"completion_tokens":12,"total_tokens":43}},"service_tier":"default","system_fingerprint":"fp_0123456789"}}"#
    )
}

/// The number in a question, for whoever has to answer it.
pub fn number(question: &[u8]) -> usize {
    let text = String::from_utf8_lossy(question);
    let after = text.split_once("country number ").map_or("", |(_, after)| after);
    let digits = after.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or_default()
}

/// `0..count` in an order that is no order, the same each time.
pub fn shuffled(count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    let mut random = Random(42);
    for last in (1..count).rev() {
        order.swap(last, random.below(last + 1));
    }
    order
}

/// Bytes that are no text and cannot be made smaller, the same each time.
pub struct Noise(Random);

impl Noise {
    pub fn new() -> Noise {
        Noise(Random(7))
    }

    pub fn fill(&mut self, block: &mut [u8]) {
        for bytes in block.chunks_mut(8) {
            bytes.copy_from_slice(&self.0.next().to_le_bytes()[..bytes.len()]);
        }
    }
}

/// English-looking text that differs with the number: lines of words.
fn prose(number: usize, length: usize) -> String {
    const WORDS: [&str; 12] = [
        "river", "the", "under", "bridge", "of", "seven", "lanterns", "keeps", "quietly", "turning",
        "northern", "light",
    ];
    let mut random = Random(number as u64 + 1);
    let mut text = String::with_capacity(length + 20);
    while text.len() < length {
        text.push_str(if random.below(14) == 0 { ".\\n" } else { " " });
        text.push_str(WORDS[random.below(WORDS.len())]);
    }
    text
}

/// SplitMix64: good enough to shuffle with.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
