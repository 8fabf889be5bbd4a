//! The filter that `quidditch udf new` writes, in each language: the time for a document, the time to load it, and its size.

use std::fs;
use std::hint::black_box;
use std::path::Path;

use quidditch_function::{Argument, Code, FunctionId, Loader, Target, TrustedCode, Value};
use quidditch_sandbox::{Sandbox, SandboxLimits};
use quidditch_tests::target_directory;

use crate::boundary::{self, batch, filter_call, native_number_range};
use crate::measure::Bench;
use crate::row::Row;

/// The part of the names that all of these rows have in common.
const ROWS: &str = "language_";

/// Where `cargo xtask bench` builds a component for each language that is installed.
const FOLDER: &str = "language-functions";

const DOCUMENTS: usize = 1_024;

pub(crate) fn measure(bench: &mut Bench) {
    let Ok(components) = fs::read_dir(target_directory().join(FOLDER)) else {
        println!("skipped the rows {ROWS}*: `cargo xtask bench` builds what they measure");
        return;
    };
    let mut components: Vec<_> = components.map(|entry| entry.expect("can be read").path()).collect();
    components.sort();
    for component in components {
        measure_language(bench, &component);
    }
}

fn measure_language(bench: &mut Bench, path: &Path) {
    let language = path.file_stem().and_then(|name| name.to_str()).expect("a name of a language");
    let [per_document, load_time, size] = ["", "_load", "_size"].map(|end| format!("{ROWS}{language}{end}"));
    if !bench.wants(&[&per_document, &load_time, &size]) {
        return;
    }
    let component = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let sandbox = Sandbox::new(SandboxLimits::default(), None).expect("the sandbox can be set up");
    let id = FunctionId::new(language, "1.0.0");
    let code = sandbox.compile(&id, &component, Target::ThisMachine).expect("it compiles");
    let load = || {
        // It was compiled by this process.
        let code = Code::AheadOfTime(TrustedCode::vouch_for(&code));
        sandbox.load(id.clone(), code).expect("it loads")
    };

    let batch = batch(DOCUMENTS);
    let function = load();
    let (of_component, of_closure) = bench.compare(
        &per_document,
        filter_call(function.as_ref(), &arguments(), &batch),
        filter_call(native_number_range().as_ref(), &boundary::arguments(), &batch),
    );
    let of_document = |call: f64| call / DOCUMENTS as f64;
    bench.row(Row::new(per_document, "ns/document", of_document(of_component)).against(of_document(of_closure)));

    if bench.wants(&[&load_time]) {
        let loaded = bench.nanoseconds(&load_time, || {
            filter_call(black_box(load().as_ref()), &arguments(), &batch)();
        });
        bench.row(Row::new(load_time, "ms", loaded / 1e6));
    }
    bench.row(Row::new(size, "KB", component.len() as f64 / 1e3));
}

/// The arguments of the filter.
fn arguments() -> [Argument; 2] {
    let argument = |name: &str, value| Argument { name: name.to_owned(), value };
    [argument("field", Value::Text("value".to_owned())), argument("min", Value::Float(250.0))]
}
