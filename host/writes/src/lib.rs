//! The routes of the HTTP API that change indices, aliases, templates and scripts.
//!
//! [`Writes`] answers them for a [`Service`](quidditch_service::Service), which has matched their paths. Only hosts that may write
//! to their store link this crate: the search component and the search function on Lambda do not.

mod writes;

pub use writes::{WriteParts, Writes};
