//! The URL of a bucket, and the keys in it.

use std::fmt;
use std::str::FromStr;

use crate::key::violated_rule;
use crate::{MAX_KEY_BYTES, StorageError, StoreUrlError, check_key};

/// `s3://bucket` or `s3://bucket/prefix`: a bucket, and what the keys of a store in it begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketUrl {
    bucket: String,
    /// Empty, or ends with a slash.
    prefix: String,
}

impl BucketUrl {
    /// The name of the bucket.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// The key in the bucket of a store's object.
    pub(super) fn object(&self, key: &str) -> Result<String, StorageError> {
        check_key(key)?;
        if self.prefix.len() + key.len() > MAX_KEY_BYTES {
            let reason = "must not be longer than 1024 bytes together with the prefix of the store";
            return Err(StorageError::InvalidKey { key: key.to_owned(), reason });
        }
        Ok(format!("{}{key}", self.prefix))
    }

    /// What the keys in the bucket begin with of the store's objects whose keys begin with `prefix`.
    pub(super) fn prefix(&self, prefix: &str) -> String {
        format!("{}{prefix}", self.prefix)
    }

    /// The key in the store of an object in the bucket; `None` for an object outside of the store.
    pub(super) fn key<'a>(&self, object: &'a str) -> Option<&'a str> {
        object.strip_prefix(&self.prefix).filter(|key| check_key(key).is_ok())
    }
}

impl FromStr for BucketUrl {
    type Err = StoreUrlError;

    /// With or without a slash at the end.
    fn from_str(url: &str) -> Result<Self, StoreUrlError> {
        let rest = url.strip_prefix("s3://").ok_or(StoreUrlError::NotABucket)?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if !is_bucket_name(bucket) {
            return Err(StoreUrlError::InvalidBucket { bucket: bucket.to_owned() });
        }
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        let prefix = match violated_rule(prefix) {
            _ if prefix.is_empty() => String::new(),
            None => format!("{prefix}/"),
            Some(reason) => return Err(StoreUrlError::InvalidPrefix { prefix: prefix.to_owned(), reason }),
        };
        Ok(BucketUrl { bucket: bucket.to_owned(), prefix })
    }
}

impl fmt::Display for BucketUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BucketUrl { bucket, prefix } = self;
        write!(formatter, "s3://{bucket}")?;
        match prefix.strip_suffix('/') {
            Some(prefix) => write!(formatter, "/{prefix}"),
            None => Ok(()),
        }
    }
}

/// S3's rules for names of buckets, without the rare exceptions.
fn is_bucket_name(name: &str) -> bool {
    let is_plain = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit();
    (3..=63).contains(&name.len())
        && name.starts_with(is_plain)
        && name.ends_with(is_plain)
        && name.chars().all(|character| is_plain(character) || matches!(character, '-' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> BucketUrl {
        url.parse().expect("valid")
    }

    #[test]
    fn a_prefix_is_a_folder() {
        for (given, shown) in [
            ("s3://bucket", "s3://bucket"),
            ("s3://bucket/", "s3://bucket"),
            ("s3://bucket/a/b", "s3://bucket/a/b"),
            ("s3://bucket/a/b/", "s3://bucket/a/b"),
        ] {
            let url = parse(given);
            assert_eq!((url.to_string().as_str(), url.bucket()), (shown, "bucket"));
            assert_eq!(parse(shown), url);
        }
    }

    #[test]
    fn keys_are_mapped_to_the_bucket_and_back() {
        let url = parse("s3://bucket/store");
        let object = url.object("cities/manifest.json").expect("a key");
        assert_eq!(object, "store/cities/manifest.json");
        assert_eq!(url.key(&object), Some("cities/manifest.json"));
        assert_eq!(url.key("storeroom/a"), None);
        // Consoles create such objects to show folders.
        assert_eq!(url.key("store/"), None);
        assert_eq!(url.key("store/folder/"), None);
    }

    #[test]
    fn prefix_and_key_together_are_limited() {
        let url = parse("s3://bucket/store");
        let key = format!("{0}/{0}/{0}/{1}", "k".repeat(255), "k".repeat(1018 - 3 * 256));
        assert!(url.object(&key).is_ok());
        let refused = url.object(&format!("{key}k")).expect_err("1025 bytes").to_string();
        assert!(
            refused.ends_with("must not be longer than 1024 bytes together with the prefix of the store"),
            "{refused}"
        );
    }

    #[test]
    fn invalid_urls_are_explained() {
        let refusal = |url: &str| url.parse::<BucketUrl>().expect_err("refused").to_string();
        insta::assert_snapshot!(refusal("bucket/prefix"), @"expected s3://BUCKET or s3://BUCKET/PREFIX");
        insta::assert_snapshot!(refusal("/folder"), @"expected s3://BUCKET or s3://BUCKET/PREFIX");
        insta::assert_snapshot!(refusal("s3://"), @"invalid bucket name [], must be 3 to 63 lower-case letters, digits, dots and hyphens");
        insta::assert_snapshot!(refusal("s3://Bucket/x"), @"invalid bucket name [Bucket], must be 3 to 63 lower-case letters, digits, dots and hyphens");
        insta::assert_snapshot!(refusal("s3://bucket//x"), @"invalid prefix [/x]: must not begin or end with a slash or contain two in a row");
        insta::assert_snapshot!(refusal("s3://bucket/a/../b"), @"invalid prefix [a/../b]: must not contain `.` or `..` between slashes");
    }
}
