//! Which keys are valid.

use crate::StorageError;

/// Length limit of a key in bytes, as on S3.
pub const MAX_KEY_BYTES: usize = 1024;

/// Length limit of a part between two slashes in bytes, as for file names.
pub const MAX_SEGMENT_BYTES: usize = 255;

/// The folder in which a [`LocalFolder`](crate::LocalFolder) keeps its own files.
pub(crate) const PRIVATE_SEGMENT: &str = ".quidditch";

/// Checks that an object may have this key: names joined by single slashes, none of which has a special meaning to a file
/// system.
///
/// The rules are the same for every storage, so that any store can be copied into a folder.
///
/// # Errors
/// [`StorageError::InvalidKey`] with the violated rule.
pub fn check_key(key: &str) -> Result<(), StorageError> {
    match violated_rule(key) {
        None => Ok(()),
        Some(reason) => Err(StorageError::InvalidKey { key: key.to_owned(), reason }),
    }
}

/// The rule of [`check_key`] that a key violates.
pub(crate) fn violated_rule(key: &str) -> Option<&'static str> {
    if key.is_empty() {
        return Some("must not be empty");
    }
    if key.len() > MAX_KEY_BYTES {
        return Some("must not be longer than 1024 bytes");
    }
    if key.contains(|character: char| character.is_control() || character == '\\') {
        return Some("must not contain control characters or backslashes");
    }
    for segment in key.split('/') {
        match segment {
            "" => return Some("must not begin or end with a slash or contain two in a row"),
            "." | ".." => return Some("must not contain `.` or `..` between slashes"),
            PRIVATE_SEGMENT => return Some("must not contain the reserved folder `.quidditch`"),
            _ if segment.len() > MAX_SEGMENT_BYTES => {
                return Some("must not contain a part longer than 255 bytes between slashes");
            }
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
    fn keys_with_a_special_meaning_are_rejected() {
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
