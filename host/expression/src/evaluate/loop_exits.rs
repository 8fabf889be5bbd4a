//! Which documents left the body of a loop.

/// The documents that left the body of a loop before its end.
#[derive(Debug, Default)]
pub(super) struct LoopExits {
    pub(super) broken: Vec<u32>,
    pub(super) continued: Vec<u32>,
}
