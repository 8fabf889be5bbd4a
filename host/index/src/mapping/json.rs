//! The JSON form of mappings.

use serde_json::{Map, Value as Json};

use super::Mapping;
use super::completion::check_contexts;
use super::definition::{Definition, as_object, invalid, join, unknown_key};
use super::detection::Detection;
use super::nested::{Nested, NestedLimits};
use super::object::Property;
use crate::analysis::Analysis;
use crate::excerpt::json_excerpt;
use crate::{FieldKind, IndexError};

/// The settings that a mapping may come with.
const SETTINGS: &str =
    "analysis, max_ngram_diff, max_shingle_diff, mapping.nested_fields.limit, mapping.nested_objects.limit";

/// The keys of the definition of an object.
const OBJECT_KEYS: &str = "type, dynamic, properties, enabled";

/// Those of a nested object.
const NESTED_KEYS: &str = "type, dynamic, properties, enabled, include_in_parent, include_in_root";

/// The key of the kept settings in a manifest.
const KEPT: &str = "kept";

const ROOT_KEYS: &str =
    "dynamic, properties, derived, date_detection, numeric_detection, dynamic_date_formats, dynamic_templates, _meta";

/// Reads a mapping from JSON.
struct Reader {
    mapping: Mapping,
}

impl Mapping {
    /// Reads a mapping from JSON: `{"dynamic": ..., "properties": {...}}`, either at the root, or under the key `mappings` with
    /// the index's own analyzers under `settings`.
    ///
    /// ```
    /// # use serde_json::json;
    /// # use quidditch_index::Mapping;
    /// let mapping = Mapping::from_json(&json!({
    ///     "settings": { "analysis": { "analyzer": {
    ///         "folded": { "type": "custom", "tokenizer": "standard", "filter": ["lowercase", "asciifolding"] } } } },
    ///     "mappings": { "dynamic": "strict", "properties": {
    ///         "name": { "type": "text", "analyzer": "folded", "fields": { "raw": { "type": "keyword" } } },
    ///         "address": { "properties": { "city": { "type": "keyword" } } } } }
    /// }))?;
    /// assert!(mapping.field("name.raw").is_some() && mapping.field("address.city").is_some());
    /// # Ok::<(), quidditch_index::IndexError>(())
    /// ```
    ///
    /// # Errors
    /// [`IndexError::InvalidMapping`] with the path of what is unknown or invalid.
    pub fn from_json(json: &Json) -> Result<Self, IndexError> {
        let object = as_object(json, "")?;
        if !object.contains_key("mappings") && !object.contains_key("settings") {
            return Self::read(object, "", Settings::default());
        }
        let mut settings = Settings::default();
        let empty = Map::new();
        let mut mappings = &empty;
        for (key, value) in object {
            match key.as_str() {
                "mappings" => mappings = as_object(value, "mappings")?,
                "settings" => settings = Settings::read(value)?,
                _ => return Err(unknown_key("", key, "mappings, settings")),
            }
        }
        Self::read(mappings, "mappings", settings)
    }

    /// The mapping as `{"dynamic": ..., "properties": {...}}`, without settings that have their default.
    pub fn to_json(&self) -> Json {
        self.object_to_json(0)
    }

    /// Adds a field or an object as a definition in JSON says.
    pub(super) fn add_defined(&mut self, object: usize, key: &str, definition: &Json) -> Result<Property, IndexError> {
        let mut reader = Reader { mapping: self.clone() };
        let definition = Definition { object: as_object(definition, key)?, path: key };
        reader.property(object, key, &definition)?;
        *self = reader.mapping;
        Ok(self.objects[object].properties[key])
    }

    /// The `settings` of [`Mapping::from_json`].
    pub fn settings_to_json(&self) -> Json {
        let mut settings = Map::new();
        self.analysis.add_to_settings(&mut settings);
        self.nested_limits.add_to_settings(&mut settings);
        Json::Object(settings)
    }

    /// The settings for a manifest: those of [`Mapping::settings_to_json`] and the kept ones.
    pub(crate) fn stored_settings(&self) -> Json {
        let mut settings = self.settings_to_json();
        if !self.kept_settings.is_empty() {
            settings[KEPT] = self.kept_settings.iter().map(|(name, value)| (name.clone(), value.as_str())).collect();
        }
        settings
    }

    /// Reads a mapping from a manifest. `order` is the order in which its fields were added.
    ///
    /// # Errors
    /// As [`Mapping::from_json`], also if the order has other fields.
    pub(crate) fn from_stored(mapping: &Json, settings: &Json, order: &[String]) -> Result<Self, IndexError> {
        let mut settings = as_object(settings, "settings")?.clone();
        let kept = settings.remove(KEPT).unwrap_or_default();
        let settings = Settings::read(&Json::Object(settings))?;
        let mut mapping = Self::read(as_object(mapping, "")?, "", settings)?;
        mapping.reorder(order)?;
        for (name, value) in kept.as_object().into_iter().flatten() {
            mapping.keep_setting(name, value.as_str());
        }
        Ok(mapping)
    }

    pub(super) fn read(object: &Map<String, Json>, path: &str, settings: Settings) -> Result<Self, IndexError> {
        for key in object.keys() {
            if !matches!(key.as_str(), "dynamic" | "properties" | "derived" | "_meta") && !Detection::has_key(key) {
                return Err(unknown_key(path, key, ROOT_KEYS));
            }
        }
        let definition = Definition { object, path };
        let mut reader = Reader { mapping: Mapping::new(definition.dynamic()?, settings.analysis) };
        reader.mapping.nested_limits = settings.nested_limits;
        reader.mapping.detection = Detection::read(&definition)?;
        reader.mapping.meta = object.get("_meta").cloned();
        reader.properties(0, &definition)?;
        reader.check_aliases(path)?;
        check_contexts(&reader.mapping, path)?;
        reader.mapping.read_computed(&definition)?;
        reader.mapping.check_scopes(path)?;
        Ok(reader.mapping)
    }
}

impl Reader {
    /// Reads the `properties` of an object.
    fn properties(&mut self, object: usize, definition: &Definition<'_>) -> Result<(), IndexError> {
        let Some(properties) = definition.object.get("properties") else { return Ok(()) };
        let path = join(definition.path, "properties");
        for (key, value) in as_object(properties, &path)? {
            let path = join(&path, key);
            let definition = Definition { object: as_object(value, &path)?, path: &path };
            self.property(object, key, &definition)?;
        }
        Ok(())
    }

    /// Reads one property. A dotted key means nested objects.
    fn property(&mut self, object: usize, key: &str, definition: &Definition<'_>) -> Result<(), IndexError> {
        let path = definition.path;
        if let Some((outer, rest)) = key.split_once('.') {
            let outer = match self.mapping.objects[object].properties.get(outer) {
                Some(Property::Object(index)) => *index,
                Some(Property::Field(_) | Property::Alias(_)) => {
                    return Err(invalid(path, format!("[{outer}] is not an object")));
                }
                None => self.mapping.add_object(object, outer, None).map_err(|error| invalid(path, error))?,
            };
            return self.property(outer, rest, definition);
        }
        if let Some(target) = definition.alias()? {
            return self.mapping.add_alias(object, key, target).map_err(|error| invalid(path, error));
        }
        if !definition.is_object()? {
            let (kind, options) = definition.field(&self.mapping.analysis)?;
            let is_point = kind == FieldKind::GeoPoint;
            let field = self.mapping.add_field(object, key, kind).map_err(|error| invalid(path, error))?;
            self.mapping.fields[field].options = options;
            self.mapping.add_derived(field, field, "").map_err(|error| invalid(path, error))?;
            if is_point && definition.object.contains_key("fields") {
                return Err(invalid(&join(path, "fields"), "a geo_point does not support sub-fields"));
            }
            return self.subfields(field, definition);
        }
        let nested = Nested::read(definition)?;
        definition.check_keys(if nested.is_some() { NESTED_KEYS } else { OBJECT_KEYS })?;
        let dynamic = definition.dynamic()?;
        let is_enabled = definition.flag("enabled")?.unwrap_or(true);
        // A dotted key may have defined the object already.
        let inner = match self.mapping.objects[object].properties.get(key) {
            Some(Property::Object(index)) if dynamic.is_none() && nested.is_none() => *index,
            _ => self.mapping.add_object(object, key, dynamic).map_err(|error| invalid(path, error))?,
        };
        self.mapping.objects[inner].is_enabled = is_enabled;
        if let Some(nested) = nested {
            self.mapping.make_nested(inner, nested).map_err(|error| invalid(path, error))?;
        }
        self.properties(inner, definition)
    }

    /// Checks that aliases stand for fields.
    fn check_aliases(&self, path: &str) -> Result<(), IndexError> {
        for (name, target) in &self.mapping.aliases {
            if !self.mapping.by_name.contains_key(target) {
                let reason = format!("an alias must stand for a field of the mapping, and [{target}] is not one");
                return Err(invalid(&join(&join(path, "properties"), name), reason));
            }
        }
        Ok(())
    }

    fn subfields(&mut self, of: usize, definition: &Definition<'_>) -> Result<(), IndexError> {
        let Some(subfields) = definition.object.get("fields") else { return Ok(()) };
        let path = join(definition.path, "fields");
        for (key, value) in as_object(subfields, &path)? {
            let path = join(&path, key);
            let definition = Definition { object: as_object(value, &path)?, path: &path };
            let name = format!("{}.{key}", self.mapping.fields[of].name);
            if self.mapping.by_name.contains_key(&name) {
                return Err(invalid(&path, "the type of the field has a sub-field of this name"));
            }
            if key.contains('.') {
                return Err(invalid(&path, "the name of a sub-field must not contain dots"));
            }
            if let Some(nested) = definition.object.get("fields") {
                let reason = format!("a sub-field does not support sub-fields: {}", json_excerpt(nested));
                return Err(invalid(&join(&path, "fields"), reason));
            }
            if definition.alias()?.is_some() {
                return Err(invalid(&path, "an alias is not allowed as a sub-field"));
            }
            let (kind, options) = definition.field(&self.mapping.analysis)?;
            if kind == FieldKind::GeoPoint {
                return Err(invalid(&path, "a geo_point is not allowed as a sub-field"));
            }
            if !options.copy_to.is_empty() {
                return Err(invalid(&join(&path, "copy_to"), "it is not allowed in a sub-field"));
            }
            let subfield = self.mapping.add_subfield(of, key, kind).map_err(|error| invalid(&path, error))?;
            self.mapping.fields[subfield].options = options;
            self.mapping.add_derived(of, subfield, &format!("{key}.")).map_err(|error| invalid(&path, error))?;
        }
        Ok(())
    }
}

/// The settings of an index.
#[derive(Default)]
pub(super) struct Settings {
    pub(super) analysis: Analysis,
    pub(super) nested_limits: NestedLimits,
}

impl Settings {
    /// Reads settings, which may be inside of `index`, or have names that begin with `index.`.
    fn read(json: &Json) -> Result<Self, IndexError> {
        let mut settings = Map::new();
        for (key, value) in as_object(json, "settings")? {
            if key == "index" {
                for (key, value) in as_object(value, "settings.index")? {
                    add_setting(&mut settings, key, value);
                }
            } else {
                add_setting(&mut settings, key.strip_prefix("index.").unwrap_or(key), value);
            }
        }
        if let Some(key) = settings.keys().find(|key| !SETTINGS.split(", ").any(|known| known == *key)) {
            return Err(unknown_key("settings", key, SETTINGS));
        }
        let nested_limits = NestedLimits::take(&mut settings)?;
        Ok(Settings { analysis: Analysis::from_settings(&settings, "settings")?, nested_limits })
    }
}

/// Adds a setting; those inside of `mapping` by their full names.
fn add_setting(settings: &mut Map<String, Json>, key: &str, value: &Json) {
    match value {
        Json::Object(inner) if key == "mapping" || key.starts_with("mapping.") => {
            inner.iter().for_each(|(name, value)| add_setting(settings, &format!("{key}.{name}"), value));
        }
        _ => _ = settings.insert(key.to_owned(), value.clone()),
    }
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "JSON literals read better without `&`")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Dynamic;

    fn refusal(json: Json) -> String {
        Mapping::from_json(&json).expect_err("refused").to_string()
    }

    fn property(definition: Json) -> Json {
        json!({ "properties": { "f": definition } })
    }

    #[test]
    fn every_type_survives_a_round_trip() {
        let json = json!({ "dynamic": "strict", "properties": {
            "boolean": { "type": "boolean" },
            "date": { "type": "date" },
            "day": { "type": "date", "format": "yyyy-MM-dd||epoch_second" },
            "double": { "type": "double" },
            "float": { "type": "float" },
            "integer": { "type": "integer" },
            "keyword": { "type": "keyword", "ignore_above": 256 },
            "long": { "type": "long", "fields": { "text": { "type": "keyword" } } },
            "object": { "dynamic": "false", "properties": { "inner": { "properties": { "leaf": { "type": "long" } } } } },
            "point": { "type": "geo_point" },
            "text": { "type": "text", "analyzer": "english", "search_analyzer": "standard", "fields": {
                "raw": { "type": "keyword" }, "simple": { "type": "text", "analyzer": "simple" } } },
        } });
        let mapping = Mapping::from_json(&json).expect("valid");
        assert_eq!(mapping.to_json(), json);
        assert_eq!(Mapping::from_json(&json!({ "mappings": json })).expect("valid"), mapping);
        assert_eq!(mapping.dynamic(), Dynamic::Strict);
        assert_eq!(mapping.field("text.simple").expect("it exists").kind.type_name(), "text");
    }

    #[test]
    fn dotted_names_are_nested_objects() {
        let dotted = json!({ "properties": { "a.b": { "type": "long" }, "a.c.d": { "type": "long" } } });
        let nested = json!({ "properties": { "a": { "type": "object", "properties": {
            "b": { "type": "long" }, "c": { "properties": { "d": { "type": "long" } } } } } } });
        let dotted = Mapping::from_json(&dotted).expect("valid");
        assert_eq!(dotted, Mapping::from_json(&nested).expect("valid"));
        assert_eq!(dotted.field_order().collect::<Vec<_>>(), ["a.b", "a.c.d"]);
    }

    #[test]
    fn empty_json_is_the_default_mapping() {
        for json in [json!({}), json!({"mappings": {}}), json!({"settings": {}}), json!({"properties": {}})] {
            assert_eq!(Mapping::from_json(&json).expect("valid"), Mapping::default());
        }
    }

    #[test]
    fn own_analyzers_are_settings() {
        let settings =
            json!({"analysis": {"analyzer": {"mine": {"type": "custom", "tokenizer": "letter", "filter": []}}}});
        let mappings = property(json!({"type": "text", "analyzer": "mine"}));
        let mapping = Mapping::from_json(&json!({"settings": settings, "mappings": mappings})).expect("valid");
        assert_eq!(mapping.settings_to_json(), settings);
        let stored = Mapping::from_stored(&mapping.to_json(), &settings, &["f".to_owned()]).expect("valid");
        assert_eq!(stored, mapping);
    }

    #[test]
    fn mistakes_name_their_path() {
        insta::assert_snapshot!(refusal(json!([])), @"invalid mapping at []: [] is not an object");
        insta::assert_snapshot!(refusal(json!({"property": {}})), @"invalid mapping at [property]: unknown key; known keys: dynamic, properties, derived, date_detection, numeric_detection, dynamic_date_formats, dynamic_templates, _meta");
        insta::assert_snapshot!(refusal(json!({"mappings": {}, "aliases": {}})), @"invalid mapping at [aliases]: unknown key; known keys: mappings, settings");
        insta::assert_snapshot!(refusal(json!({"settings": {"number_of_shards": 1}})), @"invalid mapping at [settings.number_of_shards]: unknown key; known keys: analysis, max_ngram_diff, max_shingle_diff, mapping.nested_fields.limit, mapping.nested_objects.limit");
        insta::assert_snapshot!(refusal(json!({"mappings": property(json!({"type": "boolean", "coerce": false}))})), @"invalid mapping at [mappings.properties.f.coerce]: unknown key; known keys: type, fields, copy_to, store, meta, null_value, index, doc_values");
        insta::assert_snapshot!(refusal(json!({"dynamic": "maybe"})), @r#"invalid mapping at [dynamic]: "maybe" is neither true, false, "strict" nor "strict_allow_templates""#);
        insta::assert_snapshot!(refusal(property(json!({"type": "text", "analyser": "english"}))), @"invalid mapping at [properties.f.analyser]: unknown key; known keys: type, fields, copy_to, store, meta, analyzer, search_analyzer, index, norms, index_options, position_increment_gap, similarity, term_vector, fielddata, eager_global_ordinals, index_phrases");
        insta::assert_snapshot!(refusal(property(json!({"type": "text", "analyzer": "klingon"}))), @r#"invalid mapping at [properties.f.analyzer]: unknown analyzer "klingon"; known analyzers: standard, simple, whitespace, keyword, stop, pattern, fingerprint, snowball, arabic, danish, dutch, english, finnish, french, german, greek, hungarian, italian, norwegian, portuguese, romanian, russian, spanish, swedish, tamil, turkish"#);
        insta::assert_snapshot!(refusal(property(json!({"type": "join"}))), @r#"invalid mapping at [properties.f.type]: unknown type "join"; supported types: text, match_only_text, search_as_you_type, completion, keyword, wildcard, constant_keyword, ip, long, integer, short, byte, double, float, half_float, scaled_float, token_count, unsigned_long, boolean, date, date_nanos, integer_range, long_range, float_range, double_range, date_range, ip_range, binary, flat_object, rank_feature, rank_features, percolator, geo_point, alias, object, nested"#);
        insta::assert_snapshot!(refusal(property(json!({"type": 1}))), @"invalid mapping at [properties.f.type]: unknown type 1; supported types: text, match_only_text, search_as_you_type, completion, keyword, wildcard, constant_keyword, ip, long, integer, short, byte, double, float, half_float, scaled_float, token_count, unsigned_long, boolean, date, date_nanos, integer_range, long_range, float_range, double_range, date_range, ip_range, binary, flat_object, rank_feature, rank_features, percolator, geo_point, alias, object, nested");
        insta::assert_snapshot!(refusal(property(json!({}))), @"invalid mapping at [properties.f]: missing `type`; supported types: text, match_only_text, search_as_you_type, completion, keyword, wildcard, constant_keyword, ip, long, integer, short, byte, double, float, half_float, scaled_float, token_count, unsigned_long, boolean, date, date_nanos, integer_range, long_range, float_range, double_range, date_range, ip_range, binary, flat_object, rank_feature, rank_features, percolator, geo_point, alias, object, nested");
        insta::assert_snapshot!(refusal(property(json!({"type": "keyword", "ignore_above": -1}))), @"invalid mapping at [properties.f.ignore_above]: -1 is not a number of characters");
        insta::assert_snapshot!(refusal(property(json!({"type": "date", "format": "never"}))), @r#"invalid mapping at [properties.f.format]: unknown date format "never""#);
        insta::assert_snapshot!(refusal(property(json!({"type": "object", "fields": {}}))), @"invalid mapping at [properties.f.fields]: unknown key; known keys: type, dynamic, properties, enabled");
        insta::assert_snapshot!(refusal(property(json!({"type": "text", "fields": {"a.b": {"type": "long"}}}))), @"invalid mapping at [properties.f.fields.a.b]: the name of a sub-field must not contain dots");
        insta::assert_snapshot!(refusal(property(json!({"type": "text", "fields": {"a": {"type": "object"}}}))), @r#"invalid mapping at [properties.f.fields.a.type]: unknown type "object"; supported types: text, match_only_text, search_as_you_type, completion, keyword, wildcard, constant_keyword, ip, long, integer, short, byte, double, float, half_float, scaled_float, token_count, unsigned_long, boolean, date, date_nanos, integer_range, long_range, float_range, double_range, date_range, ip_range, binary, flat_object, rank_feature, rank_features, percolator, geo_point, alias, object, nested"#);
        insta::assert_snapshot!(refusal(property(json!({"type": "geo_point", "fields": {}}))), @"invalid mapping at [properties.f.fields]: a geo_point does not support sub-fields");
        insta::assert_snapshot!(refusal(json!({"properties": {"a": {"type": "long"}, "a.b": {"type": "long"}}})), @"invalid mapping at [properties.a.b]: [a] is not an object");
        insta::assert_snapshot!(refusal(json!({"properties": {"a..b": {"type": "long"}}})), @"invalid mapping at [properties.a..b]: field name has an empty segment");
        insta::assert_snapshot!(refusal(json!({"properties": {"_id": {"type": "long"}}})), @"invalid mapping at [properties._id]: the name [_id] is reserved");
    }
}
