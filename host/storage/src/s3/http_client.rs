//! The HTTP client that a reader needs.

use std::error::Error;
use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

use crate::BoxError;

/// Why there is no complete response.
#[derive(Debug)]
pub enum HttpError {
    /// The runtime environment does not allow such a request.
    Denied {
        /// What to do about it.
        advice: String,
        /// What the environment responded.
        source: BoxError,
    },
    /// Any other error: the same request may succeed later.
    Failed(BoxError),
}

impl<E: Error + Send + Sync + 'static> From<E> for HttpError {
    fn from(error: E) -> Self {
        HttpError::Failed(error.into())
    }
}

/// The body of a response, read as a whole.
#[cfg(not(target_family = "wasm"))]
pub type HttpBody = futures::future::BoxFuture<'static, Result<Bytes, HttpError>>;
/// The body of a response, read as a whole.
#[cfg(target_family = "wasm")]
pub type HttpBody = futures::future::LocalBoxFuture<'static, Result<Bytes, HttpError>>;

/// Sends requests over HTTP, wherever the program runs.
#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
pub trait HttpClient: fmt::Debug + Send + Sync {
    /// Sends a request once. Returns the head of the response, with a future that reads the body. The URI is absolute.
    /// Redirects are returned, not followed. The length of the body need not be checked.
    async fn send(&self, request: Request<Bytes>) -> Result<Response<HttpBody>, HttpError>;
}
