//! Reading the answers of the SDK's client.

use std::future::Future;
use std::time::Duration;

use aws_sdk_s3::primitives::ByteStream;
use bytes::{Bytes, BytesMut};

use super::refusal::TransportFault;
use crate::StorageError;

/// Most bytes that are set aside before they have come, whatever a header announces: 64 MiB.
const MOST_SET_ASIDE: usize = 64 * 1024 * 1024;

/// Waits no longer than this for an answer.
pub(super) async fn within<T>(
    time: Duration,
    key: &str,
    answer: impl Future<Output = Result<T, StorageError>>,
) -> Result<T, StorageError> {
    match tokio::time::timeout(time, answer).await {
        Ok(answer) => answer,
        Err(_) => Err(TransportFault::TimedOut(time).into_error(key)),
    }
}

/// Reads a body to its end. It has as many bytes as announced, or it is an error.
pub(super) async fn read(key: &str, mut body: ByteStream, announced: Option<i64>) -> Result<Bytes, StorageError> {
    let announced = announced.and_then(|length| usize::try_from(length).ok());
    let mut bytes = BytesMut::with_capacity(announced.unwrap_or_default().min(MOST_SET_ASIDE));
    while let Some(chunk) = body.next().await {
        bytes.extend_from_slice(&chunk.map_err(|error| TransportFault::Body(Box::new(error)).into_error(key))?);
    }
    match announced {
        Some(announced) if announced != bytes.len() => {
            let (asked, sent) = (format!("{announced} bytes"), format!("{} bytes", bytes.len()));
            Err(TransportFault::OtherBytes { asked, sent }.into_error(key))
        }
        _ => Ok(bytes.freeze()),
    }
}
