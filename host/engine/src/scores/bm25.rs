//! What tantivy's BM25 is given, so that its scores are those of Lucene's `BM25Similarity`.

use quidditch_index::{Similarity, Snapshot};
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::Field;
use tantivy::{Score, Term};

/// How much a further occurrence of a term counts.
pub(super) const K1: f64 = 1.2;
/// How much the length of a text counts.
pub(super) const B: f64 = 0.75;

/// How rare a term is, as Lucene's `BM25Similarity` defines it.
pub(super) fn idf(matching: u64, documents: u64) -> f64 {
    (((documents - matching) as f64 + 0.5) / (matching as f64 + 0.5)).ln_1p()
}

/// The boost of a term, with what the similarity of the index makes of its score. tantivy's scores have the factor `k1` + 1.
pub(super) fn similarity_boost(snapshot: &Snapshot, boost: Score) -> Score {
    match snapshot.similarity() {
        Similarity::OfIndex => boost,
        Similarity::OfPercolatedDocuments => (f64::from(boost) / (K1 + 1.0)) as Score,
    }
}

/// Statistics for tantivy that have the right average length, and always the same idf. tantivy computes the idf in single
/// precision, which loses most digits of terms that nearly all documents have: the right idf becomes a boost.
pub(super) struct AverageLength(pub(super) f64);

impl AverageLength {
    /// Powers of two, so that tantivy divides by them without rounding.
    const DOCUMENTS: u64 = 1 << 32;
    /// Of a term that half of the documents have.
    pub(super) const IDF: f64 = std::f64::consts::LN_2;
}

impl Bm25StatisticsProvider for AverageLength {
    fn total_num_tokens(&self, _: Field) -> tantivy::Result<u64> {
        Ok((self.0 * Self::DOCUMENTS as f64).round() as u64)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(Self::DOCUMENTS)
    }

    fn doc_freq(&self, _: &Term) -> tantivy::Result<u64> {
        Ok(Self::DOCUMENTS / 2)
    }
}
