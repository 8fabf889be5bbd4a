//! An S3 server in the process of a test, with injected faults.
//!
//! [`S3Server::start`] listens on a free port of this machine and serves S3 over real connections, with real signatures. Objects
//! are stored in memory and dropped with the value. Requests, signatures and responses are parsed and written by the crate
//! `s3s`. The store is one of our own: that of `s3s` on files lacks much of what S3 guarantees, such as entity tags in
//! listings, consistent versions during writes, keys of any length, and keys below other keys.
//!
//! [`Conditions`] set latency, bandwidth, deviations from S3, and [`Fault`]s for requests that a [`Rule`] selects. They can be
//! changed while the server runs, and everything random depends only on a seed. [`S3Server::requests`] returns all requests.
//!
//! ```
//! use quidditch_test_s3::{Conditions, Fault, Operation, Rule, S3Server};
//!
//! let server = S3Server::start();
//! let cut = Rule::new(Fault::Cut { after: 10 }).on(Operation::Get).key("data").times(1);
//! server.conditions().set(Conditions { rules: vec![cut], ..Conditions::default() });
//! // ... the code under test reads from `server.endpoint()` ...
//! assert!(server.requests().iter().all(|request| request.operation == Operation::Get));
//! ```
//!
//! This crate does not depend on the others, so that the tests of each can use it.
#![expect(clippy::disallowed_methods, reason = "it works in real time")]

mod body;
mod bucket;
mod buckets;
mod conditions;
mod connection;
mod control;
mod error_response;
mod fault;
mod front;
mod operations;
mod request;
mod server;

pub use conditions::{ConditionalWrites, Conditions, EntityTags, Latency};
pub use control::Control;
pub use error_response::ErrorResponse;
pub use fault::{Fault, Rule};
pub use request::{Operation, Request};
pub use server::{BUCKET, S3Server};
