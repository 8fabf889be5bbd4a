//! The body of a request: from bytes, perhaps compressed, to text, within a limit.

use std::io::Read;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;

use crate::errors::ApiError;
use crate::media_type::check_content_type;

/// Reads a body of at most `limit` bytes, before and after decompression.
pub(crate) fn read(headers: &HeaderMap, body: &Bytes, limit: usize) -> Result<String, ApiError> {
    if body.is_empty() {
        return Ok(String::new());
    }
    if body.len() > limit {
        return Err(ApiError::BodyTooLarge { limit });
    }
    check_content_type(headers)?;
    let bytes = match encoding(headers).as_str() {
        "" | "identity" => body.to_vec(),
        "gzip" | "x-gzip" => decompress(body, limit)?,
        other => return Err(ApiError::ContentEncoding(other.to_owned())),
    };
    String::from_utf8(bytes).map_err(|error| {
        ApiError::Argument(format!("the body is not UTF-8: invalid at byte {}", error.utf8_error().valid_up_to()))
    })
}

fn encoding(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_ENCODING);
    value.map(|value| String::from_utf8_lossy(value.as_bytes()).trim().to_ascii_lowercase()).unwrap_or_default()
}

fn decompress(body: &[u8], limit: usize) -> Result<Vec<u8>, ApiError> {
    let mut bytes = Vec::new();
    // One byte more than the limit tells "at the limit" from "over it".
    let mut decoder = MultiGzDecoder::new(body).take(limit as u64 + 1);
    match decoder.read_to_end(&mut bytes) {
        Ok(_) if bytes.len() > limit => Err(ApiError::BodyTooLarge { limit }),
        Ok(_) => Ok(bytes),
        Err(error) => Err(ApiError::Argument(format!("the body is not valid gzip: {error}"))),
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
    fn bodies_are_read_up_to_the_limit() {
        let read = |body: &'static str| super::read(&HeaderMap::new(), &Bytes::from_static(body.as_bytes()), 4);
        assert_eq!(read("").expect("empty"), "");
        assert_eq!(read("1234").expect("at the limit"), "1234");
        insta::assert_snapshot!(read("12345").expect_err("over it"), @"the body is larger than the limit of 4 bytes");
    }

    #[test]
    fn decompressed_bodies_are_read_up_to_the_limit() {
        let text = "a".repeat(1_000);
        let compressed = gzip(&text);
        assert!(compressed.len() < 100);
        assert_eq!(read(&encoded("gzip"), &compressed, 1_000).expect("at the limit"), text);
        insta::assert_snapshot!(
            read(&encoded("gzip"), &compressed, 999).expect_err("over it"),
            @"the body is larger than the limit of 999 bytes"
        );
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let message = |headers: HeaderMap, body: &'static [u8]| {
            read(&headers, &Bytes::from_static(body), 100).expect_err("refused").to_string()
        };
        insta::assert_snapshot!(message(encoded("gzip"), b"{\"query\": {}}"), @"the body is not valid gzip: invalid gzip header");
        insta::assert_snapshot!(
            message(encoded("br"), b"{}"),
            @"Content-Encoding header [br] is not supported, send [gzip] or none"
        );
        insta::assert_snapshot!(message(HeaderMap::new(), b"{\"\xff"), @"the body is not UTF-8: invalid at byte 2");
    }
}
