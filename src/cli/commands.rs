//! The commands, a file each, and what they share.

mod columns;
mod comparing;
pub(super) mod completions;
pub(super) mod diff;
mod entries;
mod files;
pub(super) mod format;
pub(super) mod git_setup;
pub(super) mod list;
pub(super) mod man;
mod objects;
pub(super) mod output;
mod prices;
pub(super) mod prune;
mod removing;
pub(super) mod report;
mod repository;
mod revisions;
pub(super) mod rm;
pub(super) mod show;
pub(super) mod stats;
mod table;
pub(super) mod textconv;
mod uses;
pub(super) mod verify;
pub(super) mod warm;
