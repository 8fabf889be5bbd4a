//! Opens stores.

use std::sync::Arc;

use quidditch_clock::Clock;

use crate::{BucketUrl, LocalFolder, S3Settings, S3Storage, Storage, StoreUrl, resilient};

/// Opens the store at a URL, without access to it yet.
///
/// Region, credentials and endpoint of S3 come from where AWS's own tools take them: the environment, the profile or the role.
/// Operations on S3 are [`resilient()`].
pub fn open(url: &StoreUrl, clock: Arc<dyn Clock>) -> Arc<dyn Storage> {
    match url {
        StoreUrl::Folder(path) => Arc::new(LocalFolder::new(path)),
        StoreUrl::S3(bucket) => open_s3(bucket, S3Settings::default(), clock),
    }
}

/// Opens a bucket with other settings than [`open`].
pub fn open_s3(url: &BucketUrl, settings: S3Settings, clock: Arc<dyn Clock>) -> Arc<dyn Storage> {
    let single = S3Storage::new(url.clone(), settings, Arc::clone(&clock));
    resilient(Arc::new(single), clock)
}
