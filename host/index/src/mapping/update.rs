//! Changing the mapping of an index: adding fields and options, and what cannot be changed.

use serde_json::{Map, Value as Json, json};

use super::definition::{as_object, join};
use super::json::Settings;
use super::{FieldError, Mapping};
use crate::IndexError;

/// Options of a field that may change, since they say what happens to the documents that are added next, or nothing at all.
const CHANGEABLE: [&str; 11] = [
    "coerce",
    "copy_to",
    "eager_global_ordinals",
    "fielddata",
    "fields",
    "ignore_above",
    "ignore_malformed",
    "ignore_z_value",
    "meta",
    "norms",
    "search_analyzer",
];

/// What an option is if a definition does not have it.
const DEFAULTS: [(&str, &str); 6] = [
    ("analyzer", "default"),
    ("doc_values", "true"),
    ("format", "strict_date_optional_time||epoch_millis"),
    ("index", "true"),
    ("normalizer", "default"),
    ("store", "false"),
];

/// Why a mapping was not changed.
#[derive(Debug, thiserror::Error)]
pub enum MappingUpdateError {
    /// A field would become another one, which the documents that were added do not have.
    #[error("{0}")]
    Conflict(String),
    /// The mapping is not valid.
    #[error(transparent)]
    Invalid(#[from] IndexError),
}

impl Mapping {
    /// This mapping with what another one adds, in the JSON of [`Mapping::to_json`]. Fields that are in both must be the same, apart
    /// from options that only concern documents that are added later.
    ///
    /// # Errors
    /// [`MappingUpdateError`].
    pub fn updated(&self, update: &Json) -> Result<Mapping, MappingUpdateError> {
        let Json::Object(existing) = self.to_json() else { unreachable!("a mapping is an object") };
        let update = as_object(update, "")?;
        if let Some((name, before, after)) = self.computed_conflict(update) {
            return Err(conflict(format!("mapper [{name}] cannot be changed from type [{before}] to [{after}]")));
        }
        let merged = merge_objects(&existing, update, "")?;
        let settings = Settings { analysis: self.analysis.clone(), nested_limits: self.nested_limits };
        let mut mapping = Self::read(&merged, "", settings)?;
        mapping.kept_settings = self.kept_settings.clone();
        let mut order: Vec<String> = self.field_order().map(str::to_owned).collect();
        let added = mapping.field_order().filter(|name| !self.by_name.contains_key(*name)).map(str::to_owned);
        order.extend(added.collect::<Vec<_>>());
        for field in &self.fields {
            let Some(index) = mapping.by_name.get(&field.name) else {
                return Err(conflict(format!("mapper [{}] cannot be removed", field.name)));
            };
            let changed = &mapping.fields[*index];
            let (before, after) = (self.field_to_json(field), mapping.field_to_json(changed));
            check_options(&field.name, &before, &after)?;
        }
        mapping.reorder(&order)?;
        Ok(mapping)
    }

    /// Adds the fields of `grown`, which was made from an earlier state of this mapping. If this one has got no other fields since
    /// then, they have the same positions as in `grown`.
    ///
    /// # Errors
    /// Which limit is exceeded.
    pub fn adopt_fields(&mut self, grown: &Mapping) -> Result<(), FieldError> {
        let is_prefix = self.is_prefix_of(grown);
        self.add_missing(grown)?;
        if is_prefix && self.fields.len() == grown.fields.len() {
            let order: Vec<String> = grown.field_order().map(str::to_owned).collect();
            self.reorder(&order).expect("both have the same fields");
        }
        Ok(())
    }
}

fn conflict(reason: String) -> MappingUpdateError {
    MappingUpdateError::Conflict(reason)
}

/// The keys of both; those of `update` count.
fn merge_objects(
    existing: &Map<String, Json>,
    update: &Map<String, Json>,
    name: &str,
) -> Result<Map<String, Json>, MappingUpdateError> {
    let mut merged = existing.clone();
    for (key, value) in update {
        let value = match (key.as_str(), value) {
            ("properties", Json::Object(properties)) => {
                let empty = Map::new();
                let existing = existing.get(key).and_then(Json::as_object).unwrap_or(&empty);
                Json::Object(merge_properties(existing, properties, name)?)
            }
            ("derived", Json::Object(definitions)) if name.is_empty() => {
                let mut all = existing.get(key).and_then(Json::as_object).cloned().unwrap_or_default();
                all.extend(definitions.clone());
                Json::Object(all)
            }
            ("derived", Json::Array(items)) if name.is_empty() && items.is_empty() => continue,
            // The type of objects is not written.
            ("type", Json::String(kind)) if kind == "object" && !name.is_empty() => continue,
            ("enabled", _) if !name.is_empty() && is_off(existing.get(key)) != is_off(Some(value)) => {
                let reason = format!("the [enabled] parameter can't be updated for the object mapping [{name}]");
                return Err(conflict(reason));
            }
            _ => value.clone(),
        };
        merged.insert(key.clone(), value);
    }
    Ok(merged)
}

fn is_off(flag: Option<&Json>) -> bool {
    flag.is_some_and(|flag| text_of(flag) == "false")
}

fn merge_properties(
    existing: &Map<String, Json>,
    update: &Map<String, Json>,
    outer: &str,
) -> Result<Map<String, Json>, MappingUpdateError> {
    let mut merged = existing.clone();
    for (key, definition) in update {
        // `a.b` is the field `b` of the object `a`.
        let (key, definition) = match key.split_once('.') {
            Some((first, rest)) => (first, json!({ "properties": { rest: definition } })),
            None => (key.as_str(), definition.clone()),
        };
        let name = join(outer, key);
        let definition = match (merged.get(key), &definition) {
            (Some(Json::Object(before)), Json::Object(after)) => merge_definitions(before, after, &name)?,
            _ => definition,
        };
        merged.insert(key.to_owned(), definition);
    }
    Ok(merged)
}

fn merge_definitions(
    before: &Map<String, Json>,
    after: &Map<String, Json>,
    name: &str,
) -> Result<Json, MappingUpdateError> {
    match (is_object(before), is_object(after)) {
        (true, true) => {
            let (before_kind, after_kind) = (object_kind(before), object_kind(after));
            if before_kind != after_kind && after.contains_key("type") {
                let reason = format!("object mapping [{name}] can't be changed from [{before_kind}] to [{after_kind}]");
                return Err(conflict(reason));
            }
            merge_objects(before, after, name).map(Json::Object)
        }
        (false, false) => {
            let mut merged = after.clone();
            if let Some(Json::Object(fields)) = before.get("fields") {
                let mut all = fields.clone();
                all.extend(after.get("fields").and_then(Json::as_object).cloned().unwrap_or_default());
                merged.insert("fields".to_owned(), Json::Object(all));
            }
            Ok(Json::Object(merged))
        }
        _ => Err(conflict(format!("can't merge a non object mapping [{name}] with an object mapping"))),
    }
}

/// Whether a definition is one of an object, rather than of a field.
fn is_object(definition: &Map<String, Json>) -> bool {
    match definition.get("type") {
        Some(kind) => kind == "object" || kind == "nested",
        None => definition.contains_key("properties") || definition.contains_key("dynamic"),
    }
}

fn object_kind(definition: &Map<String, Json>) -> &str {
    definition.get("type").and_then(Json::as_str).unwrap_or("object")
}

/// Checks that a field has the same options before and after, apart from those that may change.
fn check_options(name: &str, before: &Json, after: &Json) -> Result<(), MappingUpdateError> {
    if before["type"] != after["type"] {
        let (before, after) = (text_of(&before["type"]), text_of(&after["type"]));
        return Err(conflict(format!("mapper [{name}] cannot be changed from type [{before}] to [{after}]")));
    }
    let keys = |definition: &Json| definition.as_object().into_iter().flat_map(Map::keys).cloned().collect::<Vec<_>>();
    for key in keys(before).into_iter().chain(keys(after)) {
        let (old, new) = (option_of(before, &key), option_of(after, &key));
        if old != new && !CHANGEABLE.contains(&key.as_str()) {
            let reason = format!(
                "Mapper for [{name}] conflicts with existing mapper:\n\tCannot update parameter [{key}] from [{old}] to [{new}]"
            );
            return Err(conflict(reason));
        }
    }
    Ok(())
}

fn option_of(definition: &Json, key: &str) -> String {
    let default = || DEFAULTS.iter().find(|(known, _)| *known == key).map_or("null", |(_, value)| value);
    definition.get(key).filter(|value| !value.is_null()).map_or_else(|| default().to_owned(), text_of)
}

fn text_of(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "JSON literals read better without `&`")]
mod tests {
    use super::*;

    fn mapping() -> Mapping {
        let json = json!({ "properties": {
            "z": { "type": "long" },
            "name": { "type": "text", "fields": { "raw": { "type": "keyword" } } },
            "day": { "type": "date" },
            "address": { "properties": { "city": { "type": "keyword" } } },
        } });
        Mapping::from_json(&json).expect("valid")
    }

    fn updated(update: Json) -> String {
        match mapping().updated(&update) {
            Ok(mapping) => mapping.to_json().to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_analyzer_that_a_type_has_by_default_can_be_named() {
        for (kind, analyzer) in [("completion", "simple"), ("text", "default")] {
            let of = |definition: Json| json!({ "properties": { "f": definition } });
            let (plain, named) = (json!({ "type": kind }), json!({ "type": kind, "analyzer": analyzer }));
            for (before, after) in [(&plain, &named), (&named, &plain)] {
                let mapping = Mapping::from_json(&of(before.clone())).expect("valid");
                mapping.updated(&of(after.clone())).expect("nothing changes");
            }
        }
    }

    #[test]
    fn fields_subfields_and_options_are_added_behind_the_others() {
        let before = mapping();
        let update = json!({ "dynamic": "strict", "_meta": { "v": 1 }, "properties": {
            "a": { "type": "long" },
            "name": { "type": "text", "fields": { "en": { "type": "text", "analyzer": "english" } } },
            "address.zip": { "type": "keyword" },
            "other": { "type": "alias", "path": "z" },
        } });
        let after = before.updated(&update).expect("valid");
        assert!(before.is_prefix_of(&after));
        assert_eq!(
            after.field_order().collect::<Vec<_>>(),
            ["z", "name", "name.raw", "day", "address.city", "address.zip", "name.en", "a"]
        );
        assert_eq!(after.to_json()["dynamic"], "strict");
        assert_eq!(after.field("other").map(|field| field.name().to_owned()), Some("z".to_owned()));
        assert_eq!(after.updated(&json!({})).expect("nothing to do"), after);
    }

    #[test]
    fn options_that_concern_new_documents_only_may_change() {
        let update = json!({ "properties": { "z": { "type": "long", "coerce": false }, "name": { "type": "text" } } });
        let after = mapping().updated(&update).expect("valid");
        assert_eq!(after.to_json()["properties"]["z"]["coerce"], false);
        assert!(after.field("name.raw").is_some(), "it is kept");
        assert!(mapping().updated(&json!({ "properties": { "z": { "type": "long", "index": true } } })).is_ok());
    }

    #[test]
    fn what_documents_were_indexed_by_cannot_change() {
        let field = |definition: Json| updated(json!({ "properties": definition }));
        insta::assert_snapshot!(field(json!({"z": {"type": "keyword"}})), @"mapper [z] cannot be changed from type [long] to [keyword]");
        insta::assert_snapshot!(field(json!({"z": {"type": "long", "index": false}})), @r"
        Mapper for [z] conflicts with existing mapper:
        	Cannot update parameter [index] from [true] to [false]
        ");
        insta::assert_snapshot!(field(json!({"name": {"type": "text", "analyzer": "english"}})), @r"
        Mapper for [name] conflicts with existing mapper:
        	Cannot update parameter [analyzer] from [default] to [english]
        ");
        insta::assert_snapshot!(field(json!({"day": {"type": "date", "format": "yyyy"}})), @r"
        Mapper for [day] conflicts with existing mapper:
        	Cannot update parameter [format] from [strict_date_optional_time||epoch_millis] to [yyyy]
        ");
        insta::assert_snapshot!(field(json!({"address": {"type": "long"}})), @"can't merge a non object mapping [address] with an object mapping");
        insta::assert_snapshot!(field(json!({"z.y": {"type": "long"}})), @"can't merge a non object mapping [z] with an object mapping");
        insta::assert_snapshot!(field(json!({"address": {"type": "object", "enabled": false}})), @"the [enabled] parameter can't be updated for the object mapping [address]");
        insta::assert_snapshot!(updated(json!({"propertie": {}})), @"invalid mapping at [propertie]: unknown key; known keys: dynamic, properties, derived, date_detection, numeric_detection, dynamic_date_formats, dynamic_templates, _meta");
    }

    #[test]
    fn fields_of_documents_do_not_undo_other_changes() {
        let mut grown = mapping();
        grown.add_detected(0, "new", &json!(1)).expect("valid");
        let update = json!({ "properties": { "z": { "type": "long", "coerce": false } } });
        let mut changed = mapping().updated(&update).expect("valid");
        changed.keep_setting("refresh_interval", Some("5s"));
        changed.adopt_fields(&grown).expect("within limits");
        assert!(grown.is_prefix_of(&changed) && changed.is_prefix_of(&grown));
        assert_eq!(changed.to_json()["properties"]["z"]["coerce"], false);
        assert_eq!(changed.kept_settings()["refresh_interval"], "5s");
    }
}
