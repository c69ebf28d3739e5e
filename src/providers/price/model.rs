//! Under which names a table of prices may have a model.

use crate::providers::protocol::PriceNames;
use crate::providers::registry;

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
    let Some(provider) = provider.and_then(registry::provider) else { return Vec::new() };
    let PriceNames { prefixes, owners } = provider.prices;
    // Of one that the table does not have, a model of the same name is somebody else's.
    if owners.is_empty() {
        return Vec::new();
    }
    let model = model.to_ascii_lowercase();
    // Bedrock takes `arn:aws:bedrock:…:inference-profile/us.anthropic.claude-…` as well.
    let model = match model.rsplit_once('/') {
        Some((head, name)) if head.starts_with("arn:") => name.to_owned(),
        _ => model,
    };
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
