//! The storage in S3 against a server that misbehaves, over real connections.

mod environment;
mod faults;
mod hedging;
mod messages;
mod parts;
mod racing;
mod requests;
mod setup;
