//! The limits of the memory of one request.

use quidditch_engine::{Engine, Error, Limits};
use quidditch_function::{ColumnKind, NativeFunctions, error_chain};
use quidditch_index::{IndexError, Snapshot};
use serde_json::{Value as Json, json};

use crate::support::{index, recorder, search_with, udf};

/// Three splits of 100 documents, with a keyword of 50 to 500 bytes and up to 30 numbers each.
fn documents() -> Snapshot {
    let document = |number: usize| {
        let numbers: Vec<usize> = (0..number % 31).collect();
        json!({ "_id": number.to_string(), "k": format!("{number}-{}", "k".repeat(50 + number)), "n": numbers })
    };
    let splits: Vec<Vec<Json>> = (0..3).map(|split| (split * 100..split * 100 + 100).map(document).collect()).collect();
    let splits: Vec<&[Json]> = splits.iter().map(Vec::as_slice).collect();
    index(json!({"properties": {"k": {"type": "keyword"}, "n": {"type": "long"}}}), &splits)
}

fn engine(limits: Limits) -> Engine {
    Engine::new(limits, std::sync::Arc::new(quidditch_clock::SystemClock::default()))
}

/// The lowest limit with which a search succeeds, and the error of the search with a limit of one less.
fn lowest(limits: impl Fn(u64) -> Limits, run: impl Fn(&Engine) -> Result<Json, Error>) -> (u64, Error) {
    let run = |limit: u64| run(&engine(limits(limit)));
    // Fills the caches, so that all further searches do the same.
    run(1 << 40).expect("no limit");
    let (mut fails, mut succeeds) = (0_u64, 1_u64 << 40);
    while fails + 1 < succeeds {
        let middle = fails.midpoint(succeeds);
        if run(middle).is_ok() { succeeds = middle } else { fails = middle }
    }
    (succeeds, run(fails).expect_err("it is below the lowest limit"))
}

fn hits_limit(limit: u64) -> Limits {
    Limits { max_hits_bytes: limit, ..Limits::default() }
}

fn memory_limit(limit: u64) -> Limits {
    Limits { max_memory_bytes: limit, ..Limits::default() }
}

fn read_limit(limit: u64) -> Limits {
    Limits { max_read_bytes: limit, ..Limits::default() }
}

#[test]
fn the_hits_of_a_response_are_limited() {
    let snapshot =
        index(json!({"dynamic": false}), &[&[json!({"_id": "1", "t": "abc"}), json!({"_id": "22", "t": "de"})]]);
    let search =
        |limit: u64, body: Json| search_with(&engine(hits_limit(limit)), &snapshot, &NativeFunctions::new(), &body);
    // Two sources, and three bytes of ids.
    let bytes = (r#"{"t":"abc"}"#.len() + r#"{"t":"de"}"#.len() + 3) as u64;
    assert!(search(bytes, json!({})).is_ok());
    insta::assert_snapshot!(
        search(bytes - 1, json!({})).expect_err("one byte over the limit"),
        @"the hits have more than [23] bytes: request fewer with [size], or less of each with [_source]"
    );
    assert!(search(bytes - 1, json!({"size": 1})).is_ok());
    assert!(search(3, json!({"_source": false})).is_ok(), "only what the response has is counted");
}

#[test]
fn sort_values_belong_to_the_hits() {
    let snapshot = documents();
    let run = |engine: &Engine, levels: usize| {
        let body = json!({ "size": 100, "_source": false, "sort": vec!["k"; levels] });
        search_with(engine, &snapshot, &NativeFunctions::new(), &body)
    };
    let (one, _) = lowest(hits_limit, |engine| run(engine, 1));
    let (three, error) = lowest(hits_limit, |engine| run(engine, 3));
    assert!(matches!(error, Error::HitsTooLarge { .. }), "{error}");
    assert!(three > 2 * one, "{one} bytes with one value each, {three} with three");
}

#[test]
fn the_keys_of_candidates_are_limited() {
    let snapshot = documents();
    let run = |engine: &Engine, sort: Json, size: usize| {
        search_with(engine, &snapshot, &NativeFunctions::new(), &json!({ "size": size, "sort": sort }))
    };
    let (by_score, error) = lowest(memory_limit, |engine| run(engine, json!(["_score"]), 100));
    assert!(matches!(error, Error::OutOfMemory { .. }), "{error}");
    let (by_number, _) = lowest(memory_limit, |engine| run(engine, json!(["n"]), 100));
    let (by_text, error) = lowest(memory_limit, |engine| run(engine, json!(["k"]), 100));
    insta::assert_snapshot!(
        error.to_string().replace(&(by_text - 1).to_string(), "N"),
        @"the request needs more than [N] bytes of memory: request fewer hits with [size] and [from], sort by fewer or shorter fields, or call fewer functions"
    );
    // The texts of 300 candidates have 60,000 bytes.
    assert!(by_score < by_number && by_number + 60_000 < by_text, "{by_score} {by_number} {by_text}");
    let (few, _) = lowest(memory_limit, |engine| run(engine, json!(["k"]), 10));
    assert!(few < by_text / 5, "{few} bytes for 10 hits, {by_text} for 100");
}

#[test]
fn the_columns_of_functions_are_limited() {
    let snapshot = documents();
    let lowest_for = |field: &str, kind: ColumnKind, clauses: usize| {
        let (functions, _) = recorder(kind);
        let clause = udf("record", json!({ "field": field }));
        let body = json!({ "size": 0, "query": { "bool": { "filter": vec![clause; clauses] } } });
        lowest(memory_limit, |engine| search_with(engine, &snapshot, &functions, &body))
    };
    for (field, kind) in [("n", ColumnKind::Integers), ("k", ColumnKind::Texts)] {
        let (one, error) = lowest_for(field, kind, 1);
        assert!(matches!(error, Error::OutOfMemory { .. }), "{error}");
        let (five, _) = lowest_for(field, kind, 5);
        assert!(one > 10_000 && five > 4 * one, "{field}: {one} bytes for one clause, {five} for five");
    }
}

#[test]
fn what_a_request_reads_is_limited() {
    let snapshot = documents();
    let run = |engine: &Engine, query: Json| {
        search_with(engine, &snapshot, &NativeFunctions::new(), &json!({ "query": query }))
    };
    let all = json!({ "range": { "n": { "gte": 3 } } });
    let (bytes, error) = lowest(read_limit, |engine| run(engine, all.clone()));
    assert!(matches!(error, Error::Index(IndexError::TooLarge { .. })), "{error}");
    assert!(bytes > 3 * 1_000, "{bytes} bytes of three splits");
    insta::assert_snapshot!(
        error_chain(&run(&engine(read_limit(0)), all).expect_err("nothing may be read")),
        @"the index could not be read: the request reads more than [0] bytes of the index, the most that one request may hold in memory"
    );
}
