//! How documents are added.

/// How documents are added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddOptions {
    /// The key at the top of each document that contains its `_id`, and stays in its source. By default the key `_id`, which
    /// does not; a document without it gets an id of `line_ids`, or a new ULID.
    ///
    /// A document that contains its `_id` replaces the one that has it: in the index, or in an earlier line. If two writers add
    /// the same `_id` at the same time, the one that finishes last wins. All such ids are kept in memory until the end, about
    /// 80 bytes each, and looked up in the splits that may contain them.
    pub id_field: Option<String>,
    /// The prefix of the ids of documents that do not contain one: a hyphen and the number of the line follow, so adding the same
    /// lines again replaces them. By default such documents get new ULIDs, and are duplicated.
    pub line_ids: Option<String>,
    /// What happens if a document is invalid. By default it is skipped.
    pub on_error: OnError,
    /// Longest line in bytes, without its line ending. By default 16 MiB: a longer line is more likely a mistake than a document.
    pub max_line_bytes: usize,
    /// Memory in bytes for the split that is being written. By default 256 MiB, which results in splits that are worth a
    /// request and fits the smallest machines. Larger splits are faster to search.
    pub split_memory_bytes: usize,
    /// Most documents of a split. By default 5 million, so that searches have splits to work on in parallel.
    pub split_documents: u32,
}

/// What happens if a document is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnError {
    /// It is skipped and reported.
    Skip,
    /// Nothing is added at all.
    Fail,
}

impl Default for AddOptions {
    fn default() -> Self {
        AddOptions {
            id_field: None,
            line_ids: None,
            on_error: OnError::Skip,
            max_line_bytes: 16 * 1024 * 1024,
            split_memory_bytes: 256 * 1024 * 1024,
            split_documents: 5_000_000,
        }
    }
}
