//! Why a bundle cannot be made.

use std::error::Error;

/// An error of the tools that compose components, which have several error types.
pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// A failed [`bundle()`](crate::bundle()).
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The bytes that should be the search component are something else.
    #[error("not a Quidditch search component")]
    App(#[source] Box<dyn Error + Send + Sync>),
    /// A function cannot be linked.
    #[error("function {function} cannot be bundled")]
    Function {
        /// Name and version.
        function: String,
        /// What is wrong with it.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A function is given more than once.
    #[error("function {function} is given more than once")]
    Duplicate {
        /// Name and version.
        function: String,
    },
    /// The components do not fit together.
    #[error("the components of the app do not fit together")]
    Composition(#[source] Box<dyn Error + Send + Sync>),
}
