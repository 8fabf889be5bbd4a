//! How a registry behaves.

use std::time::Duration;

/// The settings of a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How long the list of a function's versions is believed. 5 s: that long it can take until a newer version, or a
    /// deletion, by another process is noticed, at the cost of one listing for each function in use and 5 s. A name or version
    /// that is not in the list is looked for at once.
    pub versions_ttl: Duration,
    /// How many functions are kept loaded. 64: more than an installation has in use; each takes memory for its code, some
    /// 100 KB, or some 10 MB for an interpreter. The one not used for longest goes first.
    pub loaded_functions: usize,
    /// Whether to run ahead-of-time code from the store. Such code is native: **who can write to the store can then do
    /// whatever this program can**. `false`; set it where only trusted programs write to the store, since compiling takes
    /// a hundred times longer than loading. The digests beside the code detect damage, not malice.
    pub trust_ahead_of_time_code: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { versions_ttl: Duration::from_secs(5), loaded_functions: 64, trust_ahead_of_time_code: false }
    }
}
