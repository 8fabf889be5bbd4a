//! How the service behaves.

use std::time::Duration;

/// The settings of a [`crate::Service`]. Plain values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Most bytes of a request's body, as sent and again after decompression. 10 MiB: the greatest `terms` query fits.
    pub body_bytes: usize,
    /// How long an open index is used before its store is asked whether there is a newer one; zero asks for each request.
    /// 1 s: what people who know search engines expect, and one cheap request a second to the store.
    pub snapshot_max_age: Duration,
    /// Most indices that are kept open; the one that was not used for longest is closed first. 16: each holds its files in
    /// memory, and few installations serve more at a time.
    pub open_indices: usize,
    /// Whether answers have the header `X-elastic-product: Elasticsearch`, which some clients insist on. `false`: it claims
    /// to be what this is not.
    pub product_header: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            body_bytes: 10 << 20,
            snapshot_max_age: Duration::from_secs(1),
            open_indices: 16,
            product_header: false,
        }
    }
}
