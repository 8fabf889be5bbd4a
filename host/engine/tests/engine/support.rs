//! Indices in memory, and functions that are closures.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures::executor::block_on;
use quidditch_clock::{Clock, SystemClock};
use quidditch_engine::{DocumentIndexer, Engine, Error, Limits, SearchRequest};
use quidditch_function::{
    Argument, Batch, Cause, Column, ColumnKind, ColumnRange, ColumnRequest, NativeFilter, NativeFunctions,
    NativeScorer, NativeValues, Parameter, ParameterKind, Value, Values, native_filter, native_filter_in_ranges,
    native_scorer, native_values,
};
use quidditch_index::{Cost, Mapping, ReadSettings, Snapshot, SplitReader};
use quidditch_indexing::{AddOptions, IndexWriter, InvalidQuery, QueryCheck, create_index};
use quidditch_storage::{MemoryStorage, Storage};
use serde_json::{Map, Value as Json, json};

/// An index with these documents, cut into as many splits as there are slices.
pub(crate) fn index(mapping: Json, splits: &[&[Json]]) -> Snapshot {
    block_on(index_with(&Mapping::from_json(&mapping).expect("a valid mapping"), splits))
}

async fn index_with(mapping: &Mapping, splits: &[&[Json]]) -> Snapshot {
    let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
    create_index(&storage, "test", mapping).await.expect("a new index");
    let writer = writer(&storage);
    for documents in splits {
        let lines: Vec<String> = documents.iter().map(Json::to_string).collect();
        let text = lines.join("\n");
        let added = writer.add_documents(text.as_bytes(), &AddOptions::default(), |_| ()).await;
        assert_eq!(added.expect("valid documents").added, documents.len() as u64);
    }
    // Even the smallest split is read by ranges, so that every search shows whether it asks for all that it reads.
    let settings = ReadSettings { whole_split_bytes: 0, ..ReadSettings::default() };
    let reader = Arc::new(SplitReader::new(storage, settings));
    Snapshot::open(&reader, "test", &Cost::default()).await.expect("a readable index")
}

/// Accepts every query that a document has.
struct AnyQuery;

impl QueryCheck for AnyQuery {
    fn check(&self, _: &Mapping, _: &Map<String, Json>) -> Result<(), InvalidQuery> {
        Ok(())
    }
}

/// Indexes the documents of a request, which must be valid.
struct Indexer;

#[async_trait]
impl DocumentIndexer for Indexer {
    async fn index(&self, like: &Snapshot, documents: &[Map<String, Json>]) -> Result<Snapshot, Error> {
        let documents: Vec<Json> = documents.iter().cloned().map(Json::Object).collect();
        Ok(index_with(like.mapping(), &[&documents]).await)
    }
}

/// A writer of the index `test`.
pub(crate) fn writer(storage: &Arc<dyn Storage>) -> IndexWriter {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    IndexWriter::new(storage, &clock, "test").expect("a valid name").with_query_check(Arc::new(AnyQuery))
}

/// Searches, and returns the response as JSON.
pub(crate) fn search(snapshot: &Snapshot, functions: &NativeFunctions, body: &Json) -> Result<Json, Error> {
    search_with(&engine(), snapshot, functions, body)
}

pub(crate) fn engine() -> Engine {
    engine_with(Limits::default())
}

pub(crate) fn engine_with(limits: Limits) -> Engine {
    Engine::new(limits, Arc::new(SystemClock::default())).with_document_indexer(Arc::new(Indexer))
}

pub(crate) fn search_with(
    engine: &Engine,
    snapshot: &Snapshot,
    functions: &NativeFunctions,
    body: &Json,
) -> Result<Json, Error> {
    let request = SearchRequest::parse(&body.to_string(), &[], engine.limits())?;
    let response = block_on(engine.search(snapshot, &request, functions, &Arc::default()))?;
    Ok(serde_json::to_value(response).expect("a response is JSON"))
}

/// Fails if one of these types of aggregations or pipelines is not in a request.
pub(crate) fn assert_has_each(types: impl Iterator<Item = &'static str>, request: &Json) {
    let text = request.to_string();
    let missing: Vec<&str> = types.filter(|name| !text.contains(&format!("\"{name}\":{{"))).collect();
    assert!(missing.is_empty(), "add {missing:?}");
}

/// The ids of the hits, in order.
pub(crate) fn ids(response: &Json) -> Vec<String> {
    let hits = response["hits"]["hits"].as_array().expect("hits");
    hits.iter().map(|hit| hit["_id"].as_str().expect("an id").to_owned()).collect()
}

/// The scores of the hits, in order.
pub(crate) fn scores(response: &Json) -> Vec<f64> {
    let hits = response["hits"]["hits"].as_array().expect("hits");
    hits.iter().map(|hit| hit["_score"].as_f64().expect("a score")).collect()
}

/// How often a function was called, and with how many documents, by the profile.
pub(crate) fn calls(response: &Json, function: usize) -> (u64, u64) {
    let profile = &response["profile"]["functions"][function];
    (profile["calls"].as_u64().expect("calls"), profile["documents"].as_u64().expect("documents"))
}

fn parameter(name: &str, kind: ParameterKind) -> Parameter {
    Parameter { name: name.to_owned(), kind, required: true, default: None, summary: String::new() }
}

fn column(field: &str, kind: ColumnKind) -> ColumnRequest {
    ColumnRequest { field: field.to_owned(), kind }
}

fn integers(batch: &Batch, column: usize) -> (&[i64], &Column) {
    let column = &batch.columns[column];
    match &column.values {
        Values::Integers(values) => (values, column),
        other => panic!("wanted integers, got {other:?}"),
    }
}

fn text<'a>(arguments: &'a [Argument], name: &str) -> &'a str {
    match &arguments.iter().find(|argument| argument.name == name).expect("checked by the engine").value {
        Value::Text(text) => text,
        other => panic!("wanted a text, got {other:?}"),
    }
}

fn integer(arguments: &[Argument], name: &str) -> i64 {
    match &arguments.iter().find(|argument| argument.name == name).expect("checked by the engine").value {
        Value::Integer(number) => *number,
        other => panic!("wanted an integer, got {other:?}"),
    }
}

/// What the closures below work with: `bit` keeps documents whose `n` has a bit; `times` scores `n` x factor + score so far;
/// `value` scores `n`; `fail` fails at the document whose `n` is given; `nan` gives NaN there; `least` keeps documents whose `n` is
/// at least the given one, and announces it; `half` computes `n` / 2, and nothing for multiples of 3.
pub(crate) fn functions() -> NativeFunctions {
    let n = || vec![column("n", ColumnKind::Integers)];
    let at = || vec![parameter("at", ParameterKind::Integer)];
    let bit = native_filter("bit", vec![parameter("bit", ParameterKind::Integer)], move |arguments| {
        let bit = integer(arguments, "bit");
        Ok((n(), move |batch: &Batch, keep: &mut Vec<u8>| {
            keep.extend(integers(batch, 0).0.iter().map(|n| (n >> bit & 1) as u8));
            Ok(())
        }))
    });
    let times = native_scorer("times", vec![parameter("factor", ParameterKind::Integer)], move |arguments| {
        let factor = integer(arguments, "factor");
        let score = move |batch: &Batch, scores: &mut Vec<f32>| {
            let numbers = integers(batch, 0).0;
            scores.extend(numbers.iter().zip(&batch.scores).map(|(n, score)| (n * factor) as f32 + score));
            Ok(())
        };
        Ok(NativeScorer { columns: n(), score, needs_score: true })
    });
    let value = native_scorer("value", Vec::new(), move |_| {
        let score = |batch: &Batch, scores: &mut Vec<f32>| {
            assert!(batch.scores.is_empty(), "it does not ask for scores");
            scores.extend(integers(batch, 0).0.iter().map(|n| *n as f32));
            Ok(())
        };
        Ok(NativeScorer { columns: n(), score, needs_score: false })
    });
    let fail = native_filter("fail", at(), move |arguments| {
        let at = integer(arguments, "at");
        Ok((n(), move |batch: &Batch, keep: &mut Vec<u8>| {
            if integers(batch, 0).0.contains(&at) {
                return Err(Cause::Failed(format!("found {at}")));
            }
            keep.resize(batch.len, 1);
            Ok(())
        }))
    });
    let nan = native_scorer("nan", at(), move |arguments| {
        let at = integer(arguments, "at");
        let score = move |batch: &Batch, scores: &mut Vec<f32>| {
            scores.extend(integers(batch, 0).0.iter().map(|n| if *n == at { f32::NAN } else { 1.0 }));
            Ok(())
        };
        Ok(NativeScorer { columns: n(), score, needs_score: false })
    });
    let least = native_filter_in_ranges("least", vec![parameter("least", ParameterKind::Integer)], move |arguments| {
        let least = integer(arguments, "least");
        let keep = move |batch: &Batch, keep: &mut Vec<u8>| {
            keep.extend(integers(batch, 0).0.iter().map(|n| u8::from(*n >= least)));
            Ok(())
        };
        let ranges = vec![ColumnRange { column: 0, min: least as f64, max: f64::INFINITY }];
        Ok(NativeFilter { columns: n(), ranges, keep })
    });
    let half = native_values("half", Vec::new(), move |_| {
        let compute = |batch: &Batch, values: &mut Column| {
            let Values::Floats(halves) = &mut values.values else { return Err(Cause::Failed("not floats".to_owned())) };
            values.starts.push(0);
            for n in integers(batch, 0).0 {
                halves.extend((n % 3 != 0).then_some(*n as f64 / 2.0));
                values.starts.push(halves.len() as u32);
            }
            Ok(())
        };
        Ok(NativeValues { columns: n(), compute, kind: ColumnKind::Floats })
    });
    NativeFunctions::new().with(bit).with(times).with(value).with(fail).with(nan).with(least).with(half)
}

/// A filter that keeps everything and records the columns that it receives.
pub(crate) fn recorder(kind: ColumnKind) -> (NativeFunctions, Arc<Mutex<Vec<Column>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&seen);
    let record = native_filter("record", vec![parameter("field", ParameterKind::Text)], move |arguments| {
        let field = text(arguments, "field").to_owned();
        let into = Arc::clone(&into);
        Ok((vec![column(&field, kind)], move |batch: &Batch, keep: &mut Vec<u8>| {
            into.lock().expect("no panics").push(batch.columns[0].clone());
            keep.resize(batch.len, 1);
            Ok(())
        }))
    });
    (NativeFunctions::new().with(record), seen)
}

/// A clause that calls one of [`functions`].
pub(crate) fn udf(name: &str, parameters: Json) -> Json {
    json!({"wasm_udf": {"name": name, "parameters": parameters}})
}
