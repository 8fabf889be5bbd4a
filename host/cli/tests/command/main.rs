//! The command from outside: the real program, its output and exit codes, and the real server.

mod fixture;
mod functions;
mod indices;
mod maintenance;
mod search;
mod server;
