//! Ten common scripts in Painless over a million documents in one split, the whole search, in milliseconds. With `--peer URL`, the
//! baseline is the time that the server at this URL takes for the same search.

use quidditch_function::NativeFunctions;
use serde_json::{Value as Json, json};

use crate::aggregations::{INDEX, MAPPING, documents};
use crate::many_documents::engine_with_threads;
use crate::measure::Bench;
use crate::one_split::in_one_split;
use crate::peer::Peer;
use crate::row::{Goal, Row};
use crate::search::search;

/// How much of the other server's time a search may take.
const MOST_OF_PEER: f64 = 0.1;

/// Rows: their names and searches.
fn rows() -> Vec<(&'static str, Json)> {
    let filter = |script: &str| json!({"query": {"bool": {"filter": {"script": {"script": script}}}}});
    let score =
        |script: &str| json!({"query": {"script_score": {"query": {"match_all": {}}, "script": {"source": script}}}});
    let sort = |of: &str, script: &str| json!({"sort": [{"_script": {"type": of, "script": script, "order": "desc"}}]});
    let aggregation = |aggregation: Json| json!({"size": 0, "aggs": {"a": aggregation}});
    vec![
        ("scripts_filter_range", filter("doc['price'].value > 100 && doc['price'].value < 500")),
        ("scripts_filter_date", filter("doc['at'].value.getMonthValue() == 2")),
        ("scripts_filter_text", filter("doc['category'].value.startsWith('c1')")),
        ("scripts_score_log", score("_score * Math.log(2 + doc['amount'].value)")),
        (
            "scripts_score_if",
            score("if (doc['amount'].value > 50000) { return 2; } return saturation(doc['price'].value, 10);"),
        ),
        (
            "scripts_score_loop",
            score("double sum = 0; for (def amount : doc['amount']) { sum += amount; } return sum;"),
        ),
        ("scripts_sort_number", sort("number", "doc['price'].value * doc['amount'].value")),
        ("scripts_sort_text", sort("string", "doc['category'].value.toUpperCase()")),
        ("scripts_aggregation_sum", aggregation(json!({"sum": {"field": "price", "script": "_value * 1.19"}}))),
        ("scripts_aggregation_terms", aggregation(json!({"terms": {"script": "doc['amount'].value % 10"}}))),
    ]
}

pub(crate) fn measure(bench: &mut Bench) {
    let rows = rows();
    let names: Vec<&str> = rows.iter().map(|(name, _)| *name).collect();
    if !bench.wants(&names) {
        return;
    }
    let documents = documents();
    let installation = in_one_split(INDEX, MAPPING, &documents);
    let snapshot = installation.snapshot(INDEX);
    let peer = bench.peer.as_deref().map(|url| Peer::new(url, MAPPING, &documents));
    let (engine, functions) = (engine_with_threads(), NativeFunctions::new());
    for (name, mut body) in rows {
        if !bench.wants(&[name]) {
            continue;
        }
        body["track_total_hits"] = json!(true);
        body["_source"] = json!(false);
        let text = body.to_string();
        let time = bench.nanoseconds(name, || _ = search(&engine, &snapshot, &text, &functions));
        let row = Row::new(name, "ms", time / 1e6);
        bench.row(match &peer {
            Some(peer) => row.against(peer.nanoseconds(&text) / 1e6).goal(Goal::RatioAtMost(MOST_OF_PEER)),
            None => row,
        });
    }
}
