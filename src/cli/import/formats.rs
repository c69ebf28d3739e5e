//! A file a format. Each says how its files are recognised, by content alone, and what their exchanges are.

pub(super) mod aimock;
pub(super) mod azure;
pub(super) mod betamax;
pub(super) mod cassetter;
mod common;
pub(super) mod ddapm;
pub(super) mod go_vcr;
pub(super) mod har;
pub(super) mod httpmock;
pub(super) mod httprr;
pub(super) mod nock;
pub(super) mod ruby_vcr;
pub(super) mod rvcr;
pub(super) mod vcrpy;
pub(super) mod wiremock;
