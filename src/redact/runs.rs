//! Runs of bytes of one kind. Many hints may stand in one run, so each is walked once, whoever asks for its end: otherwise a
//! text made of nothing but hints would take time in the square of its length.

use super::stand_ins::is_word;

/// The bytes that a run is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// Of a name, a key or URL-safe base64.
    Word,
    /// The same, and dots.
    Dotted,
    Capitals,
    Base64,
    /// Of the value of a parameter, in a URL or in text.
    Value,
}

const KINDS: usize = Of::Value as usize + 1;

impl Of {
    pub(super) fn has(self, byte: u8) -> bool {
        match self {
            Of::Word => is_word(byte),
            Of::Dotted => is_word(byte) || byte == b'.',
            Of::Capitals => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Of::Base64 => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='),
            Of::Value => byte.is_ascii_graphic() && !b"&\"'<>\\#,;()[]{}|`$".contains(&byte),
        }
    }
}

/// The last run of each kind that somebody asked for in one text.
#[derive(Debug, Default)]
pub(super) struct Runs([Run; KINDS]);

#[derive(Debug, Clone, Copy, Default)]
struct Run {
    start: usize,
    end: usize,
    /// From here to its end it is a secret, which has been found.
    found: Option<usize>,
}

impl Runs {
    /// Where the run that `at` stands in ends. Always asked of the same text.
    pub(super) fn end(&mut self, text: &[u8], of: Of, at: usize) -> usize {
        let run = &mut self.0[of as usize];
        if at < run.start || run.end <= at {
            let rest = text.get(at..).unwrap_or_default();
            let length = rest.iter().take_while(|&&byte| of.has(byte)).count();
            *run = Run { start: at, end: at + length, found: None };
        }
        run.end
    }

    /// All from `at` to the end of its run was found to be a secret.
    pub(super) fn found(&mut self, of: Of, at: usize) {
        let run = &mut self.0[of as usize];
        if (run.start..run.end).contains(&at) {
            run.found = Some(run.found.map_or(at, |found| found.min(at)));
        }
    }

    /// Whether what stands at `at` goes with a secret that was found before it in its run.
    pub(super) fn is_found(&self, of: Of, at: usize) -> bool {
        let run = &self.0[of as usize];
        at < run.end && run.found.is_some_and(|found| found <= at)
    }
}

/// As much of a value as it takes to tell whether it is one. Values may stand within each other, and are judged one by one.
pub(super) fn start_of(value: &[u8]) -> &[u8] {
    &value[..value.len().min(256)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_ends_where_its_kind_does_whatever_was_asked_before() {
        let text = b"ab.cd ef-g.";
        let mut runs = Runs::default();
        for (of, at, end) in
            [(Of::Dotted, 0, 5), (Of::Dotted, 3, 5), (Of::Word, 0, 2), (Of::Word, 3, 5), (Of::Dotted, 6, 11)]
        {
            assert_eq!(runs.end(text, of, at), end, "{of:?} from {at}");
        }
        assert_eq!(runs.end(text, Of::Dotted, 0), 5);
        assert_eq!(
            (runs.end(text, Of::Word, 5), runs.end(text, Of::Word, 11), runs.end(text, Of::Word, 99)),
            (5, 11, 99)
        );
    }

    #[test]
    fn what_follows_a_secret_in_its_run_goes_with_it() {
        let text = b"key=abc=def ghi";
        let mut runs = Runs::default();
        runs.end(text, Of::Value, 4);
        runs.found(Of::Value, 4);
        assert!(!runs.is_found(Of::Value, 3) && runs.is_found(Of::Value, 8) && !runs.is_found(Of::Value, 12));
        runs.end(text, Of::Value, 12);
        assert!(!runs.is_found(Of::Value, 13));
    }
}
