//! Mistakes in requests that have a query and nothing else.

use quidditch_engine::{Error, ErrorKind};

/// Clients expect every mistake in the query of such a request to be one of parsing. Text that is not JSON stays what it is.
pub(crate) fn as_parsing(error: Error) -> Error {
    match error {
        Error::Parsing { kind, reason, position, .. } if !matches!(kind, ErrorKind::Json | ErrorKind::JsonEnd) => {
            Error::Parsing { kind: ErrorKind::Parsing, cause: None, reason, position }
        }
        error => error,
    }
}
