//! How a statement may end.

/// What may end a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// In a block: a semicolon, or the end of the block.
    Block,
    /// After `if (...)` and the like without braces: a semicolon, or the end of the script.
    Alone,
}
