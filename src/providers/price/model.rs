//! Under which names a table of prices may have a model.

/// How the community's table calls the providers: what it puts before their models, and whose entries without such a
/// prefix are theirs.
const PROVIDERS: [(&str, &[&str], &[&str]); 18] = [
    ("openai", &["openai/"], &["openai", "text-completion-openai"]),
    ("azure.ai.openai", &["azure/"], &["azure", "azure_text"]),
    ("azure.ai.inference", &["azure_ai/"], &["azure_ai"]),
    ("anthropic", &["anthropic/"], &["anthropic"]),
    ("gcp.gemini", &["gemini/"], &["gemini"]),
    ("gcp.vertex_ai", &["vertex_ai/"], VERTEX),
    ("aws.bedrock", &["bedrock/"], &["bedrock", "bedrock_converse"]),
    ("mistral_ai", &["mistral/", "codestral/"], &["mistral"]),
    ("groq", &["groq/"], &["groq"]),
    ("cohere", &["cohere/"], &["cohere", "cohere_chat"]),
    ("deepseek", &["deepseek/"], &["deepseek"]),
    ("x_ai", &["xai/"], &["xai"]),
    ("perplexity", &["perplexity/"], &["perplexity"]),
    ("openrouter", &["openrouter/"], &["openrouter"]),
    ("together_ai", &["together_ai/"], &["together_ai"]),
    ("fireworks_ai", &["fireworks_ai/"], &["fireworks_ai"]),
    ("cerebras", &["cerebras/"], &["cerebras"]),
    ("voyage_ai", &["voyage/"], &["voyage"]),
];

const VERTEX: &[&str] = &[
    "vertex_ai",
    "vertex_ai-language-models",
    "vertex_ai-embedding-models",
    "vertex_ai-anthropic_models",
    "vertex_ai-mistral_models",
    "vertex_ai-llama_models",
];

/// A name to look for, and whose entry it has to be.
pub(super) struct Candidate {
    pub(super) name: String,
    owners: &'static [&'static str],
}

impl Candidate {
    /// Two providers may sell models of one name at different prices.
    pub(super) fn fits(&self, owner: &str) -> bool {
        self.owners.is_empty() || self.owners.contains(&owner)
    }
}

/// The names of a model in the order in which they are to be looked for: as it is, then without what providers add to it.
pub(super) fn candidates(provider: Option<&str>, model: &str) -> Vec<Candidate> {
    let Some((_, prefixes, owners)) = PROVIDERS.iter().find(|(name, _, _)| Some(*name) == provider) else {
        return Vec::new();
    };
    let model = model.to_ascii_lowercase();
    let mut names = vec![model.clone()];
    // Bedrock's profiles for several regions: `us.anthropic.claude-…`.
    let regional = ["us.", "eu.", "apac.", "global."].iter().find_map(|region| model.strip_prefix(region));
    names.extend(regional.map(str::to_owned));
    names.extend(model.rsplit_once("/models/").map(|(_, name)| name.to_owned()));
    for name in names.clone() {
        names.extend(undated(&name).map(str::to_owned));
    }
    let with_prefix = |name: &String| -> Vec<Candidate> {
        let prefixed =
            prefixes.iter().map(|prefix| Candidate { name: format!("{prefix}{name}"), owners: &[] });
        prefixed.chain([Candidate { name: name.clone(), owners }]).collect()
    };
    names.iter().flat_map(with_prefix).collect()
}

/// A model without the date of its version: `gpt-4o-2024-08-06`, `claude-sonnet-4-20250514`, `gemini-2.0-flash-001`.
fn undated(name: &str) -> Option<&str> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (rest, last) = name.rsplit_once('-')?;
    if last == "latest" || (digits(last) && matches!(last.len(), 3 | 8)) {
        return Some(rest);
    }
    let (rest, month) = rest.rsplit_once('-')?;
    let (rest, year) = rest.rsplit_once('-')?;
    let dated =
        [(last, 2), (month, 2), (year, 4)].iter().all(|(text, length)| digits(text) && text.len() == *length);
    dated.then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_at_the_end_of_a_model_is_no_part_of_its_name() {
        for (name, wanted) in [
            ("gpt-4o-mini-2024-07-18", Some("gpt-4o-mini")),
            ("claude-sonnet-4-5-20250929", Some("claude-sonnet-4-5")),
            ("gemini-2.0-flash-001", Some("gemini-2.0-flash")),
            ("mistral-large-latest", Some("mistral-large")),
            ("gpt-4.1", None),
            ("claude-3-5", None),
            ("o3", None),
            ("text-embedding-3-small", None),
        ] {
            assert_eq!(undated(name), wanted, "{name}");
        }
    }
}
