//! Limits on scripts.

/// What a script may use. Plain values; a script over one of them is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScriptLimits {
    /// Bytes of the source. 65,535, as in OpenSearch.
    pub source_bytes: usize,
    /// Levels of operators, calls and blocks. 100: parsing and evaluating recurse, so this bounds the stack.
    pub depth: usize,
    /// Maximum number of operations in the source.
    pub operations: usize,
    /// How often one document may go through loops. 100,000: the time that a request may take stops longer ones in any case.
    pub iterations: u32,
    /// How many operations a script that changes documents may perform for one document. 5 million: less than a second.
    pub document_operations: u32,
    /// Bytes of the strings and lists that a script makes while it evaluates one batch, or changes one document. 16 MiB: 4 KiB for each
    /// document of a batch.
    pub batch_text_bytes: usize,
}

impl Default for ScriptLimits {
    fn default() -> Self {
        ScriptLimits {
            source_bytes: 65_535,
            depth: 100,
            operations: 2_000,
            iterations: 100_000,
            document_operations: 5_000_000,
            batch_text_bytes: 16 << 20,
        }
    }
}
