//! `cargo xtask bench`: measurements and their goals. `docs/benchmarks.md` explains every row.
//!
//! Arguments are parts of names: only rows whose name contains one of them are measured. With `--peer URL`, aggregations, scripts,
//! queries and writes are also measured at a server that speaks the same API, whose results are their baseline.
#![expect(clippy::disallowed_methods, reason = "benchmarks measure real time")]
#![allow(clippy::print_stdout, reason = "it prints a table")]

mod aggregations;
mod boundary;
mod expressions;
mod function_values;
mod indexing;
mod lambda;
mod languages;
mod many_documents;
mod measure;
mod object_storage;
mod one_split;
mod peer;
mod planning;
mod points;
mod queries;
mod row;
mod scripts;
mod search;
mod server;
mod spin;
mod string_distance;
mod writes;

use measure::Bench;

fn main() {
    let (mut names, mut peer) = (Vec::new(), None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--peer" => peer = arguments.next(),
            // Cargo adds some of its own.
            option if option.starts_with("--") => {}
            _ => names.push(argument),
        }
    }
    let mut bench = Bench::new(names, peer);
    boundary::measure(&mut bench);
    languages::measure(&mut bench);
    string_distance::measure(&mut bench);
    many_documents::measure(&mut bench);
    points::measure(&mut bench);
    aggregations::measure(&mut bench);
    planning::measure(&mut bench);
    expressions::measure(&mut bench);
    scripts::measure(&mut bench);
    queries::measure(&mut bench);
    indexing::measure(&mut bench);
    object_storage::measure(&mut bench);
    server::measure(&mut bench);
    writes::measure(&mut bench);
    lambda::measure(&mut bench);
    spin::measure(&mut bench);
    bench.finish();
}
