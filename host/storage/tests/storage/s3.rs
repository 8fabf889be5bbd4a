//! The storage in S3 against a server with injected faults, over real connections.

mod endpoint;
mod environment;
mod faults;
mod late_responses;
mod messages;
mod parts;
mod racing;
mod requests;
pub(crate) mod setup;
mod weak_tags;
