//! What hits are sorted by: keys that compare fast inside a segment, and values that mean the same in all of them.

use quidditch_index::{Field, FieldKind, FieldValue};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, Score, SegmentReader, TantivyError, f64_to_u64, i64_to_u64, u64_to_f64, u64_to_i64};

use crate::Error;
use crate::columns::text_has_no_column;
use crate::planner::Planner;
use crate::request::{Direction, Missing, Mode, Sort, SortBy};

/// A key: smaller is better. Missing values have a rank of their own before or after all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    rank: Rank,
    bits: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    MissingFirst,
    Value,
    MissingLast,
}

/// A value that a hit was sorted by, as the response shows it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(untagged)]
pub(crate) enum SortValue {
    Missing,
    Integer(i64),
    Float(f64),
    /// Of a field of single precision: shown with no more digits than it has.
    Single(f32),
    Score(Score),
    Text(String),
}

/// The levels of a sort, checked against the mapping.
pub(crate) struct SortColumns {
    levels: Vec<Level>,
}

struct Level {
    source: Source,
    direction: Direction,
    mode: Mode,
    /// What stands in for a missing value.
    missing: Key,
}

enum Source {
    Score,
    Doc,
    /// A field that is not mapped: always missing.
    Nothing,
    Integer(String),
    Float(String),
    Single(String),
    Boolean(String),
    Text(String),
}

impl SortColumns {
    pub(crate) fn plan(sort: &[Sort], planner: &Planner<'_>) -> Result<Self, Error> {
        let levels = sort.iter().map(|sort| Level::plan(sort, planner)).collect::<Result<_, _>>()?;
        Ok(SortColumns { levels })
    }

    pub(crate) fn needs_scores(&self) -> bool {
        self.levels.iter().any(|level| matches!(level.source, Source::Score))
    }

    pub(super) fn open(&self, segment: &SegmentReader) -> Result<SegmentSort<'_>, Error> {
        let readers = self.levels.iter().map(|level| level.source.open(segment)).collect::<Result<_, _>>()?;
        Ok(SegmentSort { levels: &self.levels, readers, keys: Vec::with_capacity(self.levels.len() + 2) })
    }

    /// Compares what two hits were sorted by; they may be of different segments.
    pub(super) fn compare(&self, one: &[SortValue], other: &[SortValue]) -> std::cmp::Ordering {
        for (level, (one, other)) in self.levels.iter().zip(one.iter().zip(other)) {
            let order = level.compare(one, other);
            if order.is_ne() {
                return order;
            }
        }
        std::cmp::Ordering::Equal
    }
}

impl Level {
    fn plan(sort: &Sort, planner: &Planner<'_>) -> Result<Self, Error> {
        let direction = sort.direction;
        let mut level = Level {
            source: Source::Nothing,
            direction,
            mode: if direction == Direction::Ascending { Mode::Min } else { Mode::Max },
            missing: Key { rank: Rank::MissingLast, bits: 0 },
        };
        match &sort.by {
            SortBy::Score => level.source = Source::Score,
            SortBy::Doc => level.source = Source::Doc,
            SortBy::Field { name, missing, mode, is_optional } => {
                level.mode = mode.unwrap_or(level.mode);
                let Some(field) = planner.field(name) else {
                    if *is_optional {
                        return Ok(level);
                    }
                    return Err(Error::Query(format!("No mapping found for [{name}] in order to sort on")));
                };
                level.source = Source::of(field, planner)?;
                planner.will_read_column(field);
                level.missing = match missing {
                    Missing::First => Key { rank: Rank::MissingFirst, bits: 0 },
                    Missing::Last => Key { rank: Rank::MissingLast, bits: 0 },
                    Missing::Value(json) => {
                        let value = field.query_value(json, planner.now_millis);
                        let bits = match value.map_err(|error| Planner::value_error(&error))? {
                            Some(FieldValue::Integer(value) | FieldValue::Date(value)) => i64_to_u64(value),
                            Some(FieldValue::Float(value)) => f64_to_u64(value),
                            Some(FieldValue::Boolean(value)) => u64::from(value),
                            _ => {
                                return Err(Error::Argument(format!(
                                    "[missing] of a sort by [{name}] must be [_first] or [_last], got {json}"
                                )));
                            }
                        };
                        Key { rank: Rank::Value, bits: direction.order(bits) }
                    }
                };
            }
        }
        Ok(level)
    }

    fn compare(&self, one: &SortValue, other: &SortValue) -> std::cmp::Ordering {
        let (one, other) = match (one, other) {
            (SortValue::Text(one), SortValue::Text(other)) => {
                let order = one.cmp(other);
                return if self.direction == Direction::Ascending { order } else { order.reverse() };
            }
            (one, other) => (self.key(one), self.key(other)),
        };
        one.cmp(&other)
    }

    /// The key that a value was made from; texts, which have a key only inside a segment, count as present.
    fn key(&self, value: &SortValue) -> Key {
        let bits = match value {
            SortValue::Missing => return self.missing,
            SortValue::Integer(value) => i64_to_u64(*value),
            SortValue::Float(value) => f64_to_u64(*value),
            SortValue::Single(value) => f64_to_u64(f64::from(*value)),
            SortValue::Score(score) => u64::from(score.to_bits()),
            SortValue::Text(_) => 0,
        };
        Key { rank: Rank::Value, bits: self.direction.order(bits) }
    }
}

impl Direction {
    /// Turns bits around where the largest is to come first.
    fn order(self, bits: u64) -> u64 {
        if self == Direction::Ascending { bits } else { !bits }
    }
}

impl Source {
    fn of(field: &Field, planner: &Planner<'_>) -> Result<Self, Error> {
        let column = || field.column_name().expect("every field but text and geo_point has a column").to_owned();
        Ok(match field.kind() {
            FieldKind::Long | FieldKind::Integer | FieldKind::Date { .. } => Source::Integer(column()),
            FieldKind::Double => Source::Float(column()),
            FieldKind::Float => Source::Single(column()),
            FieldKind::Boolean => Source::Boolean(column()),
            FieldKind::Keyword { .. } => Source::Text(column()),
            FieldKind::Text { .. } => return Err(Error::Argument(text_has_no_column(planner.mapping(), field.name()))),
            FieldKind::GeoPoint => {
                return Err(Error::Argument(format!("field [{}] is a geo_point and has no order", field.name())));
            }
        })
    }

    fn open(&self, segment: &SegmentReader) -> Result<Reader, Error> {
        let columns = segment.fast_fields();
        Ok(match self {
            Source::Score => Reader::Score,
            Source::Doc => Reader::Doc,
            Source::Nothing => Reader::Nothing,
            Source::Integer(name) => columns.column_opt(name)?.map_or(Reader::Nothing, Reader::Integer),
            Source::Float(name) => columns.column_opt(name)?.map_or(Reader::Nothing, Reader::Float),
            Source::Single(name) => columns.column_opt(name)?.map_or(Reader::Nothing, Reader::Single),
            Source::Boolean(name) => columns.column_opt(name)?.map_or(Reader::Nothing, Reader::Boolean),
            Source::Text(name) => columns.str(name)?.map_or(Reader::Nothing, Reader::Text),
        })
    }
}

/// A sort at work on one segment.
pub(super) struct SegmentSort<'a> {
    levels: &'a [Level],
    readers: Vec<Reader>,
    /// Of the document that was read last: one for each level, then the document itself, then its score. The document
    /// settles every tie, so the score never takes part in a comparison.
    pub(super) keys: Vec<Key>,
}

enum Reader {
    Score,
    Doc,
    Nothing,
    Integer(Column<i64>),
    Float(Column<f64>),
    Single(Column<f64>),
    Boolean(Column<bool>),
    Text(StrColumn),
}

impl SegmentSort<'_> {
    pub(super) fn read(&mut self, doc: DocId, score: Score) {
        self.keys.clear();
        for (level, reader) in self.levels.iter().zip(&self.readers) {
            let key = match reader.bits(doc, score, level.mode) {
                Some(bits) => Key { rank: Rank::Value, bits: level.direction.order(bits) },
                None => level.missing,
            };
            self.keys.push(key);
        }
        let bits = [u64::from(doc), u64::from(score.to_bits())];
        self.keys.extend(bits.map(|bits| Key { rank: Rank::Value, bits }));
    }

    /// The score that came with these keys.
    pub(super) fn score(&self, keys: &[Key]) -> Score {
        keys.last().map_or(0.0, |key| Score::from_bits(key.bits as u32))
    }

    /// What the keys stand for, for the response and for merging with other segments.
    pub(super) fn values(&self, keys: &[Key], doc: DocId) -> Result<Vec<SortValue>, Error> {
        let mut values = Vec::with_capacity(self.levels.len());
        for ((level, reader), key) in self.levels.iter().zip(&self.readers).zip(keys) {
            let bits = level.direction.order(key.bits);
            values.push(match reader {
                _ if key.rank != Rank::Value => SortValue::Missing,
                Reader::Score => SortValue::Score(Score::from_bits(bits as u32)),
                Reader::Doc => SortValue::Integer(i64::from(doc)),
                Reader::Integer(_) => SortValue::Integer(u64_to_i64(bits)),
                Reader::Boolean(_) => SortValue::Integer(bits as i64),
                Reader::Float(_) => SortValue::Float(u64_to_f64(bits)),
                Reader::Single(_) => SortValue::Single(u64_to_f64(bits) as f32),
                Reader::Nothing => SortValue::Missing,
                Reader::Text(column) => {
                    let mut text = String::new();
                    column.ord_to_str(bits, &mut text).map_err(TantivyError::from)?;
                    SortValue::Text(text)
                }
            });
        }
        Ok(values)
    }
}

impl Reader {
    /// The value as bits that order like it; `None` where it is missing.
    fn bits(&self, doc: DocId, score: Score, mode: Mode) -> Option<u64> {
        match self {
            // Scores are never negative, so their bits order like they do.
            Reader::Score => Some(u64::from(score.to_bits())),
            Reader::Doc => Some(u64::from(doc)),
            Reader::Nothing => None,
            Reader::Integer(column) => pick(column.values_for_doc(doc).map(i64_to_u64), mode),
            Reader::Float(column) | Reader::Single(column) => pick(column.values_for_doc(doc).map(f64_to_u64), mode),
            Reader::Boolean(column) => pick(column.values_for_doc(doc).map(u64::from), mode),
            Reader::Text(column) => pick(column.term_ords(doc), mode),
        }
    }
}

fn pick(values: impl Iterator<Item = u64>, mode: Mode) -> Option<u64> {
    match mode {
        Mode::Min => values.min(),
        Mode::Max => values.max(),
    }
}
