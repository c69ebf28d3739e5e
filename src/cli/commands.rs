//! The commands, a file each, and what they share.

mod columns;
mod comparing;
pub(super) mod completions;
pub(super) mod diff;
mod entries;
mod files;
pub(super) mod format;
mod git;
mod git_objects;
pub(super) mod git_setup;
mod ledgers;
pub(super) mod list;
pub(super) mod man;
pub(super) mod output;
mod prices;
pub(super) mod prune;
mod removing;
pub(super) mod report;
mod revisions;
pub(super) mod rm;
pub(super) mod show;
pub(super) mod stats;
mod table;
pub(super) mod textconv;
mod unread;
pub(super) mod verify;
pub(super) mod warm;
