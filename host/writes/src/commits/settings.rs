//! Settings of commits.

use std::time::Duration;

use quidditch_indexing::MergeOptions;

/// When operations are committed, and how many may wait. Plain values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommitSettings {
    /// Shortest time from the beginning of a commit of an index to that of the next, while several requests write. 50 ms: operations that arrive in between are
    /// committed together, and nobody notices the delay. The first of several is committed at once, and so are those of a
    /// single client.
    pub delay: Duration,
    /// Most bytes of the operations of one commit, except that those of one request are never split. 32 MiB: a few seconds of work,
    /// for which other requests wait.
    pub commit_bytes: usize,
    /// Most bytes of all operations that wait or are being committed; a request that would exceed it is refused. 512 MiB: five of
    /// the largest requests.
    pub waiting_bytes: usize,
    /// How splits are merged in the background.
    pub merging: MergeOptions,
}

impl Default for CommitSettings {
    fn default() -> Self {
        CommitSettings {
            delay: Duration::from_millis(50),
            commit_bytes: 32 << 20,
            waiting_bytes: 512 << 20,
            merging: MergeOptions::in_background(),
        }
    }
}
