//! The program of the indexing function.

use std::process::ExitCode;

fn main() -> ExitCode {
    quidditch_lambda::index()
}
