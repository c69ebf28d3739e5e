//! `llm-cassette rm`: takes out interactions that somebody names.

use std::path::PathBuf;

use crate::cli::Outcome;
use crate::cli::commands::files;
use crate::cli::commands::ledgers::Ledgers;
use crate::cli::commands::output::{Output, warn};
use crate::cli::commands::removing::{Fate, Removal};
use crate::model::error::{Error, ErrorKind};
use crate::session::selector::Selection;

/// Remove interactions, with the blobs that nothing else needs, and cassettes of which nothing is left.
///
/// A turn that extends a removed one is written out in full, so that it means what it meant.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// Files or folders; the current folder if there are none.
    paths: Vec<PathBuf>,
    /// Which interactions, such as `provider=openai,tag=faq`, `url=*/chat/*,older_than=30d` or `unused_for=90d`, which asks the
    /// ledger.
    #[arg(long, value_name = "CONDITIONS")]
    only: String,
    /// Show what would be removed, and remove nothing.
    #[arg(long)]
    dry_run: bool,
    /// Remove pinned interactions, too.
    #[arg(long)]
    pinned: bool,
}

pub(in crate::cli) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let only = Selection::parse(&arguments.only)?;
    if only.is_empty() {
        return Err(Error::new(ErrorKind::BadSetting, "`--only` is empty, which would remove everything")
            .with_hint(
                "say what to remove, as in `--only 'tag=faq,older_than=30d'`; `--only 'name=*'` removes everything",
            ));
    }
    let mut ledgers = Ledgers::default();
    let removal = Removal::plan(&files::cassettes(&arguments.paths)?, |path, entry| {
        Ok(match ledgers.fits(&only, path, entry)? {
            false => Fate::Stays,
            true if entry.parsed.interaction.labels.pinned && !arguments.pinned => Fate::Pinned,
            true => Fate::Goes,
        })
    })?;
    if !arguments.dry_run {
        let stayed = removal.carry_out()?;
        warn_of_changes(stayed);
    }
    removal.show(!arguments.dry_run, output);
    Ok(Outcome::Fine)
}

/// Says that not all went that was to go.
pub(super) fn warn_of_changes(stayed: usize) {
    if stayed > 0 {
        warn(&format!(
            "{stayed} of these changed in the meantime and were kept; run `llm-cassette list` to see them"
        ));
    }
}
