//! Scripts that are stored under an id.

use serde::{Deserialize, Serialize};

/// A script in a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredScript {
    /// The name of its language.
    pub lang: String,
    /// Its text.
    pub source: String,
}
