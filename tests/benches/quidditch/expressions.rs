//! Scripts: a range filter and a score over batches of 1,024 documents, and how long compiling takes.

use std::hint::black_box;
use std::sync::Arc;

use quidditch_clock::{Clock, SystemClock};
use quidditch_expression::{FieldType, Fields, Language, Script, ScriptLimits};
use quidditch_function::{Batch, Column, Function, Role, Values};
use serde_json::{Map, Value as Json, json};

use crate::boundary::{self, filter_call, native_number_range, unlimited};
use crate::measure::Bench;
use crate::row::{Goal, Row};

const DOCUMENTS: usize = 1_024;
const RANGE: &str = "doc['value'].value >= params.min && doc['value'].value <= params.max";
const SCORE: &str = "_score * ln(2 + doc['value'].value)";
const PAINLESS_SCORE: &str = "_score * Math.log(2 + doc['value'].value)";

/// A mapping with one field.
struct OneFloat;

impl Fields for OneFloat {
    fn field_type(&self, name: &str) -> Option<FieldType> {
        (name == "value").then_some(FieldType::Float)
    }
}

pub(crate) fn measure(bench: &mut Bench) {
    let batch = batch();
    let per_document = |call: f64| call / DOCUMENTS as f64;
    if bench.wants(&["script_range"]) {
        let script = compile(Language::Painless, RANGE, Role::Filter);
        let (script, closure) = bench.compare(
            "script_range",
            script_call(script.as_ref(), &batch),
            filter_call(native_number_range().as_ref(), &boundary::arguments(), &batch),
        );
        let row = Row::new("script_range", "ns/document", per_document(script)).against(per_document(closure));
        bench.row(row.goal(Goal::AboveBaselineAtMost(1.2)));
    }
    for (row, language, source) in
        [("script_score", Language::Expression, SCORE), ("script_score_painless", Language::Painless, PAINLESS_SCORE)]
    {
        if bench.wants(&[row]) {
            let script = compile(language, source, Role::Scorer);
            let mut scorer = script.bind_scorer(&[], &unlimited()).expect("it takes no arguments");
            let mut scores = Vec::new();
            let call = bench.nanoseconds(row, || {
                scorer.score(black_box(&batch), &mut scores).expect("it answers");
                black_box(&scores);
            });
            bench.row(Row::new(row, "ns/document", per_document(call)).goal(Goal::AtMost(6.0)));
        }
    }
    if bench.wants(&["script_compile"]) {
        let call = bench.nanoseconds("script_compile", || {
            black_box(compile(Language::Painless, RANGE, Role::Filter));
        });
        bench.row(Row::new("script_compile", "µs", call / 1e3).goal(Goal::Below(20.0)));
    }
}

fn compile(language: Language, source: &str, role: Role) -> Arc<dyn Function> {
    let params: Map<String, Json> = json!({ "min": 250.0, "max": 750.0 }).as_object().cloned().unwrap_or_default();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let script = Script { language, source, params: &params };
    script.compile(role, &OneFloat, &clock, ScriptLimits::default()).expect("it is valid")
}

fn script_call(function: &dyn Function, batch: &Batch) -> impl FnMut() {
    let mut filter = function.bind_filter(&[], &unlimited()).expect("it takes no arguments");
    let mut keep = Vec::new();
    move || {
        filter.keep(black_box(batch), &mut keep).expect("it answers");
        black_box(&keep);
    }
}

/// One float from 0 to 1,000 for each document, unordered, and a score.
fn batch() -> Batch {
    let values = (0..DOCUMENTS as u64).map(|document| (document * 7_919 % 1_000) as f64).collect();
    let columns = vec![Column { values: Values::Floats(values), starts: Vec::new() }];
    Batch { len: DOCUMENTS, scores: vec![1.5; DOCUMENTS], columns }
}
