//! A sort at work on one segment.

use std::cmp::Ordering;
use std::ops::Bound;

use tantivy::columnar::{Column, DynamicColumn, StrColumn};
use tantivy::{DocId, Score, TantivyError, f64_to_u64, i64_to_u64};

use super::after::After;
use super::collector::SegmentContext;
use super::distances::Distances;
use super::nested_values::SegmentNestedValues;
use super::sort_key::{Key, NANOS_PER_MILLI, Rank, SortKey};
use super::sort_level::{Level, Stored};
use super::sort_values::{MissingValue, Values};
use crate::Error;
use crate::request::Mode;

/// A sort at work on one segment.
pub(super) struct SegmentSort<'a> {
    levels: Vec<SegmentLevel<'a>>,
    /// Of the document that was read last: one for each level, then the document itself, then its score. The document
    /// breaks every tie, so that the score never takes part in a comparison.
    pub(super) keys: Vec<Key>,
}

struct SegmentLevel<'a> {
    level: &'a Level,
    reader: Reader<'a>,
    /// The key of a missing value.
    missing: Key,
    /// The nested objects whose values are read, instead of those of the documents.
    nested: Option<SegmentNestedValues>,
}

enum Reader<'a> {
    Score,
    /// Documents are numbered through all splits.
    Doc {
        first: u64,
    },
    Nothing,
    Integer(Column<i64>),
    Float(Column<f64>),
    Boolean(Column<bool>),
    Text(StrColumn),
    Points {
        lat: Column<f64>,
        lon: Column<f64>,
        distances: &'a Distances,
    },
}

impl<'a> SegmentSort<'a> {
    pub(super) fn open(levels: &'a [Level], segment: &SegmentContext<'_>) -> Result<Self, Error> {
        let levels = levels.iter().map(|level| SegmentLevel::open(level, segment)).collect::<Result<Vec<_>, _>>()?;
        let keys = Vec::with_capacity(levels.len() + 2);
        Ok(SegmentSort { levels, keys })
    }

    pub(super) fn read(&mut self, doc: DocId, score: Score) -> Result<(), Error> {
        self.keys.clear();
        for SegmentLevel { level, reader, missing, nested } in &self.levels {
            let bits = match nested {
                None => reader.bits(std::iter::once(doc), score, level)?,
                Some(nested) => reader.bits(nested.of(doc, |object| reader.has_value(object)), score, level)?,
            };
            let key = match bits {
                Some(bits) => Key::value(level.direction.order(bits)),
                None => *missing,
            };
            self.keys.push(key);
        }
        let bits = [u64::from(doc), u64::from(score.to_bits())];
        self.keys.extend(bits.map(Key::value));
        Ok(())
    }

    /// The keys of this segment for the place at which a page begins.
    pub(super) fn after(&self, after: &After) -> Result<Vec<Key>, Error> {
        self.levels.iter().zip(&after.keys).map(|(level, key)| level.key_of(key)).collect()
    }

    /// The score of the document with these keys.
    pub(super) fn score(&self, keys: &[Key]) -> Score {
        keys.last().map_or(0.0, |key| Score::from_bits(key.bits as u32))
    }

    /// The same keys in a form that compares with those of other segments.
    pub(super) fn portable(&self, keys: &[Key]) -> Result<Vec<SortKey>, Error> {
        self.levels.iter().zip(keys).map(|(level, key)| level.portable(*key)).collect()
    }
}

impl<'a> SegmentLevel<'a> {
    fn open(level: &'a Level, segment: &SegmentContext<'_>) -> Result<Self, Error> {
        let columns = segment.reader.fast_fields();
        let reader = match (&level.stored, level.values) {
            (None, Values::Score) => Reader::Score,
            (None, Values::Doc) => Reader::Doc { first: segment.first_position },
            (None, _) => Reader::Nothing,
            (Some(Stored::Integer(name)), _) => columns.column_opt(name)?.map_or(Reader::Nothing, Reader::Integer),
            (Some(Stored::Float(name)), _) => columns.column_opt(name)?.map_or(Reader::Nothing, Reader::Float),
            (Some(Stored::Boolean(name)), _) => columns.column_opt(name)?.map_or(Reader::Nothing, Reader::Boolean),
            (Some(Stored::Text(name)), _) => columns.str(name)?.map_or(Reader::Nothing, Reader::Text),
            (Some(Stored::Computed(field)), _) => match segment.matched()?.all_of(field)?.open()? {
                DynamicColumn::I64(column) => Reader::Integer(column),
                DynamicColumn::F64(column) => Reader::Float(column),
                DynamicColumn::Bool(column) => Reader::Boolean(column),
                DynamicColumn::Str(column) => Reader::Text(column),
                _ => Reader::Nothing,
            },
            (Some(Stored::Points(distances)), _) => {
                match (columns.column_opt(&distances.lat)?, columns.column_opt(&distances.lon)?) {
                    (Some(lat), Some(lon)) => Reader::Points { lat, lon, distances },
                    _ => Reader::Nothing,
                }
            }
        };
        let missing = match &level.missing {
            MissingValue::Key(key) => *key,
            MissingValue::Text(text) => Key::value(level.direction.order(reader.place_of(text, Ordering::Equal)?)),
        };
        let nested = level.nested.as_ref().map(|nested| nested.open(segment.reader)).transpose()?;
        Ok(SegmentLevel { level, reader, missing, nested })
    }

    /// The key of this segment for a portable key.
    fn key_of(&self, key: &SortKey) -> Result<Key, Error> {
        let text = match key {
            SortKey::Key(key) => return Ok(*key),
            SortKey::Text(text) => text,
        };
        let order = match &self.level.missing {
            MissingValue::Text(missing) => text.cmp(missing),
            MissingValue::Key(_) => Ordering::Equal,
        };
        Ok(Key::value(self.level.direction.order(self.reader.place_of(text, order)?)))
    }

    fn portable(&self, key: Key) -> Result<SortKey, Error> {
        if !matches!(self.level.values, Values::Text | Values::Ip) || key.rank != Rank::Value {
            return Ok(SortKey::Key(key));
        }
        let place = self.level.direction.order(key.bits);
        match (&self.reader, &self.level.missing) {
            (Reader::Text(column), _) if is_term(place) => {
                let mut text = String::new();
                column.ord_to_str(place / PLACES, &mut text).map_err(TantivyError::from)?;
                Ok(SortKey::Text(text))
            }
            (_, MissingValue::Text(text)) => Ok(SortKey::Text(text.clone())),
            (_, MissingValue::Key(key)) => Ok(SortKey::Key(*key)),
        }
    }
}

/// Places for each term of a segment's dictionary: its own, and three before it for texts that are not terms. One of these is for
/// the text that stands for a missing value, and the others for a text before or behind that.
const PLACES: u64 = 4;

/// The place of a term of a segment's dictionary.
fn place(ordinal: u64) -> u64 {
    PLACES * ordinal + PLACES - 1
}

/// Whether the place is that of a term, rather than between two.
fn is_term(place: u64) -> bool {
    place % PLACES == PLACES - 1
}

impl Reader<'_> {
    /// What the mode makes of the values of documents, as bits that order like it; `None` where all miss one.
    fn bits(
        &self,
        docs: impl Iterator<Item = DocId> + Clone,
        score: Score,
        level: &Level,
    ) -> Result<Option<u64>, Error> {
        let mode = level.mode;
        Ok(match self {
            // Scores are never negative, so their bits order like they do.
            Reader::Score => Some(u64::from(score.to_bits())),
            Reader::Doc { first } => docs.map(|doc| first + u64::from(doc)).next(),
            Reader::Nothing => None,
            Reader::Integer(column) => long_bits(docs.flat_map(|doc| column.values_for_doc(doc)), level)?,
            Reader::Boolean(column) => {
                integer_bits(docs.flat_map(|doc| column.values_for_doc(doc)).map(i64::from), level)
            }
            Reader::Float(column) => float_bits(docs.flat_map(|doc| column.values_for_doc(doc)), level),
            Reader::Text(column) => {
                let ordinals = docs.flat_map(|doc| column.term_ords(doc));
                if mode == Mode::Max { ordinals.max().map(place) } else { ordinals.min().map(place) }
            }
            Reader::Points { lat, lon, distances } => {
                let points = docs.flat_map(|doc| lat.values_for_doc(doc).zip(lon.values_for_doc(doc)));
                float(points.flat_map(|(lat, lon)| distances.to(lat, lon)), mode).map(f64_to_u64)
            }
        })
    }

    fn has_value(&self, doc: DocId) -> bool {
        match self {
            Reader::Score | Reader::Doc { .. } => true,
            Reader::Nothing => false,
            Reader::Integer(column) => column.index.has_value(doc),
            Reader::Boolean(column) => column.index.has_value(doc),
            Reader::Float(column) => column.index.has_value(doc),
            Reader::Text(column) => column.ords().index.has_value(doc),
            Reader::Points { lat, .. } => lat.index.has_value(doc),
        }
    }

    /// The place of a text among the terms of the segment. `order` is how the text compares to the one that stands for a missing
    /// value, if it is not a term.
    fn place_of(&self, text: &str, order: Ordering) -> Result<u64, Error> {
        let before = |next: u64| match order {
            Ordering::Less => PLACES * next,
            Ordering::Equal => PLACES * next + 1,
            Ordering::Greater => PLACES * next + 2,
        };
        let Reader::Text(column) = self else { return Ok(before(0)) };
        let dictionary = column.dictionary();
        if let Some(ordinal) = dictionary.term_ord(text).map_err(TantivyError::from)? {
            return Ok(place(ordinal));
        }
        let bounds = dictionary.term_bounds_to_ord(Bound::Included(text), Bound::Unbounded);
        let next = match bounds.map_err(TantivyError::from)?.0 {
            Bound::Included(next) | Bound::Excluded(next) => next,
            Bound::Unbounded => 0,
        };
        // Behind the last term, the dictionary does not say how many there are.
        Ok(before(next.min(dictionary.num_terms() as u64)))
    }
}

/// A date in nanoseconds.
fn nanos(millis: i64) -> Result<i64, Error> {
    match millis.checked_mul(NANOS_PER_MILLI) {
        Some(nanos) if nanos >= 0 => Ok(nanos),
        _ => Err(Error::shard_argument(format!(
            "[{millis}] milliseconds cannot be converted to nanoseconds: the date must be between 1970 and 2262"
        ))),
    }
}

/// What the mode makes of integers or dates, as bits that order like it.
fn long_bits(values: impl Iterator<Item = i64>, level: &Level) -> Result<Option<u64>, Error> {
    if level.values == Values::Nanos {
        return Ok(integer(values, level.mode).map(nanos).transpose()?.map(i64_to_u64));
    }
    Ok(integer_bits(values, level))
}

/// What the mode makes of floats, as bits that order like it.
fn float_bits(values: impl Iterator<Item = f64>, level: &Level) -> Option<u64> {
    if level.values == Values::Long {
        return integer(values.map(|value| value as i64), level.mode).map(i64_to_u64);
    }
    float(values, level.mode).map(f64_to_u64)
}

/// What the mode makes of integers, as bits that order like it.
fn integer_bits(values: impl Iterator<Item = i64>, level: &Level) -> Option<u64> {
    if level.values == Values::Double {
        return float(values.map(|value| value as f64), level.mode).map(f64_to_u64);
    }
    integer(values, level.mode).map(|value| i64_to_u64(level.values.narrow(value)))
}

/// What the mode makes of integers. Averages are rounded to the nearest integer, halves up; sums wrap around.
fn integer(values: impl Iterator<Item = i64>, mode: Mode) -> Option<i64> {
    let mean = |total: f64, count: usize| (total / count as f64 + 0.5).floor() as i64;
    match mode {
        Mode::Min => values.min(),
        Mode::Max => values.max(),
        Mode::Sum => values.reduce(i64::wrapping_add),
        Mode::Average => {
            let (mut count, mut sum) = (0, 0_i64);
            for value in values {
                count += 1;
                sum = sum.wrapping_add(value);
            }
            if count > 1 { Some(mean(sum as f64, count)) } else { (count == 1).then_some(sum) }
        }
        Mode::Median => {
            let mut values: Vec<i64> = values.collect();
            values.sort_unstable();
            match middle(&values)? {
                [only] => Some(*only),
                pair => Some(mean(pair.iter().map(|value| *value as f64).sum(), 2)),
            }
        }
    }
}

/// What the mode makes of floats.
fn float(values: impl Iterator<Item = f64>, mode: Mode) -> Option<f64> {
    match mode {
        Mode::Min => values.reduce(f64::min),
        Mode::Max => values.reduce(f64::max),
        Mode::Sum | Mode::Average | Mode::Median => {
            let mut values: Vec<f64> = values.collect();
            // The order decides how a sum is rounded.
            values.sort_unstable_by(f64::total_cmp);
            let values = if mode == Mode::Median { middle(&values)? } else { &values };
            let sum = values.iter().copied().reduce(|sum, value| sum + value)?;
            Some(if mode == Mode::Sum { sum } else { sum / values.len() as f64 })
        }
    }
}

/// The middle value of a sorted list, or the two in the middle.
fn middle<T>(values: &[T]) -> Option<&[T]> {
    let last = values.len().checked_sub(1)?;
    Some(&values[last / 2..=values.len() / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_of_integers() {
        let of = |values: &[i64], mode| integer(values.iter().copied(), mode);
        let values = [5, -1, 3, 2];
        assert_eq!(of(&values, Mode::Min), Some(-1));
        assert_eq!(of(&values, Mode::Max), Some(5));
        assert_eq!(of(&values, Mode::Sum), Some(9));
        assert_eq!(of(&values, Mode::Average), Some(2));
        assert_eq!(of(&values, Mode::Median), Some(3));
        assert_eq!(of(&[-1, -2], Mode::Average), Some(-1));
        assert_eq!(of(&[4, 9, 1], Mode::Median), Some(4));
        assert_eq!(of(&[i64::MAX, 1], Mode::Sum), Some(i64::MIN));
        for mode in [Mode::Min, Mode::Max, Mode::Sum, Mode::Average, Mode::Median] {
            assert_eq!(of(&[], mode), None);
            assert_eq!(of(&[i64::MAX], mode), Some(i64::MAX));
        }
    }

    #[test]
    fn modes_of_floats() {
        let of = |values: &[f64], mode| float(values.iter().copied(), mode);
        let values = [7.0, 0.1, 0.3, 0.2];
        assert_eq!(of(&values, Mode::Sum), Some(7.6));
        assert_eq!(of(&values, Mode::Average), Some(1.9));
        assert_eq!(of(&values, Mode::Median), Some(0.25));
        assert_eq!(of(&[2.0, 1.0, 4.0], Mode::Median), Some(2.0));
        for mode in [Mode::Min, Mode::Max, Mode::Sum, Mode::Average, Mode::Median] {
            assert_eq!(of(&[], mode), None);
            assert_eq!(of(&[1.5], mode), Some(1.5));
        }
    }
}
