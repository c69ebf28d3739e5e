//! Addresses within the page that stay the same while other cassettes come and go.

use std::collections::HashSet;

/// Hands out each address once.
pub(super) struct Anchors(HashSet<String>);

impl Anchors {
    /// Hands out others than these.
    pub(super) fn beside(taken: &[&str]) -> Anchors {
        Anchors(taken.iter().map(|&taken| taken.to_owned()).collect())
    }

    /// An address like what it is for, and like no other.
    pub(super) fn make(&mut self, wanted: &str) -> String {
        let kept = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | ':');
        let base: String = wanted.chars().map(|c| if kept(c) { c } else { '-' }).collect();
        let mut anchor = base.clone();
        let mut number = 1;
        while !self.0.insert(anchor.clone()) {
            number += 1;
            anchor = format!("{base}~{number}");
        }
        anchor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_readable_and_never_the_same() {
        let mut anchors = Anchors::beside(&["main"]);
        assert_eq!(anchors.make("main"), "main~2");
        assert_eq!(anchors.make("a/b.yaml:482e03d1"), "a/b.yaml:482e03d1");
        assert_eq!(anchors.make("a/b.yaml:482e03d1"), "a/b.yaml:482e03d1~2");
        assert_eq!(anchors.make("a b\"><"), "a-b---");
        assert_eq!(anchors.make("a'b<>>"), "a-b---~2");
    }
}
