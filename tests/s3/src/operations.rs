//! The S3 operations.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::TryStreamExt;
use s3s::checksum::ChecksumHasher;
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, Checksum, ChecksumAlgorithm, ChecksumType, CommonPrefix,
    CompleteMultipartUploadInput, CompleteMultipartUploadOutput, CreateMultipartUploadInput,
    CreateMultipartUploadOutput, DeleteObjectInput, DeleteObjectOutput, ETag, ETagCondition, GetObjectInput,
    GetObjectOutput, HeadObjectInput, HeadObjectOutput, ListObjectsV2Input, ListObjectsV2Output, Object,
    PutObjectInput, PutObjectOutput, StreamingBlob, UploadPartInput, UploadPartOutput,
};
use s3s::{Body, S3, S3Request, S3Response, S3Result, s3_error};

use crate::ConditionalWrites;
use crate::bucket::{StoredObject, WholeChecksum, WriteCondition};
use crate::buckets::Buckets;
use crate::control::Control;

/// Carries out requests whose signature is valid.
#[derive(Debug)]
pub(crate) struct Operations {
    pub(crate) buckets: Arc<Buckets>,
    pub(crate) control: Arc<Control>,
}

impl Operations {
    /// The condition of a write, as far as the server honours it.
    fn write_condition(
        &self,
        if_match: Option<ETagCondition>,
        if_none_match: Option<ETagCondition>,
    ) -> S3Result<WriteCondition> {
        let is_conditional = if_match.is_some() || if_none_match.is_some();
        match self.control.conditional_writes() {
            ConditionalWrites::NotImplemented if is_conditional => {
                Err(s3_error!(NotImplemented, "A header you provided implies functionality that is not implemented"))
            }
            ConditionalWrites::NeverMatching if if_match.is_some() => {
                Err(s3_error!(PreconditionFailed, "At least one of the pre-conditions you specified did not hold"))
            }
            ConditionalWrites::Ignored => Ok(WriteCondition::default()),
            ConditionalWrites::OnlyIfNoneMatch => Ok(WriteCondition { if_match: None, if_none_match }),
            _ => Ok(WriteCondition { if_match, if_none_match }),
        }
    }
}

#[async_trait::async_trait]
impl S3 for Operations {
    async fn get_object(&self, request: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        let input = request.input;
        let object = self.buckets.with(&input.bucket, |bucket| bucket.get(&input.key))?;
        let size = object.bytes.len() as u64;
        let range = input.range.map(|range| range.check(size)).transpose()?;
        let content_range = range.as_ref().map(|range| format!("bytes {}-{}/{size}", range.start, range.end - 1));
        let range = range.unwrap_or(0..size);
        // S3 sends no checksum for a range.
        let checksum = if range == (0..size) { object.checksum } else { Checksum::default() };
        let bytes = object.bytes.slice(range.start as usize..range.end as usize);
        Ok(S3Response::new(GetObjectOutput {
            content_length: Some(bytes.len() as i64),
            body: Some(StreamingBlob::from(Body::from(bytes))),
            content_range,
            accept_ranges: Some("bytes".to_owned()),
            e_tag: Some(ETag::Strong(object.etag)),
            last_modified: Some(object.modified.into()),
            checksum_crc32: checksum.checksum_crc32,
            checksum_crc32c: checksum.checksum_crc32c,
            checksum_crc64nvme: checksum.checksum_crc64nvme,
            checksum_sha1: checksum.checksum_sha1,
            checksum_sha256: checksum.checksum_sha256,
            ..GetObjectOutput::default()
        }))
    }

    async fn head_object(&self, request: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        let input = request.input;
        let object = self.buckets.with(&input.bucket, |bucket| bucket.get(&input.key))?;
        Ok(S3Response::new(HeadObjectOutput {
            content_length: Some(object.bytes.len() as i64),
            accept_ranges: Some("bytes".to_owned()),
            e_tag: Some(ETag::Strong(object.etag)),
            last_modified: Some(object.modified.into()),
            ..HeadObjectOutput::default()
        }))
    }

    async fn put_object(&self, request: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        let input = request.input;
        let sent = Checksum {
            checksum_crc32: input.checksum_crc32,
            checksum_crc32c: input.checksum_crc32c,
            checksum_crc64nvme: input.checksum_crc64nvme,
            checksum_sha1: input.checksum_sha1,
            checksum_sha256: input.checksum_sha256,
            checksum_type: None,
        };
        let object = StoredObject::new(read(input.body, input.content_length, &sent).await?, sent);
        let etag = object.etag.clone();
        let condition = self.write_condition(input.if_match, input.if_none_match)?;
        self.buckets.with(&input.bucket, |bucket| bucket.put(&input.key, object, &condition))?;
        Ok(S3Response::new(PutObjectOutput { e_tag: Some(ETag::Strong(etag)), ..PutObjectOutput::default() }))
    }

    async fn delete_object(&self, request: S3Request<DeleteObjectInput>) -> S3Result<S3Response<DeleteObjectOutput>> {
        let input = request.input;
        self.buckets.with(&input.bucket, |bucket| {
            bucket.delete(&input.key);
            Ok(())
        })?;
        Ok(S3Response::new(DeleteObjectOutput::default()))
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let input = request.input;
        let limit = usize::try_from(input.max_keys.unwrap_or(1000)).map_err(|_| s3_error!(InvalidArgument))?;
        let limit = limit.min(1000).min(self.control.keys_per_page());
        let prefix = input.prefix.as_deref().unwrap_or_default();
        let after = input.continuation_token.as_deref().or(input.start_after.as_deref());
        let page = self
            .buckets
            .with(&input.bucket, |bucket| Ok(bucket.list(prefix, input.delimiter.as_deref(), after, limit)))?;
        let contents: Vec<_> = page.objects.into_iter().map(|(key, object)| listed(key, object)).collect();
        let folders: Vec<_> = page.folders.into_iter().map(|folder| CommonPrefix { prefix: Some(folder) }).collect();
        Ok(S3Response::new(ListObjectsV2Output {
            key_count: Some((contents.len() + folders.len()) as i32),
            max_keys: input.max_keys,
            is_truncated: Some(page.last.is_some()),
            next_continuation_token: page.last,
            contents: Some(contents),
            common_prefixes: Some(folders),
            name: Some(input.bucket),
            prefix: input.prefix,
            delimiter: input.delimiter,
            ..ListObjectsV2Output::default()
        }))
    }

    async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        let input = request.input;
        let is_whole = input.checksum_type.as_ref().is_some_and(|kind| kind.as_str() == ChecksumType::FULL_OBJECT);
        let is_crc32 =
            input.checksum_algorithm.as_ref().is_some_and(|algorithm| algorithm.as_str() == ChecksumAlgorithm::CRC32);
        let checksum = if is_whole && is_crc32 { WholeChecksum::Crc32 } else { WholeChecksum::None };
        let id = self.buckets.with(&input.bucket, |bucket| Ok(bucket.create_upload(&input.key, checksum)))?;
        Ok(S3Response::new(CreateMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(id),
            checksum_algorithm: input.checksum_algorithm,
            checksum_type: input.checksum_type,
            ..CreateMultipartUploadOutput::default()
        }))
    }

    async fn upload_part(&self, request: S3Request<UploadPartInput>) -> S3Result<S3Response<UploadPartOutput>> {
        let input = request.input;
        let sent = Checksum {
            checksum_crc32: input.checksum_crc32,
            checksum_crc32c: input.checksum_crc32c,
            checksum_crc64nvme: input.checksum_crc64nvme,
            checksum_sha1: input.checksum_sha1,
            checksum_sha256: input.checksum_sha256,
            checksum_type: None,
        };
        let part = StoredObject::new(read(input.body, input.content_length, &sent).await?, sent.clone());
        let etag = part.etag.clone();
        self.buckets
            .with(&input.bucket, |bucket| bucket.put_part(&input.upload_id, &input.key, input.part_number, part))?;
        Ok(S3Response::new(UploadPartOutput {
            e_tag: Some(ETag::Strong(etag)),
            checksum_crc32: sent.checksum_crc32,
            ..UploadPartOutput::default()
        }))
    }

    async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let input = request.input;
        let named = input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
        let condition = self.write_condition(input.if_match, input.if_none_match)?;
        let min_part_bytes = self.control.min_part_bytes();
        let object = self.buckets.with(&input.bucket, |bucket| {
            bucket.complete_upload(&input.upload_id, &input.key, &named, &condition, min_part_bytes)
        })?;
        Ok(S3Response::new(CompleteMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            e_tag: Some(ETag::Strong(object.etag)),
            checksum_crc32: object.checksum.checksum_crc32,
            ..CompleteMultipartUploadOutput::default()
        }))
    }

    async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        let input = request.input;
        self.buckets.with(&input.bucket, |bucket| bucket.abort_upload(&input.upload_id))?;
        Ok(S3Response::new(AbortMultipartUploadOutput::default()))
    }
}

fn listed(key: String, object: StoredObject) -> Object {
    Object {
        key: Some(key),
        size: Some(object.bytes.len() as i64),
        e_tag: Some(ETag::Strong(object.etag)),
        last_modified: Some(object.modified.into()),
        ..Object::default()
    }
}

/// Reads the body of a write, and checks its length and checksums.
async fn read(body: Option<StreamingBlob>, length: Option<i64>, sent: &Checksum) -> S3Result<Bytes> {
    let mut bytes = BytesMut::new();
    if let Some(mut body) = body {
        while let Some(chunk) = body.try_next().await.map_err(|_| s3_error!(IncompleteBody))? {
            bytes.extend_from_slice(&chunk);
        }
    }
    if length.is_some_and(|length| length != bytes.len() as i64) {
        return Err(s3_error!(IncompleteBody));
    }
    let mut hasher = ChecksumHasher {
        crc32: sent.checksum_crc32.as_ref().map(|_| Default::default()),
        crc32c: sent.checksum_crc32c.as_ref().map(|_| Default::default()),
        crc64nvme: sent.checksum_crc64nvme.as_ref().map(|_| Default::default()),
        sha1: sent.checksum_sha1.as_ref().map(|_| Default::default()),
        sha256: sent.checksum_sha256.as_ref().map(|_| Default::default()),
    };
    hasher.update(&bytes);
    if hasher.finalize() != *sent {
        return Err(s3_error!(BadDigest));
    }
    Ok(bytes.freeze())
}
