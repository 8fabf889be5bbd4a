//! Queries over a million documents of natural-like text in one split, the whole search, in milliseconds. With `--peer URL`, the
//! baseline is the time that the server at this URL takes for the same search. Rows with `_by_hand` compare the same query with its
//! counterpart written against tantivy, on the same split and with one thread.

use std::fmt::Write;
use std::hint::black_box;
use std::sync::Arc;

use futures::executor::block_on;
use quidditch_function::NativeFunctions;
use quidditch_index::{Cost, IndexError, ReadSession, Snapshot, View};
use serde_json::{Value as Json, json};
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, Occur, PhraseQuery, Query, RangeQuery, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{TantivyDocument, Term};

use crate::many_documents::{engine, engine_with_threads};
use crate::measure::Bench;
use crate::one_split::in_one_split;
use crate::peer::Peer;
use crate::row::{Goal, Row};
use crate::search::search;

const DOCUMENTS: usize = 1_000_000;

const INDEX: &str = "texts";

const MAPPING: &str = r#"{"dynamic": "strict", "properties": {
    "title": {"type": "text"}, "text": {"type": "text"}, "n": {"type": "long"}, "place": {"type": "geo_point"}
}}"#;

/// Words of the language, and of a title and of a text.
const WORDS: usize = 20_000;
const TITLE_WORDS: usize = 4;
const TEXT_WORDS: usize = 12;

/// How much longer a search may take than its counterpart by hand.
const MOST_OVER_BY_HAND: f64 = 1.15;

/// The words that are searched for: one in many documents, one in fewer, one in few.
const COMMON: usize = 2;
const USUAL: usize = 20;
const RARE: usize = 800;

/// Rows: their names and searches.
fn rows() -> Vec<(&'static str, Json)> {
    let [common, usual, rare] = [COMMON, USUAL, RARE].map(word);
    let query = |query: Json| json!({ "query": query });
    let text = |query: Json| json!({ "text": query });
    let both = format!("{common} {usual}");
    vec![
        ("query_term", query(json!({ "match": { "text": usual } }))),
        ("query_and", query(json!({ "match": text(json!({ "query": both, "operator": "and" })) }))),
        ("query_or", query(json!({ "match": { "text": both } }))),
        ("query_phrase", query(json!({ "match_phrase": { "text": both } }))),
        ("query_prefix", query(json!({ "prefix": { "text": &rare[..3] } }))),
        ("query_wildcard", query(json!({ "wildcard": { "text": format!("{}*{}", &rare[..2], &rare[3..]) } }))),
        ("query_fuzzy", query(json!({ "fuzzy": { "text": { "value": rare } } }))),
        (
            "query_string",
            query(
                json!({ "query_string": { "default_field": "text", "query": format!("({common} AND {usual}) OR {rare}") } }),
            ),
        ),
        (
            "query_multi_match",
            query(json!({ "multi_match": { "query": format!("{usual} {rare}"), "fields": ["title^2", "text"] } })),
        ),
        ("query_range", query(json!({ "range": { "n": { "gte": 250_000, "lt": 750_000 } } }))),
        ("query_sort_of_all", json!({ "query": { "match_all": {} }, "sort": [{ "n": "desc" }] })),
        ("query_sort_by_field", json!({ "query": { "match": { "text": common } }, "sort": [{ "n": "desc" }] })),
        (
            "query_sort_by_distance",
            json!({
                "query": { "match": { "text": common } },
                "sort": [{ "_geo_distance": { "place": { "lat": 10, "lon": 20 }, "order": "asc" } }],
            }),
        ),
        (
            "query_highlight",
            json!({ "query": { "match": { "text": both } }, "highlight": { "fields": { "text": {} } } }),
        ),
    ]
}

/// Names of the rows with a counterpart by hand.
const BY_HAND: [&str; 5] =
    ["query_term_by_hand", "query_and_by_hand", "query_or_by_hand", "query_phrase_by_hand", "query_range_by_hand"];

pub(crate) fn measure(bench: &mut Bench) {
    let rows = rows();
    let names: Vec<&str> = rows.iter().map(|(name, _)| *name).chain(BY_HAND).collect();
    if !bench.wants(&names) {
        return;
    }
    let documents = documents();
    let installation = in_one_split(INDEX, MAPPING, &documents);
    let snapshot = installation.snapshot(INDEX);
    let peer = bench.peer.as_deref().map(|url| Peer::new(url, MAPPING, &documents));
    let (all_threads, one_thread, functions) = (engine_with_threads(), engine(), NativeFunctions::new());
    let by_hand = ByHand::new(&snapshot);
    for (name, mut body) in rows {
        body["track_total_hits"] = json!(true);
        body["_source"] = json!(false);
        let text = body.to_string();
        if bench.wants(&[name]) {
            let time = bench.nanoseconds(name, || _ = search(&all_threads, &snapshot, &text, &functions));
            let row = Row::new(name, "ms", time / 1e6);
            bench.row(match &peer {
                Some(peer) => row.against(peer.nanoseconds(&text) / 1e6).goal(Goal::RatioAtMost(1.0)),
                None => row,
            });
        }
        let Some(name) = BY_HAND.into_iter().find(|by_hand| by_hand.strip_suffix("_by_hand") == Some(name)) else {
            continue;
        };
        if bench.wants(&[name]) {
            let query = by_hand.query(name);
            let matches = search(&one_thread, &snapshot, &text, &functions);
            assert_eq!(matches, by_hand.search(&*query), "{name} compares two queries");
            let (ours, theirs) = bench.compare(
                name,
                || _ = search(&one_thread, &snapshot, &text, &functions),
                || _ = by_hand.search(&*query),
            );
            let row = Row::new(name, "ms", ours / 1e6).against(theirs / 1e6);
            bench.row(row.goal(Goal::RatioAtMost(MOST_OVER_BY_HAND)));
        }
    }
}

/// Searches as a program does that uses tantivy alone.
struct ByHand<'a> {
    snapshot: &'a Snapshot,
    reads: ReadSession,
    view: Arc<View>,
}

impl<'a> ByHand<'a> {
    fn new(snapshot: &'a Snapshot) -> Self {
        let reads = ReadSession::new(snapshot.reader(), &Arc::new(Cost::default()));
        let view = block_on(snapshot.view_of_all(&reads)).expect("the split can be opened");
        ByHand { snapshot, reads, view }
    }

    /// The counterpart of a row.
    fn query(&self, name: &str) -> Box<dyn Query> {
        let field = |name: &str| self.snapshot.mapping().field(name).expect("it is mapped").tantivy_field();
        let term = |rank: usize| Term::from_field_text(field("text"), &word(rank));
        let of_term =
            |rank: usize| -> Box<dyn Query> { Box::new(TermQuery::new(term(rank), IndexRecordOption::WithFreqs)) };
        let of_both = |occur: Occur| -> Box<dyn Query> {
            Box::new(BooleanQuery::new(vec![(occur, of_term(COMMON)), (occur, of_term(USUAL))]))
        };
        match name {
            "query_term_by_hand" => of_term(USUAL),
            "query_and_by_hand" => of_both(Occur::Must),
            "query_or_by_hand" => of_both(Occur::Should),
            "query_phrase_by_hand" => Box::new(PhraseQuery::new(vec![term(COMMON), term(USUAL)])),
            _ => {
                let bound = |number: i64| Term::from_field_i64(field("n"), number);
                let (from, to) = (bound(250_000), bound(750_000));
                Box::new(RangeQuery::new(std::ops::Bound::Included(from), std::ops::Bound::Excluded(to)))
            }
        }
    }

    /// Finds the ten best matches, and reads their documents; returns how many matches there are.
    fn search(&self, query: &dyn Query) -> u64 {
        let found = self.reads.run(|| {
            let collectors = (TopDocs::with_limit(10).order_by_score(), Count);
            let searcher = self.view.searcher();
            let (best, count) = searcher.search(query, &collectors)?;
            for (_, address) in best {
                let document: TantivyDocument = searcher.doc(address)?;
                black_box(document);
            }
            Ok::<_, IndexError>(count)
        });
        block_on(found).expect("the search succeeds") as u64
    }
}

/// The word with a rank: of two to six letters, in syllables.
fn word(rank: usize) -> String {
    const CONSONANTS: &[u8] = b"bcdfghjklmnprstvwxyz";
    const VOWELS: &[u8] = b"aeiou";
    let syllables = CONSONANTS.len() * VOWELS.len();
    let (mut word, mut left) = (String::new(), rank);
    loop {
        let syllable = left % syllables;
        word.push(char::from(CONSONANTS[syllable / VOWELS.len()]));
        word.push(char::from(VOWELS[syllable % VOWELS.len()]));
        left /= syllables;
        if left == 0 {
            return word;
        }
    }
}

/// Documents with words whose frequencies follow Zipf's law.
fn documents() -> String {
    let mut shares: Vec<f64> = (0..WORDS).map(|rank| 1.0 / (rank as f64 + 2.7)).collect();
    let total: f64 = shares.iter().sum();
    let mut sum = 0.0;
    for share in &mut shares {
        sum += *share / total;
        *share = sum;
    }
    let words: Vec<String> = (0..WORDS).map(word).collect();
    let mut state = 1_u64;
    let mut random = || {
        // The generator of Knuth's MMIX.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut text = String::new();
    for document in 0..DOCUMENTS {
        write!(text, r#"{{"_id":"{document}","#).expect("memory");
        for (field, count) in [("title", TITLE_WORDS), ("text", TEXT_WORDS)] {
            write!(text, r#""{field}":""#).expect("memory");
            for nth in 0..count {
                let place = random();
                let rank = shares.partition_point(|share| *share < place).min(WORDS - 1);
                text.push_str(if nth == 0 { "" } else { " " });
                text.push_str(&words[rank]);
            }
            text.push_str(r#"","#);
        }
        let (n, lat, lon) = (document * 7_919_777 % 1_000_003, random() * 180.0 - 90.0, random() * 360.0 - 180.0);
        writeln!(text, r#""n":{n},"place":{{"lat":{lat:.5},"lon":{lon:.5}}}}}"#).expect("memory");
    }
    text
}
