//! `nested` of a sort: the objects of a path whose values count.

mod parse;

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::clause::Clause;

/// The objects whose values count. Without a path, these are the documents themselves.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct NestedSort {
    pub(crate) path: Option<String>,
    /// Which objects count.
    pub(crate) filter: Option<NestedFilter>,
    /// Of how many objects values count, the first ones of each document; `None` is of all.
    pub(crate) max_children: Option<usize>,
    /// The objects inside of these whose values count.
    pub(crate) inside: Option<Box<NestedSort>>,
}

/// A query with its text.
#[derive(Clone)]
pub(crate) struct NestedFilter {
    json: Json,
    pub(crate) clause: Arc<dyn Clause>,
}

impl fmt::Debug for NestedFilter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "NestedFilter({})", self.json)
    }
}

impl PartialEq for NestedFilter {
    fn eq(&self, other: &Self) -> bool {
        self.json == other.json
    }
}

impl NestedSort {
    /// The text that it is parsed from.
    pub(super) fn to_json(&self) -> Json {
        let mut json = Map::new();
        let mut add = |key: &str, value: Option<Json>| json.extend(value.map(|value| (key.to_owned(), value)));
        add("path", self.path.as_deref().map(Json::from));
        add("filter", self.filter.as_ref().map(|filter| filter.json.clone()));
        add("max_children", self.max_children.map(Json::from));
        add("nested", self.inside.as_ref().map(|inside| inside.to_json()));
        Json::Object(json)
    }
}
