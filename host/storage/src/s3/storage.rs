//! A bucket, through AWS's own client.

use std::error::Error;
use std::future::Future;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::OnceCell;

use super::body::read_body;
use super::bucket_url::BucketUrl;
use super::client;
use super::content_range::check_content_range;
use super::entity_tag::{self, is_weak};
use super::rejected_write::rejected_write;
use super::sdk_error::{error_response, map_sdk_error};
use super::settings::S3Settings;
use super::transport_fault::TransportFault;
use super::within::within;
use crate::storage::folder_prefix;
use crate::{Entry, Object, Precondition, Storage, StorageError, Version};
use quidditch_clock::Clock;

/// A bucket in S3, or in a compatible service that supports conditional writes, with an optional prefix for all keys.
///
/// A version is an entity tag: two writes of the same content have the same. Large objects are uploaded in parts, and appear
/// when the upload is complete; parts of a writer that was killed remain, invisible but billed, until the bucket's lifecycle
/// rule for incomplete uploads removes them.
///
/// Every call makes one attempt of limited time, except for the parts of an upload, each of which is retried: use it with
/// [`resilient`](crate::resilient()). The calls must run inside a tokio runtime with time and I/O enabled. Connections belong to
/// the runtime that opened them and are kept for later calls, so a storage should live as long as its runtime.
#[derive(Debug)]
pub struct S3Storage {
    pub(super) url: BucketUrl,
    pub(super) settings: S3Settings,
    /// Made by the first call: reading the environment and the profile is asynchronous.
    client: OnceCell<Client>,
    pub(super) clock: Arc<dyn Clock>,
    /// Whether there were weak entity tags: a proxy may send them, and then conditions may never match.
    has_weak_tags: AtomicBool,
}

impl S3Storage {
    /// The store at a URL. Sends nothing yet. The clock measures attempts and pauses.
    pub fn new(url: BucketUrl, settings: S3Settings, clock: Arc<dyn Clock>) -> Self {
        S3Storage { url, settings, client: OnceCell::new(), clock, has_weak_tags: AtomicBool::new(false) }
    }

    pub(super) async fn client(&self) -> Result<&Client, StorageError> {
        // Without one, the first timer or socket would panic.
        Handle::try_current()
            .map_err(|error| StorageError::Failed { key: self.url.to_string(), source: Box::new(error) })?;
        self.client.get_or_try_init(|| client::client(&self.url, &self.settings)).await
    }

    /// Waits for a response, for at most `timeout`.
    pub(super) async fn response<T, E>(
        &self,
        key: &str,
        timeout: Duration,
        response: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, StorageError>
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        self.within(key, timeout, async { response.await.map_err(|error| map_sdk_error(&self.url, key, error)) }).await
    }

    /// Waits for the response to a write, which may be rejected because of its precondition.
    pub(super) async fn write_response<T, E>(
        &self,
        key: &str,
        timeout: Duration,
        precondition: &Precondition,
        response: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, StorageError>
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        let map_error = |error| {
            let rejected = error_response(&error).and_then(|response| rejected_write(response, key, precondition));
            rejected.unwrap_or_else(|| map_sdk_error(&self.url, key, error))
        };
        self.within(key, timeout, async { response.await.map_err(map_error) }).await
    }

    async fn within<T>(
        &self,
        key: &str,
        timeout: Duration,
        response: impl Future<Output = Result<T, StorageError>>,
    ) -> Result<T, StorageError> {
        let timed_out = || Err(TransportFault::TimedOut(timeout).into_error(key));
        within(&*self.clock, timeout, response).await.unwrap_or_else(timed_out)
    }

    pub(super) fn version(&self, key: &str, etag: Option<String>) -> Result<Version, StorageError> {
        if etag.as_deref().is_some_and(is_weak) {
            self.has_weak_tags.store(true, Relaxed);
        }
        entity_tag::version(key, etag.as_deref())
    }

    async fn put_whole(&self, key: &str, bytes: Bytes, precondition: &Precondition) -> Result<Version, StorageError> {
        let timeout = self.settings.attempt_timeout_for(bytes.len() as u64);
        let mut request = self.client().await?.put_object().bucket(self.url.bucket());
        request = request.key(self.url.object(key)?).body(ByteStream::from(bytes));
        request = match precondition {
            Precondition::None => request,
            Precondition::Absent => request.if_none_match("*"),
            Precondition::Matches(version) => request.if_match(version.as_str()),
        };
        let written = self.write_response(key, timeout, precondition, request.send()).await?;
        self.version(key, written.e_tag)
    }

    /// The error of a write that requires `expected` and whose precondition failed. Where entity tags are weak, the precondition
    /// may hold nevertheless: the caller would then repeat the write for nothing.
    async fn explain_failed_precondition(&self, key: &str, expected: &Version) -> StorageError {
        match self.head(key).await {
            Ok(entry) if entry.version == *expected => StorageError::NoConditionalWrites {
                key: key.to_owned(),
                source: "the object has the required version, but its entity tag is weak and did not match".into(),
            },
            Ok(_) | Err(StorageError::NotFound { .. }) => StorageError::PreconditionFailed { key: key.to_owned() },
            Err(error) => error,
        }
    }

    /// The error of a read of a range that the object does not contain.
    async fn invalid_range(&self, key: &str, range: Range<u64>) -> StorageError {
        match self.head(key).await {
            Ok(Entry { size, .. }) if range.start < range.end && range.end <= size => {
                // It was replaced by a larger one after the range was requested.
                let (requested, received) = (format!("{range:?}"), "no such range".to_owned());
                TransportFault::WrongBytes { requested, received }.into_error(key)
            }
            Ok(Entry { size, .. }) => StorageError::InvalidRange { key: key.to_owned(), range, size },
            Err(error) => error,
        }
    }
}

#[async_trait]
impl Storage for S3Storage {
    async fn get(&self, key: &str) -> Result<Object, StorageError> {
        let request = self.client().await?.get_object().bucket(self.url.bucket()).key(self.url.object(key)?);
        let response = self.response(key, self.settings.attempt_timeout, request.send()).await?;
        let version = self.version(key, response.e_tag)?;
        let length = response.content_length;
        let timeout = self.settings.attempt_timeout_for(length.unwrap_or_default().max(0) as u64);
        let bytes = self.within(key, timeout, read_body(key, response.body, length)).await?;
        Ok(Object { bytes, version })
    }

    async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Bytes, StorageError> {
        let object = self.url.object(key)?;
        if range.start >= range.end || i64::try_from(range.end).is_err() {
            return Err(self.invalid_range(key, range).await);
        }
        let length = range.end - range.start;
        let request = self.client().await?.get_object().bucket(self.url.bucket()).key(object);
        let request = request.range(format!("bytes={}-{}", range.start, range.end - 1));
        let bytes = self.within(key, self.settings.attempt_timeout_for(length), async {
            let response = match request.send().await {
                Ok(response) => response,
                Err(error) if error_response(&error).is_some_and(|response| response.status == 416) => return Ok(None),
                Err(error) => return Err(map_sdk_error(&self.url, key, error)),
            };
            check_content_range(key, &range, response.content_range())?;
            read_body(key, response.body, i64::try_from(length).ok()).await.map(Some)
        });
        match bytes.await? {
            Some(bytes) => Ok(bytes),
            None => Err(self.invalid_range(key, range).await),
        }
    }

    async fn put(&self, key: &str, bytes: Bytes, precondition: Precondition) -> Result<Version, StorageError> {
        let written = if bytes.len() as u64 > self.settings.multipart_threshold_bytes {
            self.put_in_parts(key, bytes, &precondition).await
        } else {
            self.put_whole(key, bytes, &precondition).await
        };
        match (written, &precondition) {
            (Err(StorageError::PreconditionFailed { .. }), Precondition::Matches(expected))
                if self.has_weak_tags.load(Relaxed) =>
            {
                Err(self.explain_failed_precondition(key, expected).await)
            }
            (written, _) => written,
        }
    }

    async fn head(&self, key: &str) -> Result<Entry, StorageError> {
        let request = self.client().await?.head_object().bucket(self.url.bucket()).key(self.url.object(key)?);
        let response = self.response(key, self.settings.attempt_timeout, request.send()).await?;
        let size = response.content_length.unwrap_or_default().max(0) as u64;
        Ok(Entry { key: key.to_owned(), size, version: self.version(key, response.e_tag)? })
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Entry>, StorageError> {
        self.list_in_parts(prefix, &[]).await
    }

    async fn list_in_parts(&self, prefix: &str, splits: &[String]) -> Result<Vec<Entry>, StorageError> {
        let mut entries = Vec::new();
        for object in self.objects(prefix, splits).await? {
            // Other programs may store objects in the bucket whose keys are not valid here.
            let Some(key) = object.key.as_deref().and_then(|object| self.url.key(object)) else { continue };
            let size = object.size.unwrap_or_default().max(0) as u64;
            entries.push(Entry { key: key.to_owned(), size, version: self.version(key, object.e_tag)? });
        }
        // Directory buckets do not sort their listings.
        entries.sort_unstable_by(|left, right| left.key.cmp(&right.key));
        Ok(entries)
    }

    async fn list_folders(&self, folder: &str) -> Result<Vec<String>, StorageError> {
        let prefix = folder_prefix(folder);
        let pages = self.folder_pages(&prefix).await?;
        let folders = pages.into_iter().flat_map(|page| page.common_prefixes.unwrap_or_default());
        let names = folders.filter_map(|folder| {
            let prefix_of_folder = folder.prefix?;
            let key = self.url.key(prefix_of_folder.strip_suffix('/')?)?;
            Some(key.strip_prefix(&prefix)?.to_owned())
        });
        let mut names: Vec<_> = names.collect();
        names.sort_unstable();
        Ok(names)
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        let request = self.client().await?.delete_object().bucket(self.url.bucket()).key(self.url.object(key)?);
        match self.response(key, self.settings.attempt_timeout, request.send()).await {
            // S3 reports success for a missing object; some compatible services do not.
            Ok(_) | Err(StorageError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
