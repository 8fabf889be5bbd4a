//! The order of a sort: keys that compare fast inside a segment, and mean the same in all of them once they are portable.

use std::cmp::Ordering;

use quidditch_index::{Field, FieldKind, FieldValue};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, Score, TantivyError, f64_to_u64, i64_to_u64, u64_to_f64, u64_to_i64};

use super::collector::SegmentContext;
use super::sort_key::{Key, Rank, SortKey, SortValue};
use crate::Error;
use crate::columns::ColumnError;
use crate::plan::Planner;
use crate::request::{Direction, Missing, Mode, Sort, SortBy};

/// The levels of a sort, checked against the mapping.
pub(crate) struct SortOrder {
    levels: Vec<Level>,
}

struct Level {
    source: Source,
    direction: Direction,
    mode: Mode,
    /// The key of a missing value.
    missing: Key,
}

enum Source {
    Score,
    /// The position in the index.
    Doc,
    /// A field that is not mapped: always missing.
    Nothing,
    Integer(String),
    Float(String),
    Single(String),
    Boolean(String),
    Text(String),
}

impl SortOrder {
    pub(crate) fn plan(sort: &[Sort], planner: &Planner<'_>) -> Result<Self, Error> {
        let levels = sort.iter().map(|sort| Level::plan(sort, planner)).collect::<Result<_, _>>()?;
        Ok(SortOrder { levels })
    }

    pub(crate) fn needs_scores(&self) -> bool {
        self.levels.iter().any(|level| matches!(level.source, Source::Score))
    }

    /// The columns that the order reads.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        self.levels.iter().filter_map(|level| level.source.column())
    }

    pub(super) fn open(&self, segment: &SegmentContext<'_>) -> Result<SegmentSort<'_>, Error> {
        let readers = self.levels.iter().map(|level| level.source.open(segment)).collect::<Result<_, _>>()?;
        Ok(SegmentSort { levels: &self.levels, readers, keys: Vec::with_capacity(self.levels.len() + 2) })
    }

    /// Compares the keys of two hits, which may be of different segments.
    pub(super) fn compare(&self, a: &[SortKey], b: &[SortKey]) -> Ordering {
        let levels = self.levels.iter().zip(a.iter().zip(b));
        levels.map(|(level, (a, b))| level.compare(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }

    /// The values that a response shows for the keys of a hit.
    pub(crate) fn values(&self, keys: &[SortKey]) -> Vec<SortValue> {
        self.levels.iter().zip(keys).map(|(level, key)| level.value(key)).collect()
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
                        Key::value(direction.order(bits))
                    }
                };
            }
        }
        Ok(level)
    }

    fn compare(&self, a: &SortKey, b: &SortKey) -> Ordering {
        match (a, b) {
            (SortKey::Text(a), SortKey::Text(b)) if self.direction == Direction::Ascending => a.cmp(b),
            (SortKey::Text(a), SortKey::Text(b)) => b.cmp(a),
            (a, b) => key(a).cmp(&key(b)),
        }
    }

    fn value(&self, key: &SortKey) -> SortValue {
        let key = match key {
            SortKey::Text(text) => return SortValue::Text(text.clone()),
            SortKey::Key(key) if key.rank != Rank::Value => return SortValue::Missing,
            SortKey::Key(key) => key,
        };
        let bits = self.direction.order(key.bits);
        match &self.source {
            Source::Score => SortValue::Score(Score::from_bits(bits as u32)),
            Source::Doc | Source::Boolean(_) => SortValue::Integer(bits as i64),
            Source::Integer(_) => SortValue::Integer(u64_to_i64(bits)),
            Source::Float(_) => SortValue::Float(u64_to_f64(bits)),
            Source::Single(_) => SortValue::Single(u64_to_f64(bits) as f32),
            Source::Nothing | Source::Text(_) => SortValue::Missing,
        }
    }
}

/// A key to compare with the keys of missing values; texts, which have a key only inside a segment, count as present.
fn key(key: &SortKey) -> Key {
    match key {
        SortKey::Key(key) => *key,
        SortKey::Text(_) => Key::value(0),
    }
}

impl Direction {
    /// Inverts bits where the largest value comes first.
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
            FieldKind::Text { .. } => {
                return Err(Error::Argument(ColumnError::analyzed_text(planner.mapping(), field.name()).to_string()));
            }
            FieldKind::GeoPoint => {
                return Err(Error::Argument(format!("field [{}] is a geo_point and has no order", field.name())));
            }
        })
    }

    fn column(&self) -> Option<&str> {
        match self {
            Source::Score | Source::Doc | Source::Nothing => None,
            Source::Integer(name)
            | Source::Float(name)
            | Source::Single(name)
            | Source::Boolean(name)
            | Source::Text(name) => Some(name),
        }
    }

    fn open(&self, segment: &SegmentContext<'_>) -> Result<Reader, Error> {
        let columns = segment.reader.fast_fields();
        Ok(match self {
            Source::Score => Reader::Score,
            Source::Doc => Reader::Doc { first: (segment.split as u64) << 32 },
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
    /// breaks every tie, so that the score never takes part in a comparison.
    pub(super) keys: Vec<Key>,
}

enum Reader {
    Score,
    /// Documents are numbered through all splits, with 2^32 numbers for each.
    Doc {
        first: u64,
    },
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
                Some(bits) => Key::value(level.direction.order(bits)),
                None => level.missing,
            };
            self.keys.push(key);
        }
        let bits = [u64::from(doc), u64::from(score.to_bits())];
        self.keys.extend(bits.map(Key::value));
    }

    /// The score of the document with these keys.
    pub(super) fn score(&self, keys: &[Key]) -> Score {
        keys.last().map_or(0.0, |key| Score::from_bits(key.bits as u32))
    }

    /// The same keys in a form that compares with those of other segments.
    pub(super) fn portable(&self, keys: &[Key]) -> Result<Vec<SortKey>, Error> {
        let mut portable = Vec::with_capacity(self.levels.len());
        for ((level, reader), key) in self.levels.iter().zip(&self.readers).zip(keys) {
            portable.push(match reader {
                Reader::Text(column) if key.rank == Rank::Value => {
                    let mut text = String::new();
                    column.ord_to_str(level.direction.order(key.bits), &mut text).map_err(TantivyError::from)?;
                    SortKey::Text(text)
                }
                _ => SortKey::Key(*key),
            });
        }
        Ok(portable)
    }
}

impl Reader {
    /// The value as bits that order like it; `None` where it is missing.
    fn bits(&self, doc: DocId, score: Score, mode: Mode) -> Option<u64> {
        match self {
            // Scores are never negative, so their bits order like they do.
            Reader::Score => Some(u64::from(score.to_bits())),
            Reader::Doc { first } => Some(first + u64::from(doc)),
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
