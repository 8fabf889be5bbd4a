//! The scores of documents by the values of a feature.

use quidditch_index::{feature_from_bits, feature_in_term};
use tantivy::columnar::StrColumn;
use tantivy::{DocId, Score, SegmentReader, TantivyError};

use super::curve::Curve;
use crate::Error;
use crate::stages::{ScoreFunction, SegmentScoreFunction};

/// A function of the values of a feature.
pub(super) struct FeatureScores {
    /// The column of the field.
    pub(super) column: String,
    /// What the terms of the values begin with.
    pub(super) prefix: String,
    pub(super) curve: Curve,
}

impl ScoreFunction for FeatureScores {
    fn needs_scores(&self) -> bool {
        false
    }

    fn open(&self, segment: &SegmentReader) -> Result<Box<dyn SegmentScoreFunction>, Error> {
        let Some(column) = segment.fast_fields().str(&self.column)? else {
            return Ok(Box::new(SegmentFeatureScores { column: None, first: 0, scores: Vec::new() }));
        };
        // At most one for each of the 65,536 values, and for those of features whose names continue this one.
        let mut scores = Vec::new();
        let mut first = None;
        let mut terms = column.dictionary().prefix_range(&self.prefix).into_stream().map_err(TantivyError::from)?;
        while terms.advance() {
            first.get_or_insert(terms.term_ord());
            let value = feature_in_term(terms.key(), &self.prefix);
            scores.push(value.map(|value| self.curve.score(feature_from_bits(value))));
        }
        Ok(Box::new(SegmentFeatureScores { column: Some(column), first: first.unwrap_or_default(), scores }))
    }
}

struct SegmentFeatureScores {
    /// `None` if no document has a feature.
    column: Option<StrColumn>,
    /// The ordinal of the first value.
    first: u64,
    /// By the ordinals of values, from the first.
    scores: Vec<Option<f64>>,
}

impl SegmentScoreFunction for SegmentFeatureScores {
    fn factors(&mut self, docs: &[DocId], _: &[Score], factors: &mut Vec<f64>) -> Result<(), Error> {
        factors.clear();
        for doc in docs {
            let ordinals = self.column.iter().flat_map(|column| column.ords().values_for_doc(*doc));
            let score = |ordinal: u64| {
                let place = usize::try_from(ordinal.checked_sub(self.first)?).ok()?;
                self.scores.get(place).copied().flatten()
            };
            factors.push(ordinals.filter_map(score).next().unwrap_or(0.0));
        }
        Ok(())
    }
}
