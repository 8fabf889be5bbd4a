//! How a bucket is reached, and how patiently.

use std::time::Duration;

use super::credentials::S3Credentials;
use crate::RetrySettings;

/// How a bucket is reached, and how patiently.
///
/// What is `None` comes from where AWS's own tools take it: the environment (`AWS_REGION`, `AWS_ENDPOINT_URL`,
/// `AWS_ACCESS_KEY_ID` and so on), the profile, the role of the machine or function.
#[derive(Debug, Clone)]
pub struct S3Settings {
    /// URL of the service. With one, here or in the environment, buckets are named in the path, as services other than AWS
    /// want it, and the region may be left out.
    pub endpoint: Option<String>,
    /// The region that the bucket is in.
    pub region: Option<String>,
    /// The key that signs the requests.
    pub credentials: Option<S3Credentials>,
    /// Longest time to open a connection. 2 seconds: within a region it takes 1 to 50 ms, with a lost packet 1 s more.
    pub connect_timeout: Duration,
    /// Longest time for one attempt, beside the time that its bytes may take. 10 seconds: answers begin after 20 to 200 ms,
    /// rare ones after a few seconds.
    pub attempt_timeout: Duration,
    /// What an attempt may take longer for its bytes: so many in a second. 1 MiB: a single connection carries some 50, and a
    /// slower one had better be given up and opened anew.
    pub min_bytes_per_second: u64,
    /// Objects of more bytes are uploaded in parts. 64 MiB: below, one request is as fast, and costs one in place of three
    /// and more.
    pub multipart_threshold_bytes: u64,
    /// Bytes in a part. 16 MiB: S3 wants 5 MiB at least, and a lost part costs its time again. Grows where an object would
    /// have more than S3's 10,000 parts.
    pub part_bytes: u64,
    /// How a part that is not available is tried again, so that the other parts are not sent once more.
    pub part_retries: RetrySettings,
    /// Parts under way at once. 8: some 50 MiB/s each fill the network of most machines.
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
    /// Longest time for an attempt that moves so many bytes.
    pub(super) fn attempt_timeout_for(&self, bytes: u64) -> Duration {
        self.attempt_timeout + Duration::from_secs_f64(bytes as f64 / self.min_bytes_per_second.max(1) as f64)
    }
}
