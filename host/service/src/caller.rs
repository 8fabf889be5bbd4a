//! Who sends a request.

/// Who sends a request. A host that knows puts it in the extensions of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller(pub String);
