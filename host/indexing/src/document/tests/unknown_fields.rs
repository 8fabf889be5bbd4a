//! Fields that the mapping does not have.

use super::*;

#[test]
fn unknown_fields_are_mapped_according_to_their_values() {
    let mut mapping = Mapping::default();
    let json = json!({ "text": "Berlin", "day": "2024-05-17", "number": "2024", "integer": 1, "float": 1.5, "whole": 1.0,
        "bool": true, "list": [null, [7]], "object": { "inner": [{ "x": 1 }, { "y": "z" }] }, "a.b": 1 });
    let document = read(&mut mapping, &json).expect("accepted");
    insta::assert_snapshot!(format!("{:#}", mapping.to_json()), @r#"
    {
      "properties": {
        "a": {
          "properties": {
            "b": {
              "type": "long"
            }
          }
        },
        "bool": {
          "type": "boolean"
        },
        "day": {
          "type": "date"
        },
        "float": {
          "type": "float"
        },
        "integer": {
          "type": "long"
        },
        "list": {
          "type": "long"
        },
        "number": {
          "type": "text",
          "fields": {
            "keyword": {
              "type": "keyword",
              "ignore_above": 256
            }
          }
        },
        "object": {
          "properties": {
            "inner": {
              "properties": {
                "x": {
                  "type": "long"
                },
                "y": {
                  "type": "text",
                  "fields": {
                    "keyword": {
                      "type": "keyword",
                      "ignore_above": 256
                    }
                  }
                }
              }
            }
          }
        },
        "text": {
          "type": "text",
          "fields": {
            "keyword": {
              "type": "keyword",
              "ignore_above": 256
            }
          }
        },
        "whole": {
          "type": "float"
        }
      }
    }
    "#);
    assert_eq!(indexed(&mapping, &document, "text.keyword"), ["Berlin"]);
    assert_eq!(indexed(&mapping, &document, "object.inner.y"), ["z"]);
    assert_eq!(indexed(&mapping, &document, "list"), ["7"]);
    assert!(names(&document).contains(&"object.inner".to_owned()));
    // Once mapped, values must fit.
    insta::assert_snapshot!(read(&mut mapping, &json!({"integer": "x"})).expect_err("not a number"), @r#"field [integer] of type [long]: "x" is not a number"#);
}

#[test]
fn templates_define_new_fields() {
    let mut mapping = mapping(json!({ "numeric_detection": true, "date_detection": false, "dynamic_templates": [
        { "ids": { "match": "*_id", "mapping": { "type": "keyword" } } },
        { "inner": { "path_match": "o.*", "unmatch": "x*", "mapping": { "index": false } } },
        { "texts": { "match_mapping_type": "string", "mapping": { "type": "{dynamic_type}", "fields": { "{name}_raw": { "type": "keyword" } } } } } ] }));
    read(&mut mapping, &json!({"a_id": 1, "o": {"n": 1.5, "xn": 1}, "t": "a", "d": "2024-01-01", "n": "1.5"}))
        .expect("accepted");
    let fields: Vec<_> =
        mapping.fields().iter().map(|field| format!("{}:{}", field.name(), field.kind().type_name())).collect();
    assert_eq!(
        fields.join(" "),
        "a_id:keyword o.n:float o.xn:long t:text t.t_raw:keyword d:text d.d_raw:keyword n:float"
    );
    let mut broken =
        Mapping::from_json(&json!({ "dynamic_templates": [{ "x": { "match": "*", "mapping": { "type": "join" } } }] }))
            .expect("valid");
    assert!(
        read(&mut broken, &json!({"a": 1})).expect_err("rejected").to_string().starts_with("dynamic template [x]: ")
    );
}

#[test]
fn unknown_fields_are_handled_as_the_mapping_says() {
    let mut mapping = mapping(json!({ "dynamic": "strict", "properties": {
        "open": { "dynamic": true, "properties": {} },
        "closed": { "dynamic": false, "properties": { "known": { "type": "long" } } } } }));
    let document = read(&mut mapping, &json!({"open": {"new": 1}, "closed": {"new": {"x": [1, "y"]}, "known": 1}}))
        .expect("accepted");
    assert_eq!(mapping.fields().iter().map(Field::name).collect::<Vec<_>>(), ["closed.known", "open.new"]);
    assert_eq!(names(&document), ["closed", "closed.known", "open", "open.new"]);
    insta::assert_snapshot!(read(&mut mapping, &json!({"new": 1})).expect_err("strict"), @"unknown field [new] in [document], which has a strict mapping");
    insta::assert_snapshot!(read(&mut mapping, &json!({"new.x": 1})).expect_err("strict"), @"unknown field [new] in [document], which has a strict mapping");
}

#[test]
fn strict_mappings_refuse_even_names_without_values() {
    let mut mapping = mapping(json!({ "dynamic": "strict", "properties": { "inner": { "properties": {} } } }));
    for json in [json!({"x": null}), json!({"x": []}), json!({"x": {}}), json!({"x": [null]}), json!({"x.y": null})] {
        let error = read(&mut mapping, &json).expect_err("strict").to_string();
        assert_eq!(error, "unknown field [x] in [document], which has a strict mapping", "{json}");
    }
    for json in [json!({"inner": null}), json!({"inner": []}), json!({"inner": {"x": null}})] {
        read(&mut mapping, &json).expect("only the mapping itself refuses them");
    }
}

#[test]
fn a_strict_mapping_may_allow_what_templates_add() {
    let mut mapping = mapping(json!({ "dynamic": "strict_allow_templates", "dynamic_templates": [
        { "keywords": { "match": "k*", "match_mapping_type": "string", "mapping": { "type": "keyword" } } },
        { "any": { "match": "a*", "mapping": { "type": "keyword" } } },
        { "objects": { "match": "o*", "match_mapping_type": "object", "mapping": { "type": "object" } } }] }));
    for json in [
        json!({"k1": "v"}),
        json!({"a1": ["v"]}),
        json!({"a2": []}),
        json!({"o1": {"k": "v"}}),
        json!({"o2.k": "v"}),
        json!({"o3": [{"k": "v"}]}),
    ] {
        read(&mut mapping, &json).expect("there is a template");
    }
    let added: Vec<_> = mapping.fields().iter().map(Field::name).collect();
    assert_eq!(added, ["k1", "a1", "o1.k", "o2.k", "o3.k"]);
    for (json, key, object) in [
        (json!({"x": 1}), "x", "document"),
        (json!({"k2": 1}), "k2", "document"),
        // As there: a template for its elements is not enough for an array.
        (json!({"k2": ["v"]}), "k2", "document"),
        (json!({"a3": null}), "a3", "document"),
        (json!({"o4": {"x": 1}}), "x", "o4"),
        (json!({"x.k": "v"}), "x", "document"),
    ] {
        let error = read(&mut mapping, &json).expect_err("strict").to_string();
        assert_eq!(error, format!("unknown field [{key}] in [{object}], which has a strict mapping"), "{json}");
    }
}

#[test]
fn rejected_documents_add_no_fields() {
    let mut mapping = mapping(json!({ "properties": { "z": { "type": "long" } } }));
    let before = mapping.clone();
    read(&mut mapping, &json!({"new": "x", "object": {"inner": 1}, "z": "not a number"})).expect_err("rejected");
    assert_eq!(mapping, before);
    let document = read(&mut mapping, &json!({"other": 1, "z": 2})).expect("accepted");
    assert_eq!(names(&document), ["other", "z"]);
}

#[test]
fn documents_have_no_values_of_computed_fields() {
    let json =
        json!({ "derived": { "x": { "type": "long", "script": "emit(1)" } }, "dynamic": false, "properties": {} });
    for document in [json!({ "x": 1 }), json!({ "x": { "y": 1 } }), json!({ "x.y": 1 })] {
        let error = read(&mut mapping(json.clone()), &document).expect_err("rejected");
        insta::allow_duplicates! {
            insta::assert_snapshot!(error, @"failed to parse field [x] of type [derived]: its values are computed, and documents cannot have any");
        }
    }
    for document in [json!({ "x": null }), json!({ "o": { "x": 1 } })] {
        assert!(read(&mut mapping(json.clone()), &document).is_ok(), "{document}");
    }
}
