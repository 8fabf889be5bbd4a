//! End-to-end tests of complete installations and of the real programs.
#![expect(clippy::disallowed_methods, reason = "these tests run in real time")]

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
mod transcripts;
mod trying;
mod writes;
