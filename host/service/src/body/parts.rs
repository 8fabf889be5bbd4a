//! A request body that is processed in parts while the rest arrives.

use std::error::Error;
use std::io::Write;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use bytes::{Buf, Bytes, BytesMut};
use flate2::write::MultiGzDecoder;
use futures::{Stream, StreamExt};
use http::{HeaderMap, StatusCode};
use quidditch_function::error_chain;

use super::decode::{Encoding, content_encoding};
use crate::error::{ApiError, Refusal};
use crate::media_type::check_content_type;

/// How many compressed bytes are decompressed at a time. 4 KiB: they become at most 4 MiB.
const COMPRESSED_BYTES: usize = 4 << 10;

/// The pieces in which a body arrives.
pub type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes, PieceError>> + Send>>;

/// Why the rest of a body does not arrive.
#[derive(Debug, thiserror::Error)]
pub enum PieceError {
    /// It takes too long.
    #[error("the request body did not arrive in time")]
    TimedOut,
    /// The connection failed.
    #[error("the request body cannot be read")]
    Interrupted(#[source] Box<dyn Error + Send + Sync>),
}

/// The body of a request.
pub enum RequestBody {
    /// It has arrived.
    Whole(Bytes),
    /// It may still be arriving.
    Pieces(Pieces),
}

/// A body that is read in parts, decompressed.
pub struct BodyParts {
    headers: HeaderMap,
    /// Never locked: it makes this `Sync`.
    pieces: Mutex<Pieces>,
    /// Most bytes, before and after decompression.
    limit: usize,
    received: usize,
    decompressed: usize,
    /// What was received, and is not decompressed yet.
    compressed: Bytes,
    decoder: Decoder,
    /// What the next part begins with.
    buffer: BytesMut,
    has_ended: bool,
}

enum Decoder {
    /// Nothing has arrived.
    Unknown,
    Identity,
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
}

/// A part of a body.
pub struct BodyPart {
    /// Its bytes.
    pub bytes: Bytes,
    /// Whether nothing follows.
    pub is_last: bool,
}

impl RequestBody {
    pub(crate) fn into_pieces(self) -> Pieces {
        match self {
            RequestBody::Whole(bytes) => Box::pin(futures::stream::once(async { Ok(bytes) })),
            RequestBody::Pieces(pieces) => pieces,
        }
    }

    /// All of it, up to one byte more than a limit.
    pub(crate) async fn whole(self, limit: usize) -> Result<Bytes, ApiError> {
        let mut pieces = match self {
            RequestBody::Whole(bytes) => return Ok(bytes),
            RequestBody::Pieces(pieces) => pieces,
        };
        let mut bytes = BytesMut::new();
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|error| refused(&error))?;
            bytes.extend_from_slice(&piece[..piece.len().min(limit + 1 - bytes.len())]);
            if bytes.len() > limit {
                break;
            }
        }
        Ok(bytes.freeze())
    }
}

impl BodyParts {
    pub(crate) fn new(headers: HeaderMap, body: RequestBody, limit: usize) -> Self {
        BodyParts {
            headers,
            pieces: Mutex::new(body.into_pieces()),
            limit,
            received: 0,
            decompressed: 0,
            compressed: Bytes::new(),
            decoder: Decoder::Unknown,
            buffer: BytesMut::new(),
            has_ended: false,
        }
    }

    /// The next part: what was returned with [`BodyParts::unread`], and about `bytes` more, or what is left.
    ///
    /// # Errors
    /// A body that is too large, of another media type, or not valid gzip; that the rest does not arrive.
    pub async fn next(&mut self, bytes: usize) -> Result<BodyPart, ApiError> {
        let wanted = self.buffer.len().saturating_add(bytes);
        while self.buffer.len() < wanted && !self.has_ended {
            if self.compressed.is_empty() {
                self.receive().await?;
            } else {
                self.decompress()?;
            }
        }
        Ok(BodyPart { bytes: self.buffer.split().freeze(), is_last: self.has_ended })
    }

    /// Makes the next part begin with bytes of the last one.
    pub fn unread(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    async fn receive(&mut self) -> Result<(), ApiError> {
        let pieces = self.pieces.get_mut().unwrap_or_else(PoisonError::into_inner);
        let Some(piece) = pieces.next().await else { return self.end() };
        let piece = piece.map_err(|error| refused(&error))?;
        if piece.is_empty() {
            return Ok(());
        }
        self.received += piece.len();
        self.check_size(self.received)?;
        if matches!(self.decoder, Decoder::Unknown) {
            check_content_type(&self.headers)?;
            self.decoder = match content_encoding(&self.headers)? {
                Encoding::Identity => Decoder::Identity,
                Encoding::Gzip => Decoder::Gzip(Box::new(MultiGzDecoder::new(Vec::new()))),
            };
        }
        match self.decoder {
            Decoder::Gzip(_) => self.compressed = piece,
            _ => self.buffer.extend_from_slice(&piece),
        }
        Ok(())
    }

    fn decompress(&mut self) -> Result<(), ApiError> {
        let Decoder::Gzip(decoder) = &mut self.decoder else { return Ok(()) };
        let some = &self.compressed[..self.compressed.len().min(COMPRESSED_BYTES)];
        let used = decoder.write(some).map_err(|error| invalid_gzip(&error))?;
        self.compressed.advance(used);
        self.take_decompressed()
    }

    fn take_decompressed(&mut self) -> Result<(), ApiError> {
        let Decoder::Gzip(decoder) = &mut self.decoder else { return Ok(()) };
        let bytes = decoder.get_mut();
        self.buffer.extend_from_slice(bytes);
        self.decompressed += bytes.len();
        bytes.clear();
        self.check_size(self.decompressed)
    }

    fn end(&mut self) -> Result<(), ApiError> {
        self.has_ended = true;
        if let Decoder::Gzip(decoder) = &mut self.decoder {
            decoder.try_finish().map_err(|error| invalid_gzip(&error))?;
        }
        self.take_decompressed()
    }

    fn check_size(&self, bytes: usize) -> Result<(), ApiError> {
        if bytes <= self.limit { Ok(()) } else { Err(ApiError::BodyTooLarge { limit: self.limit }) }
    }
}

fn invalid_gzip(error: &std::io::Error) -> ApiError {
    ApiError::Argument(format!("the request body is not valid gzip: {error}"))
}

fn refused(error: &PieceError) -> ApiError {
    tracing::debug!(error = error_chain(error), "the rest of a request body does not arrive");
    let (status, kind) = match error {
        PieceError::TimedOut => (StatusCode::REQUEST_TIMEOUT, "timeout_exception"),
        PieceError::Interrupted(_) => (StatusCode::BAD_REQUEST, "illegal_argument_exception"),
    };
    Refusal::new(status, kind, error.to_string()).into()
}

#[cfg(test)]
mod tests {
    use std::io;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use futures::executor::block_on;
    use http::HeaderValue;
    use http::header::CONTENT_ENCODING;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text).expect("memory");
        encoder.finish().expect("memory")
    }

    fn parts(bytes: &[u8], encoding: Option<&'static str>, limit: usize) -> BodyParts {
        let pieces: Vec<_> = bytes.chunks(3).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        let encoding = encoding.map(|encoding| (CONTENT_ENCODING, HeaderValue::from_static(encoding)));
        let body = RequestBody::Pieces(Box::pin(futures::stream::iter(pieces)));
        BodyParts::new(encoding.into_iter().collect(), body, limit)
    }

    fn all(mut parts: BodyParts, bytes: usize) -> Result<Vec<Bytes>, ApiError> {
        let mut all = Vec::new();
        loop {
            let part = block_on(parts.next(bytes))?;
            all.push(part.bytes);
            if part.is_last {
                return Ok(all);
            }
        }
    }

    #[test]
    fn parts_have_about_the_size_that_is_asked_for() {
        let found = all(parts(b"abcdefgh", None, 8), 4).expect("read");
        assert_eq!(found, ["abcdef", "gh"]);
        assert_eq!(all(parts(b"", None, 8), 4).expect("empty"), [""]);
        let mut unread = parts(b"abcdefgh", None, 8);
        let first = block_on(unread.next(4)).expect("read");
        unread.unread(&first.bytes[5..]);
        assert_eq!(block_on(unread.next(1)).expect("read").bytes, "fgh");
    }

    #[test]
    fn compressed_bodies_are_not_held_whole() {
        let text = vec![b'a'; 50_000_000];
        let mut parts = parts(&gzip(&text), Some("gzip"), text.len());
        let (mut length, mut largest) = (0, 0);
        loop {
            let part = block_on(parts.next(1 << 20)).expect("read");
            length += part.bytes.len();
            largest = largest.max(part.bytes.len());
            if part.is_last {
                break;
            }
        }
        assert_eq!(length, text.len());
        assert!(largest < 6 << 20, "{largest}");
    }

    #[test]
    fn the_limit_holds_before_and_after_decompression() {
        let text = vec![b'a'; 1_000];
        assert_eq!(all(parts(&text, None, 1_000), 100).expect("at the limit").concat(), text);
        let error = |parts: BodyParts| all(parts, 100).expect_err("over it").to_string();
        insta::assert_snapshot!(error(parts(&text, None, 999)), @"the request body exceeds the limit of 999 bytes");
        assert_eq!(all(parts(&gzip(&text), Some("gzip"), 1_000), 100).expect("at the limit").concat(), text);
        insta::assert_snapshot!(error(parts(&gzip(&text), Some("gzip"), 999)), @"the request body exceeds the limit of 999 bytes");
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        let error = |parts: BodyParts| all(parts, 100).expect_err("refused").to_string();
        let cut_off = gzip(b"abc");
        insta::assert_snapshot!(error(parts(b"abcdefghijklmnop", Some("gzip"), 99)), @"the request body is not valid gzip: invalid gzip header");
        insta::assert_snapshot!(error(parts(&cut_off[..cut_off.len() - 4], Some("gzip"), 99)), @"the request body is not valid gzip: corrupt gzip stream does not have a matching checksum");
        insta::assert_snapshot!(error(parts(b"abc", Some("br"), 99)), @"Content-Encoding header [br] is not supported; use [gzip] or no encoding");
        let broken = PieceError::Interrupted(Box::new(io::Error::other("reset")));
        for (failure, status) in [(PieceError::TimedOut, 408), (broken, 400)] {
            let pieces: Pieces = Box::pin(futures::stream::iter([Ok(Bytes::from_static(b"a")), Err(failure)]));
            let parts = BodyParts::new(HeaderMap::new(), RequestBody::Pieces(pieces), 9);
            assert_eq!(all(parts, 100).expect_err("it ends").into_json()["status"], status);
        }
    }
}
