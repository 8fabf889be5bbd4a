//! Limits on scripts.

/// What a script may use. Plain values; a script over one of them is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScriptLimits {
    /// Bytes of the source. 65,535, as in OpenSearch.
    pub source_bytes: usize,
    /// Levels of operators, calls and blocks. 100: parsing and evaluating recurse, so this bounds the stack.
    pub depth: usize,
    /// Maximum number of operations per document. Loops are not supported, so this limits the size of the script.
    pub operations: usize,
    /// Bytes of the strings that a script makes while it evaluates one batch. 16 MiB: 4 KiB for each document.
    pub batch_text_bytes: usize,
}

impl Default for ScriptLimits {
    fn default() -> Self {
        ScriptLimits { source_bytes: 65_535, depth: 100, operations: 2_000, batch_text_bytes: 16 << 20 }
    }
}
