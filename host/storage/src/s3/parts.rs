//! Uploads of large objects in parts.

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumType, CompletedMultipartUpload, CompletedPart};
use bytes::Bytes;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::storage::S3Storage;
use crate::{Precondition, StorageError, Version};

/// S3's limit for the number of parts.
const MAX_PARTS: u64 = 10_000;

/// An upload in progress.
#[derive(Debug, Clone, Copy)]
struct Upload<'a> {
    client: &'a Client,
    /// Key in the store.
    key: &'a str,
    /// Key in the bucket.
    object: &'a str,
    id: &'a str,
}

impl S3Storage {
    /// Writes an object in parts. It appears when all have arrived, if the precondition holds then. If anything fails, the upload
    /// is aborted.
    pub(super) async fn put_in_parts(
        &self,
        key: &str,
        bytes: Bytes,
        precondition: &Precondition,
    ) -> Result<Version, StorageError> {
        let object = self.url.object(key)?;
        let client = self.client().await?;
        let id = self.create_upload(client, key, &object).await?;
        let upload = Upload { client, key, object: &object, id: &id };
        let size = bytes.len() as u64;
        let outcome = match self.upload_parts(upload, bytes).await {
            Ok(parts) => self.complete_upload(upload, size, parts, precondition).await,
            Err(error) => Err(error),
        };
        if outcome.is_err() {
            self.abort(upload).await;
        }
        outcome
    }

    async fn create_upload(&self, client: &Client, key: &str, object: &str) -> Result<String, StorageError> {
        let request = client.create_multipart_upload().bucket(self.url.bucket()).key(object);
        // One checksum of the whole object, as after single uploads, so that reads of the whole object are verified.
        let request = request.checksum_algorithm(ChecksumAlgorithm::Crc32).checksum_type(ChecksumType::FullObject);
        let response = self.response(key, self.settings.attempt_timeout, request.send()).await?;
        let no_id = || StorageError::Failed { key: key.to_owned(), source: "the response has no upload id".into() };
        response.upload_id.ok_or_else(no_id)
    }

    async fn upload_parts(&self, upload: Upload<'_>, bytes: Bytes) -> Result<Vec<CompletedPart>, StorageError> {
        let part_bytes = part_bytes(bytes.len() as u64, self.settings.part_bytes) as usize;
        let parts = (0..bytes.len()).step_by(part_bytes).zip(1..).map(|(start, number)| {
            let end = bytes.len().min(start + part_bytes);
            let part = bytes.slice(start..end);
            async move {
                let attempt = || self.upload_part(upload, number, part.clone());
                self.settings.part_retries.retry(&*self.clock, attempt).await
            }
        });
        stream::iter(parts).buffered(self.settings.parallel_parts.max(1)).try_collect().await
    }

    async fn upload_part(&self, upload: Upload<'_>, number: i32, bytes: Bytes) -> Result<CompletedPart, StorageError> {
        let Upload { client, key, object, id } = upload;
        let timeout = self.settings.attempt_timeout_for(bytes.len() as u64);
        let request = client.upload_part().bucket(self.url.bucket()).key(object).upload_id(id).part_number(number);
        let request = request.checksum_algorithm(ChecksumAlgorithm::Crc32).body(ByteStream::from(bytes));
        let response = self.response(key, timeout, request.send()).await.map_err(aborted_is_unavailable)?;
        let part = CompletedPart::builder().part_number(number).set_e_tag(response.e_tag);
        Ok(part.set_checksum_crc32(response.checksum_crc32).build())
    }

    async fn complete_upload(
        &self,
        upload: Upload<'_>,
        size: u64,
        parts: Vec<CompletedPart>,
        precondition: &Precondition,
    ) -> Result<Version, StorageError> {
        let Upload { client, key, object, id } = upload;
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let mut request = client.complete_multipart_upload().bucket(self.url.bucket()).key(object).upload_id(id);
        request = request.multipart_upload(parts).checksum_type(ChecksumType::FullObject);
        request = match precondition {
            Precondition::None => request,
            Precondition::Absent => request.if_none_match("*"),
            Precondition::Matches(version) => request.if_match(version.as_str()),
        };
        // S3 joins the parts before it responds.
        let timeout = self.settings.attempt_timeout_for(size);
        let response = self.write_response(key, timeout, precondition, request.send()).await;
        self.version(key, response.map_err(aborted_is_unavailable)?.e_tag)
    }

    /// Discards the parts. If that fails, the bucket's lifecycle rule removes them.
    async fn abort(&self, upload: Upload<'_>) {
        let Upload { client, key, object, id } = upload;
        let request = client.abort_multipart_upload().bucket(self.url.bucket()).key(object).upload_id(id);
        let _ = self.response(key, self.settings.attempt_timeout, request.send()).await;
    }
}

/// A missing upload was aborted by someone else, for example by a lifecycle rule. Another upload may succeed.
fn aborted_is_unavailable(error: StorageError) -> StorageError {
    match error {
        StorageError::NotFound { key } => {
            StorageError::Unavailable { key, source: "the upload in parts was aborted by someone else".into() }
        }
        other => other,
    }
}

/// The size of all parts but the last: the preferred one, or more if there would be too many parts.
fn part_bytes(size: u64, preferred: u64) -> u64 {
    preferred.max(size.div_ceil(MAX_PARTS)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_parts_is_limited() {
        assert_eq!(part_bytes(100, 16), 16);
        assert_eq!(part_bytes(16 * MAX_PARTS, 16), 16);
        assert_eq!(part_bytes(16 * MAX_PARTS + 1, 16), 17);
        assert_eq!(part_bytes(100, 0), 1);
    }
}
