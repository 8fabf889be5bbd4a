//! Where in S3 a store lies.

use std::fmt;

use crate::{MAX_KEY_BYTES, StorageError, check_key};

/// A bucket, and the prefix of a store's keys in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Location {
    pub(super) bucket: String,
    /// Empty, or with a slash at its end.
    prefix: String,
}

impl Location {
    /// From `s3://bucket` or `s3://bucket/prefix`, with or without a slash at the end.
    pub(super) fn parse(url: &str) -> Result<Self, StorageError> {
        let invalid = |reason| StorageError::InvalidUrl { url: url.to_owned(), reason };
        let rest = url.strip_prefix("s3://").ok_or(invalid("it does not begin with s3://"))?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let is_plain = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit();
        let is_valid = (3..=63).contains(&bucket.len())
            && bucket.starts_with(is_plain)
            && bucket.ends_with(is_plain)
            && bucket.chars().all(|character| is_plain(character) || character == '-' || character == '.');
        if !is_valid {
            return Err(invalid("its bucket is not 3 to 63 lower-case letters, digits, dots and hyphens"));
        }
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        if prefix.is_empty() {
            return Ok(Location { bucket: bucket.to_owned(), prefix: String::new() });
        }
        match check_key(prefix) {
            Ok(()) => Ok(Location { bucket: bucket.to_owned(), prefix: format!("{prefix}/") }),
            Err(StorageError::InvalidKey { reason, .. }) => Err(invalid(reason)),
            Err(other) => Err(other),
        }
    }

    /// The whole key of an object in the bucket.
    pub(super) fn object(&self, key: &str) -> Result<String, StorageError> {
        check_key(key)?;
        if self.prefix.len() + key.len() > MAX_KEY_BYTES {
            let reason = "with the prefix of the store, it is longer than 1024 bytes";
            return Err(StorageError::InvalidKey { key: key.to_owned(), reason });
        }
        Ok(format!("{}{key}", self.prefix))
    }

    /// The whole prefix in the bucket.
    pub(super) fn prefix(&self, prefix: &str) -> String {
        format!("{}{prefix}", self.prefix)
    }

    /// The key in this store of an object in the bucket, if it can be one of ours.
    pub(super) fn key<'a>(&self, object: &'a str) -> Option<&'a str> {
        object.strip_prefix(&self.prefix).filter(|key| check_key(key).is_ok())
    }
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "s3://{}/{}", self.bucket, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_a_folder() {
        let parse = |url| Location::parse(url).expect("a location").to_string();
        assert_eq!(parse("s3://bucket"), "s3://bucket/");
        assert_eq!(parse("s3://bucket/"), "s3://bucket/");
        assert_eq!(parse("s3://bucket/a/b"), "s3://bucket/a/b/");
        assert_eq!(parse("s3://bucket/a/b/"), "s3://bucket/a/b/");
    }

    #[test]
    fn keys_go_to_the_bucket_and_back() {
        let location = Location::parse("s3://bucket/store").expect("a location");
        let object = location.object("cities/manifest.json").expect("a key");
        assert_eq!(object, "store/cities/manifest.json");
        assert_eq!(location.key(&object), Some("cities/manifest.json"));
        assert_eq!(location.key("storeroom/a"), None);
        // Consoles make such objects in place of folders.
        assert_eq!(location.key("store/"), None);
        assert_eq!(location.key("store/folder/"), None);
    }

    #[test]
    fn prefix_and_key_together_are_limited() {
        let location = Location::parse("s3://bucket/store").expect("a location");
        let key = format!("{0}/{0}/{0}/{1}", "k".repeat(255), "k".repeat(1018 - 3 * 256));
        assert!(location.object(&key).is_ok());
        let refused = location.object(&format!("{key}k")).expect_err("1025 bytes");
        assert!(
            refused.to_string().ends_with("with the prefix of the store, it is longer than 1024 bytes"),
            "{refused}"
        );
    }

    #[test]
    fn wrong_urls_say_why() {
        let refusal = |url| Location::parse(url).expect_err("refused").to_string();
        insta::assert_snapshot!(refusal("s3://"), @r#"cannot open the store "s3://": its bucket is not 3 to 63 lower-case letters, digits, dots and hyphens"#);
        insta::assert_snapshot!(refusal("s3://Bucket/x"), @r#"cannot open the store "s3://Bucket/x": its bucket is not 3 to 63 lower-case letters, digits, dots and hyphens"#);
        insta::assert_snapshot!(refusal("s3://bucket//x"), @r#"cannot open the store "s3://bucket//x": it begins or ends with a slash or has two in a row"#);
        insta::assert_snapshot!(refusal("s3://bucket/a/../b"), @r#"cannot open the store "s3://bucket/a/../b": it contains `.` or `..`"#);
    }
}
