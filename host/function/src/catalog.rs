//! Which functions there are, for those who ask.

use std::error::Error;

use async_trait::async_trait;
use serde::Serialize;
use serde_json::Value as Json;

use crate::Roles;

/// Knows which functions are published.
#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
pub trait FunctionCatalog: Send + Sync {
    /// Every version of every function: in order of names, and of one name the oldest version first.
    ///
    /// # Errors
    /// [`CatalogError`] where the catalog cannot be read now.
    async fn list(&self) -> Result<Vec<PublishedFunction>, CatalogError>;
}

/// A version of a function, as people and machines need to know it to call it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PublishedFunction {
    /// Its name.
    #[serde(skip)]
    pub name: String,
    /// Its version.
    pub version: String,
    /// One or two sentences for people.
    pub summary: String,
    /// What it can be called as.
    #[serde(flatten)]
    pub roles: Roles,
    /// What it can be bound with.
    pub parameters: Vec<PublishedParameter>,
}

/// One parameter of a function.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PublishedParameter {
    /// The key in a clause's `parameters`.
    pub name: String,
    /// The contract's name for what it takes.
    pub kind: String,
    /// Whether a clause must give it.
    pub required: bool,
    /// What the function gets where the clause does not give it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Json>,
    /// One line for people.
    pub summary: String,
}

/// The catalog could not be read.
#[derive(Debug, thiserror::Error)]
#[error("the list of functions cannot be read")]
pub struct CatalogError(#[source] pub Box<dyn Error + Send + Sync>);

/// The catalog of an installation without functions.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFunctions;

#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
impl FunctionCatalog for NoFunctions {
    async fn list(&self) -> Result<Vec<PublishedFunction>, CatalogError> {
        Ok(Vec::new())
    }
}
