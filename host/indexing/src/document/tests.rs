//! Reading documents.

mod nested;
mod unknown_fields;

use quidditch_clock::ManualClock;
use quidditch_index::Field;
use quidditch_index::format::FIELD_NAMES;
use serde_json::json;
use tantivy::schema::{Field as TantivyField, Value};

use super::*;

fn mapping(json: Json) -> Mapping {
    Mapping::from_json(&json).expect("valid")
}

fn reader() -> DocumentReader {
    DocumentReader::new(Arc::new(ManualClock::default()))
}

fn read(mapping: &mut Mapping, json: &Json) -> Result<TantivyDocument, DocumentError> {
    let read = reader().read(mapping, json.to_string().as_bytes(), None, None)?;
    Ok(read.document)
}

/// The values of a tantivy field as texts.
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
fn values_are_indexed_in_fields_and_subfields() {
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
    let lat = mapping.field("place.point").expect("it exists").tantivy_field();
    assert_eq!(values(&document, lat), ["52.5"]);
    assert_eq!(values(&document, TantivyField::from_field_id(lat.field_id() + 1)), ["13.5"]);
    let expected = ["area", "at", "name", "name.raw", "name.size", "open", "place", "place.point", "place.tags"];
    assert_eq!(names(&document), expected);
}

#[test]
fn numbers_in_texts_are_indexed_as_they_are_written() {
    let mut mapping = mapping(json!({ "properties": {
        "k": { "type": "keyword" }, "t": { "type": "text" },
        "n": { "type": "double", "fields": { "raw": { "type": "keyword" } } } } }));
    let line = r#"{"_id": 1, "n": [1.10, 2], "k": [1e3, -0, 106698291236395745351, "1.50"], "t": 1.0e1}"#;
    let document = reader().read(&mut mapping, line.as_bytes(), None, None).expect("accepted").document;
    assert_eq!(indexed(&mapping, &document, "k"), ["1e3", "-0", "106698291236395745351", "1.50"]);
    assert_eq!(indexed(&mapping, &document, "t"), ["1.0e1"]);
    assert_eq!(indexed(&mapping, &document, "n"), ["1.1", "2.0"]);
    assert_eq!(indexed(&mapping, &document, "n.raw"), ["1.10", "2"]);
}

#[test]
fn empty_strings_are_no_values_of_numbers() {
    let mut mapping = mapping(json!({ "properties": {
        "n": { "type": "long", "fields": { "raw": { "type": "keyword" } } }, "f": { "type": "float" }, "b": { "type": "boolean" } } }));
    let document = read(&mut mapping, &json!({ "n": ["", 5], "f": "", "b": "" })).expect("accepted");
    assert_eq!(indexed(&mapping, &document, "n"), ["5"]);
    assert_eq!(indexed(&mapping, &document, "n.raw"), ["", "5"]);
    assert_eq!(names(&document), ["b", "n", "n.raw"]);
}

#[test]
fn several_points_are_indexed() {
    let mut mapping = mapping(json!({ "properties": { "p": { "type": "geo_point" } } }));
    let lat = mapping.field("p").expect("it exists").tantivy_field();
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
fn dotted_names_are_objects() {
    let mut mapping =
        mapping(json!({ "dynamic": "strict", "properties": { "a": { "properties": { "b": { "type": "long" } } } } }));
    for json in [json!({"a.b": 5}), json!({"a": {"b": 5}}), json!({"a": [{"b": 5}]})] {
        let document = read(&mut mapping, &json).expect("accepted");
        assert_eq!(indexed(&mapping, &document, "a.b"), ["5"]);
        assert_eq!(names(&document), ["a", "a.b"]);
    }
}

#[test]
fn null_and_empty_arrays_are_missing_values() {
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
fn fields_may_leave_out_values() {
    let mut mapping = mapping(json!({ "properties": {
        "n": { "type": "integer", "ignore_malformed": true, "fields": { "raw": { "type": "keyword" } } },
        "d": { "type": "date", "ignore_malformed": true }, "p": { "type": "geo_point", "ignore_malformed": true } } }));
    let document = read(&mut mapping, &json!({"n": ["x", 5, 1e99], "d": "soon", "p": {"x": 1}})).expect("accepted");
    assert_eq!(indexed(&mapping, &document, "n"), ["5"]);
    assert_eq!(indexed(&mapping, &document, "n.raw"), ["x", "5", "1e+99"]);
    assert_eq!(values(&document, SOURCE)[1..], ["n", "d", "p"]);
    assert_eq!(names(&document), ["\0ignored", "\0ignoredd", "\0ignoredn", "\0ignoredp", "n", "n.raw"]);
    read(&mut mapping, &json!({"n": {"x": 1}})).expect_err("an object is never left out");
}

#[test]
fn fields_have_options() {
    let mut mapping = mapping(json!({ "properties": {
        "null": { "type": "long", "null_value": 7 }, "exact": { "type": "integer", "coerce": false },
        "from": { "type": "keyword", "copy_to": ["to", "new.to"] }, "to": { "type": "text", "copy_to": "never" },
        "c": { "type": "constant_keyword", "value": "x" }, "off": { "enabled": false, "type": "object" },
        "a": { "type": "alias", "path": "null" }, "hidden": { "type": "text", "index": false },
        "count": { "type": "token_count", "analyzer": "standard" }, "half": { "type": "half_float" },
        "scaled": { "type": "scaled_float", "scaling_factor": 100 }, "ip": { "type": "ip" } } }));
    let json = json!({ "null": [null, 1], "from": ["v", 2], "off": [1, {"x": {}}], "hidden": "x", "count": "a b c", "half": 0.1,
        "scaled": 1.006, "ip": "10.0.0.1" });
    let document = read(&mut mapping, &json).expect("accepted");
    assert_eq!(indexed(&mapping, &document, "null"), ["7", "1"]);
    assert_eq!(indexed(&mapping, &document, "to"), ["v", "2"]);
    assert_eq!(indexed(&mapping, &document, "new.to"), ["v", "2"]);
    assert_eq!(indexed(&mapping, &document, "c"), ["x"]);
    assert_eq!(indexed(&mapping, &document, "count"), ["3"]);
    assert_eq!(indexed(&mapping, &document, "half"), ["0.0999755859375"]);
    assert_eq!(indexed(&mapping, &document, "scaled"), ["1.01"]);
    assert_eq!(indexed(&mapping, &document, "ip"), ["00000000000000000000ffff0a000001"]);
    assert!(mapping.field("never").is_none() && !names(&document).contains(&"hidden".to_owned()));
    let mut rejection = |json: Json| read(&mut mapping, &json).expect_err("rejected");
    insta::assert_snapshot!(rejection(json!({"exact": "1"})), @r#"field [exact] of type [integer]: "1" requires coercion, but [coerce] is false"#);
    insta::assert_snapshot!(rejection(json!({"exact": 1.5})), @"field [exact] of type [integer]: 1.5 requires coercion, but [coerce] is false");
    insta::assert_snapshot!(rejection(json!({"c": "y"})), @r#"field [c] of type [constant_keyword]: the field has the value "x" in all documents, and accepts no other"#);
    insta::assert_snapshot!(rejection(json!({"a": 1})), @"[a] is an alias, to which documents cannot write");
    insta::assert_snapshot!(rejection(json!({"ip": "x"})), @r#"field [ip] of type [ip]: "x" is not an IP address"#);
    insta::assert_snapshot!(rejection(json!({"half": 70_000})), @"field [half] of type [half_float]: 70000 is out of range");
}

#[test]
fn errors_contain_only_excerpts_of_names() {
    let mut strict = mapping(json!({ "dynamic": "strict", "properties": { "known": { "type": "long" } } }));
    let long = "n".repeat(1 << 20);
    let excerpt = format!("{}...", "n".repeat(60));
    let message = |mapping: &mut Mapping, json: &Json| read(mapping, json).expect_err("rejected").to_string();
    assert_eq!(
        message(&mut strict, &json!({ &long: 1 })),
        format!("unknown field [{excerpt}] in [document], which has a strict mapping")
    );
    assert_eq!(
        message(&mut strict, &json!({ format!("known.{long}"): 1 })),
        format!("[known] is not an object, so it cannot contain [{excerpt}]")
    );
    let control = format!("{long}\u{1}");
    assert_eq!(
        message(&mut Mapping::default(), &json!({ control: 1 })),
        format!("field name \"{excerpt}\" contains a control character")
    );
}

#[test]
fn documents_that_do_not_fit_are_rejected() {
    let mut mapping = mapping(json!({ "properties": {
        "o": { "properties": { "x": { "type": "long" } } }, "l": { "type": "long" }, "t": { "type": "text", "fields": { "raw": { "type": "keyword" } } } } }));
    let mut rejection = |json: Json| read(&mut mapping, &json).expect_err("rejected");
    insta::assert_snapshot!(rejection(json!([1])), @"[1] is not a JSON object");
    insta::assert_snapshot!(rejection(json!({"o": 1})), @"[o] is an object, not 1");
    insta::assert_snapshot!(rejection(json!({"o": [{"x": 1}, "y"]})), @r#"[o] is an object, not "y""#);
    insta::assert_snapshot!(rejection(json!({"l": {"x": 1}})), @r#"field [l] of type [long]: {"x":1} is not a number"#);
    insta::assert_snapshot!(rejection(json!({"l.x": 1})), @"[l] is not an object, so it cannot contain [x]");
    insta::assert_snapshot!(rejection(json!({"t.raw": "x"})), @"[t] is not an object, so it cannot contain [raw]");
    insta::assert_snapshot!(rejection(json!({"_source": 1})), @"the name [_source] is reserved");
    insta::assert_snapshot!(rejection(json!({"": 1})), @"field name has an empty segment");
    insta::assert_snapshot!(rejection(json!({"a..b": 1})), @"field name has an empty segment");
    let mut reader = reader();
    insta::assert_snapshot!(reader.read(&mut mapping, b"{\"a\": ", None, None).expect_err("cut off"), @"not valid JSON: EOF while parsing a value at line 1 column 5");
    insta::assert_snapshot!(reader.read(&mut mapping, br#"{"k": "a", "o": {"k": 1, "k": 1}}"#, None, None).expect_err("a duplicate key"), @"not valid JSON: duplicate key [k] at line 1 column 28");
    insta::assert_snapshot!(reader.read(&mut mapping, br#"{"_id": "a", "_id": "b"}"#, None, None).expect_err("a duplicate key"), @"not valid JSON: duplicate key [_id] at line 1 column 18");
    insta::assert_snapshot!(reader.read(&mut mapping, b"{\"a\": \"\xff\"}", None, None).expect_err("not UTF-8"), @"not valid UTF-8");
}

#[test]
fn ids_are_read_or_generated() {
    let mut mapping = Mapping::default();
    let mut reader = reader();
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
    let mut rejection = |json: Json| read(&mut mapping, &json).expect_err("rejected");
    insta::assert_snapshot!(rejection(json!({"_id": "i".repeat(MAX_ID_BYTES + 1)})), @"_id has 513 bytes; at most 512 are allowed");
    insta::assert_snapshot!(rejection(json!({"_id": ""})), @"_id is empty");
    insta::assert_snapshot!(rejection(json!({"_id": null})), @"_id null is neither a string nor an integer");
    insta::assert_snapshot!(rejection(json!({"_id": 1.5})), @"_id 1.5 is neither a string nor an integer");
    insta::assert_snapshot!(reader().read(&mut mapping, b"{}", Some("key"), None).expect_err("missing"), @"missing id field [key]");
    insta::assert_snapshot!(reader().read(&mut mapping, br#"{"key":1,"_id":2}"#, Some("key"), None).expect_err("reserved"), @"the name [_id] is reserved");
}

#[test]
fn long_keywords_are_ignored_or_rejected() {
    let mut mapping = mapping(json!({ "properties": {
        "cut": { "type": "keyword", "ignore_above": 3 }, "all": { "type": "keyword" }, "far": { "type": "keyword", "ignore_above": 100_000 } } }));
    let document = read(&mut mapping, &json!({"cut": ["äöü", "äöüß"]})).expect("accepted");
    assert_eq!(indexed(&mapping, &document, "cut"), ["äöü"]);
    assert!(names(&read(&mut mapping, &json!({"cut": "äöüß"})).expect("accepted")).is_empty());
    for name in ["all", "far"] {
        read(&mut mapping, &json!({name: "k".repeat(MAX_TERM_BYTES)})).expect("at the limit");
        read(&mut mapping, &json!({name: "k".repeat(MAX_TERM_BYTES + 1)})).expect_err("over the limit");
    }
    insta::assert_snapshot!(read(&mut mapping, &json!({"all": "k".repeat(MAX_TERM_BYTES + 1)})).expect_err("over the limit"), @"field [all] of type [keyword]: value has 32767 bytes; at most 32766 are allowed without `ignore_above`");
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
    assert!(reader().read(&mut mapping, line.as_bytes(), None, None).is_err());
}
