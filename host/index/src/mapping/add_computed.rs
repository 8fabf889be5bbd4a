//! Adds computed fields to a mapping.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::add::check_key;
use super::computed::{MAX_COMPUTED_FIELDS, read};
use super::definition::{Definition, as_object, invalid, join};
use super::{MAX_FIELD_NAME_BYTES, Mapping};
use crate::IndexError;

impl Mapping {
    /// The definitions of the fields whose values are computed when they are searched, by their names: each has a `type`, and a
    /// `script` or a `wasm_udf`.
    pub fn computed_fields(&self) -> &BTreeMap<String, Json> {
        &self.computed
    }

    /// The type of the field of documents, or the object, that has this name.
    fn property_type(&self, name: &str) -> Option<&'static str> {
        if self.has_object(name) {
            return Some("object");
        }
        if self.aliases.iter().any(|(alias, _)| alias == name) {
            return Some("alias");
        }
        self.by_name.get(name).map(|index| self.fields[*index].kind.type_name())
    }

    /// Reads the `derived` of a mapping with all other fields.
    pub(super) fn read_computed(&mut self, root: &Definition<'_>) -> Result<(), IndexError> {
        let path = join(root.path, "derived");
        let definitions = match root.object.get("derived") {
            None => return Ok(()),
            // Clients in PHP write an empty object like this.
            Some(Json::Array(items)) if items.is_empty() => return Ok(()),
            Some(definitions) => as_object(definitions, &path)?,
        };
        if definitions.len() > MAX_COMPUTED_FIELDS {
            let reason =
                format!("at most {MAX_COMPUTED_FIELDS} fields are allowed, but there are {}", definitions.len());
            return Err(invalid(&path, reason));
        }
        for (name, definition) in definitions {
            let path = join(&path, name);
            self.check_computed_name(name).map_err(|reason| invalid(&path, reason))?;
            let definition = Definition { object: as_object(definition, &path)?, path: &path };
            self.computed.insert(name.clone(), read(&definition)?);
        }
        Ok(())
    }

    fn check_computed_name(&self, name: &str) -> Result<(), String> {
        check_key(name).map_err(|error| error.to_string())?;
        if name.contains('.') {
            return Err("the name of a computed field must not contain dots".to_owned());
        }
        if name.len() > MAX_FIELD_NAME_BYTES {
            return Err(format!("a name may have at most {MAX_FIELD_NAME_BYTES} bytes"));
        }
        if Mapping::is_reserved(name) {
            return Err(format!("Field [{name}] is defined more than once"));
        }
        match self.property_type(name) {
            Some(kind) => Err(format!("mapper [{name}] cannot be changed from type [derived] to [{kind}]")),
            None => Ok(()),
        }
    }

    /// The first name that is both one of a computed field and of another, of which one is in `update`; with the types of both, the
    /// new one last.
    pub(super) fn computed_conflict(&self, update: &Map<String, Json>) -> Option<(String, String, String)> {
        let names = |key: &str| update.get(key).and_then(Json::as_object).into_iter().flatten();
        let derived = || "derived".to_owned();
        let computed = names("derived")
            .find_map(|(name, _)| Some((name.clone(), self.property_type(name)?.to_owned(), derived())));
        computed.or_else(|| {
            names("properties").find_map(|(name, definition)| {
                let name = name.split('.').next().filter(|name| self.computed.contains_key(*name))?;
                let kind = definition.get("type").and_then(Json::as_str).unwrap_or("object");
                Some((name.to_owned(), derived(), kind.to_owned()))
            })
        })
    }
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "JSON literals read better without `&`")]
mod tests {
    use serde_json::json;

    use super::*;

    fn mapping(derived: Json) -> Result<Mapping, IndexError> {
        Mapping::from_json(&json!({
            "derived": derived,
            "properties": { "n": { "type": "long" }, "o": { "properties": { "x": { "type": "long" } } } },
        }))
    }

    fn script() -> Json {
        json!({ "type": "long", "script": "emit(1)" })
    }

    #[test]
    fn definitions_are_kept_with_their_language() {
        let derived = json!({
            "a": { "type": "long", "script": "emit(1)" },
            "b": { "type": "date", "format": "yyyy", "script": { "source": "emit(1L)", "params": { "p": 1 } } },
            "c": { "type": "keyword", "script": { "id": "stored" } },
            "d": { "type": "double", "wasm_udf": { "name": "haversine" } },
        });
        let mapping = mapping(derived).expect("valid");
        let json = mapping.to_json();
        assert_eq!(json["derived"]["a"]["script"], json!({ "source": "emit(1)", "lang": "painless" }));
        assert_eq!(json["derived"]["b"]["script"]["lang"], "painless");
        assert_eq!(json["derived"]["c"]["script"], json!({ "id": "stored" }));
        assert_eq!(Mapping::from_json(&json).expect("valid"), mapping);
        assert!(mapping.field("a").is_none(), "no document has it");
        assert!(Mapping::from_json(&json!({ "derived": [] })).expect("valid").computed_fields().is_empty());
    }

    #[test]
    fn mistakes_are_named() {
        let error = |derived: Json| mapping(derived).expect_err("refused").to_string();
        insta::assert_snapshot!(error(json!("x")), @r#"invalid mapping at [derived]: "x" is not an object"#);
        insta::assert_snapshot!(error(json!({"a": 1})), @"invalid mapping at [derived.a]: 1 is not an object");
        insta::assert_snapshot!(error(json!({"a": {"script": "emit(1)"}})), @"invalid mapping at [derived.a.type]: type [] is not supported for a derived field, use one of boolean, date, double, float, geo_point, ip, keyword, long");
        insta::assert_snapshot!(error(json!({"a": {"type": "integer", "script": "emit(1)"}})), @"invalid mapping at [derived.a.type]: type [integer] is not supported for a derived field, use one of boolean, date, double, float, geo_point, ip, keyword, long");
        insta::assert_snapshot!(error(json!({"a": {"type": "long"}})), @"invalid mapping at [derived.a]: it requires either `script` or `wasm_udf`");
        insta::assert_snapshot!(error(json!({"a": {"type": "long", "script": 5}})), @"invalid mapping at [derived.a.script]: 5 is neither a string nor an object");
        insta::assert_snapshot!(error(json!({"a": {"type": "long", "script": "emit(1)", "foo": 1}})), @"invalid mapping at [derived.a.foo]: unknown key; known keys: type, format, script, wasm_udf");
        insta::assert_snapshot!(error(json!({"a": {"type": "long", "script": "emit(1)", "format": "yyyy"}})), @"invalid mapping at [derived.a.format]: it needs the type [date], got [long]");
        insta::assert_snapshot!(error(json!({"n": script()})), @"invalid mapping at [derived.n]: mapper [n] cannot be changed from type [derived] to [long]");
        insta::assert_snapshot!(error(json!({"o": script()})), @"invalid mapping at [derived.o]: mapper [o] cannot be changed from type [derived] to [object]");
        insta::assert_snapshot!(error(json!({"a.b": script()})), @"invalid mapping at [derived.a.b]: the name of a computed field must not contain dots");
        insta::assert_snapshot!(error(json!({"_id": script()})), @"invalid mapping at [derived._id]: Field [_id] is defined more than once");
        assert!(mapping(json!({ "": script() })).is_err());
    }

    #[test]
    fn fields_are_replaced_and_added() {
        let before = mapping(json!({ "a": script(), "b": script() })).expect("valid");
        let update = json!({ "derived": { "b": { "type": "double", "script": "emit(2)" }, "c": script() } });
        let after = before.updated(&update).expect("valid");
        assert_eq!(after.computed_fields().keys().collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(after.computed_fields()["b"]["type"], "double");
        assert_eq!(after.updated(&json!({ "derived": [] })).expect("valid"), after);

        let conflict = |update: Json| after.updated(&update).expect_err("refused").to_string();
        insta::assert_snapshot!(conflict(json!({"derived": {"n": script()}})), @"mapper [n] cannot be changed from type [long] to [derived]");
        insta::assert_snapshot!(conflict(json!({"properties": {"a": {"type": "long"}}})), @"mapper [a] cannot be changed from type [derived] to [long]");
        insta::assert_snapshot!(conflict(json!({"properties": {"a.x": {"type": "long"}}})), @"mapper [a] cannot be changed from type [derived] to [long]");
    }

    #[test]
    fn the_field_of_a_document_replaces_one_that_another_writer_added() {
        let base = mapping(json!({})).expect("valid");
        let mut grown = base.clone();
        grown.add_detected(0, "a", &json!(1)).expect("valid");
        let mut changed = base.updated(&json!({ "derived": { "a": script(), "b": script() } })).expect("valid");
        changed.adopt_fields(&grown).expect("within limits");
        assert_eq!(changed.computed_fields().keys().collect::<Vec<_>>(), ["b"]);
        assert!(changed.field("a").is_some());
        assert!(Mapping::from_json(&changed.to_json()).is_ok());
    }

    #[test]
    fn their_number_is_limited() {
        let fields = |count: usize| (0..count).map(|number| (format!("f{number}"), script())).collect::<Json>();
        assert!(mapping(fields(MAX_COMPUTED_FIELDS)).is_ok());
        let error = mapping(fields(MAX_COMPUTED_FIELDS + 1)).expect_err("over the limit").to_string();
        insta::assert_snapshot!(error, @"invalid mapping at [derived]: at most 100 fields are allowed, but there are 101");
    }
}
