//! What a search will read, and fetching it before the search runs.
//!
//! A search over splits in a store must not find out one by one what it misses: each miss would be a round trip. So a request
//! is planned twice. The first time, in a dry run without an index, the terms and columns that it will read are recorded in a
//! [`WarmupInfo`]; then [`warm_up`] fetches all of them together.

mod fetch;
mod info;

pub(crate) use fetch::warm_up;
pub(crate) use info::{TermUse, WarmupInfo, WarmupRecorder};
