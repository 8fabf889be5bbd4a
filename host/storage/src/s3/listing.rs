//! Listings, which S3 sends in pages of at most 1,000 keys. Pages follow each other; parts of a listing are read side by side.

use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::Object;
use futures::{StreamExt, TryStreamExt, stream};

use super::storage::S3Storage;
use super::transport_fault::TransportFault;
use crate::{MAX_KEY_BYTES, StorageError};

/// How many parts of a listing are read at the same time. 64: with more connections, S3 answers no faster.
const PARALLEL_PARTS: usize = 64;

/// How names of directory buckets end. They have no order of keys, so a listing of them cannot start at a key.
const DIRECTORY_BUCKET: &str = "--x-s3";

/// A part of a listing. Both ends are keys in the bucket.
#[derive(Default)]
struct Part {
    /// The last key before the part.
    after: Option<String>,
    /// The last key of the part.
    until: Option<String>,
}

impl Part {
    /// Whether a page contains the last key of the part or one behind it.
    fn ends_in(&self, page: &ListObjectsV2Output) -> bool {
        let last = page.contents().last().and_then(Object::key);
        last.is_some_and(|last| self.until.as_deref().is_some_and(|until| until <= last))
    }

    /// Not each service begins a listing where it is told.
    fn contains(&self, object: &Object) -> bool {
        let key = object.key().unwrap_or_default();
        self.after.as_deref().is_none_or(|after| after < key) && self.until.as_deref().is_none_or(|until| key <= until)
    }
}

impl S3Storage {
    /// All objects whose keys begin with `prefix`. The parts between these keys are read side by side.
    pub(super) async fn objects(&self, prefix: &str, splits: &[String]) -> Result<Vec<Object>, StorageError> {
        let reads = self.parts(splits).into_iter().map(async |part: Part| {
            let pages = self.pages(prefix, None, &part).await?;
            let objects = pages.into_iter().flat_map(|page| page.contents.unwrap_or_default());
            Ok(objects.filter(|object| part.contains(object)).collect::<Vec<_>>())
        });
        let parts: Vec<_> = stream::iter(reads).buffered(PARALLEL_PARTS).try_collect().await?;
        Ok(parts.into_iter().flatten().collect())
    }

    /// The pages of a listing of folders.
    pub(super) async fn folder_pages(&self, prefix: &str) -> Result<Vec<ListObjectsV2Output>, StorageError> {
        self.pages(prefix, Some("/"), &Part::default()).await
    }

    fn parts(&self, splits: &[String]) -> Vec<Part> {
        let mut parts = vec![Part::default()];
        if self.url.bucket().ends_with(DIRECTORY_BUCKET) {
            return parts;
        }
        for split in splits {
            let split = self.url.prefix(split);
            let last = parts.last_mut().expect("there is always a part");
            last.until = Some(split.clone());
            parts.push(Part { after: Some(split), until: None });
        }
        parts
    }

    async fn pages(
        &self,
        prefix: &str,
        delimiter: Option<&str>,
        part: &Part,
    ) -> Result<Vec<ListObjectsV2Output>, StorageError> {
        let mut pages: Vec<ListObjectsV2Output> = Vec::new();
        if prefix.len() > MAX_KEY_BYTES {
            return Ok(pages);
        }
        loop {
            let token = pages.last().and_then(|page| page.next_continuation_token.clone());
            let mut request = self.client().await?.list_objects_v2().bucket(self.url.bucket());
            request = request.prefix(self.url.prefix(prefix)).set_delimiter(delimiter.map(str::to_owned));
            request = request.set_start_after(part.after.clone()).set_continuation_token(token);
            let page = self.response(prefix, self.settings.attempt_timeout, request.send()).await?;
            let (is_truncated, has_token) = (page.is_truncated == Some(true), page.next_continuation_token.is_some());
            let is_last = !is_truncated || part.ends_in(&page);
            pages.push(page);
            match (is_last, has_token) {
                (true, _) => return Ok(pages),
                (false, true) => {}
                (false, false) => {
                    return Err(TransportFault::Malformed(super::NO_CONTINUATION_TOKEN.into()).into_error(prefix));
                }
            }
        }
    }
}
