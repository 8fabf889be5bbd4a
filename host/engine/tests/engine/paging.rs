//! Which matches become hits, compared with a model: paging after sort values, collapsing, ending early, filtering afterwards.

use std::collections::BTreeSet;

use crate::support::{functions, ids, index, search};
use proptest::prelude::*;
use quidditch_function::error_chain;
use quidditch_index::Snapshot;
use serde_json::{Value as Json, json};

fn mapping() -> Json {
    json!({"properties": {
        "n": {"type": "long"}, "k": {"type": "keyword"}, "x": {"type": "double"}, "text": {"type": "text"},
        "place": {"type": "geo_point"}, "at": {"type": "date"}
    }})
}

fn documents() -> impl Strategy<Value = Vec<Json>> {
    let keyword = prop::option::of(prop::sample::select(&["b", "d", "dd", "f"][..]));
    let number = prop::option::of(-3..4i64);
    let words = prop::collection::vec(prop::sample::select(&["red", "blue", "old"][..]), 0..4);
    prop::collection::vec((keyword, number, words), 1..40).prop_map(|documents| {
        let mut all = Vec::new();
        for (position, (k, n, words)) in documents.into_iter().enumerate() {
            let mut document = json!({"_id": format!("{position:02}"), "text": words.join(" ")});
            if let Some(k) = k {
                document["k"] = json!(k);
            }
            if let Some(n) = n {
                document["n"] = json!(n);
                document["x"] = json!(n as f64 / 2.0);
                document["place"] = json!([[n, 3 * n], [2 * n, 10]]);
                document["at"] = json!(n * 86_400_000);
            }
            all.push(document);
        }
        all
    })
}

fn sorts() -> Vec<Json> {
    vec![
        json!([{"k": "asc"}, "_id"]),
        json!([{"k": {"order": "desc", "missing": "_first"}}, {"_id": "desc"}]),
        json!([{"k": {"missing": "c"}}, "_doc"]),
        json!([{"k": {"missing": "a", "order": "desc"}}, {"n": "desc"}, {"_doc": "desc"}]),
        json!([{"n": {"missing": 0}}, {"x": "desc"}, "_id"]),
        json!([{"at": {"missing": "_first"}}, "_score", "_doc"]),
        json!([{"_score": "asc"}, "_id"]),
        json!([{"_geo_distance": {"place": [[1, 2], [3, 4]], "order": "desc", "mode": "avg"}}, "_id"]),
        json!(["_doc"]),
    ]
}

fn hits(response: &Json) -> Vec<Json> {
    response["hits"]["hits"].as_array().expect("hits").clone()
}

/// All hits of a search, page by page.
fn pages(snapshot: &Snapshot, body: &Json, size: usize) -> Vec<Json> {
    let mut all: Vec<Json> = Vec::new();
    loop {
        let mut body = body.clone();
        body["size"] = json!(size);
        if let Some(last) = all.last() {
            body["search_after"] = last["sort"].clone();
        }
        let page = hits(&search(snapshot, &functions(), &body).expect("valid"));
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn pages_after_sort_values_are_the_whole(documents in documents(), per_split in 1..15usize, size in 1..9usize) {
        let snapshot = index(mapping(), &documents.chunks(per_split).collect::<Vec<_>>());
        for query in [json!({"match_all": {}}), json!({"match": {"text": "red old"}})] {
            for sort in sorts() {
                let body = json!({"query": query, "sort": sort, "track_scores": true});
                let mut whole = body.clone();
                whole["size"] = json!(100);
                let whole = hits(&search(&snapshot, &functions(), &whole).expect("valid"));
                prop_assert_eq!(pages(&snapshot, &body, size), whole, "{}", body);
            }
        }
    }

    #[test]
    fn collapsed_hits_are_the_first_of_their_groups(
        documents in documents(), per_split in 1..15usize, from in 0..3usize, size in 1..6usize,
    ) {
        let snapshot = index(mapping(), &documents.chunks(per_split).collect::<Vec<_>>());
        let mut bodies: Vec<Json> = sorts().into_iter().map(|sort| json!({"sort": sort})).collect();
        bodies.push(json!({}));
        for mut body in bodies {
            body["query"] = json!({"match": {"text": "red old"}});
            for field in ["k", "n", "x"] {
                let mut whole = body.clone();
                whole["size"] = json!(100);
                let whole = hits(&search(&snapshot, &functions(), &whole).expect("valid"));
                let mut groups = BTreeSet::new();
                let first = whole.iter().filter(|hit| groups.insert(hit["_source"][field].to_string()));
                let expected: Vec<&Json> = first.skip(from).take(size).collect();

                let mut collapsed = body.clone();
                collapsed["collapse"] = json!({"field": field, "inner_hits": {"name": "all", "size": 100, "sort": ["_doc"]}});
                collapsed["from"] = json!(from);
                collapsed["size"] = json!(size);
                let response = search(&snapshot, &functions(), &collapsed).expect("valid");
                prop_assert_eq!(&response["hits"]["total"]["value"], &json!(whole.len()), "{}", collapsed);
                let found = hits(&response);
                prop_assert_eq!(found.len(), expected.len(), "{}", collapsed);
                for (found, expected) in found.iter().zip(expected) {
                    prop_assert_eq!(&found["_id"], &expected["_id"], "{}", collapsed);
                    prop_assert_eq!(&found["sort"], &expected["sort"], "{}", collapsed);
                    let value = &expected["_source"][field];
                    let shown = if value.is_null() { Json::Null } else { json!([value]) };
                    prop_assert_eq!(&found["fields"][field], &shown, "{}", collapsed);
                    let in_group = |hit: &&Json| hit["_source"][field] == *value;
                    let mut members: Vec<&Json> = whole.iter().filter(in_group).map(|hit| &hit["_id"]).collect();
                    members.sort_by_key(|id| id.to_string());
                    let inner = &found["inner_hits"]["all"]["hits"];
                    prop_assert_eq!(&inner["total"]["value"], &json!(members.len()), "{}", collapsed);
                    let inner = inner["hits"].as_array().expect("hits");
                    prop_assert!(inner.iter().map(|hit| &hit["_id"]).eq(members), "{}", collapsed);
                }
            }
        }
    }

    #[test]
    fn a_search_ends_after_the_first_hits_of_the_index(
        documents in documents(), per_split in 1..15usize, after in 1..20usize,
    ) {
        let snapshot = index(mapping(), &documents.chunks(per_split).collect::<Vec<_>>());
        for sort in sorts() {
            for post_filter in [json!({"match_all": {}}), json!({"range": {"n": {"gte": 0}}})] {
                let mut body = json!({"sort": ["_doc"], "size": 100, "post_filter": post_filter});
                let all = ids(&search(&snapshot, &functions(), &body).expect("valid"));
                body["sort"] = sort.clone();
                body["terminate_after"] = json!(after);
                body["aggs"] = json!({"seen": {"value_count": {"field": "_id"}}});
                let response = search(&snapshot, &functions(), &body).expect("valid");
                let first = all.iter().take(after);
                let mut found = ids(&response);
                found.sort_unstable();
                prop_assert!(found.iter().eq(first), "{}: {:?}", body, found);
                prop_assert_eq!(&response["terminated_early"], &json!(all.len() > after), "{}", body);
                // The first hit too many ends the search, also for the aggregations.
                let seen = all.get(after).map_or(documents.len(), |id| id.parse().expect("a position"));
                prop_assert_eq!(&response["aggregations"]["seen"]["value"], &json!(seen), "{}", body);
            }
        }
    }

    #[test]
    fn the_post_filter_decides_about_hits_alone(documents in documents(), per_split in 1..15usize, track in any::<bool>()) {
        let snapshot = index(mapping(), &documents.chunks(per_split).collect::<Vec<_>>());
        let query = json!({"match": {"text": "red old"}});
        let filter = json!({"range": {"n": {"gte": 0}}});
        let both = json!({"bool": {"must": [query], "filter": [filter]}});
        for size in [0, 3, 100] {
            let options = |body: Json| {
                let mut body = body;
                body["size"] = json!(size);
                body["track_total_hits"] = json!(track);
                body
            };
            let filtered = options(json!({"query": query, "post_filter": filter, "aggs": {"n": {"stats": {"field": "n"}}}}));
            let filtered = search(&snapshot, &functions(), &filtered).expect("valid");
            let expected = search(&snapshot, &functions(), &options(json!({"query": both}))).expect("valid");
            prop_assert_eq!(&filtered["hits"]["total"], &expected["hits"]["total"]);
            prop_assert_eq!(ids(&filtered), ids(&expected));
            let all = json!({"query": query, "size": 0, "aggs": {"n": {"stats": {"field": "n"}}}});
            let all = search(&snapshot, &functions(), &all).expect("valid");
            prop_assert_eq!(&filtered["aggregations"], &all["aggregations"]);
        }
    }
}

#[test]
fn keys_that_exclude_each_other_are_errors() {
    let snapshot = index(mapping(), &[&[json!({"_id": "1", "n": 1})]]);
    let error = |body: Json| error_chain(&search(&snapshot, &functions(), &body).expect_err("refused"));
    let rescore = json!({"query": {"rescore_query": {"match_all": {}}}});
    insta::assert_snapshot!(error(json!({"sort": ["n"], "search_after": [1], "from": 1})), @"[from] must be 0 when [search_after] is used");
    insta::assert_snapshot!(error(json!({"search_after": [1]})), @"[search_after] requires a [sort] with at least one field");
    insta::assert_snapshot!(error(json!({"sort": ["n"], "search_after": [1, 2]})), @"search_after has 2 value(s) but sort has 1.");
    insta::assert_snapshot!(error(json!({"sort": ["n"], "search_after": [1], "collapse": {"field": "n"}})), @"cannot use [collapse] together with [search_after]");
    insta::assert_snapshot!(error(json!({"rescore": rescore, "collapse": {"field": "n"}})), @"cannot use [collapse] together with [rescore]");
    insta::assert_snapshot!(error(json!({"rescore": rescore, "sort": ["n"]})), @"cannot use [sort] together with [rescore], except by descending [_score]");
}

#[test]
fn a_group_has_one_value() {
    let snapshot = index(mapping(), &[&[json!({"_id": "1", "n": [1, 2], "k": ["a", "a"]})]]);
    let error = search(&snapshot, &functions(), &json!({"collapse": {"field": "n"}})).expect_err("several values");
    insta::assert_snapshot!(error_chain(&error), @"failed to collapse document [1], the collapse field must be single valued");
    let response = search(&snapshot, &functions(), &json!({"collapse": {"field": "k"}})).expect("one value");
    assert_eq!(response["hits"]["hits"][0]["fields"], json!({"k": ["a"]}));
}
