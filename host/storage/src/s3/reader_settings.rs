//! Settings of a reader, and what it is made of.

use std::sync::Arc;
use std::time::Duration;

use quidditch_clock::Clock;

use crate::{HttpClient, S3Credentials, SettingLabels};

/// How a bucket is read.
#[derive(Debug, Clone)]
pub struct S3ReaderSettings {
    /// URL of a service other than AWS. If there is one, the bucket is part of the path, and the region is optional.
    pub endpoint: Option<String>,
    /// The region of the bucket.
    pub region: Option<String>,
    /// The credentials that sign the requests. Public buckets need none.
    pub credentials: Option<S3Credentials>,
    /// Timeout for one attempt, in addition to the time for its bytes. 10 seconds: responses start after 20 to 200 ms, rarely
    /// after a few seconds.
    pub attempt_timeout: Duration,
    /// The additional time for an attempt's bytes is their number divided by this. 1 MiB: a connection usually transfers some 50
    /// MiB per second.
    pub min_bytes_per_second: u64,
    /// What the settings are called where they are made.
    pub labels: SettingLabels,
}

impl S3ReaderSettings {
    /// A public bucket of AWS, in an unknown region.
    pub fn new(labels: SettingLabels) -> Self {
        S3ReaderSettings {
            endpoint: None,
            region: None,
            credentials: None,
            attempt_timeout: Duration::from_secs(10),
            min_bytes_per_second: 1024 * 1024,
            labels,
        }
    }
}

/// What an [`S3Reader`](crate::S3Reader) uses.
pub struct S3ReaderParts {
    /// Sends the requests.
    pub client: Arc<dyn HttpClient>,
    /// Measures how long responses take, and dates signatures.
    pub clock: Arc<dyn Clock>,
}
