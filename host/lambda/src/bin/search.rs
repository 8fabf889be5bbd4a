//! The program of the search function.

use std::process::ExitCode;

fn main() -> ExitCode {
    quidditch_lambda::search()
}
