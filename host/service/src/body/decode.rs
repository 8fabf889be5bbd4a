//! Decodes a request body: decompresses it within a limit, and checks that it is UTF-8.

use std::io::Read;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;

use crate::error::ApiError;
use crate::media_type::{check_component_type, check_content_type};

/// The text of a body of at most `limit` bytes, which holds before and after decompression.
pub(crate) fn decode(headers: &HeaderMap, body: Bytes, limit: usize) -> Result<String, ApiError> {
    if body.is_empty() {
        return Ok(String::new());
    }
    check_size(&body, limit)?;
    check_content_type(headers)?;
    let bytes = decoded_bytes(headers, body, limit)?;
    // Does not copy if nothing else has the bytes.
    String::from_utf8(Vec::from(bytes)).map_err(|error| {
        let valid_bytes = error.utf8_error().valid_up_to();
        ApiError::Argument(format!("the request body is not valid UTF-8 at byte {valid_bytes}"))
    })
}

/// The component in a body of at most `limit` bytes, which holds before and after decompression.
pub(crate) fn decode_component(headers: &HeaderMap, body: Bytes, limit: usize) -> Result<Bytes, ApiError> {
    if body.is_empty() {
        return Ok(body);
    }
    check_size(&body, limit)?;
    check_component_type(headers)?;
    decoded_bytes(headers, body, limit)
}

fn check_size(body: &Bytes, limit: usize) -> Result<(), ApiError> {
    if body.len() <= limit { Ok(()) } else { Err(ApiError::BodyTooLarge { limit }) }
}

fn decoded_bytes(headers: &HeaderMap, body: Bytes, limit: usize) -> Result<Bytes, ApiError> {
    Ok(match content_encoding(headers)? {
        Encoding::Identity => body,
        Encoding::Gzip => decompress(&body, limit)?.into(),
    })
}

/// How a body is encoded.
pub(super) enum Encoding {
    Identity,
    Gzip,
}

pub(super) fn content_encoding(headers: &HeaderMap) -> Result<Encoding, ApiError> {
    let value = headers.get(CONTENT_ENCODING);
    let name = value.map(|value| String::from_utf8_lossy(value.as_bytes()).trim().to_ascii_lowercase());
    match name.as_deref() {
        None | Some("" | "identity") => Ok(Encoding::Identity),
        Some("gzip" | "x-gzip") => Ok(Encoding::Gzip),
        Some(other) => Err(ApiError::ContentEncoding(other.to_owned())),
    }
}

fn decompress(body: &[u8], limit: usize) -> Result<Vec<u8>, ApiError> {
    let mut bytes = Vec::new();
    // One byte beyond the limit, to distinguish a body at the limit from one over it.
    let mut decoder = MultiGzDecoder::new(body).take(limit as u64 + 1);
    match decoder.read_to_end(&mut bytes) {
        Ok(_) if bytes.len() > limit => Err(ApiError::BodyTooLarge { limit }),
        Ok(_) => Ok(bytes),
        Err(error) => Err(ApiError::Argument(format!("the request body is not valid gzip: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use http::HeaderValue;

    use super::*;

    fn encoded(encoding: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_ENCODING, HeaderValue::from_static(encoding))])
    }

    fn gzip(text: &str) -> Bytes {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text.as_bytes()).expect("memory");
        encoder.finish().expect("memory").into()
    }

    #[test]
    fn bodies_up_to_the_limit_are_decoded() {
        let read = |body: &'static str| decode(&HeaderMap::new(), Bytes::from_static(body.as_bytes()), 4);
        assert_eq!(read("").expect("empty"), "");
        assert_eq!(read("1234").expect("at the limit"), "1234");
        insta::assert_snapshot!(read("12345").expect_err("over it"), @"the request body exceeds the limit of 4 bytes");
    }

    #[test]
    fn the_limit_also_holds_after_decompression() {
        let text = "a".repeat(1_000);
        let compressed = gzip(&text);
        assert!(compressed.len() < 100);
        assert_eq!(decode(&encoded("gzip"), compressed.clone(), 1_000).expect("at the limit"), text);
        insta::assert_snapshot!(
            decode(&encoded("gzip"), compressed, 999).expect_err("over it"),
            @"the request body exceeds the limit of 999 bytes"
        );
    }

    #[test]
    fn components_are_any_bytes() {
        let component = |body: Bytes, limit| decode_component(&HeaderMap::new(), body, limit);
        assert_eq!(component(Bytes::from_static(b"\0asm\xff"), 5).expect("at the limit"), b"\0asm\xff"[..]);
        insta::assert_snapshot!(
            component(Bytes::from_static(b"\0asm\xff"), 4).expect_err("over it"),
            @"the request body exceeds the limit of 4 bytes"
        );
        assert_eq!(decode_component(&encoded("gzip"), gzip("abc"), 100).expect("gzip"), b"abc"[..]);
    }

    #[test]
    fn undecodable_bodies_are_errors() {
        let message = |headers: HeaderMap, body: &'static [u8]| {
            decode(&headers, Bytes::from_static(body), 100).expect_err("refused").to_string()
        };
        insta::assert_snapshot!(message(encoded("gzip"), b"{\"query\": {}}"), @"the request body is not valid gzip: invalid gzip header");
        insta::assert_snapshot!(
            message(encoded("br"), b"{}"),
            @"Content-Encoding header [br] is not supported; use [gzip] or no encoding"
        );
        insta::assert_snapshot!(message(HeaderMap::new(), b"{\"\xff"), @"the request body is not valid UTF-8 at byte 2");
    }
}
