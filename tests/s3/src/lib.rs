//! An S3 server inside a test's process, on a network as good or as bad as the test wants.
//!
//! [`S3Server::start`] listens on a free port of this machine and speaks S3 over real connections, with real signatures. What
//! it stores is in memory and gone with the value. Requests, signatures and answers are read and written by the crate `s3s`;
//! the objects are kept here, because the store on files that comes with it lacks much of what S3 promises: entity tags in
//! listings, versions that fit the bytes while somebody writes, keys of any length, a key below another one.
//!
//! [`Conditions`] decide what the network is like: latency, bandwidth, and [`Fault`]s for requests that a [`Rule`] picks. They
//! can be changed while the server runs, and the same seed gives the same luck. [`S3Server::requests`] tells which requests
//! arrived.
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
//! This crate knows nothing of the others, so that any of them can test with it.

mod answer;
mod body;
mod bucket;
mod buckets;
mod conditions;
mod connection;
mod control;
mod fault;
mod front;
mod operations;
mod request;
mod server;

pub use answer::Answer;
pub use conditions::{Conditions, Latency};
pub use control::Control;
pub use fault::{Fault, Rule};
pub use request::{Operation, Request};
pub use server::{BUCKET, S3Server};
