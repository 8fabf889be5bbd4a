//! The cost of the sandbox boundary: a range filter on one column of floats, as a component and as a closure, with batches of
//! 1,024 documents and of other sizes.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use quidditch_function::{
    Argument, Batch, Budget, Cause, Code, Column, ColumnKind, ColumnRequest, Function, FunctionId, Loader, Parameter,
    ParameterKind, Value, Values, native_filter,
};
use quidditch_sandbox::{Sandbox, SandboxLimits};
use quidditch_tests::component;

use crate::measure::Bench;
use crate::row::{Goal, Row};

const SIZES: [(usize, &str); 4] =
    [(64, "boundary_batch_64"), (256, "boundary_batch_256"), (1_024, "boundary"), (4_096, "boundary_batch_4096")];

pub(crate) fn measure(bench: &mut Bench) {
    for (documents, row) in SIZES {
        if bench.wants(&[row]) {
            measure_size(bench, documents, row);
        }
    }
}

fn measure_size(bench: &mut Bench, documents: usize, row: &'static str) {
    let batch = batch(documents);
    let sandbox = Sandbox::new(SandboxLimits::default(), None).expect("the sandbox can be set up");
    let component = load(&sandbox, "number_range");
    let (component, closure) = bench.compare(
        row,
        filter_call(component.as_ref(), &arguments(), &batch),
        filter_call(native_number_range().as_ref(), &arguments(), &batch),
    );
    let per_document = |call: f64| call / documents as f64;
    let row = Row::new(row, "ns/document", per_document(component)).against(per_document(closure));
    bench.row(if documents == 1_024 { row.goal(Goal::AboveBaselineAtMost(3.0)) } else { row });
}

/// A closure that calls a filter with a batch.
pub(crate) fn filter_call(function: &dyn Function, arguments: &[Argument], batch: &Batch) -> impl FnMut() {
    let mut filter = function.bind_filter(arguments, &unlimited()).expect("it takes the arguments");
    let mut keep = Vec::new();
    move || {
        filter.keep(black_box(batch), &mut keep).expect("it answers");
        black_box(&keep);
    }
}

/// The arguments of `number_range`.
pub(crate) fn arguments() -> [Argument; 3] {
    let argument = |name: &str, value| Argument { name: name.to_owned(), value };
    let field = Value::Text("value".to_owned());
    [argument("field", field), argument("min", Value::Float(250.0)), argument("max", Value::Float(750.0))]
}

/// One float from 0 to 1,000 for each document, unordered.
pub(crate) fn batch(documents: usize) -> Batch {
    let values = (0..documents as u64).map(|document| (document * 7_919 % 1_000) as f64).collect();
    let columns = vec![Column { values: Values::Floats(values), starts: Vec::new() }];
    Batch { len: documents, scores: Vec::new(), columns }
}

/// An example function.
pub(crate) fn load(sandbox: &Sandbox, name: &str) -> Arc<dyn Function> {
    sandbox.load(FunctionId::new(name, "1.0.0"), Code::Component(&component(name))).expect("it loads")
}

/// No time limit, since a benchmark calls a function for seconds.
pub(crate) fn unlimited() -> Arc<Budget> {
    Arc::new(Budget::new(Duration::from_secs(1_000_000)))
}

/// `number_range` as a closure.
pub(crate) fn native_number_range() -> Arc<dyn Function> {
    let parameter = |name: &str, kind| Parameter {
        name: name.to_owned(),
        kind,
        required: true,
        default: None,
        summary: String::new(),
    };
    let parameters = vec![
        parameter("field", ParameterKind::Field),
        parameter("min", ParameterKind::Float),
        parameter("max", ParameterKind::Float),
    ];
    native_filter("number_range", parameters, |arguments| {
        let values: Vec<&Value> = arguments.iter().map(|argument| &argument.value).collect();
        let [Value::Text(field), Value::Float(min), Value::Float(max)] = values[..] else {
            return Err(Cause::InvalidArgument("a field and two numbers are needed".to_owned()));
        };
        let (min, max) = (*min, *max);
        let columns = vec![ColumnRequest { field: field.clone(), kind: ColumnKind::Floats }];
        Ok((columns, move |batch: &Batch, keep: &mut Vec<u8>| {
            let column = &batch.columns[0];
            let Values::Floats(values) = &column.values else {
                unreachable!("the column is of the kind that was asked for")
            };
            if column.starts.is_empty() {
                keep.extend(values.iter().map(|value| u8::from(min <= *value && *value <= max)));
            } else {
                let document =
                    |position| values[column.range(position)].iter().any(|value| min <= *value && *value <= max);
                keep.extend((0..batch.len).map(|position| u8::from(document(position))));
            }
            Ok(())
        }))
    })
}
