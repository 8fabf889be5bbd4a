//! Objects in a bucket of S3, by AWS's own client.

use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::OnceCell;

use super::bucket_url::BucketUrl;
use super::client;
use super::content_range::check_content_range;
use super::failure::{code_and_status, failure};
use super::read::{read, within};
use super::refusal::TransportFault;
use super::settings::S3Settings;
use crate::storage::folder_prefix;
use crate::{Entry, MAX_KEY_BYTES, Object, Precondition, Storage, StorageError, Version};
use quidditch_clock::Clock;

/// Objects in a bucket of S3, or of a service that speaks S3 and knows conditional writes, under an optional prefix.
///
/// A version is an entity tag: two writes of equal content have the same. Large objects are uploaded in parts, and appear
/// when the last part has come; parts of a writer that was killed stay, unseen but billed, until the bucket's lifecycle rule
/// for incomplete uploads removes them.
///
/// Every call makes one attempt of limited time, but for the parts of an upload, which are tried again one by one: wrap it in
/// [`Retrying`](crate::Retrying). The calls must run inside a tokio runtime with time and I/O. Connections belong to the
/// runtime that they were opened in and are kept for the next calls, so that a storage should live as long as its runtime.
#[derive(Debug)]
pub struct S3Storage {
    pub(super) url: BucketUrl,
    pub(super) settings: S3Settings,
    /// Made by the first call: reading the environment and the profile is asynchronous.
    client: OnceCell<Client>,
    pub(super) clock: Arc<dyn Clock>,
}

impl S3Storage {
    /// The store at a URL. Sends nothing yet. The clock measures attempts and pauses.
    pub fn new(url: BucketUrl, settings: S3Settings, clock: Arc<dyn Clock>) -> Self {
        S3Storage { url, settings, client: OnceCell::new(), clock }
    }

    pub(super) async fn client(&self) -> Result<&Client, StorageError> {
        // Without one, the first timer or socket would panic.
        Handle::try_current()
            .map_err(|error| StorageError::Failed { key: self.url.to_string(), source: Box::new(error) })?;
        self.client.get_or_try_init(|| client::client(&self.url, &self.settings)).await
    }

    async fn put_whole(&self, key: &str, bytes: Bytes, precondition: &Precondition) -> Result<Version, StorageError> {
        let time = self.settings.attempt_timeout_for(bytes.len() as u64);
        let mut request = self.client().await?.put_object().bucket(self.url.bucket());
        request = request.key(self.url.object(key)?).body(ByteStream::from(bytes));
        request = match precondition {
            Precondition::None => request,
            Precondition::Absent => request.if_none_match("*"),
            Precondition::Matches(version) => request.if_match(version.as_str()),
        };
        let written = within(time, key, async {
            request.send().await.map_err(|error| {
                let (code, status) = code_and_status(&error);
                match refused_precondition(code, status, precondition) {
                    true => StorageError::PreconditionFailed { key: key.to_owned() },
                    false => failure(&self.url, key, error),
                }
            })
        });
        version(key, written.await?.e_tag)
    }

    /// The size of an object that does not hold a range.
    async fn invalid_range(&self, key: &str, range: Range<u64>) -> StorageError {
        match self.head(key).await {
            Ok(Entry { size, .. }) if range.start < range.end && range.end <= size => {
                // It was replaced by a larger one after it was asked for the range.
                let (asked, sent) = (format!("{range:?}"), "no such range".to_owned());
                TransportFault::OtherBytes { asked, sent }.into_error(key)
            }
            Ok(Entry { size, .. }) => StorageError::InvalidRange { key: key.to_owned(), range, size },
            Err(error) => error,
        }
    }

    /// All pages of a listing, one after the other.
    async fn pages(&self, prefix: &str, delimiter: Option<&str>) -> Result<Vec<ListObjectsV2Output>, StorageError> {
        let mut pages: Vec<ListObjectsV2Output> = Vec::new();
        if prefix.len() > MAX_KEY_BYTES {
            return Ok(pages);
        }
        loop {
            let mut request = self.client().await?.list_objects_v2().bucket(self.url.bucket());
            request = request.prefix(self.url.prefix(prefix)).set_delimiter(delimiter.map(str::to_owned));
            request =
                request.set_continuation_token(pages.last().and_then(|page| page.next_continuation_token.clone()));
            let page = within(self.settings.attempt_timeout, prefix, async {
                request.send().await.map_err(|error| failure(&self.url, prefix, error))
            });
            pages.push(page.await?);
            let goes_on = pages.last().is_some_and(|page| page.next_continuation_token.is_some());
            if !goes_on {
                return Ok(pages);
            }
        }
    }
}

#[async_trait]
impl Storage for S3Storage {
    async fn get(&self, key: &str) -> Result<Object, StorageError> {
        let request = self.client().await?.get_object().bucket(self.url.bucket()).key(self.url.object(key)?);
        let answer = within(self.settings.attempt_timeout, key, async {
            request.send().await.map_err(|error| failure(&self.url, key, error))
        });
        let answer = answer.await?;
        let version = version(key, answer.e_tag)?;
        let announced = answer.content_length;
        let time = self.settings.attempt_timeout_for(announced.unwrap_or_default().max(0) as u64);
        let bytes = within(time, key, read(key, answer.body, announced)).await?;
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
        let answer = within(self.settings.attempt_timeout_for(length), key, async {
            let answer = match request.send().await {
                Ok(answer) => answer,
                Err(error) if code_and_status(&error).1 == 416 => return Ok(None),
                Err(error) => return Err(failure(&self.url, key, error)),
            };
            check_content_range(key, &range, answer.content_range())?;
            read(key, answer.body, i64::try_from(length).ok()).await.map(Some)
        });
        match answer.await? {
            Some(bytes) => Ok(bytes),
            None => Err(self.invalid_range(key, range).await),
        }
    }

    async fn put(&self, key: &str, bytes: Bytes, precondition: Precondition) -> Result<Version, StorageError> {
        if bytes.len() as u64 > self.settings.multipart_threshold_bytes {
            return self.put_in_parts(key, bytes, &precondition).await;
        }
        self.put_whole(key, bytes, &precondition).await
    }

    async fn head(&self, key: &str) -> Result<Entry, StorageError> {
        let request = self.client().await?.head_object().bucket(self.url.bucket()).key(self.url.object(key)?);
        let answer = within(self.settings.attempt_timeout, key, async {
            request.send().await.map_err(|error| failure(&self.url, key, error))
        });
        let answer = answer.await?;
        let size = answer.content_length.unwrap_or_default().max(0) as u64;
        Ok(Entry { key: key.to_owned(), size, version: version(key, answer.e_tag)? })
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Entry>, StorageError> {
        let mut entries = Vec::new();
        for object in self.pages(prefix, None).await?.into_iter().flat_map(|page| page.contents.unwrap_or_default()) {
            // Others may keep objects in the bucket whose keys are none of ours.
            let Some(key) = object.key.as_deref().and_then(|object| self.url.key(object)) else { continue };
            let size = object.size.unwrap_or_default().max(0) as u64;
            entries.push(Entry { key: key.to_owned(), size, version: version(key, object.e_tag)? });
        }
        // Directory buckets list in no order.
        entries.sort_unstable_by(|left, right| left.key.cmp(&right.key));
        Ok(entries)
    }

    async fn list_folders(&self, folder: &str) -> Result<Vec<String>, StorageError> {
        let prefix = folder_prefix(folder);
        let pages = self.pages(&prefix, Some("/")).await?;
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
        let answer = within(self.settings.attempt_timeout, key, async {
            request.send().await.map_err(|error| failure(&self.url, key, error))
        });
        match answer.await {
            // S3 says nothing of objects that were not there; some other services do.
            Ok(_) | Err(StorageError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Whether a write was refused because its precondition did not hold, or because another write with one is under way: for
/// both the caller has to read again.
pub(super) fn refused_precondition(code: Option<&str>, status: u16, precondition: &Precondition) -> bool {
    match (status, code) {
        (412, _) | (409, Some("ConditionalRequestConflict")) => true,
        // S3 says that an object that should be replaced is not there. A bucket that is not there is something else.
        (404, Some("NoSuchKey")) => matches!(precondition, Precondition::Matches(_)),
        _ => false,
    }
}

pub(super) fn version(key: &str, etag: Option<String>) -> Result<Version, StorageError> {
    let no_tag = || StorageError::Failed { key: key.to_owned(), source: "S3 sent no entity tag".into() };
    etag.map(Version::new).ok_or_else(no_tag)
}
