//! Collects a request body that arrives in pieces.

use std::pin::pin;

use bytes::{Bytes, BytesMut};
use http_body::Body;
use http_body_util::BodyExt;

/// Reads a body up to `limit` bytes. Of a longer body it returns one byte more than the limit, which makes
/// [`Service::handle`](crate::Service::handle) answer that the body is too large.
///
/// # Errors
/// The error of the stream.
pub async fn read_body<B: Body<Data = Bytes>>(body: B, limit: usize) -> Result<Bytes, B::Error> {
    let mut body = pin!(body);
    let expected = usize::try_from(body.size_hint().lower()).unwrap_or(limit);
    let mut bytes = BytesMut::with_capacity(expected.min(limit));
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            bytes.extend_from_slice(&data[..data.len().min(limit + 1 - bytes.len())]);
        }
        if bytes.len() > limit {
            break;
        }
    }
    Ok(bytes.freeze())
}
