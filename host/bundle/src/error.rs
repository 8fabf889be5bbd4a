//! Why there is no bundle.

use std::error::Error;

/// A failed [`bundle`](crate::bundle).
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// What should be the search module is something else.
    #[error("this is not the search module")]
    App(#[source] Box<dyn Error + Send + Sync>),
    /// A function cannot be linked.
    #[error("function {function} cannot be bundled")]
    Function {
        /// Name and version.
        function: String,
        /// What is wrong with it.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A function is there twice.
    #[error("function {function} is named twice")]
    Twice {
        /// Name and version.
        function: String,
    },
    /// The parts do not fit together.
    #[error("the parts of the app do not fit together")]
    Composition(#[source] Box<dyn Error + Send + Sync>),
}
