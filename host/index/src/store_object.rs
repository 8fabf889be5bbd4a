//! What a store has once, for all indices: aliases, and templates.

use std::sync::Arc;

use bytes::Bytes;
use quidditch_storage::{Precondition, Storage, StorageError, Version};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Damage, IndexError};

/// What a store has once, in one object that is read and replaced as a whole, so that its parts change together.
pub trait StoreObject: Clone + Default + PartialEq + Serialize + DeserializeOwned + Send + Sync {
    /// Key of the object. No index has this name, since none begins with an underscore.
    const KEY: &'static str;
    /// What it has, for errors.
    const CONTENT: &'static str;
    /// The version of the object's format that this program writes, and the only one that it reads.
    const FORMAT: u32;

    /// Generated with each change: tells a writer whose response was lost whether this is what it wrote.
    fn change(&mut self) -> &mut String;
}

/// The object's JSON.
#[derive(Serialize)]
struct Stored<'a, T> {
    format: u32,
    #[serde(flatten)]
    content: &'a T,
}

/// The part that all formats have.
#[derive(Deserialize)]
struct AnyFormat {
    format: u32,
}

/// Reads an object of a store, and its version: the default if there is none.
///
/// # Errors
/// [`IndexError::Damaged`], [`IndexError::Storage`].
pub async fn read_store_object<T: StoreObject>(storage: &Arc<dyn Storage>) -> Result<(T, Option<Version>), IndexError> {
    let object = match storage.get(T::KEY).await {
        Ok(object) => object,
        Err(StorageError::NotFound { .. }) => return Ok((T::default(), None)),
        Err(error) => return Err(error.into()),
    };
    let content = decode(&object.bytes).map_err(|reason| IndexError::damaged(T::KEY, reason))?;
    Ok((content, Some(object.version)))
}

/// Writes an object of a store if it still has this version.
///
/// # Errors
/// Those of [`Storage::put`]: [`StorageError::PreconditionFailed`] if another writer was first.
pub async fn write_store_object<T: StoreObject>(
    content: &T,
    storage: &Arc<dyn Storage>,
    version: Option<Version>,
) -> Result<Version, StorageError> {
    let precondition = version.map_or(Precondition::Absent, Precondition::Matches);
    storage.put(T::KEY, encode(content), precondition).await
}

pub(crate) fn encode<T: StoreObject>(content: &T) -> Bytes {
    let stored = Stored { format: T::FORMAT, content };
    serde_json::to_vec(&stored).expect("it has only text keys").into()
}

pub(crate) fn decode<T: StoreObject>(bytes: &[u8]) -> Result<T, Damage> {
    let unreadable = |error: serde_json::Error| Damage::unparsable(format!("not valid {}", T::CONTENT), error);
    let AnyFormat { format } = serde_json::from_slice(bytes).map_err(unreadable)?;
    if format != T::FORMAT {
        return Err(Damage::UnsupportedVersion { found: format, supported: T::FORMAT });
    }
    serde_json::from_slice(bytes).map_err(unreadable)
}
