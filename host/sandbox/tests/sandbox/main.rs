//! Runs well-behaved and hostile functions, written by hand, in a sandbox.
#![expect(clippy::disallowed_methods, reason = "these tests run in real time")]

mod behaviour;
mod check;
mod documentation;
mod documents;
mod fuzzing;
mod hostile;
mod limits;
#[cfg(feature = "profiling")]
mod profiling;
mod values;
