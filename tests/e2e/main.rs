//! End-to-end tests: everything as it is put together in the end, from a request's bytes to a response's.

mod command;
mod functions;
mod hostile;
mod lambda;
mod round_trips;
mod s3;
mod s3_faults;
mod scenarios;
mod server;
mod shared;
mod spin;
