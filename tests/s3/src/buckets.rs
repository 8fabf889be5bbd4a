//! All buckets of a server.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use s3s::{S3Result, s3_error};

use crate::bucket::Bucket;

/// The buckets by name, under one lock, so that every operation is atomic: a condition holds until its write is finished, and no
/// reader sees an entity tag with other bytes.
#[derive(Debug, Default)]
pub(crate) struct Buckets {
    by_name: Mutex<BTreeMap<String, Bucket>>,
}

impl Buckets {
    pub(crate) fn create(&self, name: &str) {
        self.by_name.lock().unwrap_or_else(PoisonError::into_inner).entry(name.to_owned()).or_default();
    }

    /// Runs `act` with a bucket, under the lock.
    pub(crate) fn with<T>(&self, name: &str, act: impl FnOnce(&mut Bucket) -> S3Result<T>) -> S3Result<T> {
        let mut buckets = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        act(buckets.get_mut(name).ok_or_else(|| s3_error!(NoSuchBucket, "The specified bucket does not exist"))?)
    }

    pub(crate) fn unfinished_uploads(&self) -> usize {
        let buckets = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.values().map(Bucket::unfinished_uploads).sum()
    }
}
