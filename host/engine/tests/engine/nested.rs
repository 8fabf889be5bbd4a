//! Random documents with nested objects, and random nested queries, against a model that looks at every object.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::support::{search, writer};
use futures::executor::block_on;
use proptest::prelude::*;
use quidditch_function::NativeFunctions;
use quidditch_index::{Cost, Mapping, ReadSettings, Snapshot, SplitReader};
use quidditch_indexing::{AddOptions, MergeEffort, MergeOptions, create_index};
use quidditch_storage::{MemoryStorage, Storage};
use serde_json::{Value as Json, json};

fn mapping() -> Json {
    json!({"properties": {
        "n": {"type": "long"},
        "c": {"type": "nested", "properties": {
            "k": {"type": "keyword"}, "n": {"type": "long"},
            "r": {"type": "nested", "include_in_root": true, "properties": {"v": {"type": "long"}}},
        }},
        "other": {"type": "nested", "properties": {"k": {"type": "keyword"}}},
    }})
}

/// An object of the list `c`.
#[derive(Debug, Clone)]
struct Object {
    k: u8,
    n: Option<i64>,
    r: Vec<i64>,
}

#[derive(Debug, Clone)]
struct Document {
    objects: Vec<Object>,
    others: u8,
}

fn documents() -> impl Strategy<Value = Vec<Document>> {
    let object = (0..3u8, prop::option::of(0..4i64), prop::collection::vec(0..4i64, 0..3));
    let objects = prop::collection::vec(object.prop_map(|(k, n, r)| Object { k, n, r }), 0..4);
    let document = (objects, 0..3u8).prop_map(|(objects, others)| Document { objects, others });
    prop::collection::vec(document, 1..25)
}

impl Document {
    fn json(&self, id: usize) -> Json {
        let objects = self.objects.iter().map(|object| {
            let r: Vec<Json> = object.r.iter().map(|v| json!({"v": v})).collect();
            let mut json = json!({"k": format!("k{}", object.k), "r": r});
            if let Some(n) = object.n {
                json["n"] = n.into();
            }
            json
        });
        let others: Vec<Json> = (0..self.others).map(|k| json!({"k": format!("k{k}")})).collect();
        json!({"_id": id.to_string(), "n": id, "c": objects.collect::<Vec<_>>(), "other": others})
    }
}

/// A query about objects of `c`.
#[derive(Debug, Clone)]
enum Tree {
    All,
    K(u8),
    AtLeast(i64),
    HasN,
    /// Objects of `r` inside with at least this value.
    Inside(i64),
    /// Scores the boost.
    Constant(Box<Tree>, u8),
    Bool {
        must: Vec<Tree>,
        filter: Vec<Tree>,
        should: Vec<Tree>,
        must_not: Vec<Tree>,
    },
}

fn trees() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        Just(Tree::All),
        (0..4u8).prop_map(Tree::K),
        (0..5i64).prop_map(Tree::AtLeast),
        Just(Tree::HasN),
        (0..5i64).prop_map(Tree::Inside),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        let list = || prop::collection::vec(inner.clone(), 0..3);
        prop_oneof![
            (inner.clone(), 1..4u8).prop_map(|(tree, boost)| Tree::Constant(Box::new(tree), boost)),
            (list(), list(), list(), list()).prop_map(|(must, filter, should, must_not)| Tree::Bool {
                must,
                filter,
                should,
                must_not
            }),
        ]
    })
}

impl Tree {
    fn query(&self) -> Json {
        let all = |trees: &[Tree]| trees.iter().map(Tree::query).collect::<Vec<_>>();
        match self {
            Tree::All => json!({"match_all": {}}),
            Tree::K(k) => json!({"constant_score": {"filter": {"term": {"c.k": format!("k{k}")}}}}),
            Tree::AtLeast(n) => json!({"range": {"c.n": {"gte": n}}}),
            Tree::HasN => json!({"exists": {"field": "c.n"}}),
            Tree::Inside(v) => {
                json!({"constant_score": {"filter": {"nested": {"path": "c.r", "query": {"range": {"c.r.v": {"gte": v}}}}}}})
            }
            Tree::Constant(tree, boost) => json!({"constant_score": {"filter": tree.query(), "boost": boost}}),
            Tree::Bool { must, filter, should, must_not } => {
                json!({"bool": {"must": all(must), "filter": all(filter), "should": all(should), "must_not": all(must_not)}})
            }
        }
    }

    /// The score of an object; `None` if it does not match.
    fn score(&self, object: &Object) -> Option<f64> {
        let scored = |matches: bool| matches.then_some(1.0);
        match self {
            Tree::All => Some(1.0),
            Tree::K(k) => scored(object.k == *k),
            Tree::AtLeast(least) => scored(object.n.is_some_and(|n| n >= *least)),
            Tree::HasN => scored(object.n.is_some()),
            Tree::Inside(least) => scored(object.r.iter().any(|v| v >= least)),
            Tree::Constant(tree, boost) => tree.score(object).map(|_| f64::from(*boost)),
            Tree::Bool { must, filter, should, must_not } => {
                let scores: Option<Vec<f64>> = must.iter().map(|tree| tree.score(object)).collect();
                let optional: Vec<f64> = should.iter().filter_map(|tree| tree.score(object)).collect();
                let is_required = must.is_empty() && filter.is_empty() && !should.is_empty();
                if !filter.iter().all(|tree| tree.score(object).is_some())
                    || must_not.iter().any(|tree| tree.score(object).is_some())
                    || (is_required && optional.is_empty())
                {
                    return None;
                }
                if must.is_empty() && filter.is_empty() && should.is_empty() && must_not.is_empty() {
                    return Some(1.0);
                }
                Some(scores?.iter().chain(&optional).sum())
            }
        }
    }
}

const SCORE_MODES: [&str; 5] = ["avg", "max", "min", "sum", "none"];

fn combined(mode: &str, scores: &[f64]) -> f64 {
    let sum: f64 = scores.iter().sum();
    match mode {
        "avg" => sum / scores.len() as f64,
        "max" => scores.iter().copied().fold(f64::MIN, f64::max),
        "min" => scores.iter().copied().fold(f64::MAX, f64::min),
        "sum" => sum,
        _ => 0.0,
    }
}

/// How an index came about.
#[derive(Debug, Clone)]
struct History {
    /// Where documents are cut into splits.
    cut: prop::sample::Index,
    /// Every how many documents one is deleted; 0 is none.
    deleted: usize,
    is_merged: bool,
}

fn histories() -> impl Strategy<Value = History> {
    (any::<prop::sample::Index>(), 0..4usize, any::<bool>()).prop_map(|(cut, deleted, is_merged)| History {
        cut,
        deleted,
        is_merged,
    })
}

impl History {
    fn is_deleted(&self, id: usize) -> bool {
        self.deleted > 0 && id.is_multiple_of(self.deleted + 1)
    }

    fn index(&self, documents: &[Document]) -> Snapshot {
        let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
        block_on(async {
            let mapping = Mapping::from_json(&mapping()).expect("a valid mapping");
            create_index(&storage, "test", &mapping).await.expect("a new index");
            let lines: Vec<String> =
                documents.iter().enumerate().map(|(id, document)| document.json(id).to_string()).collect();
            let (first, second) = lines.split_at(self.cut.index(lines.len()));
            let writer = writer(&storage);
            for lines in [first, second] {
                let text = lines.join("\n");
                writer.add_documents(text.as_bytes(), &AddOptions::default(), |_| ()).await.expect("added");
            }
            let deleted: Vec<String> =
                (0..documents.len()).filter(|id| self.is_deleted(*id)).map(|id| id.to_string()).collect();
            let deleted: Vec<&str> = deleted.iter().map(String::as_str).collect();
            writer.delete_ids(&deleted).await.expect("deleted");
            if self.is_merged {
                let options = MergeOptions { effort: MergeEffort::Full, deleted_percent: 0, ..MergeOptions::default() };
                writer.merge_splits(&options, |_| ()).await.expect("merged");
            }
            let settings = ReadSettings { whole_split_bytes: 0, ..ReadSettings::default() };
            let reader = Arc::new(SplitReader::new(Arc::clone(&storage), settings));
            let problems = quidditch_indexing::verify_index(&storage, "test", |_| ()).await.expect("readable").problems;
            assert_eq!(problems, []);
            Snapshot::open(&reader, "test", &Cost::default()).await.expect("a readable index")
        })
    }

    /// The documents that are left, with their ids.
    fn left<'a>(&self, documents: &'a [Document]) -> Vec<(usize, &'a Document)> {
        documents.iter().enumerate().filter(|(id, _)| !self.is_deleted(*id)).collect()
    }
}

fn find(snapshot: &Snapshot, body: &Json) -> Json {
    let response = search(snapshot, &NativeFunctions::new(), body).expect("valid");
    assert_eq!(response["profile"]["storage"]["late_round_trips"], 0, "{body}");
    response
}

/// The hits by id.
fn hits(response: &Json) -> BTreeMap<usize, Json> {
    let hits = response["hits"]["hits"].as_array().expect("hits").iter();
    hits.map(|hit| (hit["_id"].as_str().expect("an id").parse().expect("a number"), hit.clone())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn queries_match_objects(
        documents in documents(), history in histories(), tree in trees(), mode in prop::sample::select(&SCORE_MODES[..])
    ) {
        let snapshot = history.index(&documents);
        let left = history.left(&documents);
        prop_assert_eq!(snapshot.documents(), left.len() as u64);
        let query = json!({"nested": {
            "path": "c", "query": tree.query(), "score_mode": mode,
            "inner_hits": {"size": 10, "sort": ["_doc"], "_source": ["c.k"]},
        }});
        let body = json!({"query": query, "size": 100, "profile": true, "_source": false});
        let found = hits(&find(&snapshot, &body));
        let mut expected = BTreeMap::new();
        for (id, document) in &left {
            let matching = document.objects.iter().enumerate();
            let matching: Vec<(usize, f64)> =
                matching.filter_map(|(place, object)| Some((place, tree.score(object)?))).collect();
            if !matching.is_empty() {
                expected.insert(*id, matching);
            }
        }
        prop_assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
        for (id, matching) in &expected {
            let scores: Vec<f64> = matching.iter().map(|(_, score)| *score).collect();
            let score = found[id]["_score"].as_f64().expect("a score");
            prop_assert!((score - combined(mode, &scores)).abs() < 1e-5, "{score} of {id}: {scores:?}");
            let inner = &found[id]["inner_hits"]["c"]["hits"];
            prop_assert_eq!(&inner["total"]["value"], matching.len());
            for (hit, (place, _)) in inner["hits"].as_array().expect("hits").iter().zip(matching) {
                prop_assert_eq!(&hit["_nested"], &json!({"field": "c", "offset": place}));
                prop_assert_eq!(&hit["_source"], &json!({"k": format!("k{}", documents[*id].objects[*place].k)}));
            }
        }
        // Around it, all other documents.
        let body = json!({"query": {"bool": {"must_not": [query]}}, "size": 100, "profile": true});
        let others = hits(&find(&snapshot, &body));
        let expected: Vec<&usize> = left.iter().map(|(id, _)| id).filter(|id| !expected.contains_key(id)).collect();
        prop_assert_eq!(others.keys().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn aggregations_count_objects_and_the_documents_around_them(
        documents in documents(), history in histories(), tree in trees()
    ) {
        let snapshot = history.index(&documents);
        let left = history.left(&documents);
        let inside = json!({
            "k": {"terms": {"field": "c.k", "order": {"_key": "asc"}}, "aggs": {
                "n": {"sum": {"field": "c.n"}},
                "back": {"reverse_nested": {}, "aggs": {"n": {"sum": {"field": "n"}}, "v": {"value_count": {"field": "c.r.v"}}}},
                "r": {"nested": {"path": "c.r"}, "aggs": {"v": {"sum": {"field": "c.r.v"}}}},
            }},
        });
        let body = json!({"size": 0, "profile": true, "aggs": {"c": {"nested": {"path": "c"}, "aggs": {
            "f": {"filter": tree.query(), "aggs": inside}
        }}}});
        let response = find(&snapshot, &body);
        let objects = || left.iter().flat_map(|(id, document)| document.objects.iter().map(move |object| (*id, object)));
        prop_assert_eq!(&response["aggregations"]["c"]["doc_count"], objects().count());
        let matching: Vec<(usize, &Object)> = objects().filter(|(_, object)| tree.score(object).is_some()).collect();
        let filtered = &response["aggregations"]["c"]["f"];
        prop_assert_eq!(&filtered["doc_count"], matching.len());
        let mut expected = Vec::new();
        for k in 0..3u8 {
            let of_key: Vec<_> = matching.iter().filter(|(_, object)| object.k == k).collect();
            let mut ids: Vec<usize> = of_key.iter().map(|(id, _)| *id).collect();
            ids.dedup();
            // A root counts each of its values once.
            let values = |id: &usize| documents[*id].objects.iter().map(|object| object.r.len()).sum::<usize>();
            let inside: Vec<i64> = of_key.iter().flat_map(|(_, object)| object.r.iter().copied()).collect();
            if !of_key.is_empty() {
                expected.push(json!({
                    "key": format!("k{k}"), "doc_count": of_key.len(),
                    "n": {"value": of_key.iter().filter_map(|(_, object)| object.n).sum::<i64>() as f64},
                    "back": {
                        "doc_count": ids.len(), "n": {"value": ids.iter().sum::<usize>() as f64},
                        "v": {"value": ids.iter().map(values).sum::<usize>()},
                    },
                    "r": {"doc_count": inside.len(), "v": {"value": inside.iter().sum::<i64>() as f64}},
                }));
            }
        }
        prop_assert_eq!(&filtered["k"]["buckets"], &Json::from(expected));
    }

    #[test]
    fn sorts_read_the_values_of_objects(
        documents in documents(), history in histories(), tree in trees(), mode in prop::sample::select(&["min", "max", "sum"][..])
    ) {
        let snapshot = history.index(&documents);
        let nested = json!({"path": "c", "filter": tree.query()});
        let body = json!({"size": 100, "profile": true, "sort": [
            {"c.n": {"mode": mode, "nested": nested, "missing": -1}},
            {"c.r.v": {"mode": mode, "missing": -1, "nested": {"path": "c", "filter": tree.query(), "nested": {"path": "c.r"}}}},
        ]});
        let found = hits(&find(&snapshot, &body));
        let left = history.left(&documents);
        prop_assert_eq!(found.len(), left.len());
        let of = |values: Vec<i64>| match mode {
            "min" => values.into_iter().min(),
            "max" => values.into_iter().max(),
            _ => values.into_iter().reduce(|sum, value| sum + value),
        };
        for (id, document) in left {
            let matching = || document.objects.iter().filter(|object| tree.score(object).is_some());
            let n = of(matching().filter_map(|object| object.n).collect()).unwrap_or(-1);
            let v = of(matching().flat_map(|object| object.r.iter().copied()).collect()).unwrap_or(-1);
            prop_assert_eq!(&found[&id]["sort"], &json!([n, v]));
        }
    }
}
