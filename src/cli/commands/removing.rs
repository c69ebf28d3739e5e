//! Taking interactions out of cassettes: what would go is known, and shown, before anything does.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::commands::entries::Entry;
use crate::cli::commands::output::{Output, Style};
use crate::matching::user_rules::Rules;
use crate::model::error::Error;
use crate::model::json::Json;
use crate::model::text::{plural, shown_path};
use crate::store::cassette_files;
use crate::store::removal::without;
use crate::store::tape::Tape;
use crate::store::writer::CassetteWriter;

/// What is to become of an interaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Stays,
    /// It would go, were it not pinned.
    Pinned,
    Goes,
}

/// What goes from one cassette.
pub(super) struct Going {
    path: PathBuf,
    entries: Vec<Entry>,
    /// The documents, as they stand in the file: one that changes before it is its turn stays.
    texts: HashSet<Vec<u8>>,
    /// How many interactions the cassette has.
    all: usize,
    pinned: usize,
    /// Nothing would be left of it.
    file: bool,
}

/// What goes from several cassettes.
#[derive(Default)]
pub(super) struct Removal(Vec<Going>);

impl Removal {
    /// Looks at all interactions of some cassettes. Where one cannot be read, or cannot be told without what goes, that is
    /// known before anything has gone.
    pub(super) fn plan(
        cassettes: &[PathBuf],
        mut fate: impl FnMut(&Path, &Entry) -> Result<Fate, Error>,
    ) -> Result<Removal, Error> {
        let mut removal = Removal::default();
        for path in cassettes {
            let going = going(path, |entry| fate(path, entry))?;
            if !going.entries.is_empty() || going.pinned > 0 {
                removal.0.push(going);
            }
        }
        Ok(removal)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.interactions() == 0
    }

    /// Takes it all out. How many interactions stayed because somebody changed them meanwhile.
    pub(super) fn carry_out(&self) -> Result<usize, Error> {
        let mut stayed = 0;
        for going in self.0.iter().filter(|going| !going.entries.is_empty()) {
            stayed += going.carry_out()?;
        }
        Ok(stayed)
    }

    /// Says what goes, or went.
    pub(super) fn show(&self, done: bool, output: &mut Output) {
        if output.wants_json() {
            let cassettes = self.0.iter().map(Going::tree).collect();
            output.value(&Json::Object(vec![
                ("removed".to_owned(), Json::Bool(done)),
                ("cassettes".to_owned(), Json::Array(cassettes)),
            ]));
            return;
        }
        for going in self.0.iter().filter(|going| !going.entries.is_empty()) {
            output.styled(Style::Heading, &going.heading());
            going.entries.iter().for_each(|entry| output.line(&entry.summary()));
        }
        output.line(&self.sum(done));
    }

    fn sum(&self, done: bool) -> String {
        let files = self.0.iter().filter(|going| going.file).count();
        let files = if files > 0 { format!(" and {}", plural(files, "file")) } else { String::new() };
        let verb = if done { "removed" } else { "would be removed" };
        let went = match self.interactions() {
            0 => "nothing to remove".to_owned(),
            count => format!("{}{files} {verb}", plural(count, "interaction")),
        };
        match self.0.iter().map(|going| going.pinned).sum::<usize>() {
            0 => went,
            1 => format!("{went}; 1 is pinned and stays"),
            count => format!("{went}; {count} are pinned and stay"),
        }
    }

    fn interactions(&self) -> usize {
        self.0.iter().map(|going| going.entries.len()).sum()
    }
}

impl Going {
    fn heading(&self) -> String {
        let (path, goes) = (shown_path(&self.path), self.entries.len());
        match self.file {
            true => format!("{path} ({goes} of {}, and the file)", self.all),
            false => format!("{path} ({goes} of {})", self.all),
        }
    }

    fn carry_out(&self) -> Result<usize, Error> {
        let gone = CassetteWriter::new(&self.path, Rules::default()).remove(&self.texts)?;
        Ok(self.entries.len().saturating_sub(gone))
    }

    fn tree(&self) -> Json {
        let entries = self.entries.iter().map(|entry| Json::Object(entry.fields())).collect();
        Json::Object(vec![
            ("path".to_owned(), Json::from(self.path.to_string_lossy().as_ref())),
            ("file".to_owned(), Json::Bool(self.file)),
            ("pinned".to_owned(), Json::from(self.pinned as u64)),
            ("interactions".to_owned(), Json::Array(entries)),
        ])
    }
}

fn going(path: &Path, mut fate: impl FnMut(&Entry) -> Result<Fate, Error>) -> Result<Going, Error> {
    let (tape, _) = Tape::new(path, cassette_files::load(path)?.unwrap_or_default(), Rules::default())?;
    let (mut entries, mut goes, mut pinned) = (Vec::new(), HashSet::new(), 0);
    for found in tape.all() {
        let (slot, parsed) = found?;
        let entry = Entry { line: tape.line(slot), parsed: Arc::clone(&parsed) };
        match fate(&entry)? {
            Fate::Stays => {}
            Fate::Pinned => pinned += 1,
            Fate::Goes => {
                goes.insert(slot);
                entries.push(entry);
            }
        }
    }
    let texts = goes.iter().map(|slot| tape.text(*slot).to_vec()).collect();
    let file = !goes.is_empty() && without(path, &tape, &goes)?.is_empty();
    Ok(Going { path: path.to_owned(), entries, texts, all: tape.len(), pinned, file })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_between_the_plan_and_the_deed_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        let document = |name: &str| {
            format!(
                "--- # POST {name}\nkey: {}\nrecorded_at: \"2026-11-21T05:13:13Z\"\nusage_count: 1\nrequest:\n  method: \
                 POST\n  url: https://example.com/{name}\nresponse:\n  status: 200\n...\n",
                "0".repeat(64)
            )
        };
        let text = format!("# llm-cassette 1\n{}{}", document("a"), document("b"));
        std::fs::write(&path, &text).unwrap();
        let removal = Removal::plan(std::slice::from_ref(&path), |_, _| Ok(Fate::Goes)).unwrap();
        std::fs::write(&path, text.replace("example.com/b", "example.com/mine")).unwrap();
        assert_eq!(removal.carry_out().unwrap(), 1);
        let left = std::fs::read_to_string(&path).unwrap();
        assert!(left.contains("example.com/mine") && !left.contains("example.com/a"), "{left}");
    }
}
