//! An aggregation over the values of a function, against the same over a stored column.

use std::sync::Arc;

use futures::executor::block_on;
use quidditch_engine::{Engine, SearchRequest};
use quidditch_function::{
    Batch, Column, ColumnKind, ColumnRequest, Function, NativeFunctions, NativeValues, Values, native_values,
};
use quidditch_index::Snapshot;
use serde_json::{Value as Json, json};

use crate::measure::Bench;
use crate::row::{Goal, Row};
use crate::search::search;

pub(crate) const NAME: &str = "aggregation_function_values";

/// How much longer a document may take than one with a stored value, without the time in the function.
const MOST_ADDED_NANOSECONDS: f64 = 3.0;

/// Measures `stats` over the field `price` of `documents` documents, and over a function that returns it.
pub(crate) fn measure(bench: &mut Bench, engine: &Engine, snapshot: &Snapshot, documents: u64) {
    if !bench.wants(&[NAME]) {
        return;
    }
    let functions = NativeFunctions::new().with(price());
    let aggregation = |field: &str| json!({"a": {"stats": {"field": field}}});
    let stored = json!({"size": 0, "track_total_hits": true, "aggs": aggregation("price")}).to_string();
    let mut computed = json!({
        "size": 0, "track_total_hits": true, "aggs": aggregation("computed"),
        "derived": {"computed": {"type": "double", "wasm_udf": {"name": "price"}}}
    });
    let text = computed.to_string();
    let (of_function, of_column) = bench.compare(
        NAME,
        || _ = search(engine, snapshot, &text, &functions),
        || _ = search(engine, snapshot, &stored, &functions),
    );
    computed["profile"] = json!(true);
    let in_function = nanoseconds_in_function(engine, snapshot, &computed, &functions);
    let per_document = |time: f64| time / documents as f64;
    let row = Row::new(NAME, "ns", per_document(of_function - in_function)).against(per_document(of_column));
    bench.row(row.goal(Goal::AboveBaselineAtMost(MOST_ADDED_NANOSECONDS)));
}

/// A function that returns the values of the field `price`.
fn price() -> Arc<dyn Function> {
    native_values("price", Vec::new(), |_| {
        let columns = vec![ColumnRequest { field: "price".to_owned(), kind: ColumnKind::Floats }];
        let compute = |batch: &Batch, column: &mut Column| {
            if let (Values::Floats(from), Values::Floats(to)) = (&batch.columns[0].values, &mut column.values) {
                to.extend_from_slice(from);
            }
            Ok(())
        };
        Ok(NativeValues { columns, compute, kind: ColumnKind::Floats })
    })
}

/// The least time of several searches that was spent in the function.
fn nanoseconds_in_function(engine: &Engine, snapshot: &Snapshot, body: &Json, functions: &NativeFunctions) -> f64 {
    const SEARCHES: usize = 20;
    let request = SearchRequest::parse(&body.to_string(), &[], engine.limits()).expect("a valid request");
    let times = (0..SEARCHES).map(|_| {
        let found = block_on(engine.search(snapshot, &request, functions, &Arc::default())).expect("it succeeds");
        found.profile.expect("the request asks for it").functions[0].time_in_nanos
    });
    times.min().expect("there are some") as f64
}
