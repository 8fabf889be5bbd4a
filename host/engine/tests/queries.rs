//! What queries match and score, in cases that once were wrong.

mod support;

use serde_json::{Value as Json, json};
use support::{functions, ids, index, scores, search};

fn documents() -> Vec<Json> {
    vec![
        json!({"_id": "yes", "flag": true, "n": 1}),
        json!({"_id": "no", "flag": false, "n": 2}),
        json!({"_id": "none", "n": 3}),
    ]
}

fn response(body: &Json) -> Json {
    let mapping = json!({"properties": {"flag": {"type": "boolean"}, "n": {"type": "long"}}});
    search(&index(mapping, &[&documents()]), &functions(), body).expect("valid")
}

#[test]
fn booleans_have_an_order() {
    for (range, expected) in [
        (json!({"gte": true}), &["yes"][..]),
        (json!({"gt": true}), &[]),
        (json!({"gt": false}), &["yes"]),
        (json!({"lte": false}), &["no"]),
        (json!({"lt": "true"}), &["no"]),
        (json!({"lt": false}), &[]),
        (json!({"gte": false, "lte": true}), &["yes", "no"]),
        (json!({"gte": null, "lt": true}), &["no"]),
    ] {
        assert_eq!(ids(&response(&json!({"query": {"range": {"flag": range}}}))), expected, "{range}");
    }
}

#[test]
fn a_single_weight_is_the_score_in_every_score_mode() {
    for mode in ["multiply", "sum", "avg", "first", "max", "min"] {
        let scored = |functions: Json| {
            let query =
                json!({"function_score": {"functions": functions, "score_mode": mode, "boost_mode": "replace"}});
            scores(&response(&json!({"query": query})))
        };
        assert_eq!(scored(json!([{"weight": 4}])), [4.0; 3], "{mode}");
    }
    let averaged = json!({"function_score": {
        "functions": [{"weight": 4}, {"weight": 2}], "score_mode": "avg", "boost_mode": "replace"
    }});
    assert_eq!(scores(&response(&json!({"query": averaged}))), [1.0; 3], "an average of ones, whatever their weights");
}
