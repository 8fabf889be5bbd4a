//! The catalog of published functions.

use std::error::Error;

use async_trait::async_trait;
use serde::Serialize;
use serde_json::Value as Json;

use crate::{About, FunctionId, Provenance, Roles, VersionState};

/// Lists the published functions.
#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
pub trait FunctionCatalog: Send + Sync {
    /// Every version of every function, sorted by name, and by version from the oldest to the newest.
    ///
    /// # Errors
    /// [`CatalogError`] if the catalog cannot be read.
    async fn list(&self) -> Result<Vec<PublishedFunction>, CatalogError>;
}

/// The description of one version of a function, for its callers.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct PublishedFunction {
    /// Its name.
    #[serde(skip)]
    pub name: String,
    /// Its version.
    pub version: String,
    /// One or two sentences that describe the function.
    pub summary: String,
    /// Its roles.
    #[serde(flatten)]
    pub roles: Roles,
    /// The language of its text, if it is a script.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// Its parameters.
    pub parameters: Vec<PublishedParameter>,
    /// The memory that an instance may need, in MiB; 0, which is left out, for what the host grants by default.
    #[serde(skip_serializing_if = "is_default")]
    pub memory_mib: u32,
    /// The SHA-256 digest of the component, hexadecimal; empty, which is left out, if it is not known.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sha256: String,
    /// Who made it.
    #[serde(flatten)]
    pub about: About,
    /// Who published it; `None` if that is not known.
    #[serde(flatten)]
    pub provenance: Option<Provenance>,
    /// What has become of it.
    #[serde(flatten)]
    pub state: VersionState,
    /// Why the rest of the description is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl PublishedFunction {
    /// A function whose description cannot be read.
    pub fn damaged(function: &FunctionId, error: String) -> Self {
        PublishedFunction {
            name: function.name.clone(),
            version: function.version.clone(),
            error: Some(error),
            ..PublishedFunction::default()
        }
    }
}

fn is_default(memory_mib: &u32) -> bool {
    *memory_mib == 0
}

/// One parameter of a function.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PublishedParameter {
    /// The key in a clause's `parameters`.
    pub name: String,
    /// The name of its kind in the contract.
    pub kind: String,
    /// Whether every clause must set it.
    pub required: bool,
    /// The value for clauses that do not set it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Json>,
    /// One line that describes the parameter.
    pub summary: String,
}

/// The catalog could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot list the functions")]
pub struct CatalogError(#[source] pub Box<dyn Error + Send + Sync>);
