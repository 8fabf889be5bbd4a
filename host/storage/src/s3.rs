//! Stores in S3 and in services compatible with it.
//!
//! [`S3Storage`] uses AWS's own client. [`S3Reader`] only reads, through any HTTP client, where AWS's client does not run: in
//! WebAssembly. Both share what URLs, errors, entity tags and ranges mean.

mod address;
#[cfg(not(target_family = "wasm"))]
mod body;
mod bucket_url;
#[cfg(not(target_family = "wasm"))]
mod client;
mod content_range;
mod credentials;
mod entity_tag;
mod error_response;
mod http_client;
#[cfg(not(target_family = "wasm"))]
mod listing;
#[cfg(not(target_family = "wasm"))]
mod parts;
mod reader;
mod reader_settings;
#[cfg(not(target_family = "wasm"))]
mod rejected_write;
#[cfg(not(target_family = "wasm"))]
mod sdk_error;
#[cfg(not(target_family = "wasm"))]
mod settings;
mod signing;
#[cfg(not(target_family = "wasm"))]
mod storage;
mod transport_fault;
mod within;
mod xml;

pub use bucket_url::BucketUrl;
pub use credentials::{S3Credentials, SettingLabels};
pub use http_client::{HttpBody, HttpClient, HttpError};
pub use reader::S3Reader;
pub use reader_settings::{S3ReaderParts, S3ReaderSettings};
#[cfg(not(target_family = "wasm"))]
pub use settings::S3Settings;
#[cfg(not(target_family = "wasm"))]
pub use storage::S3Storage;

/// Why a page of a listing is malformed.
const NO_CONTINUATION_TOKEN: &str = "truncated listing page without continuation token";
