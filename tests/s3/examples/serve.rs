//! A bucket on this machine, for manual tests:
//!
//! ```console
//! $ cargo run -p quidditch-test-s3 --example serve
//! ```
//!
//! It prints the environment variables with which the `quidditch` command and the Lambda functions use it. For each line of
//! input, it prints the requests since the last line. It stops at the end of the input, and the content of the bucket is lost.

#![allow(clippy::print_stdout, reason = "it is a command")]

use std::io::stdin;

use quidditch_test_s3::S3Server;

fn main() {
    let server = S3Server::start();
    for (name, value) in server.environment() {
        println!("export {name}='{value}'");
    }
    println!("export QUIDDITCH_STORE='{}/store'", server.url());
    let mut printed = 0;
    for _ in stdin().lines() {
        let requests = server.requests();
        for request in &requests[printed..] {
            let range = request.range.as_ref().map(|range| format!(" {}-{}", range.start, range.end - 1));
            println!("{:?} {}{}", request.operation, request.key, range.unwrap_or_default());
        }
        println!("{} requests", requests.len() - printed);
        printed = requests.len();
    }
}
