//! Scores of terms, compared with a model of BM25 that counts documents and terms itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::support::{functions, ids, scores, search, writer};
use futures::executor::block_on;
use proptest::prelude::*;
use quidditch_function::error_chain;
use quidditch_index::format::Manifest;
use quidditch_index::{Cost, Mapping, ReadSettings, Snapshot, SplitReader};
use quidditch_indexing::{AddOptions, create_index};
use quidditch_storage::{MemoryStorage, Precondition, Storage};
use serde_json::{Value as Json, json};

fn mapping() -> Json {
    json!({"properties": {
        "text": {"type": "text"}, "other": {"type": "text"}, "tag": {"type": "keyword"}, "flag": {"type": "boolean"}
    }})
}

/// A store with the index `test`, with a split for each slice, in which the documents with these ids are deleted.
fn store(splits: &[&[Json]], deleted: &[String]) -> Arc<dyn Storage> {
    let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
    block_on(async {
        create_index(&storage, "test", &Mapping::from_json(&mapping()).expect("valid")).await.expect("a new index");
        for documents in splits {
            let text: String = documents.iter().map(|document| format!("{document}\n")).collect();
            writer(&storage).add_documents(text.as_bytes(), &AddOptions::default(), |_| ()).await.expect("valid");
        }
        let deleted: Vec<&str> = deleted.iter().map(String::as_str).collect();
        writer(&storage).delete_ids(&deleted).await.expect("deleted");
    });
    storage
}

fn open(storage: &Arc<dyn Storage>) -> Snapshot {
    let settings = ReadSettings { whole_split_bytes: 0, ..ReadSettings::default() };
    let reader = Arc::new(SplitReader::new(Arc::clone(storage), settings));
    block_on(Snapshot::open(&reader, "test", &Cost::default())).expect("a readable index")
}

/// Removes the statistics from the manifest, as if an older version had written it.
fn forget_statistics(storage: &Arc<dyn Storage>) {
    block_on(async {
        let (mut manifest, _) = Manifest::read(storage, "test").await.expect("readable");
        assert!(manifest.splits.iter().all(|split| split.statistics.is_some()));
        manifest.splits.iter_mut().for_each(|split| split.statistics = None);
        manifest.write(storage, "test", Precondition::None).await.expect("written");
    });
}

/// The terms of each document in one field.
struct Model {
    terms: BTreeMap<String, Vec<String>>,
    is_text: bool,
}

impl Model {
    fn new(documents: &[Json], field: &str) -> Self {
        let is_text = matches!(field, "text" | "other");
        let terms = |document: &Json| -> Vec<String> {
            let values = match &document[field] {
                Json::Null => Vec::new(),
                Json::Array(values) => values.clone(),
                value => vec![value.clone()],
            };
            if !is_text {
                return BTreeSet::from_iter(values.iter().map(Json::to_string)).into_iter().collect();
            }
            let words = values.iter().flat_map(|value| value.as_str().expect("a text").split(' '));
            words.filter(|word| *word != "!").map(str::to_owned).collect()
        };
        let id = |document: &Json| document["_id"].as_str().expect("an id").to_owned();
        Model { terms: documents.iter().map(|document| (id(document), terms(document))).collect(), is_text }
    }

    /// The scores of all documents with a term.
    fn scores(&self, term: &str) -> BTreeMap<String, f64> {
        let with_field: Vec<_> = self.terms.values().filter(|terms| !terms.is_empty()).collect();
        let documents = with_field.len() as f64;
        let average = with_field.iter().map(|terms| terms.len()).sum::<usize>() as f64 / documents;
        let frequency = |terms: &[String]| terms.iter().filter(|other| *other == term).count() as f64;
        let matching = with_field.iter().filter(|terms| frequency(terms) > 0.0).count() as f64;
        let idf = (1.0 + (documents - matching + 0.5) / (matching + 0.5)).ln();
        let score = |terms: &[String]| {
            let length = if self.is_text { terms.len() as f64 } else { 1.0 };
            2.2 * idf * frequency(terms) / (frequency(terms) + 1.2 * (0.25 + 0.75 * length / average))
        };
        let matches = self.terms.iter().filter(|(_, terms)| frequency(terms) > 0.0);
        matches.map(|(id, terms)| (id.clone(), score(terms))).collect()
    }
}

fn documents() -> impl Strategy<Value = Vec<Json>> {
    let words = || prop::collection::vec(prop::sample::select(&["red", "green", "old", "new", "!"][..]), 0..9);
    let tags = prop::collection::vec(0..4u8, 0..4);
    let document = (words(), prop::option::weighted(0.3, words()), tags, prop::option::weighted(0.4, any::<bool>()));
    prop::collection::vec(document, 1..50).prop_map(|documents| {
        let mut all = Vec::new();
        for (number, (text, other, tags, flag)) in documents.into_iter().enumerate() {
            let mut document = json!({"_id": number.to_string(), "flag": flag});
            if !text.is_empty() {
                document["text"] = json!(text.join(" "));
            }
            if let Some(other) = other {
                document["other"] = json!(other);
            }
            document["tag"] = json!(tags);
            all.push(document);
        }
        all
    })
}

fn nearly_equal(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-6 * one.abs().max(other.abs())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn terms_score_as_in_the_model_however_the_index_is_cut(
        documents in documents(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        deleted in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        boost in prop::sample::select(&[1.0, 0.3, 7.0][..]),
    ) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(documents.len())).collect();
        cuts.extend([0, documents.len()]);
        cuts.sort_unstable();
        cuts.dedup();
        let splits: Vec<&[Json]> = cuts.windows(2).map(|pair| &documents[pair[0]..pair[1]]).collect();
        let deleted: Vec<String> = deleted.iter().map(|number| number.index(documents.len()).to_string()).collect();
        // A split whose documents are all deleted is removed, and counts no more.
        let is_removed = |split: &&[Json]| split.iter().all(|document| deleted.iter().any(|id| document["_id"] == *id));
        let counted: Vec<Json> = splits.iter().filter(|split| !is_removed(split)).flat_map(|split| split.to_vec()).collect();
        let snapshot = open(&store(&splits, &deleted));
        for (field, term, value) in [
            ("text", "red", json!("red")), ("other", "old", json!("old")), ("tag", "1", json!(1)), ("flag", "true", json!(true)),
        ] {
            let mut expected = Model::new(&counted, field).scores(term);
            expected.retain(|id, _| !deleted.contains(id));
            for query in [json!({"term": {field: {"value": value, "boost": boost}}}), json!({"match": {field: {"query": value, "boost": boost}}})] {
                for total in [json!(true), json!(false)] {
                    let body = json!({"query": query, "size": 100, "track_total_hits": total});
                    let response = search(&snapshot, &functions(), &body).expect("valid");
                    let found: BTreeMap<String, f64> = ids(&response).into_iter().zip(scores(&response)).collect();
                    prop_assert!(found.keys().eq(expected.keys()), "{}: {:?} {:?}", body, found, expected);
                    for (id, score) in &found {
                        prop_assert!(nearly_equal(*score, expected[id] * boost), "{} of {}: {:?} {:?}", id, body, found, expected);
                    }
                }
            }
        }
    }
}

#[test]
fn an_index_without_statistics_in_its_manifest_scores_the_same() {
    let document = |number: usize| {
        let mut document = json!({"_id": number.to_string()});
        if number.is_multiple_of(3) {
            document["text"] = json!(["red", "red old", "green new red"][number % 9 / 3]);
            document["tag"] = json!([number % 4, 9]);
        }
        if number.is_multiple_of(5) {
            document["flag"] = json!(number.is_multiple_of(2));
        }
        document
    };
    let documents: Vec<Json> = (0..40).map(document).collect();
    let splits: Vec<&[Json]> = documents.chunks(15).collect();
    let storage = store(&splits, &["3".to_owned()]);
    let query = json!({"bool": {"should": [
        {"match": {"text": "red new"}}, {"term": {"tag": 2}}, {"term": {"flag": true}}, {"range": {"flag": {"lt": true}}}
    ]}});
    let body = json!({"query": query, "size": 100, "profile": true});
    let new = search(&open(&storage), &functions(), &body).expect("valid");
    forget_statistics(&storage);
    let old = search(&open(&storage), &functions(), &body).expect("valid");
    assert_eq!(new["hits"], old["hits"]);
    assert_eq!(ids(&new).len(), 18);
    for response in [new, old] {
        assert_eq!(response["profile"]["storage"]["late_round_trips"], 0, "{}", response["profile"]["storage"]);
    }
}

/// Terms that nearly all documents have: the smaller a score is, the more its digits count.
#[test]
fn very_frequent_terms_score_exactly() {
    let documents: Vec<Json> = (0..5_000).map(|id| json!({"_id": id.to_string(), "text": "red"})).collect();
    let snapshot = open(&store(&[&documents], &[]));
    let response = search(&snapshot, &functions(), &json!({"query": {"match": {"text": "red"}}, "size": 1}));
    let expected = (0.5_f64 / 5_000.5).ln_1p();
    assert!(nearly_equal(scores(&response.expect("valid"))[0], expected));
}

/// Of each block of postings, an index stores which document scores best if the average length counts all documents, also those
/// without the field. With the right average, another document may be the best: it must not be skipped.
#[test]
fn the_best_document_of_a_sparse_field_is_found() {
    let mut texts: Vec<String> = vec!["red".to_owned(); 256];
    texts[200] = "red red red red red old old old".to_owned();
    texts.extend(vec!["green ".repeat(20); 256]);
    let mut documents: Vec<Json> = Vec::new();
    for (id, text) in texts.iter().enumerate() {
        documents.push(json!({"_id": id.to_string(), "text": text}));
    }
    documents.extend((512..4_000).map(|id| json!({"_id": id.to_string()})));
    let snapshot = open(&store(&[&documents], &[]));
    for query in [
        json!({"term": {"text": "red"}}),
        json!({"match": {"text": {"query": "red", "boost": 3}}}),
        json!({"match": {"text": "red blue"}}),
        json!({"match": {"text": "red old"}}),
    ] {
        for total in [json!(true), json!(false)] {
            let body = json!({"query": query, "size": 1, "track_total_hits": total});
            assert_eq!(ids(&search(&snapshot, &functions(), &body).expect("valid")), ["200"], "{body}");
        }
    }
}

#[test]
fn scores_that_are_not_finite_are_errors() {
    let documents = [json!({"_id": "a", "text": "red", "tag": 1}), json!({"_id": "b", "text": "old"})];
    let snapshot = open(&store(&[&documents], &[]));
    let constant = json!({"constant_score": {"filter": {"term": {"tag": 1}}, "boost": 3e38}});
    let sum = json!({"bool": {"should": [constant, constant, {"match_all": {}}]}});
    let error = |body: Json| error_chain(&search(&snapshot, &functions(), &body).expect_err("not finite"));
    for rest in [json!({}), json!({"sort": ["_score", "tag"]}), json!({"sort": ["tag"], "track_scores": true})] {
        let mut body = json!({"query": sum});
        body.as_object_mut().expect("an object").extend(rest.as_object().expect("an object").clone());
        insta::allow_duplicates! {
            insta::assert_snapshot!(error(body), @"the query computes an invalid score [inf] for document [a]: must be finite, use smaller boosts");
        }
    }
    insta::assert_snapshot!(error(json!({"query": {"bool": {"must": [constant, constant]}}})), @"scores must be finite, but the constant scores of the clauses of a [bool] query add up to [inf]: use smaller boosts");
    insta::assert_snapshot!(error(json!({"query": {"term": {"text": {"value": "old", "boost": 3.4e38}}}})), @"the query computes an invalid score [inf] for document [b]: must be finite, use smaller boosts");
    let unscored = json!({"query": sum, "size": 0});
    assert_eq!(search(&snapshot, &functions(), &unscored).expect("valid")["hits"]["total"]["value"], 2);
    let largest = json!({"query": {"constant_score": {"filter": {"match_all": {}}, "boost": 3.4e38}}});
    assert!(nearly_equal(scores(&search(&snapshot, &functions(), &largest).expect("valid"))[0], 3.4e38));
}

#[test]
fn the_max_score_is_that_of_all_matches() {
    let documents = [json!({"_id": "a", "text": "red green"}), json!({"_id": "b", "text": "red"}), json!({"_id": "c"})];
    let splits: Vec<&[Json]> = documents.chunks(1).collect();
    let snapshot = open(&store(&splits, &[]));
    let max_score = |body: Json| {
        let response = search(&snapshot, &functions(), &body).expect("valid");
        (response["hits"]["max_score"].clone(), response["hits"]["hits"][0]["_score"].clone())
    };
    let query = json!({"match": {"text": "red"}});
    let (best, shown) = max_score(json!({"query": query}));
    assert_eq!(best, shown);
    let (tracked, first) = max_score(json!({"query": query, "sort": ["_doc"], "track_scores": true, "size": 1}));
    assert_eq!(tracked, best);
    assert!(first.as_f64() < best.as_f64() && first.is_number());
    assert_eq!(max_score(json!({"query": query, "sort": ["_doc"], "min_score": 0.01})), (Json::Null, Json::Null));
    let (untracked, first) = max_score(json!({"query": query, "sort": ["_doc", "_score"]}));
    assert!(untracked.is_null() && first.is_number());
}
