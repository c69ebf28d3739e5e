//! What all connections of a server share.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::adapters::body::cut::Cutting;
use crate::adapters::body::paced::Pace;

use super::runs::Runs;
use super::upstream::LiveClient;
use super::upstreams::Upstreams;

/// How recordings are sent.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Playing {
    pub(crate) pace: Pace,
    pub(crate) cutting: Cutting,
}

/// What all connections of a server share.
pub(crate) struct Shared {
    pub(super) runs: Arc<Runs>,
    pub(super) upstreams: Upstreams,
    pub(super) client: LiveClient,
    pub(super) address: SocketAddr,
    /// In bytes.
    pub(super) longest_request: u64,
    pub(super) playing: Playing,
}
