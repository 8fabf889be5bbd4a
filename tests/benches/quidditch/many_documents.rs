//! A query with `number_range` over a million documents: as a component, as a closure, and as tantivy's range query.

use std::fmt::Write;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use quidditch_clock::SystemClock;
use quidditch_engine::{Engine, Limits};
use quidditch_function::{FunctionResolver, NativeFunctions};
use quidditch_index::TRACE_TARGET;
use quidditch_supervision::{SupervisedFunctions, SupervisionSettings, Supervisor};
use quidditch_tests::Installation;
use serde_json::json;
use tracing::Dispatch;
use tracing::dispatcher::with_default;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::boundary::native_number_range;
use crate::measure::Bench;
use crate::row::{Goal, Row};
use crate::search::{filtered, search};

const DOCUMENTS: u64 = 1_000_000;
const MAPPING: &str =
    r#"{"dynamic": "strict", "properties": {"value": {"type": "double"}, "half": {"type": "keyword"}}}"#;

pub(crate) fn measure(bench: &mut Bench) {
    if !bench.wants(&["number_range", "number_range_built_in", "supervision", "filter_cache"]) {
        return;
    }
    let installation = Installation::new(Duration::from_secs(1_000_000));
    installation.create_index("numbers", MAPPING);
    installation.add("numbers", documents().as_bytes());
    installation.publish_examples();
    let snapshot = installation.snapshot("numbers");
    let engine = engine();

    let parameters = json!({ "field": "value", "min": 250.0, "max": 750.0 });
    let function = filtered(&json!({ "wasm_udf": { "name": "number_range", "parameters": parameters } }));
    let built_in = filtered(&json!({ "range": { "value": { "gte": 250.0, "lte": 750.0 } } }));
    let native = NativeFunctions::new().with(native_number_range());

    let matches = search(&engine, &snapshot, &function, installation.registry.as_ref());
    assert_eq!(matches, search(&engine, &snapshot, &function, &native));
    assert_eq!(matches, search(&engine, &snapshot, &built_in, &native));

    let run = |body: &str, functions: &dyn FunctionResolver| {
        search(&engine, &snapshot, body, functions);
    };
    let registry = installation.registry.as_ref();
    let (component, closure) = bench.compare("number_range", || run(&function, registry), || run(&function, &native));
    let row = Row::new("number_range", "ms", component / 1e6).against(closure / 1e6);
    bench.row(row.goal(Goal::RatioAtMost(1.5)));
    let (component, tantivy) =
        bench.compare("number_range_built_in", || run(&function, registry), || run(&built_in, &native));
    bench.row(Row::new("number_range_built_in", "ms", component / 1e6).against(tantivy / 1e6));
    let supervised = supervised(&installation);
    let log = server_log();
    let (watched, unwatched) = bench.compare(
        "supervision",
        || with_default(&log, || run(&function, &supervised)),
        || run(&function, registry),
    );
    let row = Row::new("supervision", "ms", watched / 1e6).against(unwatched / 1e6);
    bench.row(row.goal(Goal::RatioAtMost(1.01)));

    let caching = engine.with_filter_cache(1 << 20);
    let term = filtered(&json!({ "term": { "half": "inner" } }));
    let cached = |body: &str| search(&caching, &snapshot, body, registry);
    // The first search only notes the filter, the second records what it keeps.
    for _ in 0..3 {
        assert_eq!(cached(&function), cached(&term));
    }
    let measured = |body: &str| {
        cached(body);
    };
    let (known, term) = bench.compare("filter_cache", || measured(&function), || measured(&term));
    bench.row(Row::new("filter_cache", "ms", known / 1e6).against(term / 1e6).goal(Goal::RatioAtMost(1.1)));
}

/// The published functions, watched as a server does it.
pub(crate) fn supervised(installation: &Installation) -> SupervisedFunctions {
    let supervisor = Supervisor::new(SupervisionSettings::default(), Arc::new(SystemClock::default()));
    SupervisedFunctions::new(installation.registry.clone(), supervisor)
}

/// Logging as the server has it without `--otlp-endpoint`: the spans of traces are switched off.
fn server_log() -> Dispatch {
    let filter = EnvFilter::new(format!("warn,{TRACE_TARGET}=off"));
    let lines = tracing_subscriber::fmt::layer().with_writer(io::sink).with_filter(filter);
    Dispatch::new(tracing_subscriber::registry().with(lines))
}

/// An engine without a time limit for functions.
pub(crate) fn engine() -> Engine {
    let limits = Limits { max_function_time: Duration::from_secs(1_000_000), ..Limits::default() };
    Engine::new(limits, Arc::new(SystemClock::default()))
}

/// The same with a thread for each core, as the server has it.
pub(crate) fn engine_with_threads() -> Engine {
    let cores = std::thread::available_parallelism().expect("the system tells").get();
    engine().with_threads(cores).expect("threads can be started")
}

/// Values from 0 to 1,000, unordered, and whether they are in the inner half of these.
fn documents() -> String {
    let mut text = String::new();
    for document in 0..DOCUMENTS {
        let value = (document * 7_919_777 % 1_000_003) as f64 / 1_000.0;
        let half = if (250.0..=750.0).contains(&value) { "inner" } else { "outer" };
        writeln!(text, r#"{{"_id":"{document}","value":{value},"half":"{half}"}}"#).expect("memory");
    }
    text
}
