//! Scripts that are stored under an id.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A script in a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredScript {
    /// The name of its language.
    pub lang: String,
    /// Its text.
    pub source: String,
    /// What else its writer noted, such as the type of the text that a template makes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
}
