//! Stands for the profiler where it is not compiled in: there is none.

use wasmtime::AsContext;

/// Has no values.
pub(crate) enum Profiler {}

impl Profiler {
    pub(crate) fn sample(&self, _: impl AsContext) {
        match *self {}
    }
}
