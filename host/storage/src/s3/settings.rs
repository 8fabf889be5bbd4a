//! Settings of a bucket.

use std::time::Duration;

use super::credentials::S3Credentials;
use crate::RetrySettings;

/// How a bucket is accessed.
///
/// Settings that are `None` are taken from where AWS's own tools take them: the environment (`AWS_REGION`, `AWS_ENDPOINT_URL`,
/// `AWS_ACCESS_KEY_ID` and so on), the profile, the role of the machine or of the Lambda function.
#[derive(Debug, Clone)]
pub struct S3Settings {
    /// URL of a service other than AWS. If there is one, here or in the environment, the bucket is part of the path, and the
    /// region is optional.
    pub endpoint: Option<String>,
    /// The region of the bucket.
    pub region: Option<String>,
    /// The credentials that sign the requests.
    pub credentials: Option<S3Credentials>,
    /// Timeout for opening a connection. 2 seconds: within a region it takes 1 to 50 ms, and 1 s more after a lost packet.
    pub connect_timeout: Duration,
    /// Timeout for one attempt, in addition to the time for its bytes. 10 seconds: responses start after 20 to 200 ms, rarely
    /// after a few seconds.
    pub attempt_timeout: Duration,
    /// The additional time for an attempt's bytes is their number divided by this. 1 MiB: a connection usually transfers some 50
    /// MiB per second, and a much slower one is better closed and replaced.
    pub min_bytes_per_second: u64,
    /// Larger objects are uploaded in parts. 64 MiB: below, a single request is as fast, and saves at least two requests.
    pub multipart_threshold_bytes: u64,
    /// Size of a part. 16 MiB: S3 requires at least 5 MiB, and a lost part must be sent again. Larger for objects that would have
    /// more than S3's 10,000 parts.
    pub part_bytes: u64,
    /// How a failed part is retried, so that the other parts need not be sent again.
    pub part_retries: RetrySettings,
    /// Number of parts that are sent at the same time. 8: at some 50 MiB/s each, they use the network of most machines fully.
    pub parallel_parts: usize,
}

impl Default for S3Settings {
    fn default() -> Self {
        S3Settings {
            endpoint: None,
            region: None,
            credentials: None,
            connect_timeout: Duration::from_secs(2),
            attempt_timeout: Duration::from_secs(10),
            min_bytes_per_second: 1024 * 1024,
            multipart_threshold_bytes: 64 * 1024 * 1024,
            part_bytes: 16 * 1024 * 1024,
            part_retries: RetrySettings::default(),
            parallel_parts: 8,
        }
    }
}

impl S3Settings {
    /// Timeout for an attempt that transfers this many bytes.
    pub(super) fn attempt_timeout_for(&self, bytes: u64) -> Duration {
        self.attempt_timeout + Duration::from_secs_f64(bytes as f64 / self.min_bytes_per_second.max(1) as f64)
    }
}
