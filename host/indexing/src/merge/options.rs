//! How splits are merged.

/// How splits are merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MergeOptions {
    /// How much is merged. By default [`MergeEffort::Balanced`].
    pub effort: MergeEffort,
    /// Most documents of a merged split. By default 5 million, so that searches have splits to work on in parallel.
    pub split_documents: u64,
    /// Approximate limit on the size of a merged split in bytes. By default 1 GiB: merging needs twice this in memory.
    pub split_bytes: u64,
    /// A split is rewritten if more than this many percent of its documents are deleted. By default 20: with fewer, skipping them
    /// costs less than rewriting the others.
    pub deleted_percent: u64,
}

/// How much is merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MergeEffort {
    /// Only merges that are worth their cost: no split that has half the maximum size, and no split that is larger than all
    /// others of its merge together. So each document is rewritten only a few times, however often splits are merged.
    Balanced,
    /// Only merges of at least 8 splits with about as many documents, while others are written: each document is rewritten once
    /// for each time that its split grows to 8 times its size.
    Tiered,
    /// As few splits as possible.
    Full,
}

impl Default for MergeOptions {
    fn default() -> Self {
        MergeOptions {
            effort: MergeEffort::Balanced,
            split_documents: 5_000_000,
            split_bytes: 1 << 30,
            deleted_percent: 20,
        }
    }
}
