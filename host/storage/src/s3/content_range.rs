//! Whether a response contains the requested bytes.

use std::ops::Range;

use super::transport_fault::TransportFault;
use crate::StorageError;

/// Checks the `Content-Range` of a response to a request for a range.
pub(super) fn check_content_range(key: &str, range: &Range<u64>, header: Option<&str>) -> Result<(), StorageError> {
    let wrong_bytes = |received: &str| {
        let requested = format!("bytes {}-{}", range.start, range.end - 1);
        TransportFault::WrongBytes { requested, received: received.to_owned() }.into_error(key)
    };
    let header = header.ok_or_else(|| wrong_bytes("all bytes"))?;
    let (received, size) = parse_content_range(header).ok_or_else(|| wrong_bytes(header))?;
    if received.start == range.start && received.end == size && size < range.end {
        // S3 sends the part of the range that exists.
        return Err(StorageError::InvalidRange { key: key.to_owned(), range: range.clone(), size });
    }
    if received == *range { Ok(()) } else { Err(wrong_bytes(header)) }
}

/// The range and the size of the object, from a header such as `bytes 0-9/100`.
fn parse_content_range(header: &str) -> Option<(Range<u64>, u64)> {
    let (range, size) = header.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    Some((first.parse().ok()?..last.parse::<u64>().ok()?.checked_add(1)?, size.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(range: Range<u64>, header: Option<&str>) -> String {
        match check_content_range("key", &range, header) {
            Ok(()) => "as requested".to_owned(),
            Err(StorageError::Unavailable { source, .. }) => source.to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn only_the_requested_range_is_accepted() {
        insta::assert_snapshot!(check(2..5, Some("bytes 2-4/10")), @"as requested");
        insta::assert_snapshot!(check(2..5, Some("bytes 3-5/10")), @"requested bytes 2-4, received bytes 3-5/10");
        insta::assert_snapshot!(check(2..5, Some("bytes 2-3/10")), @"requested bytes 2-4, received bytes 2-3/10");
        insta::assert_snapshot!(check(2..5, Some("bytes 2-3/4")), @r#"invalid range 2..5 of object "key", which has 4 bytes"#);
        insta::assert_snapshot!(check(2..5, Some("bytes 0-9/*")), @"requested bytes 2-4, received bytes 0-9/*");
        insta::assert_snapshot!(check(2..5, Some("nonsense")), @"requested bytes 2-4, received nonsense");
        insta::assert_snapshot!(check(2..5, None), @"requested bytes 2-4, received all bytes");
    }

    proptest! {
        #[test]
        fn valid_headers_are_parsed(first in 0_u64..1000, length in 1_u64..1000, beyond in 0_u64..1000) {
            let (end, size) = (first + length, first + length + beyond);
            let header = format!("bytes {first}-{}/{size}", end - 1);
            prop_assert_eq!(parse_content_range(&header), Some((first..end, size)));
        }

        #[test]
        fn any_text_can_be_parsed(header in ".{0,40}") {
            let _ = parse_content_range(&header);
        }
    }
}
