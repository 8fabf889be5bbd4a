//! Uploading large objects in parts.

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumType, CompletedMultipartUpload, CompletedPart};
use bytes::Bytes;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::failure::{code_and_status, failure};
use super::read::within;
use super::storage::{S3Storage, refused_precondition, version};
use crate::{Precondition, StorageError, Version};

/// S3 takes no more parts.
const MOST_PARTS: u64 = 10_000;

/// An upload that was begun.
#[derive(Debug, Clone, Copy)]
struct Upload<'a> {
    client: &'a Client,
    /// Key within the store.
    key: &'a str,
    /// Key within the bucket.
    object: &'a str,
    id: &'a str,
}

impl S3Storage {
    /// Writes an object in parts. It appears when all have come and the precondition holds. If anything fails, the parts are
    /// given up.
    pub(super) async fn put_in_parts(
        &self,
        key: &str,
        bytes: Bytes,
        precondition: &Precondition,
    ) -> Result<Version, StorageError> {
        let object = self.url.object(key)?;
        let client = self.client().await?;
        let id = self.begin_upload(client, key, &object).await?;
        let upload = Upload { client, key, object: &object, id: &id };
        let size = bytes.len() as u64;
        let outcome = match self.upload_parts(upload, bytes).await {
            Ok(parts) => self.complete(upload, size, parts, precondition).await,
            Err(error) => Err(error),
        };
        if outcome.is_err() {
            self.abort(upload).await;
        }
        outcome
    }

    async fn begin_upload(&self, client: &Client, key: &str, object: &str) -> Result<String, StorageError> {
        let request = client.create_multipart_upload().bucket(self.url.bucket()).key(object);
        // One checksum of the whole object, as single uploads have it, so that reads of the whole are checked.
        let request = request.checksum_algorithm(ChecksumAlgorithm::Crc32).checksum_type(ChecksumType::FullObject);
        let answer = within(self.settings.attempt_timeout, key, async {
            request.send().await.map_err(|error| failure(&self.url, key, error))
        });
        let no_id = || StorageError::Failed { key: key.to_owned(), source: "S3 sent no upload id".into() };
        answer.await?.upload_id.ok_or_else(no_id)
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
        let time = self.settings.attempt_timeout_for(bytes.len() as u64);
        let request = client.upload_part().bucket(self.url.bucket()).key(object).upload_id(id).part_number(number);
        let request = request.checksum_algorithm(ChecksumAlgorithm::Crc32).body(ByteStream::from(bytes));
        let answer = within(time, key, async {
            request.send().await.map_err(|error| gone_is_unavailable(failure(&self.url, key, error)))
        });
        let answer = answer.await?;
        let part = CompletedPart::builder().part_number(number).set_e_tag(answer.e_tag);
        Ok(part.set_checksum_crc32(answer.checksum_crc32).build())
    }

    async fn complete(
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
        // S3 joins the parts before it answers.
        let answer = within(self.settings.attempt_timeout_for(size), key, async {
            request.send().await.map_err(|error| {
                let (code, status) = code_and_status(&error);
                match refused_precondition(code, status, precondition) {
                    true => StorageError::PreconditionFailed { key: key.to_owned() },
                    false => gone_is_unavailable(failure(&self.url, key, error)),
                }
            })
        });
        version(key, answer.await?.e_tag)
    }

    /// Gives the parts up. That it fails changes nothing for the caller: the bucket's lifecycle rule removes them.
    async fn abort(&self, upload: Upload<'_>) {
        let Upload { client, key, object, id } = upload;
        let request = client.abort_multipart_upload().bucket(self.url.bucket()).key(object).upload_id(id);
        let _ = within(self.settings.attempt_timeout, key, async {
            request.send().await.map_err(|error| failure(&self.url, key, error))
        })
        .await;
    }
}

/// An upload that is gone was given up by somebody else, e.g. by a lifecycle rule. Another one may succeed.
fn gone_is_unavailable(error: StorageError) -> StorageError {
    match error {
        StorageError::NotFound { key } => {
            StorageError::Unavailable { key, source: "the upload in parts was given up by somebody else".into() }
        }
        other => other,
    }
}

/// Bytes in each part but the last, so that there are not too many.
fn part_bytes(size: u64, wanted: u64) -> u64 {
    wanted.max(size.div_ceil(MOST_PARTS)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_never_too_many_parts() {
        assert_eq!(part_bytes(100, 16), 16);
        assert_eq!(part_bytes(16 * MOST_PARTS, 16), 16);
        assert_eq!(part_bytes(16 * MOST_PARTS + 1, 16), 17);
        assert_eq!(part_bytes(100, 0), 1);
    }
}
