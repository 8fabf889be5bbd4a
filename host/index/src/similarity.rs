//! How the terms of texts score.

/// How the terms of texts score. Both are BM25 with the same parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Similarity {
    /// With the factor `k1` + 1, as clients expect it of an index.
    #[default]
    OfIndex,
    /// Without this factor, as clients expect it of documents that stored queries are run over.
    OfPercolatedDocuments,
}
