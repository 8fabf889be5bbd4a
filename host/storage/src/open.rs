//! From a URL to a store.

use std::sync::Arc;

use crate::{HedgeSettings, Hedged, RetrySettings, Retrying, S3Settings, S3Storage};
use crate::{MemoryStorage, Storage, StorageError};
#[cfg(not(target_family = "wasm"))]
use quidditch_clock::SystemClock;

/// Opens the store that a URL names.
///
/// | URL | store |
/// |---|---|
/// | a path, or `file://` and an absolute path | the folder, made when the first object is written |
/// | `s3://` and a bucket, perhaps with a prefix | the bucket, as AWS's own tools would reach it: region, credentials and endpoint come from the environment, the profile or the role |
/// | `memory:` | a new, empty store in memory |
///
/// # Errors
/// [`StorageError::InvalidUrl`] where the scheme is not known or the rest does not fit it.
pub fn open(url: &str) -> Result<Arc<dyn Storage>, StorageError> {
    let invalid = |reason| StorageError::InvalidUrl { url: url.to_owned(), reason };
    if url == "memory:" {
        return Ok(Arc::new(MemoryStorage::new()));
    }
    if url.is_empty() {
        return Err(invalid("it is empty"));
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        return open_folder(url, url);
    };
    match scheme {
        "file" if rest.starts_with('/') => open_folder(url, rest),
        "file" => Err(invalid("a file URL needs an absolute path, as in file:///var/lib/quidditch")),
        "s3" => open_s3_as_set_up(url),
        _ => Err(invalid("its scheme is not known; use a path, file://, s3:// or memory:")),
    }
}

#[cfg(not(target_family = "wasm"))]
fn open_folder(_url: &str, path: &str) -> Result<Arc<dyn Storage>, StorageError> {
    Ok(Arc::new(crate::LocalFolder::new(path)))
}

#[cfg(not(target_family = "wasm"))]
fn open_s3_as_set_up(url: &str) -> Result<Arc<dyn Storage>, StorageError> {
    open_s3(url, S3Settings::default())
}

/// Opens the store at a URL such as `s3://bucket/prefix`, so that it overcomes a moment's trouble: what fails is tried again,
/// and what is late is asked for twice. [`open`] does the same with the settings of the environment.
///
/// # Errors
/// [`StorageError::InvalidUrl`] where no bucket has such a name, or no key can begin with the prefix.
#[cfg(not(target_family = "wasm"))]
pub fn open_s3(url: &str, settings: S3Settings) -> Result<Arc<dyn Storage>, StorageError> {
    let clock = Arc::new(SystemClock::default());
    let single = Arc::new(S3Storage::new(url, settings)?);
    let retrying = Arc::new(Retrying::new(single, RetrySettings::default(), clock.clone()));
    Ok(Arc::new(Hedged::new(retrying, HedgeSettings::default(), clock)))
}

#[cfg(target_family = "wasm")]
fn open_s3_as_set_up(url: &str) -> Result<Arc<dyn Storage>, StorageError> {
    Err(StorageError::InvalidUrl { url: url.to_owned(), reason: "there is no client of S3 in WebAssembly" })
}

#[cfg(target_family = "wasm")]
fn open_folder(url: &str, _path: &str) -> Result<Arc<dyn Storage>, StorageError> {
    Err(StorageError::InvalidUrl { url: url.to_owned(), reason: "there are no local folders in WebAssembly" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(url: &str) -> String {
        open(url).map(|_| ()).expect_err("refused").to_string()
    }

    #[test]
    fn paths_and_file_urls_are_folders() {
        for url in ["some/folder", "/some/folder", "file:///some/folder"] {
            let store = open(url).expect("a folder");
            assert!(format!("{store:?}").contains("some/folder"), "{store:?}");
        }
    }

    #[test]
    fn buckets_are_opened_without_asking_them() {
        let store = open("s3://bucket/some/prefix").expect("a bucket");
        assert!(format!("{store:?}").contains("some/prefix"), "{store:?}");
    }

    #[test]
    fn what_cannot_be_opened_says_what_can() {
        insta::assert_snapshot!(refusal(""), @r#"cannot open the store "": it is empty"#);
        insta::assert_snapshot!(refusal("file://host/x"), @r#"cannot open the store "file://host/x": a file URL needs an absolute path, as in file:///var/lib/quidditch"#);
        insta::assert_snapshot!(refusal("s3://x"), @r#"cannot open the store "s3://x": its bucket is not 3 to 63 lower-case letters, digits, dots and hyphens"#);
        insta::assert_snapshot!(refusal("ftp://x"), @r#"cannot open the store "ftp://x": its scheme is not known; use a path, file://, s3:// or memory:"#);
    }
}
