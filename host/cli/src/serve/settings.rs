//! Settings of the server.

use std::num::NonZeroUsize;
use std::thread;
use std::time::Duration;

/// The settings of the server. Plain values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    /// Threads that read and write sockets. 2: they do no CPU-bound work.
    pub(super) network_threads: usize,
    /// Threads that answer searches, and so the maximum number of concurrent searches; others wait. Requests that change something
    /// mostly wait for a commit that they share with others, and have threads of their own. Twice the number of
    /// cores, at least 4: with more, each request would only get a smaller share of the cores, and need its own memory.
    pub(super) request_threads: usize,
    /// Threads for work that no request waits for, such as merging. 2: there is one merge at a time.
    pub(super) background_threads: usize,
    /// Maximum number of open connections; others wait to be accepted. 1,000: each takes about 20 KB and a file descriptor.
    pub(super) max_connections: usize,
    /// Maximum number of requests at a time, running or waiting for a thread; others are refused. 100: each may hold a body of 10 MiB,
    /// or of 100 MiB if it changes something.
    pub(super) max_requests: NonZeroUsize,
    /// Time limit for a TLS handshake, and for receiving a request's head. 10 s: a slower client is gone or malicious.
    pub(super) head_timeout: Duration,
    /// Time limit for receiving a request's body. 30 s: 10 MiB over a slow connection.
    pub(super) body_timeout: Duration,
    /// The same for requests that change something. 5 min: 100 MiB over a slow connection.
    pub(super) write_body_timeout: Duration,
    /// How long running requests may continue after the server was told to stop. 10 s: service managers wait longer before
    /// they kill a process.
    pub(super) shutdown_grace: Duration,
    /// Pause after accepting a connection failed. 50 ms: unnoticeable to users, and no busy loop.
    pub(super) accept_pause: Duration,
    /// Minimum size of responses that are compressed for clients that accept it. 1,400: smaller ones fit into one packet.
    pub(super) min_compressed_bytes: usize,
}

impl Settings {
    /// Threads that may block: each request has one at a time, and so has work in the background.
    pub(super) fn blocking_threads(&self) -> usize {
        self.max_requests.get() + self.background_threads
    }
}

impl Default for Settings {
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Settings {
            network_threads: 2,
            request_threads: (2 * cores).max(4),
            background_threads: 2,
            max_connections: 1_000,
            max_requests: const { NonZeroUsize::new(100).expect("not zero") },
            head_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(30),
            write_body_timeout: Duration::from_secs(5 * 60),
            shutdown_grace: Duration::from_secs(10),
            accept_pause: Duration::from_millis(50),
            min_compressed_bytes: 1_400,
        }
    }
}
