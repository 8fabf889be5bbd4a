//! Which keys there may be.

use crate::StorageError;

/// Longest key in bytes: S3 takes no longer ones.
pub const MAX_KEY_BYTES: usize = 1024;

/// Longest part between two slashes in bytes: file systems take no longer names.
pub const MAX_SEGMENT_BYTES: usize = 255;

/// The folder that a [`LocalFolder`](crate::LocalFolder) keeps its own files in.
pub(crate) const PRIVATE_SEGMENT: &str = ".quidditch";

/// Whether an object may have this key: names joined by single slashes, none of which a file system would take for
/// something else.
///
/// The rules are the same for every storage, so that any store can be copied into a folder.
///
/// # Errors
/// [`StorageError::InvalidKey`] with the rule that is broken.
pub fn check_key(key: &str) -> Result<(), StorageError> {
    match broken_rule(key) {
        None => Ok(()),
        Some(reason) => Err(StorageError::InvalidKey { key: key.to_owned(), reason }),
    }
}

/// The rule of [`check_key`] that a key breaks.
pub(crate) fn broken_rule(key: &str) -> Option<&'static str> {
    if key.is_empty() {
        return Some("it is empty");
    }
    if key.len() > MAX_KEY_BYTES {
        return Some("it is longer than 1024 bytes");
    }
    if key.contains(|character: char| character.is_control() || character == '\\') {
        return Some("it contains a control character or a backslash");
    }
    for segment in key.split('/') {
        match segment {
            "" => return Some("it begins or ends with a slash or has two in a row"),
            "." | ".." => return Some("it contains `.` or `..`"),
            PRIVATE_SEGMENT => return Some("`.quidditch` is reserved"),
            _ if segment.len() > MAX_SEGMENT_BYTES => return Some("it has a part longer than 255 bytes"),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_keys_are_accepted() {
        for key in ["a", "a/b", "cities/splits/01JC.split", ".hidden/x", "a..b", "größe", "a b"] {
            assert!(check_key(key).is_ok(), "{key}");
        }
    }

    #[test]
    fn keys_that_leave_the_store_are_refused() {
        for key in ["", "/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", "a\\b", "a\0b", "a\nb", ".quidditch/lock"] {
            assert!(matches!(check_key(key), Err(StorageError::InvalidKey { .. })), "{key}");
        }
    }

    #[test]
    fn lengths_are_limited() {
        let segment = "s".repeat(MAX_SEGMENT_BYTES);
        assert!(check_key(&segment).is_ok());
        assert!(check_key(&format!("{segment}s")).is_err());

        let almost = [&segment[..], &segment, &segment, &segment[..250], "abcd"].join("/");
        assert_eq!(almost.len(), MAX_KEY_BYTES - 1);
        assert!(check_key(&format!("{almost}e")).is_ok());
        assert!(check_key(&format!("{almost}ef")).is_err());
    }
}
