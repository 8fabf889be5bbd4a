//! Why a text is not the URL of a store.

/// Why a text is not the URL of a store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreUrlError {
    /// The empty text.
    #[error("must not be empty")]
    Empty,
    /// A scheme other than `file` and `s3`.
    #[error("unknown scheme [{scheme}], expected a folder path, file:///FOLDER or s3://BUCKET/PREFIX")]
    UnknownScheme {
        /// The scheme as given.
        scheme: String,
    },
    /// A name of AWS, such as `arn:aws:s3:::bucket`.
    #[error("ARNs are not supported, expected s3://BUCKET/PREFIX")]
    Arn,
    /// `file://` and a host or a relative path.
    #[error("a file URL needs an absolute path, as in file:///var/lib/quidditch")]
    RelativeFileUrl,
    /// Where only a bucket is accepted.
    #[error("expected s3://BUCKET or s3://BUCKET/PREFIX")]
    NotABucket,
    /// No bucket has this name.
    #[error("invalid bucket name [{bucket}], must be 3 to 63 lower-case letters, digits, dots and hyphens")]
    InvalidBucket {
        /// The name as given.
        bucket: String,
    },
    /// No key of an object begins with this prefix.
    #[error("invalid prefix [{prefix}]: {reason}")]
    InvalidPrefix {
        /// The prefix as given.
        prefix: String,
        /// What is wrong with it.
        reason: &'static str,
    },
}
