//! Measures the cost of the boundary: a range filter on one float column and a scorer, each as a component and as a native closure, with
//! 1,024 documents per call; and the cost of binding a function.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use quidditch_function::{
    Argument, Batch, Budget, Code, Column, ColumnKind, ColumnRequest, Function, FunctionId, Loader, NativeScorer,
    Value, Values, native_filter, native_scorer,
};
use quidditch_sandbox::{Sandbox, SandboxLimits};
use quidditch_test_guests::Guest;

const DOCUMENTS: usize = 1024;

fn batch() -> Batch {
    let values = (0..DOCUMENTS).map(|document| (document * 7919 % DOCUMENTS) as f64).collect();
    Batch {
        len: DOCUMENTS,
        scores: Vec::new(),
        columns: vec![Column { values: Values::Floats(values), starts: Vec::new() }],
    }
}

fn column() -> Vec<ColumnRequest> {
    vec![ColumnRequest { field: "population".to_owned(), kind: ColumnKind::Floats }]
}

fn floats(batch: &Batch) -> &[f64] {
    match &batch.columns[0].values {
        Values::Floats(values) => values,
        other => panic!("not the requested column: {other:?}"),
    }
}

fn native_range() -> Arc<dyn Function> {
    native_filter("native", Vec::new(), |arguments| {
        let Value::Float(minimum) = arguments[0].value else { panic!("the argument is a number") };
        Ok((column(), move |batch: &Batch, keep: &mut Vec<u8>| {
            keep.extend(floats(batch).iter().map(|value| u8::from(*value >= minimum)));
            Ok(())
        }))
    })
}

fn native_value_as_score() -> Arc<dyn Function> {
    native_scorer("native", Vec::new(), |_| {
        let score = |batch: &Batch, scores: &mut Vec<f32>| {
            scores.extend(floats(batch).iter().map(|value| *value as f32));
            Ok(())
        };
        Ok(NativeScorer { columns: column(), score, needs_score: false })
    })
}

fn boundary(criterion: &mut Criterion) {
    let sandbox = Sandbox::new(SandboxLimits::default(), None).expect("the sandbox can be set up");
    let code = Guest::new().build();
    let component = sandbox.load(FunctionId::new("component", "1.0.0"), Code::Component(&code)).expect("loads");
    let budget = Arc::new(Budget::new(Duration::from_secs(100_000)));
    let arguments = [Argument { name: "minimum".to_owned(), value: Value::Float(512.0) }];
    let batch = batch();

    let mut group = criterion.benchmark_group("boundary");
    group.throughput(Throughput::Elements(DOCUMENTS as u64));
    for (name, function) in [("native", native_range()), ("component", Arc::clone(&component))] {
        let mut filter = function.bind_filter(&arguments, &budget).expect("binds");
        let mut keep = Vec::new();
        group.bench_function(format!("filter/{name}"), |bencher| {
            bencher.iter(|| filter.keep(black_box(&batch), &mut keep).expect("succeeds"));
        });
    }
    for (name, function) in [("native", native_value_as_score()), ("component", Arc::clone(&component))] {
        let mut scorer = function.bind_scorer(&[], &budget).expect("binds");
        let mut scores = Vec::new();
        group.bench_function(format!("scorer/{name}"), |bencher| {
            bencher.iter(|| scorer.score(black_box(&batch), &mut scores).expect("succeeds"));
        });
    }
    group.finish();
    criterion.bench_function("bind", |bencher| {
        bencher.iter(|| component.bind_filter(black_box(&arguments), &budget).expect("binds"));
    });
}

criterion_group!(benches, boundary);
criterion_main!(benches);
