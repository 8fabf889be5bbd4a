//! Objects by key: ranged reads and conditional writes.
//!
//! A [`Storage`] is a folder, a bucket, or a piece of memory; the crates above do not know which. It stores whole objects
//! under keys such as `cities/manifest.json`. What the objects contain is unknown here: indices and functions are defined in
//! the crates above.

mod conditional_writes;
mod counting;
mod error;
mod hedged;
mod key;
mod local_folder;
mod memory;
#[cfg(not(target_family = "wasm"))]
mod open;
mod resilient;
mod retry_policy;
mod retrying;
mod s3;
mod storage;
mod store_url;
mod store_url_error;

pub use conditional_writes::check_conditional_writes;
pub use counting::{Counting, Counts};
pub use error::{BoxError, SlowDown, StorageError, WriteConflict};
pub use hedged::{HedgeSettings, Hedged};
pub use key::{MAX_KEY_BYTES, MAX_SEGMENT_BYTES, check_key};
pub use local_folder::LocalFolder;
pub use memory::MemoryStorage;
#[cfg(not(target_family = "wasm"))]
pub use open::{open, open_s3};
pub use resilient::resilient;
pub use retry_policy::RetrySettings;
pub use retrying::Retrying;
pub use s3::{
    BucketUrl, HttpBody, HttpClient, HttpError, S3Credentials, S3Reader, S3ReaderParts, S3ReaderSettings, SettingLabels,
};
#[cfg(not(target_family = "wasm"))]
pub use s3::{S3Settings, S3Storage};
pub use storage::{Entry, Object, Precondition, Storage, Version};
pub use store_url::StoreUrl;
pub use store_url_error::StoreUrlError;
