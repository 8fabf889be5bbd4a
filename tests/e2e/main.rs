//! End-to-end tests: everything as it is put together in the end, from a request's bytes to a response's.

mod command;
mod functions;
#[path = "../../host/sandbox/tests/sandbox/guest.rs"]
#[allow(dead_code, reason = "shared with the tests of the sandbox")]
mod guest;
mod hostile;
mod lambda;
mod round_trips;
mod s3;
mod s3_faults;
mod scenarios;
mod server;
mod shared;
mod spin;
