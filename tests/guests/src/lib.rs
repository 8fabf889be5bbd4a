//! Builds components for tests from WebAssembly text. A guest is a well-behaved filter and scorer until parts of its code are
//! replaced; the families of hostile guests are the files in `udfs/hostile`.

mod family;
mod guest;
mod template;

pub use family::{Family, Use};
pub use guest::{Guest, KEEP, LOG};
