//! Terms of numbers, dates and booleans.

use tantivy::{DocId, SegmentReader, u64_to_f64};

use super::super::batch::{BATCH, Batch};
use super::super::bucket_map::BucketMap;
use super::super::direct_counts::{DirectCounts, MostFrequent};
use super::super::gathered::{Gathered, Repeats};
use super::super::keyed::SegmentKeys;
use super::super::kind::Kind;
use super::super::partial::{Keys, Partial};
use super::super::reader::{Reader, float_bits};
use super::super::source::Missing;
use super::planned_terms::{KeyKind, Shown, Terms};
use crate::Error;
use crate::collect::SegmentContext;

/// How many values of all documents are kept before equal ones are dropped, in addition to the number of distinct ones: 512 KiB.
const MOST_REPEATED: usize = 1 << 16;

/// Terms of numbers, dates and booleans: bits as the column has them.
pub(super) struct NumberKeys<'a> {
    terms: &'a Terms,
    reader: Reader,
    missing: Option<u64>,
    /// Of all documents, if values without matches have buckets.
    all: Vec<u64>,
    keys: Gathered<u64>,
}

impl<'a> NumberKeys<'a> {
    pub(super) fn open(terms: &'a Terms, reader: Reader, segment: &SegmentContext<'_>) -> Self {
        // Within a segment, keys of floats are floats, even those of a column of integers whose missing values count as one.
        let missing = terms.source.missing.as_ref().map(|missing| match (terms.keys, missing) {
            (KeyKind::Float, missing) => float_bits(missing.number()),
            (_, Missing::Integer(integer)) => reader.integer_bits(*integer),
            (_, other) => reader.integer_bits(other.number() as i64),
        });
        let mut keys = NumberKeys { terms, reader, missing, all: Vec::new(), keys: Gathered::default() };
        if terms.first.min_doc_count == 0 {
            let all = distinct_bits(&keys.reader, segment.reader);
            let convert = keys.convert();
            keys.all = all.into_iter().map(convert).filter(|bits| keys.keeps(*bits)).collect();
        }
        keys
    }

    /// From the bits of the column to those of the keys.
    fn convert(&self) -> impl Fn(u64) -> u64 + use<> {
        let is_widened =
            self.terms.keys == KeyKind::Float && !matches!(self.terms.source.kind, Kind::Float | Kind::Single);
        let to_integer = self.reader.to_integer();
        move |bits| if is_widened { float_bits(to_integer(bits) as f64) } else { bits }
    }

    fn keeps(&self, bits: u64) -> bool {
        let Some(filter) = &self.terms.filter else { return true };
        let hashed = match self.terms.keys {
            KeyKind::Float => sortable(u64_to_f64(bits)),
            _ => self.reader.integer(bits),
        };
        filter.keeps_bits(bits, hashed)
    }
}

/// The distinct bits of all documents, ascending. They are sorted now and then, so that there are never many more of them.
fn distinct_bits(reader: &Reader, segment: &SegmentReader) -> Vec<u64> {
    let (mut all, mut distinct) = (Vec::new(), 0);
    let mut alive = segment.doc_ids_alive().peekable();
    while alive.peek().is_some() {
        let docs: Vec<DocId> = alive.by_ref().take(BATCH).collect();
        all.extend(reader.all_bits(&docs));
        if all.len() > 2 * distinct + MOST_REPEATED {
            all.sort_unstable();
            all.dedup();
            distinct = all.len();
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// A float as the integer that orders like it.
fn sortable(float: f64) -> i64 {
    let bits = float.to_bits() as i64;
    bits ^ ((bits >> 63) & i64::MAX)
}

impl SegmentKeys for NumberKeys<'_> {
    fn bounds(&self) -> Option<(u64, u64)> {
        if self.terms.keys == KeyKind::Float {
            return None;
        }
        let (first, last) = self.reader.integer_bounds()?;
        let (first, last) = (self.reader.integer_bits(first), self.reader.integer_bits(last));
        let missing = self.missing.unwrap_or(first);
        Some((first.min(missing), last.max(missing)))
    }

    fn read(&mut self, batch: Batch<'_>) -> &Gathered<u64> {
        let convert = self.convert();
        // Clients expect a document to count for a rare number as often as it has it.
        let repeats = if self.terms.shown == Shown::Rare { Repeats::Keep } else { Repeats::Drop };
        let bits = self.reader.bits(batch, repeats);
        self.keys.convert(bits, convert);
        if let Some(missing) = self.missing {
            self.keys.fill(batch.docs.len(), missing);
        }
        if self.terms.filter.is_some() {
            let mut keys = std::mem::take(&mut self.keys);
            keys.retain(|bits| self.keeps(bits));
            self.keys = keys;
        }
        &self.keys
    }

    fn always(&self) -> Vec<u64> {
        self.all.clone()
    }

    fn bytes(&self) -> usize {
        size_of_val(&self.all[..])
    }

    fn keep_answered(&self, positions: &mut Vec<u32>, map: &BucketMap, inner: &[Vec<Partial>]) -> u64 {
        self.terms.keep_first(positions, &map.counts, inner, &|a, b| map.keys[a].cmp(&map.keys[b]))
    }

    fn keep_most_frequent(&self, counts: &DirectCounts) -> Option<MostFrequent> {
        self.terms.keep_most_frequent(counts)
    }

    fn name(&self, keys: &[u64]) -> Result<Keys, Error> {
        // A boolean is stored as 0 or 1, and shown as that integer.
        let is_boolean = self.terms.source.kind == Kind::Boolean && self.terms.keys == KeyKind::Integer;
        let bits = |bits: &u64| if is_boolean { tantivy::i64_to_u64(*bits as i64) } else { *bits };
        Ok(Keys::Bits(keys.iter().map(bits).collect()))
    }
}
