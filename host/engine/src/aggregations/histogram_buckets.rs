//! What `histogram` and `date_histogram` have in common: the buckets without documents, and the answer.

use serde_json::{Map, Value as Json};
use tantivy::{SegmentReader, i64_to_u64, u64_to_i64};

use super::aggregation::BUCKET_COST;
use super::answer::{Answer, BucketAnswer, BucketKey, Style};
use super::answering::Answering;
use super::decimal_json::decimal_json;
use super::keyed::{self, TakeBuckets};
use super::nodes::Nodes;
use super::order::Order;
use super::partial::{Buckets, Keys, Partial};
use super::reader::stored_span;
use super::rounding::Rounding;
use super::source::Source;
use super::value_format::ValueFormat;
use crate::Error;

/// How a histogram's buckets are shown.
pub(super) struct HistogramBuckets {
    pub(super) steps: Steps,
    pub(super) min_doc_count: u64,
    /// The first and the last key that there are at least, if a bucket may be without documents.
    pub(super) extended: (Option<i64>, Option<i64>),
    pub(super) order: Order,
    pub(super) style: Style,
    pub(super) format: ValueFormat,
    pub(super) inner: Nodes,
}

/// What the keys of buckets mean.
pub(super) enum Steps {
    /// The bucket at key x interval + offset.
    Numbers { interval: f64, offset: f64 },
    /// The bucket that begins at the key.
    Dates(Rounding),
}

impl Steps {
    fn next(&self, key: i64) -> i64 {
        match self {
            Steps::Numbers { .. } => key.saturating_add(1),
            Steps::Dates(rounding) => rounding.next(key),
        }
    }

    /// The length of a usual interval, in numbers or milliseconds.
    fn length(&self) -> f64 {
        match self {
            Steps::Numbers { interval, .. } => *interval,
            Steps::Dates(rounding) => {
                let start = rounding.round(0);
                (rounding.next(start) - start) as f64
            }
        }
    }

    pub(super) fn value(&self, key: i64) -> f64 {
        match self {
            Steps::Numbers { interval, offset } => key as f64 * interval + offset,
            Steps::Dates(_) => key as f64,
        }
    }

    fn key(&self, key: i64) -> BucketKey {
        match self {
            Steps::Numbers { .. } => BucketKey::Number(self.value(key)),
            Steps::Dates(_) => BucketKey::Date(key),
        }
    }

    fn json(&self, key: i64) -> Json {
        match self {
            Steps::Numbers { .. } => decimal_json(self.value(key)),
            Steps::Dates(_) => key.into(),
        }
    }
}

impl HistogramBuckets {
    /// About what it costs to merge those of a part of a segment: of a stored field, the buckets between its smallest and its
    /// largest value. To compute values costs more than to merge their buckets.
    pub(super) fn merge_cost(&self, source: &Source, segment: &SegmentReader) -> tantivy::Result<Option<u64>> {
        let buckets = stored_span(source, segment)? / self.steps.length() + 1.0;
        self.inner.merge_cost_in(buckets as u64, BUCKET_COST, segment)
    }

    pub(super) fn merge(&self, partials: Vec<Partial>) -> Partial {
        keyed::merge(&self.inner, partials, Keys::Bits(Vec::new()))
    }

    pub(super) fn answer(&self, partial: Partial, answering: &mut Answering) -> Result<Answer<'_>, Error> {
        let mut buckets = partial.into_buckets();
        if self.min_doc_count == 0 {
            self.fill_gaps(&mut buckets, answering)?;
        }
        let keys: Vec<u64> = buckets.keys.bits().to_vec();
        let is_shown = |position: &u32| buckets.counts[*position as usize] >= self.min_doc_count;
        let mut positions: Vec<u32> = (0..keys.len() as u32).filter(is_shown).collect();
        answering.count_buckets(positions.len())?;
        let size = positions.len();
        self.order.sort(&mut positions, size, &buckets.counts, &buckets.inner, &|a, b| keys[a].cmp(&keys[b]));
        let mut answers = Vec::with_capacity(positions.len());
        let counts = buckets.counts.clone();
        let mut buckets = TakeBuckets::new(buckets);
        for position in positions {
            let count = counts[position as usize];
            let inner = match count {
                0 => self.inner.of_nothing(),
                _ => buckets.take(&[position]).inner.into_iter().flatten().collect(),
            };
            let key = u64_to_i64(keys[position as usize]);
            let value = self.steps.value(key);
            let mut bucket = Map::new();
            self.format.add_text(&mut bucket, "key_as_string", value);
            bucket.insert("key".to_owned(), self.steps.json(key));
            bucket.insert("doc_count".to_owned(), count.into());
            answers.push(BucketAnswer {
                name: (self.style == Style::Object).then(|| self.name(key)),
                key: self.steps.key(key),
                count,
                shown: bucket,
                inner: self.inner.answer(inner, answering)?,
            });
        }
        Ok(Answer::from_buckets(Map::new(), answers, self.style))
    }

    fn name(&self, key: i64) -> String {
        match (&self.steps, &self.format) {
            (Steps::Dates(_), ValueFormat::Raw) => key.to_string(),
            _ => self.format.key(self.steps.value(key)),
        }
    }

    /// Adds the buckets without documents between the first and the last, after the others. They have no results inside: of
    /// thousands of buckets, these would need much memory.
    fn fill_gaps(&self, buckets: &mut Buckets, answering: &Answering) -> Result<(), Error> {
        let mut present: Vec<i64> = buckets.keys.bits().iter().map(|bits| u64_to_i64(*bits)).collect();
        present.sort_unstable();
        let (first, last) = match (self.extended, present.first(), present.last()) {
            ((from, to), Some(first), Some(last)) => {
                (from.map_or(*first, |from| from.min(*first)), to.map_or(*last, |to| to.max(*last)))
            }
            ((Some(from), Some(to)), ..) => (from, to),
            _ => return Ok(()),
        };
        let mut present = present.into_iter().peekable();
        let mut gaps = Vec::new();
        let mut key = first;
        while key <= last {
            // A bucket with documents resets the steps.
            if present.next_if(|present| *present <= key).is_none() {
                gaps.push(i64_to_u64(key));
                answering.check_buckets(gaps.len())?;
            }
            let next = self.steps.next(key);
            key = present.peek().map_or(next, |present| next.min(*present));
            if next == i64::MAX {
                break;
            }
        }
        let empty = gaps.len();
        if let Keys::Bits(bits) = &mut buckets.keys {
            bits.extend(gaps);
        }
        buckets.counts.resize(buckets.counts.len() + empty, 0);
        Ok(())
    }
}
