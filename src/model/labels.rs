//! What people say of an interaction: tags, metadata, and that it is to be kept as it is.

#[cfg(feature = "cli")]
use crate::model::json::Json;

/// The labels of an interaction. They are no part of its key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Labels {
    pub(crate) tags: Vec<String>,
    pub(crate) metadata: Vec<(String, String)>,
    /// Played even in a refresh, never taken out, never too old.
    pub(crate) pinned: bool,
}

/// What a name is made of, for messages.
pub(crate) const NAME: &str = "letters, digits, `-`, `_`, `.` and `/`";

/// Whether this can be the name of a tag or of a value in the metadata. Names stand in selections and environment
/// variables, where commas and spaces separate.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "-_./".contains(c))
}

/// The value of the metadata that says where an answer is from, where somebody wrote it down.
pub(crate) const SOURCE: (&str, &str) = ("source", "written by hand");

impl Labels {
    /// Whether nobody was asked for the answer.
    pub(crate) fn is_by_hand(&self) -> bool {
        self.metadata.iter().any(|(name, value)| (name.as_str(), value.as_str()) == SOURCE)
    }

    /// Adds a tag that is not there yet.
    pub(crate) fn tag(&mut self, tag: &str) {
        if !self.tags.iter().any(|known| known == tag) {
            self.tags.push(tag.to_owned());
        }
    }

    /// Sets a value of the metadata.
    pub(crate) fn describe(&mut self, name: &str, value: &str) {
        match self.metadata.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.metadata.push((name.to_owned(), value.to_owned())),
        }
    }

    /// These labels with those of a cassette: what somebody wrote by hand stays, and the cassette has the last word on the
    /// values that it sets.
    pub(crate) fn and(&self, more: &Labels) -> Labels {
        let mut all = self.clone();
        more.tags.iter().for_each(|tag| all.tag(tag));
        more.metadata.iter().for_each(|(name, value)| all.describe(name, value));
        all.pinned |= more.pinned;
        all
    }
}

#[cfg(feature = "cli")]
impl Labels {
    /// As in `pinned #faq ticket=QA-12`.
    pub(crate) fn in_words(&self) -> Option<String> {
        let pinned = self.pinned.then(|| "pinned".to_owned());
        let tags = self.tags.iter().map(|tag| format!("#{tag}"));
        let metadata = self.metadata.iter().map(|(name, value)| format!("{name}={value}"));
        let words: Vec<String> = pinned.into_iter().chain(tags).chain(metadata).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// For programs: all of them, also those that say nothing.
    pub(crate) fn fields(&self) -> [(String, Json); 3] {
        let text = |(name, value): &(String, String)| (name.clone(), Json::from(value.as_str()));
        let tags = self.tags.iter().map(|tag| Json::from(tag.as_str())).collect();
        [
            ("tags".to_owned(), Json::Array(tags)),
            ("metadata".to_owned(), Json::Object(self.metadata.iter().map(text).collect())),
            ("pinned".to_owned(), Json::Bool(self.pinned)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_add_up_and_repeat_nothing() {
        let labels = |tags: &[&str], metadata: &[(&str, &str)]| {
            let mut labels = Labels::default();
            tags.iter().for_each(|tag| labels.tag(tag));
            metadata.iter().for_each(|(name, value)| labels.describe(name, value));
            labels
        };
        let by_hand =
            Labels { pinned: true, ..labels(&["mine", "faq"], &[("by", "Ada"), ("ticket", "QA-1")]) };
        let all = by_hand.and(&labels(&["faq", "smoke"], &[("ticket", "QA-12")]));
        let wanted = labels(&["mine", "faq", "smoke"], &[("by", "Ada"), ("ticket", "QA-12")]);
        assert_eq!(all, Labels { pinned: true, ..wanted });
    }

    #[test]
    fn a_name_holds_nothing_that_separates() {
        for name in ["faq", "team/search", "v1.2", "größe", "a-b_c"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "a b", "a,b", "a|b", "a=b", "*", "a:b", "a\n"] {
            assert!(!is_name(name), "{name}");
        }
    }
}
