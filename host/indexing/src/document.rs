//! From a line of JSON to a document of the index.

mod source;
mod walk;

use quidditch_index::format::{FIELD_NAMES, ID, SOURCE};
use quidditch_index::{Mapping, json_excerpt};
use serde_json::Value as Json;
use source::without_id;
use tantivy::TantivyDocument;
use ulid::Ulid;
pub use walk::MAX_TERM_BYTES;
use walk::{Seen, Walk};

/// Longest `_id` in bytes.
pub const MAX_ID_BYTES: usize = 512;

/// A document of the index.
#[derive(Debug)]
pub(crate) struct ReadDocument {
    pub(crate) document: TantivyDocument,
    /// The `_id` that it came with, or that its line has; `None` where it got a new one, which no other document has.
    pub(crate) given_id: Option<String>,
    /// Length of its line.
    pub(crate) line_bytes: usize,
}

/// Reads documents. Keeps memory from one to the next.
#[derive(Debug, Default)]
pub(crate) struct DocumentReader {
    seen: Seen,
}

impl DocumentReader {
    /// Reads one document. Fields that the mapping does not have are added to it where it says so; of a document that is
    /// refused, nothing is.
    ///
    /// The `_id` is the value of `id_field`, or where that is `None`, the key `_id`, which does not stay in the source, or
    /// else `line_id`, or else a new ULID.
    ///
    /// # Errors
    /// A text that says why the document is refused.
    pub(crate) fn read(
        &mut self,
        mapping: &mut Mapping,
        line: &[u8],
        id_field: Option<&str>,
        line_id: Option<String>,
    ) -> Result<ReadDocument, String> {
        let text = std::str::from_utf8(line).map_err(|_| "it is not UTF-8".to_owned())?.trim();
        let json: Json = serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?;
        let Json::Object(mut object) = json else { return Err(format!("{} is no JSON object", json_excerpt(&json))) };

        let mut document = TantivyDocument::default();
        let inner_id = if id_field.is_none() { object.shift_remove("_id") } else { None };
        let given_id = match (id_field, &inner_id) {
            (Some(field), _) => match object.get(field) {
                Some(value) => Some(id_from_json(value)?),
                None => return Err(format!("it has no [{field}] for its _id")),
            },
            (None, Some(value)) => Some(id_from_json(value)?),
            (None, None) => line_id,
        };
        match &given_id {
            Some(id) => document.add_text(ID, id),
            None => document.add_text(ID, Ulid::generate().to_string()),
        }
        match inner_id {
            Some(_) => document.add_text(SOURCE, without_id(text)),
            None => document.add_text(SOURCE, text),
        }

        let mut walk = Walk::new(mapping, &mut document, &mut self.seen);
        match walk.document(&object) {
            Ok(()) => {
                walk.finish();
                Ok(ReadDocument { document, given_id, line_bytes: line.len() })
            }
            Err(reason) => {
                walk.undo();
                Err(reason)
            }
        }
    }
}

fn id_from_json(json: &Json) -> Result<String, String> {
    let id = match json {
        Json::String(text) => text.clone(),
        Json::Number(number) if !number.is_f64() => number.to_string(),
        _ => return Err(format!("its _id {} is neither a string nor an integer", json_excerpt(json))),
    };
    if id.is_empty() {
        return Err("its _id is empty".to_owned());
    }
    if id.len() > MAX_ID_BYTES {
        return Err(format!("its _id has {} bytes; at most {MAX_ID_BYTES} are allowed", id.len()));
    }
    Ok(id)
}

/// Adds the names that answer `exists`.
fn add_field_names<'a>(document: &mut TantivyDocument, names: impl Iterator<Item = &'a str>) {
    for name in names {
        document.add_text(FIELD_NAMES, name);
    }
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "JSON literals read better without `&`")]
mod tests {
    use quidditch_index::Field;
    use serde_json::json;
    use tantivy::schema::{Field as TantivyField, Value};

    use super::*;

    fn mapping(json: Json) -> Mapping {
        Mapping::from_json(&json).expect("valid")
    }

    fn read(mapping: &mut Mapping, json: &Json) -> Result<TantivyDocument, String> {
        let read = DocumentReader::default().read(mapping, json.to_string().as_bytes(), None, None)?;
        Ok(read.document)
    }

    /// The values of a tantivy field, as Rust writes them.
    fn values(document: &TantivyDocument, field: TantivyField) -> Vec<String> {
        document
            .get_all(field)
            .map(|value| match (value.as_str(), value.as_i64(), value.as_f64(), value.as_bool()) {
                (Some(text), ..) => text.to_owned(),
                (_, Some(integer), ..) => integer.to_string(),
                (_, _, Some(float), _) => format!("{float:?}"),
                (.., Some(boolean)) => boolean.to_string(),
                _ => panic!("a value of another type"),
            })
            .collect()
    }

    fn indexed(mapping: &Mapping, document: &TantivyDocument, name: &str) -> Vec<String> {
        values(document, mapping.field(name).expect(name).tantivy_field())
    }

    fn names(document: &TantivyDocument) -> Vec<String> {
        let mut names = values(document, FIELD_NAMES);
        names.sort_unstable();
        names
    }

    #[test]
    fn values_go_to_fields_and_subfields() {
        let mut mapping = mapping(json!({ "dynamic": "strict", "properties": {
            "name": { "type": "text", "fields": { "raw": { "type": "keyword" }, "size": { "type": "integer" } } },
            "place": { "properties": { "point": { "type": "geo_point" }, "tags": { "type": "keyword" } } },
            "open": { "type": "boolean" }, "at": { "type": "date" }, "area": { "type": "float" } } }));
        let json = json!({ "name": ["1", "2"], "place": [{ "tags": ["a", ["b", null]] }, { "point": [13.5, 52.5], "tags": 7 }],
            "open": "true", "at": "1970-01-02", "area": "0.5" });
        let document = read(&mut mapping, &json).expect("accepted");
        assert_eq!(indexed(&mapping, &document, "name"), ["1", "2"]);
        assert_eq!(indexed(&mapping, &document, "name.raw"), ["1", "2"]);
        assert_eq!(indexed(&mapping, &document, "name.size"), ["1", "2"]);
        assert_eq!(indexed(&mapping, &document, "place.tags"), ["a", "b", "7"]);
        assert_eq!(indexed(&mapping, &document, "open"), ["true"]);
        assert_eq!(indexed(&mapping, &document, "at"), ["86400000"]);
        assert_eq!(indexed(&mapping, &document, "area"), ["0.5"]);
        let lat = mapping.field("place.point").expect("there").tantivy_field();
        assert_eq!(values(&document, lat), ["52.5"]);
        assert_eq!(values(&document, TantivyField::from_field_id(lat.field_id() + 1)), ["13.5"]);
        let expected = ["area", "at", "name", "name.raw", "name.size", "open", "place", "place.point", "place.tags"];
        assert_eq!(names(&document), expected);
    }

    #[test]
    fn points_may_be_many() {
        let mut mapping = mapping(json!({ "properties": { "p": { "type": "geo_point" } } }));
        let lat = mapping.field("p").expect("there").tantivy_field();
        for (json, expected) in [
            (json!([[1, 2], "4,3", {"lat": 6, "lon": 5}]), vec!["2.0", "4.0", "6.0"]),
            (json!([1, 2]), vec!["2.0"]),
            (json!([[1, 2]]), vec!["2.0"]),
            (json!([]), vec![]),
            (json!([null, "4,3"]), vec!["4.0"]),
        ] {
            let document = read(&mut mapping, &json!({ "p": json })).expect("accepted");
            assert_eq!(values(&document, lat), expected, "{json}");
        }
    }

    #[test]
    fn dotted_names_and_objects_are_the_same() {
        let mut mapping = mapping(
            json!({ "dynamic": "strict", "properties": { "a": { "properties": { "b": { "type": "long" } } } } }),
        );
        for json in [json!({"a.b": 5}), json!({"a": {"b": 5}}), json!({"a": [{"b": 5}]})] {
            let document = read(&mut mapping, &json).expect("accepted");
            assert_eq!(indexed(&mapping, &document, "a.b"), ["5"]);
            assert_eq!(names(&document), ["a", "a.b"]);
        }
    }

    #[test]
    fn null_and_empty_are_missing() {
        let mut mapping = mapping(json!({ "properties": { "a": { "properties": { "b": { "type": "long" } } } } }));
        for json in [
            json!({}),
            json!({"a": null}),
            json!({"a": []}),
            json!({"a": {"b": null}}),
            json!({"a": {"b": []}}),
            json!({"x": null}),
            json!({"x": [[]]}),
        ] {
            let document = read(&mut mapping, &json).expect("accepted");
            assert!(names(&document).is_empty(), "{json}");
        }
        assert_eq!(mapping.fields().len(), 1);
    }

    #[test]
    fn unknown_fields_are_mapped_by_their_values() {
        let mut mapping = Mapping::default();
        let json = json!({ "text": "Berlin", "day": "2024-05-17", "number": "2024", "integer": 1, "float": 1.5, "whole": 1.0,
            "huge": 18_446_744_073_709_551_615_u64, "bool": true, "list": [null, [7]], "object": { "inner": [{ "x": 1 }, { "y": "z" }] }, "a.b": 1 });
        let document = read(&mut mapping, &json).expect("accepted");
        insta::assert_snapshot!(mapping.to_json().to_string(), @r#"{"properties":{"a":{"properties":{"b":{"type":"long"}}},"bool":{"type":"boolean"},"day":{"type":"date"},"float":{"type":"double"},"huge":{"type":"double"},"integer":{"type":"long"},"list":{"type":"long"},"number":{"type":"text","fields":{"keyword":{"type":"keyword","ignore_above":256}}},"object":{"properties":{"inner":{"properties":{"x":{"type":"long"},"y":{"type":"text","fields":{"keyword":{"type":"keyword","ignore_above":256}}}}}}},"text":{"type":"text","fields":{"keyword":{"type":"keyword","ignore_above":256}}},"whole":{"type":"double"}}}"#);
        assert_eq!(indexed(&mapping, &document, "text.keyword"), ["Berlin"]);
        assert_eq!(indexed(&mapping, &document, "object.inner.y"), ["z"]);
        assert_eq!(indexed(&mapping, &document, "list"), ["7"]);
        assert!(names(&document).contains(&"object.inner".to_owned()));
        // Once mapped, values must fit.
        insta::assert_snapshot!(read(&mut mapping, &json!({"integer": "x"})).expect_err("no number"), @r#"field [integer] of type [long]: "x" is no number"#);
    }

    #[test]
    fn the_mapping_says_what_happens_to_unknown_fields() {
        let mut mapping = mapping(json!({ "dynamic": "strict", "properties": {
            "open": { "dynamic": true, "properties": {} },
            "closed": { "dynamic": false, "properties": { "known": { "type": "long" } } } } }));
        let document = read(&mut mapping, &json!({"open": {"new": 1}, "closed": {"new": {"x": [1, "y"]}, "known": 1}}))
            .expect("accepted");
        assert_eq!(mapping.fields().iter().map(Field::name).collect::<Vec<_>>(), ["closed.known", "open.new"]);
        assert_eq!(names(&document), ["closed", "closed.known", "open", "open.new"]);
        insta::assert_snapshot!(read(&mut mapping, &json!({"new": 1})).expect_err("strict"), @"there is no [new] in the strict mapping of [document]");
        insta::assert_snapshot!(read(&mut mapping, &json!({"new.x": 1})).expect_err("strict"), @"there is no [new] in the strict mapping of [document]");
    }

    #[test]
    fn refused_documents_leave_no_fields() {
        let mut mapping = mapping(json!({ "properties": { "z": { "type": "long" } } }));
        let before = mapping.clone();
        read(&mut mapping, &json!({"new": "x", "object": {"inner": 1}, "z": "no number"})).expect_err("refused");
        assert_eq!(mapping, before);
        let document = read(&mut mapping, &json!({"other": 1, "z": 2})).expect("accepted");
        assert_eq!(names(&document), ["other", "z"]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut mapping = mapping(json!({ "properties": {
            "o": { "properties": { "x": { "type": "long" } } }, "l": { "type": "long" }, "t": { "type": "text", "fields": { "raw": { "type": "keyword" } } } } }));
        let mut refusal = |json: Json| read(&mut mapping, &json).expect_err("refused");
        insta::assert_snapshot!(refusal(json!([1])), @"[1] is no JSON object");
        insta::assert_snapshot!(refusal(json!({"o": 1})), @"[o] is an object, not 1");
        insta::assert_snapshot!(refusal(json!({"o": [{"x": 1}, "y"]})), @r#"[o] is an object, not "y""#);
        insta::assert_snapshot!(refusal(json!({"l": {"x": 1}})), @r#"field [l] of type [long]: {"x":1} is no number"#);
        insta::assert_snapshot!(refusal(json!({"l.x": 1})), @"[l] is no object, so it has no [x]");
        insta::assert_snapshot!(refusal(json!({"t.raw": "x"})), @"[t] is no object, so it has no [raw]");
        insta::assert_snapshot!(refusal(json!({"_source": 1})), @"the name [_source] is reserved");
        insta::assert_snapshot!(refusal(json!({"": 1})), @"a field name, or a part of one between dots, is empty");
        insta::assert_snapshot!(refusal(json!({"a..b": 1})), @"a field name, or a part of one between dots, is empty");
        let mut reader = DocumentReader::default();
        insta::assert_snapshot!(reader.read(&mut mapping, b"{\"a\": ", None, None).expect_err("cut off"), @"it is no JSON: EOF while parsing a value at line 1 column 5");
        insta::assert_snapshot!(reader.read(&mut mapping, b"{\"a\": \"\xff\"}", None, None).expect_err("no UTF-8"), @"it is not UTF-8");
    }

    #[test]
    fn ids_come_from_the_document_or_are_made() {
        let mut mapping = Mapping::default();
        let mut reader = DocumentReader::default();
        let mut id_and_source = |line: &str, id_field| {
            let ReadDocument { document, given_id, .. } =
                reader.read(&mut mapping, line.as_bytes(), id_field, None).expect("accepted");
            let id = values(&document, ID).remove(0);
            assert_eq!(given_id.unwrap_or_else(|| id.clone()), id);
            (id, values(&document, SOURCE).remove(0))
        };
        assert_eq!(
            id_and_source(r#" {"a": 1.50, "_id": "x", "b": {"_id": 1}} "#, None),
            ("x".to_owned(), r#"{"a":1.50,"b":{"_id": 1}}"#.to_owned())
        );
        assert_eq!(id_and_source(r#"{"_id": 7}"#, None), ("7".to_owned(), "{}".to_owned()));
        assert_eq!(id_and_source(r#"{"key":  "k"}"#, Some("key")), ("k".to_owned(), r#"{"key":  "k"}"#.to_owned()));
        let (first, source) = id_and_source(r#"{ "a":1 }"#, None);
        let (second, _) = id_and_source(r#"{ "a":1 }"#, None);
        assert_eq!((first.len(), source.as_str()), (26, r#"{ "a":1 }"#));
        assert_ne!(first, second);
    }

    #[test]
    fn ids_are_checked() {
        let mut mapping = Mapping::default();
        read(&mut mapping, &json!({"_id": "i".repeat(MAX_ID_BYTES)})).expect("at the limit");
        let mut refusal = |json: Json| read(&mut mapping, &json).expect_err("refused");
        insta::assert_snapshot!(refusal(json!({"_id": "i".repeat(MAX_ID_BYTES + 1)})), @"its _id has 513 bytes; at most 512 are allowed");
        insta::assert_snapshot!(refusal(json!({"_id": ""})), @"its _id is empty");
        insta::assert_snapshot!(refusal(json!({"_id": null})), @"its _id null is neither a string nor an integer");
        insta::assert_snapshot!(refusal(json!({"_id": 1.5})), @"its _id 1.5 is neither a string nor an integer");
        insta::assert_snapshot!(DocumentReader::default().read(&mut mapping, b"{}", Some("key"), None).expect_err("missing"), @"it has no [key] for its _id");
        insta::assert_snapshot!(DocumentReader::default().read(&mut mapping, br#"{"key":1,"_id":2}"#, Some("key"), None).expect_err("reserved"), @"the name [_id] is reserved");
    }

    #[test]
    fn long_keywords_are_ignored_or_refused() {
        let mut mapping = mapping(json!({ "properties": {
            "cut": { "type": "keyword", "ignore_above": 3 }, "all": { "type": "keyword" }, "far": { "type": "keyword", "ignore_above": 100_000 } } }));
        let document = read(&mut mapping, &json!({"cut": ["äöü", "äöüß"]})).expect("accepted");
        assert_eq!(indexed(&mapping, &document, "cut"), ["äöü"]);
        assert!(names(&read(&mut mapping, &json!({"cut": "äöüß"})).expect("accepted")).is_empty());
        for name in ["all", "far"] {
            read(&mut mapping, &json!({name: "k".repeat(MAX_TERM_BYTES)})).expect("at the limit");
            read(&mut mapping, &json!({name: "k".repeat(MAX_TERM_BYTES + 1)})).expect_err("over the limit");
        }
        insta::assert_snapshot!(read(&mut mapping, &json!({"all": "k".repeat(MAX_TERM_BYTES + 1)})).expect_err("over the limit"), @"field [all] of type [keyword]: a value has 32767 bytes; at most 32766 are allowed without `ignore_above`");
    }

    #[test]
    fn objects_are_limited_in_depth_and_number() {
        let nested = |depth: usize| (1..depth).fold(json!({"leaf": 1}), |inner, _| json!({"o": inner}));
        let mut mapping = Mapping::default();
        read(&mut mapping, &nested(quidditch_index::MAX_OBJECT_DEPTH)).expect("at the limit");
        read(&mut mapping, &nested(quidditch_index::MAX_OBJECT_DEPTH + 1)).expect_err("over the limit");
        let many = |count: usize| Json::Object((0..count).map(|number| (number.to_string(), json!(1))).collect());
        read(&mut Mapping::default(), &many(quidditch_index::MAX_FIELDS)).expect("at the limit");
        read(&mut Mapping::default(), &many(quidditch_index::MAX_FIELDS + 1)).expect_err("over the limit");
        let bottomless = "[".repeat(100_000);
        let line = format!("{{\"a\": {bottomless}");
        assert!(DocumentReader::default().read(&mut mapping, line.as_bytes(), None, None).is_err());
    }
}
