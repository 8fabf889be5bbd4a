//! Settings of the service.

use std::time::Duration;

use quidditch_supervision::SupervisionSettings;

/// The settings of a [`crate::Service`]. Plain values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Maximum size of a request body, before and after decompression. 10 MiB: the largest allowed `terms` query fits.
    pub body_bytes: usize,
    /// The same for requests that change something. 100 MiB: what clients send together at most.
    pub write_body_bytes: usize,
    /// How long a snapshot is used before the store is asked for a newer manifest; zero asks on every request. 1 s: the
    /// refresh interval that users of search engines expect, at the cost of one cheap storage request per second.
    pub snapshot_max_age: Duration,
    /// Maximum number of indices kept open; the least recently used one is closed first. 16: each holds its footers in memory,
    /// and few installations use more at the same time.
    pub open_indices: usize,
    /// How long a request that changes something may take. 1 h: it is only to end what hangs, since a caller cannot know whether an
    /// interrupted change has happened.
    pub write_timeout: Duration,
    /// Whether responses have the header `X-elastic-product: Elasticsearch`, which Elasticsearch's own clients require.
    /// `false`: this is not Elasticsearch.
    pub product_header: bool,
    /// What limits the calls of functions.
    pub supervision: SupervisionSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            body_bytes: 10 << 20,
            write_body_bytes: 100 << 20,
            snapshot_max_age: Duration::from_secs(1),
            open_indices: 16,
            write_timeout: Duration::from_secs(3_600),
            product_header: false,
            supervision: SupervisionSettings::default(),
        }
    }
}
