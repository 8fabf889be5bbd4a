//! Settings.

use std::time::Duration;

/// The settings of a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How long the list of a function's versions is cached. 5 s: changes by other processes are seen after at most this time,
    /// at the cost of one listing per function in use and 5 s. A name or version that is not in the list is always searched for
    /// in the store.
    pub versions_ttl: Duration,
    /// How many functions are kept loaded. 64: more than an installation uses. Each takes some 100 KB of memory for its code, or
    /// some 10 MB with an interpreter. The least recently used one is dropped first.
    pub loaded_functions: usize,
    /// Whether to run ahead-of-time code from the store. Such code is native: **anyone who can write to the store can then do
    /// whatever this program can**. `false`; set it where only trusted programs write to the store, since compiling takes a
    /// hundred times longer than loading. The digests next to the code detect damage, not malice.
    pub trust_ahead_of_time_code: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { versions_ttl: Duration::from_secs(5), loaded_functions: 64, trust_ahead_of_time_code: false }
    }
}
