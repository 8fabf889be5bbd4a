//! Aggregations over a million documents in one split, the whole search, in nanoseconds for each document and level.

use std::fmt::Write;

use quidditch_function::NativeFunctions;
use serde_json::{Value as Json, json};

use crate::function_values;
use crate::many_documents::engine_with_threads;
use crate::measure::Bench;
use crate::one_split::in_one_split;
use crate::peer::Peer;
use crate::row::{Goal, Row};
use crate::search::search;

const DOCUMENTS: u64 = 1_000_000;

pub(crate) const INDEX: &str = "sales";

pub(crate) const MAPPING: &str = r#"{"dynamic": "strict", "properties": {
    "category": {"type": "keyword"}, "user": {"type": "keyword"}, "amount": {"type": "long"}, "price": {"type": "double"},
    "at": {"type": "date"}
}}"#;

/// No time for a document and level may be longer.
const MOST_NANOSECONDS: f64 = 8.0;

/// Rows: their names, their aggregations, and how many levels these have.
fn rows() -> Vec<(&'static str, Json, f64)> {
    vec![
        ("aggregation_terms_1000", json!({"terms": {"field": "category"}}), 1.0),
        ("aggregation_terms_1m", json!({"terms": {"field": "user", "size": 10}}), 1.0),
        ("aggregation_histogram", json!({"histogram": {"field": "price", "interval": 10}}), 1.0),
        (
            "aggregation_date_histogram",
            json!({"date_histogram": {"field": "at", "calendar_interval": "month", "time_zone": "Europe/Berlin"}}),
            1.0,
        ),
        (
            "aggregation_range",
            json!({"range": {"field": "price", "ranges": [
                {"to": 100}, {"from": 100, "to": 300}, {"from": 300, "to": 600}, {"from": 600}
            ]}}),
            1.0,
        ),
        ("aggregation_stats", json!({"stats": {"field": "price"}}), 1.0),
        ("aggregation_cardinality", json!({"cardinality": {"field": "amount"}}), 1.0),
        ("aggregation_percentiles", json!({"percentiles": {"field": "price"}}), 1.0),
        (
            "aggregation_terms_with_stats",
            json!({"terms": {"field": "category"}, "aggs": {"s": {"stats": {"field": "price"}}}}),
            2.0,
        ),
        (
            "aggregation_composite",
            json!({"composite": {"size": 10, "sources": [
                {"category": {"terms": {"field": "category"}}}, {"amount": {"terms": {"field": "amount"}}}
            ]}}),
            1.0,
        ),
    ]
}

pub(crate) fn measure(bench: &mut Bench) {
    let rows = rows();
    let mut names: Vec<&str> = rows.iter().map(|(name, ..)| *name).collect();
    names.push(function_values::NAME);
    if !bench.wants(&names) {
        return;
    }
    let documents = documents();
    let installation = in_one_split(INDEX, MAPPING, &documents);
    let peer = bench.peer.as_deref().map(|url| Peer::new(url, MAPPING, &documents));
    let snapshot = installation.snapshot(INDEX);
    let (engine, functions) = (engine_with_threads(), NativeFunctions::new());
    for (name, aggregation, levels) in rows {
        if !bench.wants(&[name]) {
            continue;
        }
        let body = json!({"size": 0, "track_total_hits": true, "aggs": {"a": aggregation}}).to_string();
        let time = bench.nanoseconds(name, || _ = search(&engine, &snapshot, &body, &functions));
        let mut row = Row::new(name, "ns", time / DOCUMENTS as f64 / levels);
        if let Some(peer) = &peer {
            row = row.against(peer.nanoseconds(&body) / DOCUMENTS as f64 / levels);
        }
        bench.row(row.goal(Goal::AtMost(MOST_NANOSECONDS)));
    }
    function_values::measure(bench, &engine, &snapshot, DOCUMENTS);
}

/// Sales in no order: 1,000 categories, a million users, 100,000 amounts, and dates over ten years.
pub(crate) fn documents() -> String {
    let mut text = String::new();
    for document in 0..DOCUMENTS {
        let shuffled = document * 7_919_777 % 1_000_003;
        let (category, amount) = (shuffled % 1_000, shuffled % 100_000);
        let (price, at) = (shuffled as f64 / 1_000.0, 1_400_000_000_000 + shuffled * 315_000);
        writeln!(
            text,
            r#"{{"_id":"{document}","category":"c{category}","user":"u{shuffled}","amount":{amount},"price":{price},"at":{at}}}"#
        )
        .expect("memory");
    }
    text
}
