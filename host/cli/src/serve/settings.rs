//! How the server behaves.

use std::thread;
use std::time::Duration;

/// The settings of the server. Plain values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    /// Threads that read and write sockets. 2: they never compute.
    pub(super) network_threads: usize,
    /// Threads that answer requests, so the most requests that are answered at a time; others wait their turn. Twice the
    /// cores, at least 4: more would only share the cores among more requests, and each needs memory of its own.
    pub(super) request_threads: usize,
    /// Most connections; others wait to be accepted. 1,000: each takes some 20 KB and an open file.
    pub(super) connections: usize,
    /// Time for a request's head. 10 s: a client that takes longer is gone or means harm.
    pub(super) head: Duration,
    /// Time for a request's body. 30 s: 10 MiB over a slow line.
    pub(super) body: Duration,
    /// Time for requests to end when the server stops. 10 s: below what service managers wait before they kill.
    pub(super) shutdown: Duration,
    /// Wait after a connection could not be accepted. 50 ms: short for people, long for a loop.
    pub(super) accept_pause: Duration,
    /// Smallest answer in bytes that is compressed for clients that want it. 1,400: smaller ones fit one packet anyway.
    pub(super) compress_from: usize,
}

impl Default for Settings {
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Settings {
            network_threads: 2,
            request_threads: (2 * cores).max(4),
            connections: 1_000,
            head: Duration::from_secs(10),
            body: Duration::from_secs(30),
            shutdown: Duration::from_secs(10),
            accept_pause: Duration::from_millis(50),
            compress_from: 1_400,
        }
    }
}
