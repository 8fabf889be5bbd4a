//! Entity tags as versions.

use crate::{StorageError, Version};

const WEAK: &str = "W/";

/// Whether an entity tag is weak: proxies that compress responses mark it so.
#[cfg(not(target_family = "wasm"))]
pub(super) fn is_weak(etag: &str) -> bool {
    etag.starts_with(WEAK)
}

/// The version that an entity tag names. Weak and strong tags name the same version: conditions match only strong ones.
pub(super) fn version(key: &str, etag: Option<&str>) -> Result<Version, StorageError> {
    match etag {
        Some(etag) => Ok(Version::new(etag.strip_prefix(WEAK).unwrap_or(etag))),
        None => Err(StorageError::Failed { key: key.to_owned(), source: "the response has no ETag".into() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_and_strong_tags_name_the_same_version() {
        let version = |etag| version("a", Some(etag)).expect("a tag");
        assert_eq!(version(r#""1""#), version(r#"W/"1""#));
        assert_ne!(version(r#""1""#), version(r#"W/"2""#));
        assert_eq!(version(r#"W/"1""#).as_str(), r#""1""#);
    }
}
