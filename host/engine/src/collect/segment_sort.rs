//! A sort at work on one segment.

use std::cmp::Ordering;
use std::ops::Bound;

use tantivy::columnar::{Column, ColumnIndex, StrColumn};
use tantivy::{DocId, Score, TantivyError, f64_to_u64};

use super::after::After;
use super::collector::SegmentContext;
use super::distances::Distances;
use super::mode_bits::{float, float_bits, integer_bits, long_bits};
use super::nested_values::SegmentNestedValues;
use super::sort_key::{Key, Rank, SortKey};
use super::sort_level::{Level, Stored};
use super::sort_values::{MissingValue, Values};
use crate::Error;
use crate::columns::{OpenColumn, gather_full};
use crate::request::{Direction, Mode};

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
    /// The floats of a computed column as bits that order like them.
    bits: Option<Column<u64>>,
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
    Text {
        /// Only its dictionary counts.
        dictionary: StrColumn,
        ordinals: Column<u64>,
    },
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

    /// Replaces `keys` by those of the first level for documents, which ascend, or by keys that are at most these where they cost less:
    /// where all documents have one that can be read for many of them at once, `None` otherwise. Reading the other levels cannot fail
    /// then.
    pub(super) fn first_keys<'k>(&self, docs: &[DocId], keys: &'k mut Vec<u64>) -> Option<&'k [u64]> {
        let SegmentLevel { level, reader, bits, nested: None, .. } = self.levels.first()? else { return None };
        let can_fail = self.levels.iter().any(|level| level.level.values == Values::Nanos);
        if can_fail || !matches!(level.mode, Mode::Min | Mode::Max) {
            return None;
        }
        keys.clear();
        let direction = level.direction;
        if let Some(bits) = bits.as_ref().filter(|bits| is_full(bits)) {
            keys.resize(docs.len(), 0);
            gather_full(bits, docs, keys);
            keys.iter_mut().for_each(|bits| *bits = direction.order(*bits));
            return Some(keys);
        }
        match reader {
            Reader::Integer(column) if is_full(column) => {
                let mut integers = vec![0; docs.len()];
                gather_full(column, docs, &mut integers);
                let bits = |integer| integer_bits(std::iter::once(integer), level);
                keys.extend(integers.into_iter().filter_map(bits).map(|bits| direction.order(bits)));
            }
            Reader::Float(column) if is_full(column) => {
                let mut floats = vec![0.0; docs.len()];
                gather_full(column, docs, &mut floats);
                let bits = |float| float_bits(std::iter::once(float), level);
                keys.extend(floats.into_iter().filter_map(bits).map(|bits| direction.order(bits)));
            }
            Reader::Text { ordinals, .. } if is_full(ordinals) => {
                keys.resize(docs.len(), 0);
                gather_full(ordinals, docs, keys);
                keys.iter_mut().for_each(|ordinal| *ordinal = direction.order(place(*ordinal)));
            }
            Reader::Points { lat, distances, .. } if is_full(lat) && direction == Direction::Ascending => {
                let mut lats = vec![0.0; docs.len()];
                gather_full(lat, docs, &mut lats);
                keys.extend(lats.into_iter().map(|lat| f64_to_u64(distances.at_least(lat))));
            }
            _ => return None,
        }
        Some(keys)
    }

    pub(super) fn read(&mut self, doc: DocId, score: Score) -> Result<(), Error> {
        self.keys.clear();
        for SegmentLevel { level, reader, missing, nested, .. } in &self.levels {
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
        let mut bits = None;
        let reader = match (&level.stored, level.values) {
            (None, Values::Score) => Reader::Score,
            (None, Values::Doc) => Reader::Doc { first: segment.first_position },
            (None, _) => Reader::Nothing,
            (Some(Stored::Integer(name)), _) => columns.column_opt(name)?.map_or(Reader::Nothing, Reader::Integer),
            (Some(Stored::Float(name)), _) => columns.column_opt(name)?.map_or(Reader::Nothing, Reader::Float),
            (Some(Stored::Boolean(name)), _) => columns.column_opt(name)?.map_or(Reader::Nothing, Reader::Boolean),
            (Some(Stored::Text(name)), _) => columns
                .str(name)?
                .map_or(Reader::Nothing, |column| Reader::Text { ordinals: column.ords().clone(), dictionary: column }),
            (Some(Stored::Computed(field)), values) => {
                let computed = segment.matched()?.all_of(field)?;
                match computed.open()? {
                    OpenColumn::Integers(column) => Reader::Integer(column),
                    OpenColumn::Floats(column) => {
                        bits = if values == Values::Double { computed.bits()? } else { None };
                        Reader::Float(column)
                    }
                    OpenColumn::Booleans(column) => Reader::Boolean(column),
                    OpenColumn::Texts { dictionary, ordinals } => Reader::Text { dictionary, ordinals },
                }
            }
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
        Ok(SegmentLevel { level, reader, bits, missing, nested })
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
            (Reader::Text { dictionary, .. }, _) if is_term(place) => {
                let mut text = String::new();
                dictionary.ord_to_str(place / PLACES, &mut text).map_err(TantivyError::from)?;
                Ok(SortKey::Text(text))
            }
            (_, MissingValue::Text(text)) => Ok(SortKey::Text(text.clone())),
            (_, MissingValue::Key(key)) => Ok(SortKey::Key(*key)),
        }
    }
}

/// Whether each document has one value.
fn is_full<T>(column: &Column<T>) -> bool {
    matches!(column.index, ColumnIndex::Full)
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
            Reader::Text { ordinals, .. } => {
                let ordinals = docs.flat_map(|doc| ordinals.values_for_doc(doc));
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
            Reader::Text { ordinals, .. } => ordinals.index.has_value(doc),
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
        let Reader::Text { dictionary, .. } = self else { return Ok(before(0)) };
        let dictionary = dictionary.dictionary();
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
