//! Compresses answers for clients that want it.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{CONTENT_ENCODING, VARY};
use http::{HeaderValue, Response};

/// Compresses an answer of at least `from` bytes if the client accepts gzip; `accepted` is what the request's header
/// `Accept-Encoding` says.
#[must_use]
pub fn compress(mut response: Response<Bytes>, accepted: Option<&HeaderValue>, from: usize) -> Response<Bytes> {
    if response.body().len() < from {
        return response;
    }
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
    if !accepted.is_some_and(accepts_gzip) {
        return response;
    }
    // Fast: most is won by the first level.
    let mut encoder = GzEncoder::new(Vec::with_capacity(response.body().len() / 4), Compression::fast());
    let compressed = encoder.write_all(response.body()).and_then(|()| encoder.finish());
    *response.body_mut() = compressed.expect("writing to memory does not fail").into();
    response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    response
}

/// Whether gzip, or anything, is accepted with a weight other than 0.
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
    fn clients_say_what_they_accept() {
        let accepts = |text| accepts_gzip(&HeaderValue::from_static(text));
        assert!(accepts("gzip") && accepts("deflate, GZIP;q=0.5") && accepts("*"));
        assert!(!accepts("") && !accepts("br") && !accepts("gzip;q=0") && !accepts("gzip;q=0, *"));
    }

    #[test]
    fn large_answers_are_compressed() {
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
