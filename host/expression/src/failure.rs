//! What is wrong with a script, or why it failed on a document.

/// A failure without its place. `kind` is the type that OpenSearch gives to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) kind: &'static str,
    pub(crate) reason: String,
}

impl Failure {
    pub(crate) fn new(kind: &'static str, reason: impl Into<String>) -> Self {
        Failure { kind, reason: reason.into() }
    }

    pub(crate) fn argument(reason: impl Into<String>) -> Self {
        Failure::new("illegal_argument_exception", reason)
    }

    pub(crate) fn cast(reason: impl Into<String>) -> Self {
        Failure::new("class_cast_exception", reason)
    }

    pub(crate) fn null(reason: impl Into<String>) -> Self {
        Failure::new("null_pointer_exception", reason)
    }

    /// A construct of the language that is left out here.
    pub(crate) fn unsupported(what: impl std::fmt::Display) -> Self {
        Failure::argument(format!(
            "{what} is not supported in scripts; a function in WebAssembly can do it, see docs/functions/expressions.md"
        ))
    }

    /// The same in a script that changes documents, which no function replaces.
    pub(crate) fn unsupported_in_documents(what: impl std::fmt::Display) -> Self {
        Failure::argument(format!(
            "{what} is not supported in scripts that change documents, see docs/functions/expressions.md"
        ))
    }

    /// The same failure at a place in the source.
    pub(crate) fn at(self, offset: usize) -> Located {
        Located { failure: self, offset }
    }
}

/// A failure at a byte of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Located {
    pub(crate) failure: Failure,
    pub(crate) offset: usize,
}
