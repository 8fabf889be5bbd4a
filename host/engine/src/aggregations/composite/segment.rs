//! Combinations of values in one segment.

use std::ops::{Bound, ControlFlow};

use tantivy::columnar::StrColumn;
use tantivy::{TantivyError, i64_to_u64};

use super::super::aggregation::{Opening, SegmentAggregation};
use super::super::batch::{BATCH, Batch, Inner};
use super::super::failure;
use super::super::gathered::{Gathered, Repeats};
use super::super::keyed::{TakeBuckets, divide};
use super::super::kind::Kind;
use super::super::nodes::{Nodes, SegmentNodes};
use super::super::partial::{Buckets, KeyPart, Keys, Partial};
use super::super::reader::{Reader, float_bits};
use super::super::source::Missing;
use super::found::{Found, Key, Page, Slot};
use super::source::{MissingOrder, ValueSource, Values};
use crate::Error;
use crate::memory::Reservation;
use crate::terms::{Ended, KeywordTerms};

/// Most combinations of the values of one document, which bounds the time for it.
const MAX_COMBINATIONS: usize = 1 << 16;

const MISSING_FIRST: u8 = 0;
const VALUE: u8 = 1;
const MISSING_LAST: u8 = 2;

/// The values of one source.
struct SegmentSource<'a> {
    source: &'a ValueSource,
    reader: Reader,
    keys: Gathered<u64>,
    /// Of the batch.
    slots: Gathered<Slot>,
    /// How many slots belong to documents that were looked at.
    cursor: usize,
    /// What documents without a value count as.
    fallback: Option<Fallback<'a>>,
}

/// What documents without a value count as.
#[derive(Clone, Copy)]
enum Fallback<'a> {
    Key(u64),
    /// A text that is not in the dictionary.
    Text {
        key: u64,
        text: &'a str,
    },
}

impl Fallback<'_> {
    fn key(self) -> u64 {
        match self {
            Fallback::Key(key) | Fallback::Text { key, .. } => key,
        }
    }
}

impl<'a> SegmentSource<'a> {
    fn open(source: &'a ValueSource, reader: Reader) -> Result<Self, Error> {
        let fallback = match &source.source.missing {
            None => None,
            Some(Missing::Text(text)) => Some(Self::text_fallback(&reader, text)?),
            Some(number) if source.has_floats() => Some(Fallback::Key(float_bits(number.number()))),
            Some(Missing::Integer(integer)) => Some(Fallback::Key(i64_to_u64(*integer))),
            Some(other) => Some(Fallback::Key(i64_to_u64(other.number() as i64))),
        };
        Ok(SegmentSource { source, reader, keys: Gathered::default(), slots: Gathered::default(), cursor: 0, fallback })
    }

    fn text_fallback(reader: &Reader, text: &'a str) -> Result<Fallback<'a>, Error> {
        let key = match reader.texts() {
            None => 0,
            Some(texts) => key_of_text(texts, text)?,
        };
        Ok(if key % 2 == 1 { Fallback::Key(key) } else { Fallback::Text { key, text } })
    }

    fn slot(&self, bits: u64) -> Slot {
        Slot { rank: VALUE, bits: self.source.direction.order(bits) }
    }

    fn missing(&self) -> Option<Slot> {
        let rank = match self.source.missing? {
            MissingOrder::First => MISSING_FIRST,
            MissingOrder::Last => MISSING_LAST,
        };
        Some(Slot { rank, bits: 0 })
    }

    /// Reads the values of a batch.
    fn read(&mut self, batch: Batch<'_>) {
        self.read_keys(batch);
        self.make_slots();
    }

    /// Reads the keys of the values of a batch.
    fn read_keys(&mut self, batch: Batch<'_>) {
        let SegmentSource { source, reader, keys, .. } = self;
        let to_integer = reader.to_integer();
        let is_text = source.source.kind == Kind::Text;
        let has_floats = source.has_floats();
        match &source.values {
            // Room between the texts, for one in `after` that is not in the dictionary.
            Values::Terms if is_text => keys.convert(reader.bits(batch, Repeats::Drop), |ordinal| ordinal * 2 + 1),
            Values::Terms if has_floats => keys.convert(reader.bits(batch, source.repeats), |bits| bits),
            Values::Terms => keys.convert(reader.bits(batch, source.repeats), |bits| i64_to_u64(to_integer(bits))),
            Values::Numbers { interval } => {
                let rounded = |value: f64| float_bits((value / interval).floor() * interval);
                keys.convert(reader.numbers(batch, Repeats::Keep), rounded);
            }
            Values::Dates(rounding) => {
                let rounded = |bits| i64_to_u64(rounding.round(to_integer(bits)));
                keys.convert(reader.bits(batch, Repeats::Keep), rounded);
            }
        }
        if let Some(fallback) = self.fallback {
            self.keys.fill(batch.docs.len(), fallback.key());
        }
    }

    /// Makes slots of the keys that were read.
    fn make_slots(&mut self) {
        let direction = self.source.direction;
        self.slots.convert(&self.keys, |bits| Slot { rank: VALUE, bits: direction.order(bits) });
        self.cursor = 0;
    }

    /// A value of `after` in this segment.
    fn after(&self, part: &KeyPart) -> Result<Slot, Error> {
        Ok(match (part, self.reader.texts()) {
            (KeyPart::Missing, _) => self.missing().unwrap_or(Slot { rank: MISSING_FIRST, bits: 0 }),
            (KeyPart::Bits(bits), _) => self.slot(*bits),
            (KeyPart::Text(_), None) => self.slot(0),
            (KeyPart::Text(text), Some(texts)) => self.slot(key_of_text(texts, text)?),
        })
    }

    /// Values in a form that means the same in all segments. Each text is looked up once.
    fn name(&self, slots: &[Slot]) -> Result<Vec<KeyPart>, Error> {
        let bits = |slot: &Slot| self.source.direction.order(slot.bits);
        let fallback = match self.fallback {
            Some(Fallback::Text { key, text }) => Some((key, text)),
            _ => None,
        };
        let part_of_fallback = |slot: &Slot| {
            let found = fallback.filter(|(key, _)| slot.rank == VALUE && *key == bits(slot));
            found.map(|(_, text)| KeyPart::Text(text.to_owned()))
        };
        let Some(column) = self.reader.texts() else {
            let part = |slot: &Slot| {
                part_of_fallback(slot).unwrap_or(match slot.rank {
                    VALUE => KeyPart::Bits(bits(slot)),
                    _ => KeyPart::Missing,
                })
            };
            return Ok(slots.iter().map(part).collect());
        };
        // Even keys are of texts that are not in the dictionary.
        let values = slots.iter().filter(|slot| slot.rank == VALUE && bits(slot) % 2 == 1);
        let mut ordinals: Vec<u64> = values.map(|slot| bits(slot) / 2).collect();
        ordinals.sort_unstable();
        ordinals.dedup();
        let mut texts = Vec::with_capacity(ordinals.len());
        let push = |bytes: &[u8]| texts.push(String::from_utf8_lossy(bytes).into_owned());
        column.dictionary().sorted_ords_to_term_cb(&ordinals, push).map_err(TantivyError::from)?;
        let part = |slot: &Slot| match ordinals.binary_search(&(bits(slot) / 2)) {
            Ok(index) if slot.rank == VALUE && bits(slot) % 2 == 1 => KeyPart::Text(texts[index].clone()),
            _ => part_of_fallback(slot).unwrap_or(KeyPart::Missing),
        };
        Ok(slots.iter().map(part).collect())
    }
}

/// The key of a text: odd if it is in the dictionary, otherwise the even one between the texts before and after it.
fn key_of_text(texts: &StrColumn, text: &str) -> Result<u64, Error> {
    let dictionary = texts.dictionary();
    if let Some(ordinal) = dictionary.term_ord(text).map_err(TantivyError::from)? {
        return Ok(ordinal * 2 + 1);
    }
    let (first, _) =
        dictionary.term_bounds_to_ord(Bound::Included(text), Bound::<&str>::Unbounded).map_err(TantivyError::from)?;
    Ok(match first {
        Bound::Included(next) | Bound::Excluded(next) => next.min(texts.num_terms() as u64) * 2,
        Bound::Unbounded => 0,
    })
}

/// Combinations of one segment.
pub(in super::super) struct SegmentComposite<'a> {
    size: usize,
    sources: Vec<SegmentSource<'a>>,
    /// The key that the page begins after.
    after: Option<Vec<Slot>>,
    /// For each bucket around.
    found: Vec<Found>,
    counts: Vec<u64>,
    /// The number of buckets whose memory has been counted.
    reserved: usize,
    nodes: SegmentNodes<'a>,
    inner: Inner,
    /// The documents of a batch whose first value does not rule them out.
    narrowed: Inner,
    reservation: Reservation,
}

impl<'a> SegmentComposite<'a> {
    pub(in super::super) fn open(
        value_sources: &'a [ValueSource],
        page: Page<'_>,
        inner: &'a Nodes,
        opening: &Opening<'_>,
    ) -> Result<Self, Error> {
        let mut sources = Vec::with_capacity(value_sources.len());
        for source in value_sources {
            sources.push(SegmentSource::open(source, Reader::open(&source.source, opening.segment)?)?);
        }
        let after = match page.after {
            None => None,
            Some(parts) => {
                let slots = sources.iter().zip(parts).map(|(source, part)| source.after(part));
                Some(slots.collect::<Result<Vec<Slot>, Error>>()?)
            }
        };
        Ok(SegmentComposite {
            size: page.size,
            sources,
            after,
            found: Vec::new(),
            counts: Vec::new(),
            reserved: 0,
            nodes: inner.open(opening)?,
            inner: Inner::default(),
            narrowed: Inner::default(),
            reservation: opening.memory.reservation(),
        })
    }

    /// The page of all documents of the segment, which are found keyword by keyword of the first source until the page is full;
    /// `None` if that takes longer than looking at all of them.
    pub(super) fn of_terms(mut self, terms: &KeywordTerms, from: Option<&str>) -> Result<Option<Partial>, Error> {
        if self.sources[0].reader.has_repeats() {
            return Ok(None);
        }
        let buckets = [0; BATCH];
        let mut failure = None;
        let ended = terms.for_each_from(from, self.size, |documents| {
            for docs in documents.chunks(BATCH) {
                if let Err(error) = self.collect(Batch { docs, buckets: &buckets[..docs.len()] }) {
                    failure = Some(error);
                    return ControlFlow::Break(());
                }
            }
            // Later keywords lead to later buckets.
            match self.found.first().is_some_and(|found| found.last(self.size).is_some()) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        })?;
        match (failure, ended) {
            (Some(error), _) => Err(error),
            (None, None | Some(Ended::ByLimit)) => Ok(None),
            (None, Some(Ended::ByCaller | Ended::AtLastTerm)) => Ok(Box::new(self).finish(1)?.pop()),
        }
    }

    /// Once the page is full: finds the documents whose first key, which has been read, does not rule them out, and keeps only
    /// their first keys. Of the others, no more is read.
    fn narrow(&mut self, batch: Batch<'_>) -> bool {
        let [found] = &self.found[..] else { return false };
        let Some(last) = found.last(self.size).map(|last| last[0]) else { return false };
        let SegmentSource { source, keys, .. } = &mut self.sources[0];
        if !keys.is_one_each() || batch.parents() > 1 {
            return false;
        }
        self.narrowed.clear();
        for (position, doc) in batch.docs.iter().enumerate() {
            let key = keys.values[position];
            if (Slot { rank: VALUE, bits: source.direction.order(key) }) <= last {
                keys.values[self.narrowed.len()] = key;
                self.narrowed.push(*doc, 0);
            }
        }
        // Each document that is left still has one.
        keys.values.truncate(self.narrowed.len());
        true
    }

    /// Hands on the documents that are in buckets, and counts what the buckets use.
    fn hand_on(&mut self) -> Result<(), Error> {
        let bytes_of_key = self.sources.len() * size_of::<Slot>() + 48;
        let bytes = self.counts.capacity() * 8 + self.counts.len() * bytes_of_key;
        self.reservation.reach(bytes + self.found.len() * size_of::<Found>() + self.inner.bytes())?;
        self.reserved = self.counts.len();
        self.nodes.collect(self.inner.batch())?;
        self.inner.clear();
        Ok(())
    }

    /// Counts a document in the bucket of a combination.
    fn count(&mut self, batch: Batch<'_>, position: usize, key: &[Slot]) {
        if self.after.as_deref().is_some_and(|after| key <= after) {
            return;
        }
        let new = self.counts.len() as u32;
        let found = &mut self.found[batch.buckets[position] as usize];
        let Some(bucket) = found.bucket(key, self.size, new) else { return };
        if bucket == new {
            self.counts.push(0);
        }
        self.counts[bucket as usize] += 1;
        if !self.nodes.is_empty() {
            self.inner.push(batch.docs[position], bucket);
        }
    }

    /// Counts the documents of a batch, whose first keys have been read, in the buckets of all combinations of their values.
    fn collect_all(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        self.sources[0].make_slots();
        self.sources[1..].iter_mut().for_each(|source| source.read(batch));
        self.inner.clear();
        let (width, parents) = (self.sources.len(), batch.parents());
        if self.found.len() < parents {
            self.found.resize_with(parents, || Found::new(self.size));
        }
        let (mut choices, mut key): (Vec<Vec<Slot>>, Vec<Slot>) = (vec![Vec::new(); width], Vec::new());
        if self.sources.iter().all(|source| source.slots.is_one_each()) {
            for position in 0..batch.docs.len() {
                key.clear();
                key.extend(self.sources.iter().map(|source| source.slots.values[position]));
                self.count(batch, position, &key);
            }
            return self.hand_on();
        }
        let mut chosen = vec![0; width];
        for position in 0..batch.docs.len() {
            for (source, choices) in self.sources.iter_mut().zip(&mut choices) {
                choices.clear();
                choices.extend_from_slice(source.slots.next_values(&mut source.cursor, position));
                if choices.is_empty() {
                    choices.extend(source.missing());
                }
            }
            if choices.iter().any(Vec::is_empty) {
                continue;
            }
            let combinations = choices.iter().map(Vec::len).fold(1, usize::saturating_mul);
            if combinations > MAX_COMBINATIONS {
                return Err(failure::argument(format!(
                    "a document has {combinations} combinations of values in the fields of an aggregation: at most \
                     {MAX_COMBINATIONS} are allowed"
                )));
            }
            // Every combination, the last source changing fastest.
            chosen.fill(0);
            loop {
                key.clear();
                key.extend(choices.iter().zip(&chosen).map(|(choices, index): (&Vec<Slot>, &usize)| choices[*index]));
                self.count(batch, position, &key);
                let Some(place) = (0..width).rev().find(|place| chosen[*place] + 1 < choices[*place].len()) else {
                    break;
                };
                chosen[place] += 1;
                chosen[place + 1..].fill(0);
            }
            // A document may be in many buckets.
            if self.inner.len() >= BATCH || self.counts.len() - self.reserved >= BATCH {
                self.hand_on()?;
            }
        }
        self.hand_on()
    }
}

impl SegmentAggregation for SegmentComposite<'_> {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        self.sources[0].read_keys(batch);
        if !self.narrow(batch) {
            return self.collect_all(batch);
        }
        let narrowed = std::mem::take(&mut self.narrowed);
        let result = if narrowed.len() == 0 { Ok(()) } else { self.collect_all(narrowed.batch()) };
        self.narrowed = narrowed;
        result
    }

    fn finish(self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        let SegmentComposite { sources, mut found, counts, nodes, .. } = *self;
        let inner = nodes.finish(counts.len())?;
        found.truncate(parents);
        let mut keys: Vec<(u32, Key, u32)> = Vec::with_capacity(found.iter().map(Found::len).sum());
        for (parent, found) in found.into_iter().enumerate() {
            keys.extend(found.into_sorted().into_iter().map(|(key, bucket)| (parent as u32, key, bucket)));
        }
        let mut tuples: Vec<Vec<KeyPart>> = vec![Vec::with_capacity(sources.len()); keys.len()];
        for (index, source) in sources.iter().enumerate() {
            let slots: Vec<Slot> = keys.iter().map(|(_, key, _)| key[index]).collect();
            for (tuple, part) in tuples.iter_mut().zip(source.name(&slots)?) {
                tuple.push(part);
            }
        }
        let positions: Vec<u32> = keys.iter().map(|(_, _, bucket)| *bucket).collect();
        let parents_of: Vec<u32> = keys.iter().map(|(parent, ..)| *parent).collect();
        let all = Buckets { keys: Keys::Positions, counts, others: 0, inner };
        let buckets = TakeBuckets::new(all).take(&positions);
        Ok(divide(Buckets { keys: Keys::Tuples(tuples), ..buckets }, &parents_of, parents))
    }
}
