//! Nested objects: each object of a list is a document of its own, so that its values stay together.

use serde_json::{Map, Value as Json, json};

use super::definition::{Definition, invalid, join};
use crate::IndexError;
use crate::excerpt::json_excerpt;

/// The setting for [`NestedLimits::fields`], as settings name it inside of `index`.
const FIELDS_LIMIT: &str = "mapping.nested_fields.limit";

/// The setting for [`NestedLimits::objects`].
const OBJECTS_LIMIT: &str = "mapping.nested_objects.limit";

/// How an object is nested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Nested {
    /// Whether its values are also those of the document that contains it: `include_in_parent`.
    pub is_in_parent: bool,
    /// Whether its values are also those of the document that contains all others: `include_in_root`.
    pub is_in_root: bool,
}

/// How many nested objects there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NestedLimits {
    /// In a mapping. 50: a query of each reads documents of its own.
    pub(super) fields: u64,
    /// In one document, over all of them. 10,000: each is a document of its own, and they must be in the same split.
    pub(super) objects: u64,
}

impl Default for NestedLimits {
    fn default() -> Self {
        NestedLimits { fields: 50, objects: 10_000 }
    }
}

impl Nested {
    /// Reads the definition of an object; `None` if it is not nested.
    pub(super) fn read(definition: &Definition<'_>) -> Result<Option<Self>, IndexError> {
        if definition.text("type")? != Some("nested") {
            return Ok(None);
        }
        Ok(Some(Nested {
            is_in_parent: definition.flag("include_in_parent")?.unwrap_or(false),
            is_in_root: definition.flag("include_in_root")?.unwrap_or(false),
        }))
    }

    /// Adds what [`Nested::read`] reads to a definition.
    pub(super) fn add_to(self, json: &mut Map<String, Json>) {
        json.insert("type".to_owned(), "nested".into());
        for (key, is_set) in [("include_in_parent", self.is_in_parent), ("include_in_root", self.is_in_root)] {
            if is_set {
                json.insert(key.to_owned(), true.into());
            }
        }
    }
}

impl NestedLimits {
    /// Takes its settings out of the settings of an index.
    pub(super) fn take(settings: &mut Map<String, Json>) -> Result<Self, IndexError> {
        let default = NestedLimits::default();
        let mut limit = |key: &str, default: u64| {
            let Some(value) = settings.shift_remove(key) else { return Ok(default) };
            let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
            let reason = || {
                let value = value.as_str().map_or_else(|| json_excerpt(&value), str::to_owned);
                format!("Failed to parse value [{value}] for setting [index.{key}] must be >= 0")
            };
            number.ok_or_else(|| invalid(&join("settings", key), reason()))
        };
        Ok(NestedLimits {
            fields: limit(FIELDS_LIMIT, default.fields)?,
            objects: limit(OBJECTS_LIMIT, default.objects)?,
        })
    }

    /// Adds those that are not the default.
    pub(super) fn add_to_settings(self, settings: &mut Map<String, Json>) {
        let default = NestedLimits::default();
        let mut inner = Map::new();
        if self.fields != default.fields {
            inner.insert("nested_fields".to_owned(), json!({ "limit": self.fields.to_string() }));
        }
        if self.objects != default.objects {
            inner.insert("nested_objects".to_owned(), json!({ "limit": self.objects.to_string() }));
        }
        if !inner.is_empty() {
            settings.insert("mapping".to_owned(), Json::Object(inner));
        }
    }
}
