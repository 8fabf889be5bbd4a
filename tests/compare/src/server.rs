//! What both sides are: a server with indices.

use std::collections::BTreeMap;

use anyhow::Result;
use quidditch_tests::ScenarioIndex;

use crate::answer::Answer;

/// A server that speaks the API.
pub(crate) trait Server {
    /// Makes an index with its documents.
    fn create_index(&self, index: &ScenarioIndex) -> Result<Created>;

    fn delete_index(&self, name: &str) -> Result<()>;

    fn send(&self, call: &Call) -> Result<Answer>;
}

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: String,
    /// With the query.
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

/// What became of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Created {
    /// The mapping was refused, for this reason.
    Refused(String),
    /// Of each document, in their order over all splits: why it was refused, if it was.
    Filled(Vec<Option<String>>),
}

impl Call {
    /// A search.
    pub(crate) fn search(index: &str, body: String) -> Self {
        let path = format!("/{index}/_search");
        Call { method: "POST".to_owned(), path, headers: BTreeMap::new(), body }
    }

    /// Its headers, with the type of the body.
    pub(crate) fn all_headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let is_typed = self.body.is_empty() || self.headers.contains_key("content-type");
        let content_type = (!is_typed).then_some(("content-type", "application/json"));
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(content_type)
    }
}
