//! Random trees of clauses, native and with functions, against a model that looks at every document.

use std::sync::LazyLock;

use crate::support::{self, functions, index, search, udf};
use proptest::prelude::*;
use quidditch_index::Snapshot;
use serde_json::{Value as Json, json};

const DOCUMENTS: i64 = 3_000;

static SNAPSHOT: LazyLock<Snapshot> = LazyLock::new(|| {
    let documents: Vec<Json> =
        (0..DOCUMENTS).map(|n| json!({"_id": n.to_string(), "n": n, "tag": format!("t{}", n % 5)})).collect();
    let (first, rest) = documents.split_at(1_700);
    index(json!({"properties": {"n": {"type": "long"}, "tag": {"type": "keyword"}}}), &[first, rest])
});

#[derive(Debug, Clone)]
enum Tree {
    All(u8),
    /// A tag, with a constant score: the rarity of terms is tantivy's matter.
    Tag(i64, u8),
    Below(i64),
    /// A function filter.
    Bit(i64),
    Constant(Box<Tree>, u8),
    /// A function scorer, with or without a least score.
    Scored(Box<Tree>, i64, Option<u16>),
    Bool {
        must: Vec<Tree>,
        filter: Vec<Tree>,
        should: Vec<Tree>,
        must_not: Vec<Tree>,
        minimum: Option<usize>,
        boost: u8,
    },
}

fn trees() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        (1..4u8).prop_map(Tree::All),
        (0..6i64, 1..4u8).prop_map(|(tag, boost)| Tree::Tag(tag, boost)),
        (0..DOCUMENTS + 100).prop_map(Tree::Below),
        (0..6i64).prop_map(Tree::Bit),
        (0..6i64).prop_map(Tree::Bit),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        let list = || prop::collection::vec(inner.clone(), 0..3);
        prop_oneof![
            1 => (inner.clone(), 1..4u8).prop_map(|(tree, boost)| Tree::Constant(Box::new(tree), boost)),
            1 => (inner.clone(), 1..3i64, prop::option::of(0..3_000u16))
                .prop_map(|(tree, factor, least)| Tree::Scored(Box::new(tree), factor, least)),
            4 => (list(), list(), list(), list(), prop::option::of(0..3usize), 1..3u8).prop_map(
                |(must, filter, should, must_not, minimum, boost)| Tree::Bool { must, filter, should, must_not, minimum, boost }
            ),
        ]
    })
}

impl Tree {
    fn query(&self) -> Json {
        let all = |trees: &[Tree]| trees.iter().map(Tree::query).collect::<Vec<_>>();
        match self {
            Tree::All(boost) => json!({"match_all": {"boost": boost}}),
            Tree::Tag(tag, boost) => {
                json!({"constant_score": {"filter": {"term": {"tag": format!("t{tag}")}}, "boost": boost}})
            }
            Tree::Below(limit) => json!({"range": {"n": {"lt": limit}}}),
            Tree::Bit(bit) => udf("bit", json!({"bit": bit})),
            Tree::Constant(tree, boost) => json!({"constant_score": {"filter": tree.query(), "boost": boost}}),
            Tree::Scored(tree, factor, least) => {
                let mut body = json!({
                    "query": tree.query(), "wasm_udf": {"name": "times", "parameters": {"factor": factor}}
                });
                if let Some(least) = least {
                    body["min_score"] = json!(least);
                }
                json!({"script_score": body})
            }
            Tree::Bool { must, filter, should, must_not, minimum, boost } => {
                let mut body = json!({
                    "must": all(must), "filter": all(filter), "should": all(should), "must_not": all(must_not),
                    "boost": boost
                });
                if let Some(minimum) = minimum {
                    body["minimum_should_match"] = json!(minimum);
                }
                json!({"bool": body})
            }
        }
    }

    /// Whether a document matches where scores and boosts have no effect.
    fn matches(&self, n: i64) -> bool {
        self.score(n, None).is_some()
    }

    /// The score of a document that matches, given the boosts around; `None` if boosts have no effect. Whole numbers, so that no
    /// order of adding them matters.
    fn score(&self, n: i64, outer: Option<f64>) -> Option<f64> {
        let when = |matches: bool, score: f64| matches.then_some(score);
        let times = outer.unwrap_or(1.0);
        match self {
            Tree::All(boost) => Some(f64::from(*boost) * times),
            Tree::Tag(tag, boost) => when(n % 5 == *tag, f64::from(*boost) * times),
            Tree::Below(limit) => when(n < *limit, times),
            Tree::Bit(bit) => when(n >> bit & 1 == 1, times),
            Tree::Constant(tree, boost) => when(tree.matches(n), f64::from(*boost) * times),
            Tree::Scored(tree, factor, least) => {
                let score = ((n * factor) as f64 + tree.score(n, Some(1.0))?) * times;
                when(least.is_none_or(|least| score >= f64::from(least)), score)
            }
            Tree::Bool { must, filter, should, must_not, minimum, boost } => {
                if must.is_empty() && filter.is_empty() && should.is_empty() && must_not.is_empty() {
                    return Some(f64::from(*boost) * times);
                }
                let inner = outer.map(|outer| outer * f64::from(*boost));
                let mut score = 0.0;
                for tree in must {
                    score += tree.score(n, inner)?;
                }
                if !filter.iter().all(|tree| tree.matches(n)) || must_not.iter().any(|tree| tree.matches(n)) {
                    return None;
                }
                let matched: Vec<f64> = should.iter().filter_map(|tree| tree.score(n, inner)).collect();
                let only_must_not = must.is_empty() && filter.is_empty() && should.is_empty();
                let least = usize::from(must.is_empty() && filter.is_empty() && !should.is_empty());
                let minimum = if only_must_not { 0 } else { minimum.unwrap_or(0).max(least) };
                when(matched.len() >= minimum, score + matched.iter().sum::<f64>())
            }
        }
    }
}

/// Id and score of every match, best first.
fn model(tree: &Tree) -> Vec<(String, f64)> {
    let mut hits: Vec<(String, f64)> = Vec::new();
    for n in 0..DOCUMENTS {
        hits.extend(tree.score(n, Some(1.0)).map(|score| (n.to_string(), score)));
    }
    hits.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    hits
}

fn hits(response: &Json) -> Vec<(String, f64)> {
    support::ids(response).into_iter().zip(support::scores(response)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn trees_match_the_model(tree in trees()) {
        let body = json!({"query": tree.query(), "size": DOCUMENTS, "track_total_hits": true});
        let response = search(&SNAPSHOT, &functions(), &body).expect("a valid search");
        let expected = model(&tree);
        prop_assert_eq!(&response["hits"]["total"]["value"], &json!(expected.len()), "{}", body);
        prop_assert_eq!(hits(&response), expected, "{}", body);

        // The same without scores, where stages are planned in another way.
        let body = json!({"query": tree.query(), "size": DOCUMENTS, "sort": ["n"], "track_total_hits": true});
        let response = search(&SNAPSHOT, &functions(), &body).expect("a valid search");
        let mut expected: Vec<i64> = (0..DOCUMENTS).filter(|n| tree.score(*n, Some(1.0)).is_some()).collect();
        expected.sort_unstable();
        let found: Vec<i64> = support::ids(&response).iter().map(|id| id.parse().expect("a number")).collect();
        prop_assert_eq!(found, expected, "{}", body);

        // And the best few alone, where whatever cannot be among them is skipped.
        let body = json!({"query": tree.query(), "size": 7, "track_total_hits": false});
        let response = search(&SNAPSHOT, &functions(), &body).expect("a valid search");
        let expected: Vec<(String, f64)> = model(&tree).into_iter().take(7).collect();
        prop_assert_eq!(hits(&response), expected, "{}", body);
    }
}
