//! A bucket on this machine, to try things by hand:
//!
//! ```console
//! $ cargo run -p quidditch-test-s3 --example serve
//! ```
//!
//! It prints the variables by which the `quidditch` command and the functions find it. Each line of its input makes it print
//! the requests since the last one; the end of its input ends it, and all that is in the bucket is gone.

#![allow(clippy::print_stdout, reason = "it is a command")]

use std::io::stdin;

use quidditch_test_s3::S3Server;

fn main() {
    let server = S3Server::start();
    for (name, value) in server.environment() {
        println!("export {name}='{value}'");
    }
    println!("export QUIDDITCH_STORE='{}/store'", server.url());
    let mut told = 0;
    for _ in stdin().lines() {
        let requests = server.requests();
        for request in &requests[told..] {
            let range = request.range.as_ref().map(|range| format!(" {}-{}", range.start, range.end - 1));
            println!("{:?} {}{}", request.operation, request.key, range.unwrap_or_default());
        }
        println!("{} requests", requests.len() - told);
        told = requests.len();
    }
}
