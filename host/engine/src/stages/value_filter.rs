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

/// Keeps documents that have a value which is accepted.
pub(crate) struct ValueFilter {
    pub(crate) column: Arc<dyn ComputedColumn>,
    pub(crate) accepted: AcceptedValues,
}

/// Which values are accepted.
#[derive(Clone)]
pub(crate) enum AcceptedValues {
    Any,
    /// Those in one of the ranges.
    InRanges(Arc<[ValueRange]>),
    /// Texts that pass a test.
    Texts(Arc<dyn Fn(&str) -> bool + Send + Sync>),
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
            wanted: self.accepted.clone(),
            values: BatchColumn::empty(self.column.kind()),
            accepted: Vec::new(),
        }))
    }
}

struct SegmentValueFilter {
    column: Box<dyn SegmentComputedColumn>,
    wanted: AcceptedValues,
    values: BatchColumn,
    /// For each value of the batch, whether it is accepted.
    accepted: Vec<bool>,
}

impl SegmentStage for SegmentValueFilter {
    fn apply(&mut self, candidates: &mut Candidates) -> Result<(), Error> {
        self.column.gather(&candidates.docs, &[], &mut self.values)?;
        self.accepted.clear();
        match (&self.wanted, &self.values.values) {
            (AcceptedValues::Any, values) => self.accepted.resize(values.len(), true),
            (AcceptedValues::InRanges(ranges), values) => accept(values, ranges, &mut self.accepted),
            (AcceptedValues::Texts(test), Values::Texts(dictionary)) => {
                accept_texts(dictionary, &**test, &mut self.accepted);
            }
            (AcceptedValues::Texts(_), values) => self.accepted.resize(values.len(), false),
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
        Values::Texts(dictionary) => {
            let ranges = typed(ranges, |value| match value {
                FieldValue::Text(text) => Some(text.as_str()),
                _ => None,
            });
            accept_texts(dictionary, |text| is_in(&ranges, &text), accepted);
        }
    }
}

/// Each distinct text is compared once.
fn accept_texts(dictionary: &Dictionary, test: impl Fn(&str) -> bool, accepted: &mut Vec<bool>) {
    let texts = (0..dictionary.ends.len() as u32).map(|code| dictionary.text(code).unwrap_or_default());
    let distinct: Vec<bool> = texts.map(test).collect();
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
