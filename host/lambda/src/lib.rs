//! Quidditch on AWS Lambda: a Lambda function that answers HTTP requests, and one that adds uploaded files to indices and, if its
//! settings say so, answers requests that change something.
//!
//! Both are programs that receive one event at a time from Lambda's runtime API. Everything possible is prepared before the
//! first event, because Lambda does not throttle the processor during initialisation. No event can end the process.
//!
//! Settings are environment variables, listed in `docs/deploy.md`. Only this crate knows Lambda, its events and its metrics.
//! It contains no compiler: user functions are loaded as ahead-of-time code from the store.

mod answer;
mod environment;
mod event;
mod http_events;
mod indexing;
mod init_error;
mod log;
mod metrics;
mod program;
mod search;
mod settings;
mod start;
mod statistics_log;
mod time_left;
mod writing;

pub use program::{index, search};
