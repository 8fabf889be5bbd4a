//! `string_distance` over names of 20 characters: the component compared with the same Rust code, linked natively.

use std::hint::black_box;
use std::sync::Arc;

use quidditch_function::{
    Argument, Batch, Column, ColumnKind, ColumnRequest, Dictionary, Function, NativeScorer, Value, Values,
    native_filter, native_scorer,
};
use quidditch_sandbox::{Sandbox, SandboxLimits};
use string_distance::{Case, Pattern};

use crate::boundary::{load, unlimited};
use crate::measure::Bench;
use crate::row::{Goal, Row};

const DOCUMENTS: usize = 1_024;
const TEXT: &str = "Santa Maria do Norte";
const MAX_DISTANCE: usize = 8;

pub(crate) fn measure(bench: &mut Bench) {
    if !bench.wants(&["string_distance_scorer", "string_distance_filter"]) {
        return;
    }
    let batch = names();
    let sandbox = Sandbox::new(SandboxLimits::default(), None).expect("the sandbox can be set up");
    let component = load(&sandbox, "string_distance");
    let (similarity, near) = (native_similarity(), native_near());

    let per_document = |call: f64| call / DOCUMENTS as f64;
    let row = |name: &'static str, (component, native): (f64, f64)| {
        let row = Row::new(name, "ns/document", per_document(component)).against(per_document(native));
        row.goal(Goal::RatioAtMost(1.5))
    };

    let calls = (scorer_call(component.as_ref(), &batch), scorer_call(similarity.as_ref(), &batch));
    let times = bench.compare("string_distance_scorer", calls.0, calls.1);
    bench.row(row("string_distance_scorer", times));

    let calls = (filter_call(component.as_ref(), &batch), filter_call(near.as_ref(), &batch));
    let times = bench.compare("string_distance_filter", calls.0, calls.1);
    bench.row(row("string_distance_filter", times));
}

/// A closure that calls a scorer with a batch.
fn scorer_call(function: &dyn Function, batch: &Batch) -> impl FnMut() {
    let mut scorer = function.bind_scorer(&arguments(), &unlimited()).expect("it takes the arguments");
    let mut scores = Vec::new();
    move || {
        scorer.score(black_box(batch), &mut scores).expect("it answers");
        black_box(&scores);
    }
}

/// A closure that calls a filter with a batch.
fn filter_call(function: &dyn Function, batch: &Batch) -> impl FnMut() {
    let mut filter = function.bind_filter(&arguments(), &unlimited()).expect("it takes the arguments");
    let mut kept = Vec::new();
    move || {
        filter.keep(black_box(batch), &mut kept).expect("it answers");
        black_box(&kept);
    }
}

fn arguments() -> [Argument; 4] {
    let argument = |name: &str, value| Argument { name: name.to_owned(), value };
    [
        argument("field", Value::Text("name".to_owned())),
        argument("text", Value::Text(TEXT.to_owned())),
        argument("max_distance", Value::Integer(MAX_DISTANCE as i64)),
        argument("ignore_case", Value::Boolean(false)),
    ]
}

/// A different name of 20 ASCII characters for each document.
fn names() -> Batch {
    const SYLLABLES: [&str; 8] = ["san", "ta ", "mar", "ia ", "nor", "te ", "bel", "do "];
    let mut dictionary = Dictionary::default();
    for document in 0..DOCUMENTS {
        // Unordered. The number at the end makes them different.
        let mixed = document.wrapping_mul(0x9e37_79b9);
        let syllable = |place: usize| SYLLABLES[(mixed >> (7 + 3 * place)) % SYLLABLES.len()];
        let name: String = (0..5).map(syllable).collect();
        let code = dictionary.push_text(&format!("{name}{document:05}"));
        dictionary.codes.push(code);
    }
    let columns = vec![Column { values: Values::Texts(dictionary), starts: Vec::new() }];
    Batch { len: DOCUMENTS, scores: Vec::new(), columns }
}

/// The columns that the component requests.
fn columns() -> Vec<ColumnRequest> {
    vec![ColumnRequest { field: "name".to_owned(), kind: ColumnKind::Texts }]
}

/// A result for each text of the batch, computed once for each distinct text, as in the component.
fn of_distinct<T: Copy>(batch: &Batch, answer: impl Fn(&str) -> T) -> impl Iterator<Item = T> {
    let Values::Texts(dictionary) = &batch.columns[0].values else {
        unreachable!("the column is of the kind that was asked for")
    };
    let text = |code: usize| dictionary.text(code as u32).expect("every code has a text");
    let answers: Vec<T> = (0..dictionary.ends.len()).map(|code| answer(text(code))).collect();
    dictionary.codes.iter().map(move |code| answers[*code as usize])
}

fn native_similarity() -> Arc<dyn Function> {
    native_scorer("native", Vec::new(), |_| {
        let pattern = Pattern::new(TEXT, Case::Exact);
        let score = move |batch: &Batch, scores: &mut Vec<f32>| {
            scores.extend(of_distinct(batch, |text| pattern.similarity(text)));
            Ok(())
        };
        Ok(NativeScorer { columns: columns(), score, needs_score: false })
    })
}

fn native_near() -> Arc<dyn Function> {
    native_filter("native", Vec::new(), |_| {
        let pattern = Pattern::new(TEXT, Case::Exact);
        Ok((columns(), move |batch: &Batch, keep: &mut Vec<u8>| {
            let is_near = |text: &str| u8::from(pattern.distance_within(text, MAX_DISTANCE).is_some());
            keep.extend(of_distinct(batch, is_near));
            Ok(())
        }))
    })
}
