//! The `quidditch` program: its output, its exit codes, and its server.

mod access;
mod aliases;
#[cfg(unix)]
mod collector;
mod fixture;
mod functions;
mod indices;
mod log;
mod maintenance;
mod metrics;
mod oci;
mod projects;
mod publishing;
mod search;
mod server;
mod signatures;
#[cfg(unix)]
mod tools;
#[cfg(unix)]
mod traces;
mod versions;
