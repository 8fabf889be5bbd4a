//! The boundary between whoever speaks HTTP and who has something to say.

use std::error::Error;
use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

/// Why there was no answer, or not all of it.
#[derive(Debug)]
pub enum HttpError {
    /// What this program runs in does not let it send such a request, however often it tries.
    Denied {
        /// What to do about it.
        advice: String,
        /// What was said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// It did not work this time.
    Failed(Box<dyn Error + Send + Sync>),
}

impl<E: Error + Send + Sync + 'static> From<E> for HttpError {
    fn from(error: E) -> Self {
        HttpError::Failed(error.into())
    }
}

/// What comes after the head of an answer.
#[cfg(not(target_family = "wasm"))]
pub type HttpBody = futures::future::BoxFuture<'static, Result<Bytes, HttpError>>;
/// What comes after the head of an answer.
#[cfg(target_family = "wasm")]
pub type HttpBody = futures::future::LocalBoxFuture<'static, Result<Bytes, HttpError>>;

/// Sends requests over HTTP, wherever the program runs.
#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
pub trait HttpClient: fmt::Debug + Send + Sync {
    /// Sends a request, once, and gives the head of the answer with what reads the rest of it to its end. The URI is absolute.
    /// Redirects are answers like any other; that the answer is as long as it announced need not be checked.
    async fn send(&self, request: Request<Bytes>) -> Result<Response<HttpBody>, HttpError>;
}
