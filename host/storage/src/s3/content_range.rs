//! Whether an answer holds the bytes that were asked for.

use std::ops::Range;

use super::refusal::TransportFault;
use crate::StorageError;

/// Whether an answer is about the bytes that were asked for, judged by its `Content-Range`.
pub(super) fn check_content_range(key: &str, range: &Range<u64>, header: Option<&str>) -> Result<(), StorageError> {
    let other = |sent: &str| {
        let asked = format!("bytes {}-{}", range.start, range.end - 1);
        TransportFault::OtherBytes { asked, sent: sent.to_owned() }.into_error(key)
    };
    let header = header.ok_or_else(|| other("all bytes"))?;
    let (sent, size) = parse_content_range(header).ok_or_else(|| other(header))?;
    if sent.start == range.start && sent.end == size && size < range.end {
        // S3 sends what there is.
        return Err(StorageError::InvalidRange { key: key.to_owned(), range: range.clone(), size });
    }
    if sent == *range { Ok(()) } else { Err(other(header)) }
}

/// The bytes that came, and the size of the object, of `bytes 0-9/100`.
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
            Ok(()) => "as asked".to_owned(),
            Err(StorageError::Unavailable { source, .. }) => source.to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn only_the_range_that_was_asked_for_is_taken() {
        insta::assert_snapshot!(check(2..5, Some("bytes 2-4/10")), @"as asked");
        insta::assert_snapshot!(check(2..5, Some("bytes 3-5/10")), @"asked for bytes 2-4, S3 sent bytes 3-5/10");
        insta::assert_snapshot!(check(2..5, Some("bytes 2-3/10")), @"asked for bytes 2-4, S3 sent bytes 2-3/10");
        insta::assert_snapshot!(check(2..5, Some("bytes 2-3/4")), @r#"object "key" has 4 bytes, which do not hold the range 2..5"#);
        insta::assert_snapshot!(check(2..5, Some("bytes 0-9/*")), @"asked for bytes 2-4, S3 sent bytes 0-9/*");
        insta::assert_snapshot!(check(2..5, Some("nonsense")), @"asked for bytes 2-4, S3 sent nonsense");
        insta::assert_snapshot!(check(2..5, None), @"asked for bytes 2-4, S3 sent all bytes");
    }

    proptest! {
        #[test]
        fn ranges_are_read_as_they_are_written(first in 0_u64..1000, length in 1_u64..1000, beyond in 0_u64..1000) {
            let (end, size) = (first + length, first + length + beyond);
            let header = format!("bytes {first}-{}/{size}", end - 1);
            prop_assert_eq!(parse_content_range(&header), Some((first..end, size)));
        }

        #[test]
        fn any_text_is_survived(header in ".{0,40}") {
            let _ = parse_content_range(&header);
        }
    }
}
