//! Settings.

use std::sync::Arc;
use std::time::Duration;

use quidditch_signing::SecretKey;

use crate::Trust;

/// The settings of a registry.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long the list of a function's versions is cached. 5 s: changes by other processes are seen after at most this time,
    /// at the cost of one listing per function in use and 5 s. A name or version that is not in the list is always searched for
    /// in the store.
    pub versions_ttl: Duration,
    /// How many functions are kept loaded. 64: more than an installation uses. Each takes some 100 KB of memory for its code, or
    /// some 10 MB with an interpreter. The least recently used one is dropped first.
    pub loaded_functions: usize,
    /// What is trusted. Nothing: then every function can be used, and all are compiled here, which takes a hundred times longer than
    /// loading ahead-of-time code.
    pub trust: Trust,
    /// Signs what is published. None: what is published is not signed.
    pub signing_key: Option<Arc<SecretKey>>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            versions_ttl: Duration::from_secs(5),
            loaded_functions: 64,
            trust: Trust::default(),
            signing_key: None,
        }
    }
}
