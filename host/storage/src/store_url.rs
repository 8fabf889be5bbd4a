//! What `--store` and `QUIDDITCH_STORE` accept.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::{BucketUrl, StoreUrlError};

/// Where a store is. Parsed from
///
/// | text | store |
/// |---|---|
/// | a path, or `file://` and an absolute path | a folder |
/// | `s3://bucket` or `s3://bucket/prefix` | a bucket in S3, or in a service compatible with S3 |
///
/// All else that has the form of a URL or of an ARN is rejected. The path of a folder whose name contains a colon is written
/// with `./` in front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A bucket.
    S3(BucketUrl),
}

impl StoreUrl {
    /// Whether only programs of this machine write to the store. **Native code from any other store must not be run**: anyone
    /// who can write to a local folder can replace this program as well, while many more may write to a bucket.
    pub fn is_local(&self) -> bool {
        match self {
            StoreUrl::Folder(_) => true,
            StoreUrl::S3(_) => false,
        }
    }
}

impl FromStr for StoreUrl {
    type Err = StoreUrlError;

    fn from_str(text: &str) -> Result<Self, StoreUrlError> {
        if text.is_empty() {
            return Err(StoreUrlError::Empty);
        }
        match scheme(text) {
            None => Ok(StoreUrl::Folder(text.into())),
            Some("s3") => text.parse().map(StoreUrl::S3),
            Some("file") => match text.strip_prefix("file://") {
                Some(path) if path.starts_with('/') => Ok(StoreUrl::Folder(path.into())),
                _ => Err(StoreUrlError::RelativeFileUrl),
            },
            Some("arn") => Err(StoreUrlError::Arn),
            Some(scheme) => Err(StoreUrlError::UnknownScheme { scheme: scheme.to_owned() }),
        }
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreUrl::Folder(path) => path.display().fmt(formatter),
            StoreUrl::S3(bucket) => bucket.fmt(formatter),
        }
    }
}

/// What is before the first colon, where that has the form of a scheme or is followed by `//`. One letter is a drive of Windows.
fn scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once(':')?;
    let in_schemes = |character: char| character.is_ascii_alphanumeric() || matches!(character, '+' | '-' | '.');
    let has_form = scheme.len() > 1 && scheme.starts_with(|first: char| first.is_ascii_alphabetic());
    ((has_form && scheme.chars().all(in_schemes)) || rest.starts_with("//")).then_some(scheme)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> String {
        match text.parse::<StoreUrl>() {
            Ok(url) if url.is_local() => format!("local {url}"),
            Ok(url) => format!("shared {url}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn folders_are_local() {
        for path in
            [".quidditch", "./a b", "/var/lib/quidditch", "a/b", "bucket/prefix", r"C:\store", "./data:2026", "/a:b"]
        {
            assert_eq!(path.parse(), Ok(StoreUrl::Folder(path.into())));
            assert_eq!(parse(path), format!("local {path}"));
        }
        assert_eq!(parse("file:///var/lib/quidditch"), "local /var/lib/quidditch");
    }

    #[test]
    fn buckets_are_shared() {
        assert_eq!(parse("s3://bucket"), "shared s3://bucket");
        assert_eq!(parse("s3://bucket/"), "shared s3://bucket");
        assert_eq!(parse("s3://my.bucket-1/a/b/"), "shared s3://my.bucket-1/a/b");
    }

    #[test]
    fn all_other_urls_are_rejected() {
        insta::assert_snapshot!(parse(""), @"must not be empty");
        insta::assert_snapshot!(parse("gs://bucket/prefix"), @"unknown scheme [gs], expected a folder path, file:///FOLDER or s3://BUCKET/PREFIX");
        insta::assert_snapshot!(parse("https://bucket.s3.amazonaws.com"), @"unknown scheme [https], expected a folder path, file:///FOLDER or s3://BUCKET/PREFIX");
        insta::assert_snapshot!(parse("S3://bucket"), @"unknown scheme [S3], expected a folder path, file:///FOLDER or s3://BUCKET/PREFIX");
        insta::assert_snapshot!(parse("s3a://bucket"), @"unknown scheme [s3a], expected a folder path, file:///FOLDER or s3://BUCKET/PREFIX");
        insta::assert_snapshot!(parse("az:container"), @"unknown scheme [az], expected a folder path, file:///FOLDER or s3://BUCKET/PREFIX");
        insta::assert_snapshot!(parse("memory:"), @"unknown scheme [memory], expected a folder path, file:///FOLDER or s3://BUCKET/PREFIX");
        insta::assert_snapshot!(parse("://x"), @"unknown scheme [], expected a folder path, file:///FOLDER or s3://BUCKET/PREFIX");
        insta::assert_snapshot!(parse("a b://x"), @"unknown scheme [a b], expected a folder path, file:///FOLDER or s3://BUCKET/PREFIX");
        insta::assert_snapshot!(parse("arn:aws:s3:::bucket"), @"ARNs are not supported, expected s3://BUCKET/PREFIX");
        insta::assert_snapshot!(parse("file://host/x"), @"a file URL needs an absolute path, as in file:///var/lib/quidditch");
        insta::assert_snapshot!(parse("file:x"), @"a file URL needs an absolute path, as in file:///var/lib/quidditch");
        insta::assert_snapshot!(parse("s3:bucket"), @"expected s3://BUCKET or s3://BUCKET/PREFIX");
        insta::assert_snapshot!(parse("s3://x"), @"invalid bucket name [x], must be 3 to 63 lower-case letters, digits, dots and hyphens");
    }
}
