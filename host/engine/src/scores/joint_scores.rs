//! Scores by BM25 of what several terms make up: phrases, spans and synonyms.

use std::sync::Arc;

use quidditch_index::{Field, FieldStatistics, Snapshot};
use tantivy::fieldnorm::FieldNormReader;
use tantivy::query::EnableScoring;
use tantivy::schema::Field as TantivyField;
use tantivy::{DocId, Score, SegmentReader, Term};

use super::bm25::{idf, similarity_boost};
use super::length_norms::{LengthNorms, lengths};
use super::statistics::Statistics;

/// Scores terms of a field as if they were one, which may occur a fraction of a time in a text.
#[derive(Debug, Clone)]
pub(super) struct JointScoring {
    field: TantivyField,
    statistics: Statistics,
    boost: Score,
}

impl JointScoring {
    pub(super) fn new(snapshot: &Snapshot, field: &Field, boost: Score) -> Self {
        let boost = similarity_boost(snapshot, boost);
        JointScoring { field: field.tantivy_field(), statistics: Statistics::new(snapshot, field), boost }
    }

    /// The term that is looked up, besides those that are scored.
    pub(super) fn statistics_term(&self) -> Option<&Term> {
        self.statistics.term()
    }

    /// The scores of all terms together, whose rarity is the sum of that of each; `None` if scores are not used.
    pub(super) fn of_all<'t>(
        &self,
        terms: impl Iterator<Item = &'t Term>,
        scoring: EnableScoring<'_>,
    ) -> tantivy::Result<Option<Arc<JointScores>>> {
        let EnableScoring::Enabled { searcher, statistics_provider } = scoring else { return Ok(None) };
        let statistics = self.statistics.read(searcher)?;
        let mut sum_of_idfs = 0.0;
        for term in terms {
            let matching = statistics_provider.doc_freq(term)?;
            if matching > 0 {
                sum_of_idfs += idf(matching, statistics.documents.max(matching));
            }
        }
        Ok(Some(Arc::new(self.scores(sum_of_idfs, statistics))))
    }

    /// The scores of any of the terms, which are as rare as the most frequent one; `None` if scores are not used.
    pub(super) fn of_any<'t>(
        &self,
        terms: impl Iterator<Item = &'t Term>,
        scoring: EnableScoring<'_>,
    ) -> tantivy::Result<Option<Arc<JointScores>>> {
        let EnableScoring::Enabled { searcher, statistics_provider } = scoring else { return Ok(None) };
        let mut matching = 0;
        for term in terms {
            matching = matching.max(statistics_provider.doc_freq(term)?);
        }
        let statistics = self.statistics.read(searcher)?;
        let documents = statistics.documents.max(matching).max(1);
        Ok(Some(Arc::new(self.scores(idf(matching, documents), statistics))))
    }

    fn scores(&self, idf: f64, FieldStatistics { documents, terms }: FieldStatistics) -> JointScores {
        let norms = LengthNorms::new(terms as f64 / documents.max(1) as f64);
        JointScores { field: self.field, boosted_idf: (f64::from(self.boost) * idf) as Score, norms }
    }
}

/// The scores of terms, given how often each text has them.
pub(super) struct JointScores {
    field: TantivyField,
    boosted_idf: Score,
    norms: LengthNorms,
}

impl JointScores {
    pub(super) fn of_segment(self: &Arc<Self>, segment: &SegmentReader) -> tantivy::Result<SegmentScores> {
        Ok(SegmentScores { scores: Arc::clone(self), lengths: lengths(segment, self.field)? })
    }
}

/// The scores of a segment's documents.
pub(super) struct SegmentScores {
    scores: Arc<JointScores>,
    lengths: FieldNormReader,
}

impl SegmentScores {
    /// The score of a text that has the terms so often.
    pub(super) fn score(&self, doc: DocId, frequency: Score) -> Score {
        self.scores.boosted_idf * self.scores.norms.factor(&self.lengths, doc, frequency)
    }
}
