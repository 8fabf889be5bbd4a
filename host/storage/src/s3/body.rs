//! Bodies of responses to AWS's client.

use aws_sdk_s3::primitives::ByteStream;
use bytes::{Bytes, BytesMut};

use super::transport_fault::TransportFault;
use crate::StorageError;

/// Limit for the memory that is reserved in advance, whatever length a header announces: 64 MiB.
const MAX_RESERVED_BYTES: usize = 64 * 1024 * 1024;

/// Reads a body to its end. Fails if it does not have the expected length.
pub(super) async fn read_body(key: &str, mut body: ByteStream, length: Option<i64>) -> Result<Bytes, StorageError> {
    let expected = length.and_then(|length| usize::try_from(length).ok());
    let mut bytes = BytesMut::with_capacity(expected.unwrap_or_default().min(MAX_RESERVED_BYTES));
    while let Some(chunk) = body.next().await {
        bytes.extend_from_slice(&chunk.map_err(|error| TransportFault::Truncated(Box::new(error)).into_error(key))?);
    }
    match expected {
        Some(expected) if expected != bytes.len() => {
            Err(TransportFault::wrong_length(expected as u64, bytes.len() as u64).into_error(key))
        }
        _ => Ok(bytes.freeze()),
    }
}
