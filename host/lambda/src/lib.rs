//! Quidditch on AWS Lambda: a function that answers HTTP requests, and one that adds uploaded files to indices.
//!
//! Both are programs that take one event after another from Lambda's runtime. What can be prepared is prepared before the
//! first event, while Lambda lends the process a whole processor. Nothing that an event brings ends the process.
//!
//! Settings come from the environment; `docs/deploy.md` has the table. This crate alone knows Lambda, its events and its
//! metrics. It holds no compiler: user functions come as ahead-of-time code from the store.

mod answer;
mod environment;
mod event;
mod indexing;
mod log;
mod metrics;
mod program;
mod search;
mod settings;
mod start;

pub use program::{index, search};
