//! The JSON form of mappings.

use serde_json::{Map, Value as Json, json};

use super::{Dynamic, Mapping, Property};
use crate::analysis::Analysis;
use crate::field::json_excerpt;
use crate::{DateFormat, Field, FieldKind, IndexError};

const TYPES: &str = "text, keyword, long, integer, double, float, boolean, date, geo_point, object";

/// Reads a mapping from JSON.
struct Reader {
    mapping: Mapping,
}

/// The definition of a field or an object, with its path from the root of the JSON.
struct Definition<'a> {
    object: &'a Map<String, Json>,
    path: &'a str,
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
            return Self::read(object, "", Analysis::default());
        }
        let mut analysis = Analysis::default();
        let empty = Map::new();
        let mut mappings = &empty;
        for (key, value) in object {
            match key.as_str() {
                "mappings" => mappings = as_object(value, "mappings")?,
                "settings" => analysis = read_settings(value)?,
                _ => return Err(unknown_key("", key, "mappings, settings")),
            }
        }
        Self::read(mappings, "mappings", analysis)
    }

    /// The mapping as `{"dynamic": ..., "properties": {...}}`, without settings that have their default.
    pub fn to_json(&self) -> Json {
        self.object_to_json(0)
    }

    /// The `settings` of [`Mapping::from_json`].
    pub fn settings_to_json(&self) -> Json {
        match self.analysis.to_json() {
            Some(analysis) => json!({ "analysis": analysis }),
            None => json!({}),
        }
    }

    /// Reads a mapping from a manifest. `order` is the order in which its fields were added.
    ///
    /// # Errors
    /// As [`Mapping::from_json`], also if the order has other fields.
    pub(crate) fn from_stored(mapping: &Json, settings: &Json, order: &[String]) -> Result<Self, IndexError> {
        let mut mapping = Self::read(as_object(mapping, "")?, "", read_settings(settings)?)?;
        mapping.reorder(order)?;
        Ok(mapping)
    }

    fn read(object: &Map<String, Json>, path: &str, analysis: Analysis) -> Result<Self, IndexError> {
        for key in object.keys() {
            if !matches!(key.as_str(), "dynamic" | "properties") {
                return Err(unknown_key(path, key, "dynamic, properties"));
            }
        }
        let definition = Definition { object, path };
        let mut reader = Reader { mapping: Mapping::new(definition.dynamic()?, analysis) };
        reader.properties(0, &definition)?;
        Ok(reader.mapping)
    }

    fn object_to_json(&self, index: usize) -> Json {
        let object = &self.objects[index];
        let mut json = Map::new();
        if let Some(dynamic) = object.own_dynamic {
            json.insert("dynamic".to_owned(), dynamic.name().into());
        }
        let properties = object.properties.iter().map(|(key, property)| {
            let definition = match property {
                Property::Object(index) => self.object_to_json(*index),
                Property::Field(index) => self.field_to_json(&self.fields[*index]),
            };
            (key.clone(), definition)
        });
        json.insert("properties".to_owned(), Json::Object(properties.collect()));
        Json::Object(json)
    }

    fn field_to_json(&self, field: &Field) -> Json {
        let mut json = Map::new();
        json.insert("type".to_owned(), field.kind.type_name().into());
        match &field.kind {
            FieldKind::Text { analyzer, search_analyzer } => {
                if analyzer != "standard" {
                    json.insert("analyzer".to_owned(), analyzer.as_str().into());
                }
                if search_analyzer != analyzer {
                    json.insert("search_analyzer".to_owned(), search_analyzer.as_str().into());
                }
            }
            FieldKind::Keyword { ignore_above: Some(limit) } => {
                json.insert("ignore_above".to_owned(), (*limit).into());
            }
            FieldKind::Date { format } if *format != DateFormat::default() => {
                json.insert("format".to_owned(), format.to_string().into());
            }
            _ => {}
        }
        if !field.subfields.is_empty() {
            let subfields = field.subfields.iter().map(|index| {
                let subfield = &self.fields[*index];
                (subfield.name[field.name.len() + 1..].to_owned(), self.field_to_json(subfield))
            });
            json.insert("fields".to_owned(), Json::Object(subfields.collect()));
        }
        Json::Object(json)
    }
}

impl Dynamic {
    fn name(self) -> &'static str {
        match self {
            Dynamic::True => "true",
            Dynamic::False => "false",
            Dynamic::Strict => "strict",
        }
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
                Some(Property::Field(_)) => return Err(invalid(path, format!("[{outer}] is not an object"))),
                None => self.mapping.add_object(object, outer, None).map_err(|error| invalid(path, error))?,
            };
            return self.property(outer, rest, definition);
        }
        if !definition.is_object()? {
            let kind = definition.field_kind(&self.mapping.analysis)?;
            let is_point = kind == FieldKind::GeoPoint;
            let field = self.mapping.add_field(object, key, kind).map_err(|error| invalid(path, error))?;
            if is_point && definition.object.contains_key("fields") {
                return Err(invalid(&join(path, "fields"), "a geo_point does not support sub-fields"));
            }
            return self.subfields(field, definition);
        }
        definition.check_keys("type, dynamic, properties")?;
        let dynamic = definition.dynamic()?;
        // A dotted key may have defined the object already.
        let inner = match self.mapping.objects[object].properties.get(key) {
            Some(Property::Object(index)) if dynamic.is_none() => *index,
            _ => self.mapping.add_object(object, key, dynamic).map_err(|error| invalid(path, error))?,
        };
        self.properties(inner, definition)
    }

    fn subfields(&mut self, of: usize, definition: &Definition<'_>) -> Result<(), IndexError> {
        let Some(subfields) = definition.object.get("fields") else { return Ok(()) };
        let path = join(definition.path, "fields");
        for (key, value) in as_object(subfields, &path)? {
            let path = join(&path, key);
            let definition = Definition { object: as_object(value, &path)?, path: &path };
            if key.contains('.') {
                return Err(invalid(&path, "the name of a sub-field must not contain dots"));
            }
            if let Some(nested) = definition.object.get("fields") {
                let reason = format!("a sub-field does not support sub-fields: {}", json_excerpt(nested));
                return Err(invalid(&join(&path, "fields"), reason));
            }
            let kind = definition.field_kind(&self.mapping.analysis)?;
            if kind == FieldKind::GeoPoint {
                return Err(invalid(&path, "a geo_point is not allowed as a sub-field"));
            }
            self.mapping.add_subfield(of, key, kind).map_err(|error| invalid(&path, error))?;
        }
        Ok(())
    }
}

impl Definition<'_> {
    /// Whether it defines an object, whose type is optional.
    fn is_object(&self) -> Result<bool, IndexError> {
        match self.object.get("type") {
            Some(Json::String(name)) => Ok(name == "object"),
            Some(other) => Err(unknown_type(self.path, &json_excerpt(other))),
            None if self.object.contains_key("properties") => Ok(true),
            None => Err(invalid(self.path, format!("missing `type`; supported types: {TYPES}"))),
        }
    }

    fn field_kind(&self, analysis: &Analysis) -> Result<FieldKind, IndexError> {
        let name = self.text("type")?.unwrap_or_default();
        let (kind, keys) = match name {
            "text" => {
                let analyzer = self.analyzer("analyzer", analysis)?.unwrap_or_else(|| "standard".to_owned());
                let search_analyzer = self.analyzer("search_analyzer", analysis)?.unwrap_or_else(|| analyzer.clone());
                (FieldKind::Text { analyzer, search_analyzer }, "type, analyzer, search_analyzer, fields")
            }
            "keyword" => (FieldKind::Keyword { ignore_above: self.ignore_above()? }, "type, ignore_above, fields"),
            "long" => (FieldKind::Long, "type, fields"),
            "integer" => (FieldKind::Integer, "type, fields"),
            "double" => (FieldKind::Double, "type, fields"),
            "float" => (FieldKind::Float, "type, fields"),
            "boolean" => (FieldKind::Boolean, "type, fields"),
            "date" => (FieldKind::Date { format: self.date_format()? }, "type, format, fields"),
            "geo_point" => (FieldKind::GeoPoint, "type, fields"),
            _ => return Err(unknown_type(self.path, &format!("{name:?}"))),
        };
        self.check_keys(keys)?;
        Ok(kind)
    }

    fn check_keys(&self, known: &str) -> Result<(), IndexError> {
        match self.object.keys().find(|key| !known.split(", ").any(|known| known == *key)) {
            Some(key) => Err(unknown_key(self.path, key, known)),
            None => Ok(()),
        }
    }

    fn text(&self, key: &str) -> Result<Option<&str>, IndexError> {
        match self.object.get(key) {
            None => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(other) => Err(invalid(&join(self.path, key), format!("{} is not a string", json_excerpt(other)))),
        }
    }

    fn analyzer(&self, key: &str, analysis: &Analysis) -> Result<Option<String>, IndexError> {
        let Some(name) = self.text(key)? else { return Ok(None) };
        if !analysis.has(name) {
            let reason = format!("unknown analyzer {name:?}; known analyzers: {}", analysis.names());
            return Err(invalid(&join(self.path, key), reason));
        }
        Ok(Some(name.to_owned()))
    }

    fn ignore_above(&self) -> Result<Option<u32>, IndexError> {
        let Some(json) = self.object.get("ignore_above") else { return Ok(None) };
        let limit = json.as_u64().and_then(|limit| u32::try_from(limit).ok());
        let reason = || format!("{} is not a number of characters", json_excerpt(json));
        limit.map(Some).ok_or_else(|| invalid(&join(self.path, "ignore_above"), reason()))
    }

    fn date_format(&self) -> Result<DateFormat, IndexError> {
        let Some(text) = self.text("format")? else { return Ok(DateFormat::default()) };
        DateFormat::parse(text).map_err(|error| invalid(&join(self.path, "format"), error))
    }

    fn dynamic(&self) -> Result<Option<Dynamic>, IndexError> {
        Ok(Some(match self.object.get("dynamic") {
            None => return Ok(None),
            Some(Json::Bool(true)) => Dynamic::True,
            Some(Json::Bool(false)) => Dynamic::False,
            Some(Json::String(text)) if text == "true" => Dynamic::True,
            Some(Json::String(text)) if text == "false" => Dynamic::False,
            Some(Json::String(text)) if text == "strict" => Dynamic::Strict,
            Some(other) => {
                let reason = format!("{} is neither true, false nor \"strict\"", json_excerpt(other));
                return Err(invalid(&join(self.path, "dynamic"), reason));
            }
        }))
    }
}

fn read_settings(json: &Json) -> Result<Analysis, IndexError> {
    let mut analysis = Analysis::default();
    for (key, value) in as_object(json, "settings")? {
        match key.as_str() {
            "analysis" => analysis = Analysis::from_json(value, "settings.analysis")?,
            _ => return Err(unknown_key("settings", key, "analysis")),
        }
    }
    Ok(analysis)
}

fn as_object<'a>(json: &'a Json, path: &str) -> Result<&'a Map<String, Json>, IndexError> {
    json.as_object().ok_or_else(|| invalid(path, format!("{} is not an object", json_excerpt(json))))
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn invalid(path: &str, reason: impl ToString) -> IndexError {
    IndexError::InvalidMapping { path: path.to_owned(), reason: reason.to_string() }
}

fn unknown_type(path: &str, name: &str) -> IndexError {
    invalid(&join(path, "type"), format!("unknown type {name}; supported types: {TYPES}"))
}

fn unknown_key(path: &str, key: &str, known: &str) -> IndexError {
    invalid(&join(path, key), format!("unknown key; known keys: {known}"))
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "JSON literals read better without `&`")]
mod tests {
    use super::*;

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
        insta::assert_snapshot!(refusal(json!({"property": {}})), @"invalid mapping at [property]: unknown key; known keys: dynamic, properties");
        insta::assert_snapshot!(refusal(json!({"mappings": {}, "aliases": {}})), @"invalid mapping at [aliases]: unknown key; known keys: mappings, settings");
        insta::assert_snapshot!(refusal(json!({"settings": {"number_of_shards": 1}})), @"invalid mapping at [settings.number_of_shards]: unknown key; known keys: analysis");
        insta::assert_snapshot!(refusal(json!({"mappings": property(json!({"type": "long", "index": false}))})), @"invalid mapping at [mappings.properties.f.index]: unknown key; known keys: type, fields");
        insta::assert_snapshot!(refusal(json!({"dynamic": "maybe"})), @r#"invalid mapping at [dynamic]: "maybe" is neither true, false nor "strict""#);
        insta::assert_snapshot!(refusal(property(json!({"type": "text", "analyser": "english"}))), @"invalid mapping at [properties.f.analyser]: unknown key; known keys: type, analyzer, search_analyzer, fields");
        insta::assert_snapshot!(refusal(property(json!({"type": "text", "analyzer": "klingon"}))), @r#"invalid mapping at [properties.f.analyzer]: unknown analyzer "klingon"; known analyzers: standard, simple, whitespace, keyword, arabic, danish, dutch, english, finnish, french, german, greek, hungarian, italian, norwegian, portuguese, romanian, russian, spanish, swedish, tamil, turkish"#);
        insta::assert_snapshot!(refusal(property(json!({"type": "nested"}))), @r#"invalid mapping at [properties.f.type]: unknown type "nested"; supported types: text, keyword, long, integer, double, float, boolean, date, geo_point, object"#);
        insta::assert_snapshot!(refusal(property(json!({"type": 1}))), @"invalid mapping at [properties.f.type]: unknown type 1; supported types: text, keyword, long, integer, double, float, boolean, date, geo_point, object");
        insta::assert_snapshot!(refusal(property(json!({}))), @"invalid mapping at [properties.f]: missing `type`; supported types: text, keyword, long, integer, double, float, boolean, date, geo_point, object");
        insta::assert_snapshot!(refusal(property(json!({"type": "keyword", "ignore_above": -1}))), @"invalid mapping at [properties.f.ignore_above]: -1 is not a number of characters");
        insta::assert_snapshot!(refusal(property(json!({"type": "date", "format": "never"}))), @r#"invalid mapping at [properties.f.format]: unknown date format "never""#);
        insta::assert_snapshot!(refusal(property(json!({"type": "object", "fields": {}}))), @"invalid mapping at [properties.f.fields]: unknown key; known keys: type, dynamic, properties");
        insta::assert_snapshot!(refusal(property(json!({"type": "text", "fields": {"a.b": {"type": "long"}}}))), @"invalid mapping at [properties.f.fields.a.b]: the name of a sub-field must not contain dots");
        insta::assert_snapshot!(refusal(property(json!({"type": "text", "fields": {"a": {"type": "object"}}}))), @r#"invalid mapping at [properties.f.fields.a.type]: unknown type "object"; supported types: text, keyword, long, integer, double, float, boolean, date, geo_point, object"#);
        insta::assert_snapshot!(refusal(property(json!({"type": "geo_point", "fields": {}}))), @"invalid mapping at [properties.f.fields]: a geo_point does not support sub-fields");
        insta::assert_snapshot!(refusal(json!({"properties": {"a": {"type": "long"}, "a.b": {"type": "long"}}})), @"invalid mapping at [properties.a.b]: [a] is not an object");
        insta::assert_snapshot!(refusal(json!({"properties": {"a..b": {"type": "long"}}})), @"invalid mapping at [properties.a..b]: field name has an empty segment");
        insta::assert_snapshot!(refusal(json!({"properties": {"_id": {"type": "long"}}})), @"invalid mapping at [properties._id]: the name [_id] is reserved");
    }
}
