//! `cargo xtask bench`: measurements and their goals. `docs/benchmarks.md` explains every row.
//!
//! Arguments are parts of names: only rows whose name contains one of them are measured. `--peer=URL` compares with another server.
#![expect(clippy::disallowed_methods, reason = "benchmarks measure real time")]
#![allow(clippy::print_stdout, reason = "it prints a table")]

mod aggregations;
mod boundary;
mod expressions;
mod indexing;
mod lambda;
mod many_documents;
mod measure;
mod object_storage;
mod peer;
mod planning;
mod points;
mod row;
mod scripts;
mod search;
mod server;
mod spin;
mod string_distance;

use measure::Bench;

fn main() {
    let peer = std::env::args().find_map(|argument| argument.strip_prefix("--peer=").map(str::to_owned));
    let names = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let mut bench = Bench::new(names);
    boundary::measure(&mut bench);
    string_distance::measure(&mut bench);
    many_documents::measure(&mut bench);
    points::measure(&mut bench);
    aggregations::measure(&mut bench);
    planning::measure(&mut bench);
    expressions::measure(&mut bench);
    scripts::measure(&mut bench, peer.as_deref());
    indexing::measure(&mut bench);
    object_storage::measure(&mut bench);
    server::measure(&mut bench);
    lambda::measure(&mut bench);
    spin::measure(&mut bench);
    bench.finish();
}
