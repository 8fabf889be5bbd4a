//! The boundary between whoever speaks HTTP and who has something to say.

use std::error::Error;
use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

/// Why there was no answer, or not all of it.
pub type HttpError = Box<dyn Error + Send + Sync>;

/// Sends requests over HTTP, wherever the program runs.
#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
pub trait HttpClient: fmt::Debug + Send + Sync {
    /// Sends a request, once, and reads the answer to its end. The URI is absolute. Redirects are answers like any other; that
    /// the answer is as long as it announced need not be checked.
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError>;
}
