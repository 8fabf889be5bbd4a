//! Keeps documents by the values of a computed column.

use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use quidditch_function::{Column as BatchColumn, Dictionary, Values};
use quidditch_index::FieldValue;
use tantivy::{Score, SegmentReader};

use super::candidates::Candidates;
use super::stage::{Effect, SegmentStage, Stage};
use crate::Error;
use crate::columns::{ComputedColumn, SegmentComputedColumn};

/// Values from one bound to another.
pub(crate) type ValueRange = (Bound<FieldValue>, Bound<FieldValue>);

/// Keeps documents that have a value in one of several ranges; without ranges, those that have any value.
pub(crate) struct ValueFilter {
    pub(crate) column: Arc<dyn ComputedColumn>,
    pub(crate) ranges: Option<Arc<[ValueRange]>>,
}

impl Stage for ValueFilter {
    fn effect(&self) -> Effect {
        Effect::Filters
    }

    fn needs_scores(&self) -> bool {
        false
    }

    fn is_costly(&self) -> bool {
        true
    }

    fn open(&self, segment: &SegmentReader) -> Result<Box<dyn SegmentStage>, Error> {
        Ok(Box::new(SegmentValueFilter {
            column: self.column.open(segment)?,
            ranges: self.ranges.clone(),
            values: BatchColumn::empty(self.column.kind()),
            accepted: Vec::new(),
        }))
    }
}

struct SegmentValueFilter {
    column: Box<dyn SegmentComputedColumn>,
    ranges: Option<Arc<[ValueRange]>>,
    values: BatchColumn,
    /// For each value of the batch, whether it is in a range.
    accepted: Vec<bool>,
}

impl SegmentStage for SegmentValueFilter {
    fn apply(&mut self, candidates: &mut Candidates) -> Result<(), Error> {
        self.column.gather(&candidates.docs, &mut self.values)?;
        self.accepted.clear();
        match &self.ranges {
            None => self.accepted.resize(self.values.values.len(), true),
            Some(ranges) => accept(&self.values.values, ranges, &mut self.accepted),
        }
        let (values, accepted) = (&self.values, &self.accepted);
        candidates.retain(|position, _| accepted[values.range(position)].contains(&true));
        Ok(())
    }

    fn max_score(&mut self, score: Score) -> Result<Score, Error> {
        Ok(score)
    }
}

/// Adds to `accepted` for each value whether it is in one of the ranges.
fn accept(values: &Values, ranges: &[ValueRange], accepted: &mut Vec<bool>) {
    match values {
        Values::Booleans(values) => {
            let ranges = typed(ranges, |value| match value {
                FieldValue::Boolean(value) => Some(u8::from(*value)),
                _ => None,
            });
            accepted.extend(values.iter().map(|value| is_in(&ranges, value)));
        }
        Values::Integers(values) => {
            let ranges = typed(ranges, |value| match value {
                FieldValue::Integer(value) | FieldValue::Date(value) => Some(*value),
                _ => None,
            });
            accepted.extend(values.iter().map(|value| is_in(&ranges, value)));
        }
        Values::Floats(values) => {
            let ranges = typed(ranges, |value| match value {
                FieldValue::Float(value) => Some(*value),
                _ => None,
            });
            accepted.extend(values.iter().map(|value| is_in(&ranges, value)));
        }
        Values::Texts(dictionary) => accept_texts(dictionary, ranges, accepted),
    }
}

/// Each distinct text is compared once.
fn accept_texts(dictionary: &Dictionary, ranges: &[ValueRange], accepted: &mut Vec<bool>) {
    let ranges = typed(ranges, |value| match value {
        FieldValue::Text(text) => Some(text.as_str()),
        _ => None,
    });
    let texts = (0..dictionary.ends.len() as u32).map(|code| dictionary.text(code).unwrap_or_default());
    let distinct: Vec<bool> = texts.map(|text| is_in(&ranges, &text)).collect();
    accepted.extend(dictionary.codes.iter().map(|code| distinct[*code as usize]));
}

/// The ranges with bounds of one type. A bound of another type cannot be there: they were read for the type of the column.
fn typed<'a, T>(
    ranges: &'a [ValueRange],
    convert: impl Fn(&'a FieldValue) -> Option<T> + Copy,
) -> Vec<(Bound<T>, Bound<T>)> {
    let bound = |bound: &'a Bound<FieldValue>| match bound {
        Bound::Included(value) => convert(value).map_or(Bound::Unbounded, Bound::Included),
        Bound::Excluded(value) => convert(value).map_or(Bound::Unbounded, Bound::Excluded),
        Bound::Unbounded => Bound::Unbounded,
    };
    ranges.iter().map(|(lower, upper)| (bound(lower), bound(upper))).collect()
}

fn is_in<T: PartialOrd>(ranges: &[(Bound<T>, Bound<T>)], value: &T) -> bool {
    ranges.iter().any(|range| range.contains(value))
}
