//! The `quidditch` program: its output, its exit codes, and its server.

mod access;
mod aliases;
mod fixture;
mod functions;
mod indices;
mod log;
mod maintenance;
mod metrics;
mod oci;
mod publishing;
mod search;
mod server;
mod signatures;
mod versions;
