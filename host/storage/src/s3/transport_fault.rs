//! Responses that did not arrive, or not intact.

use std::time::Duration;

use crate::{BoxError, StorageError};

/// Why there is no usable response. The same request may succeed when it is repeated.
#[derive(Debug, thiserror::Error)]
pub(super) enum TransportFault {
    #[error("no complete response within {0:?}")]
    TimedOut(Duration),
    #[error("connection failed")]
    Connection(#[source] BoxError),
    #[cfg(not(target_family = "wasm"))]
    #[error("could not fetch credentials")]
    Credentials(#[source] BoxError),
    #[cfg(not(target_family = "wasm"))]
    #[error("truncated response")]
    Truncated(#[source] BoxError),
    #[error("malformed response")]
    Malformed(#[source] BoxError),
    #[error("requested {requested}, received {received}")]
    WrongBytes { requested: String, received: String },
}

impl TransportFault {
    pub(super) fn wrong_length(requested: u64, received: u64) -> Self {
        TransportFault::WrongBytes { requested: format!("{requested} bytes"), received: format!("{received} bytes") }
    }

    pub(super) fn into_error(self, key: &str) -> StorageError {
        StorageError::Unavailable { key: key.to_owned(), source: Box::new(self) }
    }
}
