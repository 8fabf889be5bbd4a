//! Sorting by fields, compared with sorting the documents themselves.

use std::cmp::Ordering;

use crate::support::{functions, ids, index, search};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

fn mapping() -> Json {
    json!({"properties": {"n": {"type": "long"}, "k": {"type": "keyword"}, "x": {"type": "double"}}})
}

#[derive(Debug, Clone)]
struct Document {
    n: Vec<i64>,
    k: Option<&'static str>,
}

fn documents() -> impl Strategy<Value = Vec<Document>> {
    let keyword = prop::option::of(prop::sample::select(&["b", "d", "dd", "f"][..]));
    let document = (prop::collection::vec(-3..4i64, 0..4), keyword).prop_map(|(n, k)| Document { n, k });
    prop::collection::vec(document, 1..30)
}

fn to_json(documents: &[Document]) -> Vec<Json> {
    let json = |(number, document): (usize, &Document)| {
        let mut json = json!({"_id": number.to_string(), "n": document.n});
        if let Some(k) = document.k {
            json["k"] = json!(k);
        }
        json
    };
    documents.iter().enumerate().map(json).collect()
}

/// The ids in the order of a comparison; ties stay in the order of the index.
fn sorted(documents: &[Document], compare: impl Fn(&Document, &Document) -> Ordering) -> Vec<String> {
    let mut numbers: Vec<usize> = (0..documents.len()).collect();
    numbers.sort_by(|a, b| compare(&documents[*a], &documents[*b]));
    numbers.iter().map(usize::to_string).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_missing_keyword_sorts_like_the_text_given_for_it(
        documents in documents(), per_split in 1..10usize, missing in prop::sample::select(&["", "a", "b", "c", "d", "e", "zz"][..]),
    ) {
        let json = to_json(&documents);
        let snapshot = index(mapping(), &json.chunks(per_split).collect::<Vec<_>>());
        for order in ["asc", "desc"] {
            let body = json!({"sort": [{"k": {"missing": missing, "order": order}}], "size": 30});
            let response = search(&snapshot, &functions(), &body).expect("valid");
            let text = |document: &Document| document.k.unwrap_or(missing);
            let expected = sorted(&documents, |a, b| {
                if order == "asc" { text(a).cmp(text(b)) } else { text(b).cmp(text(a)) }
            });
            prop_assert_eq!(ids(&response), expected.clone(), "{} {}", order, missing);
            let hits = response["hits"]["hits"].as_array().expect("hits");
            for (hit, id) in hits.iter().zip(&expected) {
                let document = &documents[id.parse::<usize>().expect("a number")];
                prop_assert_eq!(&hit["sort"], &json!([text(document)]));
            }
        }
    }

    #[test]
    fn a_missing_number_is_the_extreme_of_its_type(documents in documents(), per_split in 1..10usize) {
        let json = to_json(&documents);
        let snapshot = index(mapping(), &json.chunks(per_split).collect::<Vec<_>>());
        for (options, missing) in [
            (json!({"order": "asc"}), i64::MAX),
            (json!({"order": "asc", "missing": "_first"}), i64::MIN),
            (json!({"order": "asc", "missing": 1.9}), 1),
            (json!({"order": "asc", "missing": "-2"}), -2),
        ] {
            let response = search(&snapshot, &functions(), &json!({"sort": [{"n": options}], "size": 30})).expect("valid");
            let value = |document: &Document| document.n.iter().min().copied().unwrap_or(missing);
            let expected = sorted(&documents, |a, b| value(a).cmp(&value(b)));
            prop_assert_eq!(ids(&response), expected.clone(), "{}", options);
            let hits = response["hits"]["hits"].as_array().expect("hits");
            for (hit, id) in hits.iter().zip(&expected) {
                let document = &documents[id.parse::<usize>().expect("a number")];
                prop_assert_eq!(&hit["sort"], &json!([value(document)]));
            }
        }
    }
}

#[test]
fn missing_floats_are_infinite() {
    let snapshot = index(mapping(), &[&[json!({"_id": "1", "x": 0.5}), json!({"_id": "2"})]]);
    let sort = |sort: Json| {
        let response = search(&snapshot, &functions(), &json!({"sort": sort})).expect("valid");
        response["hits"]["hits"].as_array().expect("hits").iter().map(|hit| hit["sort"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(sort(json!(["x"])), [json!([0.5]), json!(["Infinity"])]);
    assert_eq!(sort(json!([{"x": "desc"}])), [json!([0.5]), json!(["-Infinity"])]);
    assert_eq!(sort(json!([{"x": {"missing": "_first"}}])), [json!(["-Infinity"]), json!([0.5])]);
}
