//! Objects in buckets of S3.
//!
//! [`S3Storage`] is AWS's own client. [`S3Reader`] reads only, over any HTTP client, and is for where AWS's client does not run:
//! in WebAssembly. What the two have in common stands once: where a store lies, what refusals mean, which answers are believed.

mod address;
mod bucket_url;
#[cfg(not(target_family = "wasm"))]
mod client;
mod content_range;
mod credentials;
#[cfg(not(target_family = "wasm"))]
mod failure;
mod http_client;
#[cfg(not(target_family = "wasm"))]
mod parts;
#[cfg(not(target_family = "wasm"))]
mod read;
mod reader;
mod refusal;
#[cfg(not(target_family = "wasm"))]
mod settings;
mod signing;
#[cfg(not(target_family = "wasm"))]
mod storage;
mod xml;

pub use bucket_url::BucketUrl;
pub use credentials::{S3Credentials, SettingLabels};
pub use http_client::{HttpBody, HttpClient, HttpError};
pub use reader::{S3Reader, S3ReaderParts, S3ReaderSettings};
#[cfg(not(target_family = "wasm"))]
pub use settings::S3Settings;
#[cfg(not(target_family = "wasm"))]
pub use storage::S3Storage;
