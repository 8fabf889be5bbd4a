//! Builds components for tests from WebAssembly text. A guest is a well-behaved filter and scorer until parts of its code are
//! replaced.

mod guest;

pub use guest::{Guest, KEEP, LOG};
