//! Nested objects of documents.

use quidditch_index::format::NESTED_TERM;

use super::*;

/// The values of a field in nested objects, with the name of their path.
fn nested_values(mapping: &mut Mapping, json: &Json, field: &str) -> Vec<(String, Vec<String>)> {
    let read = reader().read(mapping, json.to_string().as_bytes(), None, None).expect("accepted");
    let of_object = |document: &TantivyDocument| {
        let path = names(document).into_iter().rev().find_map(|name| name.strip_prefix(NESTED_TERM).map(str::to_owned));
        (path.expect("a nested object"), indexed(mapping, document, field))
    };
    let objects = read.nested.iter().map(of_object);
    objects.chain([("".to_owned(), indexed(mapping, &read.document, field))]).collect()
}

fn found(values: &[(&str, &[&str])]) -> Vec<(String, Vec<String>)> {
    let texts = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    values.iter().map(|(path, values)| ((*path).to_owned(), texts(values))).collect()
}

#[test]
fn nested_objects_are_documents_before_the_one_around_them() {
    let keyword = || json!({ "type": "keyword" });
    let nested = |options: Json| {
        let mut inner = json!({ "type": "nested", "properties": { "k": keyword() } });
        inner.as_object_mut().expect("an object").extend(options.as_object().expect("an object").clone());
        mapping(json!({ "properties": { "a": { "type": "nested", "properties": { "k": keyword(), "b": inner } } } }))
    };
    let json = json!({"a": [{"k": "1", "b": [{"k": "2"}, null, [{"k": "3"}]]}, {}, {"b": {"k": "4"}}]});
    let nothing: &[&str] = &[];
    // What the first and the last object of `a` have, and the document itself.
    let assert_values = |options: Json, first: &[&str], last: &[&str], root: &[&str]| {
        let expected = found(&[
            ("a.b", &["2"]),
            ("a.b", &["3"]),
            ("a", first),
            ("a", nothing),
            ("a.b", &["4"]),
            ("a", last),
            ("", root),
        ]);
        assert_eq!(nested_values(&mut nested(options), &json, "a.b.k"), expected);
    };
    assert_values(json!({}), nothing, nothing, nothing);
    assert_values(json!({"include_in_parent": true}), &["2", "3"], &["4"], nothing);
    assert_values(json!({"include_in_root": true}), nothing, nothing, &["2", "3", "4"]);
    let read = reader().read(&mut nested(json!({"include_in_root": true})), json.to_string().as_bytes(), None, None);
    assert_eq!(names(&read.expect("accepted").document), ["a", "a.b", "a.b.k"]);
}

#[test]
fn values_are_copied_to_the_nested_object_of_their_target() {
    let mut mapping =
        mapping(json!({ "properties": { "z": { "type": "keyword" }, "a": { "type": "nested", "properties": {
        "c": { "type": "keyword" }, "r": { "type": "nested", "properties": {
            "k": { "type": "keyword", "copy_to": ["z", "a.c", "a.r.o"] }, "o": { "type": "keyword" } } } } } } }));
    let json = json!({"a": [{"c": "own", "r": [{"k": "x"}, {"k": "y"}]}]});
    let nothing: &[&str] = &[];
    let mut values = |field: &str| nested_values(&mut mapping, &json, field);
    assert_eq!(values("z"), found(&[("a.r", nothing), ("a.r", nothing), ("a", nothing), ("", &["x", "y"])]));
    assert_eq!(values("a.c"), found(&[("a.r", nothing), ("a.r", nothing), ("a", &["own", "x", "y"]), ("", nothing)]));
    assert_eq!(values("a.r.o"), found(&[("a.r", &["x"]), ("a.r", &["y"]), ("a", nothing), ("", nothing)]));
}

#[test]
fn nested_objects_are_limited_and_checked() {
    let mut mapping = Mapping::from_json(&json!({ "settings": { "index.mapping.nested_objects.limit": 3 },
        "mappings": { "properties": { "a": { "type": "nested", "properties": { "r": { "type": "nested" } } } } } }))
    .expect("valid");
    read(&mut mapping, &json!({"a": [{}, {}, {}]})).expect("at the limit");
    read(&mut mapping, &json!({"a": {"r": [{}, {}]}})).expect("at the limit");
    let mut rejection = |json: Json| read(&mut mapping, &json).expect_err("rejected");
    insta::assert_snapshot!(rejection(json!({"a": [{}, {}, {}, {}]})), @"The number of nested documents has exceeded the allowed limit of [3]. This limit can be set by changing the [index.mapping.nested_objects.limit] index level setting.");
    rejection(json!({"a": {"r": [{}, {}, {}]}}));
    insta::assert_snapshot!(rejection(json!({"a": [5]})), @"[a] is an object, not 5");
    insta::assert_snapshot!(rejection(json!({"a.b": "x"})), @"Cannot add a value for field [a.b] since one of the intermediate objects is mapped as a nested object: [a]");
    let mut defaults = mapping_of_one_list();
    read(&mut defaults, &json!({"a": vec![json!({}); 10_000]})).expect("at the limit");
    read(&mut defaults, &json!({"a": vec![json!({}); 10_001]})).expect_err("over the limit");
}

fn mapping_of_one_list() -> Mapping {
    mapping(json!({ "properties": { "a": { "type": "nested" } } }))
}

#[test]
fn templates_define_nested_objects() {
    let mut mapping = mapping(json!({ "dynamic_templates": [
        { "lists": { "match_mapping_type": "object", "mapping": { "type": "nested" } } } ] }));
    read(&mut mapping, &json!({"a": {"b": [{"x": 1}]}})).expect("accepted");
    let names: Vec<_> = mapping
        .objects()
        .iter()
        .filter(|object| object.nested().is_some())
        .map(quidditch_index::Object::name)
        .collect();
    assert_eq!(names, ["a", "a.b"]);
}
