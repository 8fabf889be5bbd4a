//! Counting the documents that have some terms in a column.

use rustc_hash::FxHashMap;
use tantivy::{DocId, Score, TantivyError};

use super::super::batch::Batch;
use super::super::gathered::Repeats;
use super::super::kind::Kind;
use super::super::reader::Reader;
use super::super::source::Source;
use super::term_key::TermKey;
use crate::Error;
use crate::collect::{Collector, Demand, Matches, SegmentCollecting, SegmentCollector, SegmentContext};

/// Widest table of the numbers of a dictionary.
const MAX_TABLE: usize = 4 << 20;

const UNWANTED: u32 = u32::MAX;

/// Counts documents, and those that have each of the wanted terms.
pub(super) struct ColumnTerms<'a> {
    pub(super) source: &'a Source,
    pub(super) wanted: &'a [TermKey],
}

impl Collector for ColumnTerms<'_> {
    type Partial = (u64, Vec<u64>);

    fn demand(&self) -> Demand {
        Demand::Documents
    }

    fn may_skip(&self) -> bool {
        false
    }

    /// None: planning announces them.
    fn columns(&self, _: &mut dyn FnMut(&str)) {}

    fn open<'a>(&'a self, segment: &SegmentContext<'_>) -> Result<SegmentCollecting<'a, (u64, Vec<u64>)>, Error> {
        let reader = Reader::open(self.source, segment.reader)?;
        let mut places: FxHashMap<u64, u32> = FxHashMap::default();
        for (place, term) in self.wanted.iter().enumerate() {
            let bits = match (term, reader.texts()) {
                (TermKey::Text(text), Some(texts)) => texts.dictionary().term_ord(text).map_err(TantivyError::from)?,
                (TermKey::Text(_), None) => None,
                // A boolean is a term as the integer that is shown.
                (TermKey::Bits(bits), _) if self.source.kind == Kind::Boolean => {
                    Some(tantivy::u64_to_i64(*bits) as u64)
                }
                (TermKey::Bits(bits), _) => Some(*bits),
            };
            if let Some(bits) = bits {
                places.insert(bits, place as u32);
            }
        }
        let terms = reader.texts().map_or(usize::MAX, |texts| texts.num_terms());
        let places = match terms <= MAX_TABLE {
            true => {
                let mut table = vec![UNWANTED; terms];
                places.iter().for_each(|(ordinal, place)| table[*ordinal as usize] = *place);
                Places::Table(table)
            }
            false => Places::Hashed(places),
        };
        Ok(Box::new(SegmentTerms {
            reader,
            places,
            documents: 0,
            counts: vec![0; self.wanted.len()],
            buckets: Vec::new(),
        }))
    }

    fn merge(&self, partials: Vec<(u64, Vec<u64>)>) -> (u64, Vec<u64>) {
        let mut merged = (0, vec![0; self.wanted.len()]);
        for (documents, counts) in partials {
            merged.0 += documents;
            merged.1.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        merged
    }
}

/// The places of the wanted terms, by how the column has them.
enum Places {
    Table(Vec<u32>),
    Hashed(FxHashMap<u64, u32>),
}

struct SegmentTerms {
    reader: Reader,
    places: Places,
    documents: u64,
    counts: Vec<u64>,
    /// All zeros, as a batch needs them.
    buckets: Vec<u32>,
}

impl SegmentTerms {
    fn count(&mut self, docs: &[DocId]) {
        let SegmentTerms { reader, places, documents, counts, buckets } = self;
        *documents += docs.len() as u64;
        buckets.resize(docs.len(), 0);
        let terms = reader.bits(Batch { docs, buckets }, Repeats::Drop);
        match places {
            Places::Table(table) => terms.for_each(|_, ordinal| {
                let place = table[ordinal as usize];
                if place != UNWANTED {
                    counts[place as usize] += 1;
                }
            }),
            Places::Hashed(places) => terms.for_each(|_, bits| {
                if let Some(place) = places.get(&bits) {
                    counts[*place as usize] += 1;
                }
            }),
        }
    }
}

impl SegmentCollector<(u64, Vec<u64>)> for SegmentTerms {
    fn count(&mut self, _: u64) {}

    fn collect(&mut self, matches: &Matches<'_>) -> Result<(), Error> {
        SegmentTerms::count(self, matches.docs);
        Ok(())
    }

    fn threshold(&self) -> Option<Score> {
        None
    }

    fn finish(self: Box<Self>) -> Result<(u64, Vec<u64>), Error> {
        Ok((self.documents, self.counts))
    }
}
