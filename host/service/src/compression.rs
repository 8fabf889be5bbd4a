//! Compresses responses for clients that accept it.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{CONTENT_ENCODING, VARY};
use http::{HeaderValue, Response};

/// Compresses a response of at least `min_bytes` if the client accepts gzip. `accept_encoding` is the request's header.
#[must_use]
pub fn compress(
    mut response: Response<Bytes>,
    accept_encoding: Option<&HeaderValue>,
    min_bytes: usize,
) -> Response<Bytes> {
    if response.body().len() < min_bytes {
        return response;
    }
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
    if !accept_encoding.is_some_and(accepts_gzip) {
        return response;
    }
    // Level 1 saves most of the bytes at a fraction of the time.
    let mut encoder = GzEncoder::new(Vec::with_capacity(response.body().len() / 4), Compression::fast());
    let compressed = encoder.write_all(response.body()).and_then(|()| encoder.finish());
    *response.body_mut() = compressed.expect("writing to memory does not fail").into();
    response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    response
}

/// Whether gzip, or any encoding, is accepted with a weight above 0.
fn accepts_gzip(header: &HeaderValue) -> bool {
    let Ok(header) = header.to_str() else { return false };
    let weight_of = |wanted: &str| {
        header.split(',').find_map(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            let name = parts.next()?;
            let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |weight| weight.parse().ok());
            name.eq_ignore_ascii_case(wanted).then_some(weight.unwrap_or(0.0_f32))
        })
    };
    weight_of("gzip").or_else(|| weight_of("*")).is_some_and(|weight| weight > 0.0)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn accept_encoding_is_parsed() {
        let accepts = |text| accepts_gzip(&HeaderValue::from_static(text));
        assert!(accepts("gzip") && accepts("deflate, GZIP;q=0.5") && accepts("*"));
        assert!(!accepts("") && !accepts("br") && !accepts("gzip;q=0") && !accepts("gzip;q=0, *"));
    }

    #[test]
    fn large_responses_are_compressed() {
        let gzip = HeaderValue::from_static("gzip");
        let body = Bytes::from(vec![b'a'; 100]);
        let response = compress(Response::new(body.clone()), Some(&gzip), 100);
        assert_eq!(response.headers()[CONTENT_ENCODING], "gzip");
        let mut read = Vec::new();
        GzDecoder::new(&response.body()[..]).read_to_end(&mut read).expect("gzip");
        assert_eq!(read, body);

        assert_eq!(compress(Response::new(body.clone()), Some(&gzip), 101).body(), &body);
        let plain = compress(Response::new(body.clone()), None, 100);
        assert_eq!((plain.body(), &plain.headers()[VARY]), (&body, &HeaderValue::from_static("accept-encoding")));
    }
}
