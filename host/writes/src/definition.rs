//! What an index is created with: settings, mapping and aliases, of a request or a template.

use std::collections::BTreeMap;

use quidditch_engine::{Limits, check_computed_fields};
use quidditch_index::Mapping;
use quidditch_service::writing::ApiError;
use serde_json::{Map, Value as Json, json};

use crate::aliases::AliasDefinition;
use crate::body::Keys;
use crate::settings::IndexSettings;

/// What an index is created with.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct IndexDefinition {
    pub(crate) settings: IndexSettings,
    pub(crate) mappings: Map<String, Json>,
    pub(crate) aliases: BTreeMap<String, AliasDefinition>,
}

impl IndexDefinition {
    /// Reads the body of a request that creates an index.
    pub(crate) fn from_request(body: Map<String, Json>) -> Result<Self, ApiError> {
        const KEYS: [&str; 3] = ["settings", "mappings", "aliases"];
        if let Some(key) = body.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(ApiError::body(format!("unknown key [{key}] for create index")));
        }
        if let Some(key) =
            KEYS.iter().find(|key| body.get(**key).is_some_and(|value| !value.is_object() && !value.is_null()))
        {
            return Err(ApiError::body(format!("key [{key}] must be an object")));
        }
        let definition = Self::take(&mut Keys::new(body, "create index"))?;
        if definition.mappings.keys().next().is_some_and(|key| key == "_doc") {
            return Err(ApiError::Argument("The mapping definition cannot be nested under a type".to_owned()));
        }
        Ok(definition)
    }

    /// Reads `{"settings": ..., "mappings": ..., "aliases": ...}`.
    pub(crate) fn from_template(template: Json) -> Result<Self, ApiError> {
        let mut keys = Keys::of(template, "template")?;
        let definition = Self::take(&mut keys)?;
        keys.finish()?;
        Ok(definition)
    }

    fn take(keys: &mut Keys) -> Result<Self, ApiError> {
        let settings = keys.take_object("settings")?.unwrap_or_default();
        let mut mappings = keys.take_object("mappings")?.unwrap_or_default();
        let mut aliases = BTreeMap::new();
        for (name, options) in keys.take_object("aliases")?.unwrap_or_default() {
            let definition = AliasDefinition::read(options)?;
            aliases.insert(name, definition);
        }
        if mappings.get("derived") == Some(&json!([])) {
            mappings.remove("derived");
        }
        if let Some(Json::Array(properties)) = mappings.get("properties") {
            if !properties.is_empty() {
                return Err(ApiError::object("[properties] must be an object"));
            }
            mappings.remove("properties");
        }
        Ok(IndexDefinition { settings: IndexSettings::read(&settings)?, mappings, aliases })
    }

    /// Adds what takes precedence: its settings and aliases replace those of the same names, and its mapping those of the same fields.
    pub(crate) fn extend(&mut self, other: IndexDefinition) {
        self.settings.extend(other.settings);
        extend_mapping(&mut self.mappings, other.mappings);
        self.aliases.extend(other.aliases);
    }

    /// The mapping with the kept settings.
    ///
    /// # Errors
    /// An invalid mapping, also one whose computed fields exceed the limits of requests.
    pub(crate) fn mapping(&self, limits: &Limits) -> Result<Mapping, ApiError> {
        let json = json!({ "settings": self.settings.of_analysis(), "mappings": self.mappings });
        let mut mapping = Mapping::from_json(&json)?;
        for (name, value) in self.settings.kept() {
            mapping.keep_setting(name, value.as_deref());
        }
        check_computed_fields(&mapping, limits).map_err(|error| ApiError::Mistake {
            kind: "mapper_parsing_exception",
            reason: format!("Failed to parse mapping [_doc]: {error}"),
        })?;
        Ok(mapping)
    }

    /// As templates show it. What it does not have is left out.
    pub(crate) fn to_json(&self) -> Map<String, Json> {
        let mut json = Map::new();
        if !self.settings.is_empty() {
            json.insert("settings".to_owned(), self.settings.to_json());
        }
        if !self.mappings.is_empty() {
            json.insert("mappings".to_owned(), Json::Object(self.mappings.clone()));
        }
        if !self.aliases.is_empty() {
            json.insert("aliases".to_owned(), self.aliases_to_json());
        }
        json
    }

    /// As the simulation of a template shows it.
    pub(crate) fn to_whole_json(&self) -> Json {
        json!({ "settings": self.settings.to_json(), "mappings": self.mappings, "aliases": self.aliases_to_json() })
    }

    fn aliases_to_json(&self) -> Json {
        self.aliases.iter().map(|(name, alias)| (name.clone(), json!(alias.options()))).collect()
    }
}

/// Adds properties and computed fields; a field that is in both is replaced.
fn extend_mapping(mapping: &mut Map<String, Json>, other: Map<String, Json>) {
    for (key, value) in other {
        match (mapping.get_mut(&key), value) {
            (Some(Json::Object(ours)), Json::Object(theirs)) if key == "derived" => ours.extend(theirs),
            (Some(Json::Object(ours)), Json::Object(theirs)) if key == "properties" => {
                for (name, definition) in theirs {
                    match (ours.get_mut(&name), definition) {
                        (Some(Json::Object(inner)), Json::Object(definition))
                            if inner.contains_key("properties") && definition.contains_key("properties") =>
                        {
                            extend_mapping(inner, definition);
                        }
                        (_, definition) => _ = ours.insert(name, definition),
                    }
                }
            }
            (Some(Json::Array(ours)), Json::Array(theirs)) if key == "dynamic_templates" => {
                extend_dynamic_templates(ours, theirs);
            }
            (_, value) => _ = mapping.insert(key, value),
        }
    }
}

/// Adds templates of unknown fields; one of the same name is replaced.
fn extend_dynamic_templates(ours: &mut Vec<Json>, theirs: Vec<Json>) {
    let name = |template: &Json| template.as_object().and_then(|template| template.keys().next().cloned());
    for template in theirs {
        match ours.iter_mut().find(|known| name(known) == name(&template)) {
            Some(known) => *known = template,
            None => ours.push(template),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition(json: Json) -> IndexDefinition {
        IndexDefinition::from_template(json).expect("valid")
    }

    #[test]
    fn later_definitions_take_precedence() {
        let mut all = definition(json!({
            "settings": { "number_of_replicas": 1, "refresh_interval": "1s" },
            "mappings": { "properties": { "a": { "type": "long" }, "o": { "properties": { "x": { "type": "long" } } } } },
            "aliases": { "p": {}, "q": {} },
        }));
        all.extend(definition(json!({
            "settings": { "index.number_of_replicas": 2 },
            "mappings": {
                "dynamic": "strict",
                "properties": { "a": { "type": "keyword" }, "o": { "properties": { "y": { "type": "long" } } } },
            },
            "aliases": { "q": { "is_write_index": true } },
        })));
        assert_eq!(
            all.to_whole_json(),
            json!({
                "settings": { "index": { "number_of_replicas": "2", "refresh_interval": "1s" } },
                "mappings": {
                    "properties": {
                        "a": { "type": "keyword" },
                        "o": { "properties": { "x": { "type": "long" }, "y": { "type": "long" } } },
                    },
                    "dynamic": "strict",
                },
                "aliases": { "p": {}, "q": { "is_write_index": true } },
            })
        );
        assert!(all.mapping(&Limits::default()).expect("valid").field("o.y").is_some());
    }

    #[test]
    fn mistakes_are_named() {
        let error = |json: Json| {
            let Json::Object(body) = json else { panic!("an object") };
            IndexDefinition::from_request(body).expect_err("refused").to_string()
        };
        insta::assert_snapshot!(error(json!({"number_of_shards": 2})), @"unknown key [number_of_shards] for create index");
        insta::assert_snapshot!(error(json!({"settings": []})), @"key [settings] must be an object");
        insta::assert_snapshot!(error(json!({"mappings": {"_doc": {}}})), @"The mapping definition cannot be nested under a type");
        insta::assert_snapshot!(error(json!({"aliases": {"a": {"foo": 1}}})), @"[alias] unknown field [foo]");
    }
}
