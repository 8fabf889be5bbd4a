//! A component template: a part of index templates.

use quidditch_service::writing::ApiError;
use serde_json::{Map, Value as Json};

use crate::body::Keys;
use crate::definition::IndexDefinition;

/// A component template.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ComponentTemplate {
    pub(super) definition: IndexDefinition,
    version: Option<i64>,
    meta: Option<Map<String, Json>>,
}

impl ComponentTemplate {
    /// Reads `{"template": {...}, "version": ..., "_meta": {...}}`.
    pub(super) fn read(body: Map<String, Json>) -> Result<Self, ApiError> {
        let mut keys = Keys::new(body, "component_template");
        let template = keys.take("template");
        let version = keys.take_integer("version")?;
        let meta = keys.take_object("_meta")?;
        keys.finish()?;
        let template = template.ok_or_else(|| ApiError::Argument("Required [template]".to_owned()))?;
        Ok(ComponentTemplate { definition: IndexDefinition::from_template(template)?, version, meta })
    }

    /// As it is stored and shown.
    pub(super) fn to_json(&self) -> Json {
        let mut json = Map::new();
        json.insert("template".to_owned(), Json::Object(self.definition.to_json()));
        json.extend(self.version.map(|version| ("version".to_owned(), version.into())));
        json.extend(self.meta.clone().map(|meta| ("_meta".to_owned(), Json::Object(meta))));
        Json::Object(json)
    }
}
