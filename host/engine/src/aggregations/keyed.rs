//! Buckets with keys: terms and histograms.

use std::hash::Hash;

use rustc_hash::FxHashMap;

use super::aggregation::{Opening, SegmentAggregation};
use super::batch::{Batch, Inner};
use super::bucket_map::BucketMap;
use super::direct_counts::{DirectCounts, MostFrequent};
use super::gathered::Gathered;
use super::nodes::{Nodes, SegmentNodes};
use super::partial::{Buckets, KeyPart, Keys, Partial};
use crate::Error;
use crate::memory::Reservation;

/// The keys of documents in one segment. They are numbers that mean something in the segment only, until they are named.
pub(super) trait SegmentKeys {
    /// The smallest and the largest key that there can be, if that is known.
    fn bounds(&self) -> Option<(u64, u64)>;

    /// The keys of the documents, each at most once for each document.
    fn read(&mut self, batch: Batch<'_>) -> &Gathered<u64>;

    /// Keys that have a bucket even without documents.
    fn always(&self) -> Vec<u64> {
        Vec::new()
    }

    /// Keeps those of the buckets at these positions that will be in the answer, and returns the number of documents of the
    /// others. Only called if no other segment can have such buckets.
    fn keep_answered(&self, _: &mut Vec<u32>, _: &BucketMap, _: &[Vec<Partial>]) -> u64 {
        0
    }

    /// The keys that will be in the answer, of buckets that are only counted; `None` if these cannot be told from the counts
    /// alone. Only called if no other segment can have such buckets.
    fn keep_most_frequent(&self, _: &DirectCounts) -> Option<MostFrequent> {
        None
    }

    /// How much memory they use, without those of a batch.
    fn bytes(&self) -> usize {
        0
    }

    /// Makes keys that mean the same in all segments.
    fn name(&self, keys: &[u64]) -> Result<Keys, Error>;
}

/// Buckets of one segment.
pub(super) struct SegmentKeyed<'a, K> {
    keys: K,
    /// In place of the map, as long as there is one bucket around, and only counts are needed.
    direct: Option<DirectCounts>,
    map: BucketMap,
    nodes: SegmentNodes<'a>,
    inner: Inner,
    /// The bucket of each document of the batch, if each is in one.
    buckets: Vec<u32>,
    is_only: bool,
    reservation: Reservation,
}

impl<'a, K: SegmentKeys> SegmentKeyed<'a, K> {
    pub(super) fn open(keys: K, nodes: &'a Nodes, opening: &Opening<'_>) -> Result<Self, Error> {
        let map = BucketMap::new(keys.bounds());
        let direct = if nodes.is_empty() { direct_counts(&keys, opening) } else { None };
        let (nodes, mut reservation) = (nodes.open(opening)?, opening.memory.reservation());
        reservation.reach(keys.bytes())?;
        let (inner, buckets) = (Inner::default(), Vec::new());
        Ok(SegmentKeyed { keys, direct, map, nodes, inner, buckets, is_only: opening.segment.is_only, reservation })
    }
}

impl<K: SegmentKeys> SegmentKeyed<'_, K> {
    /// The result for all documents of the segment, given how many of them have each key from the first possible one on; `None` if
    /// there are too many keys for a table.
    pub(super) fn finish_counted(mut self, counts: Vec<u32>) -> Result<Option<Partial>, Error> {
        let Some(direct) = &mut self.direct else { return Ok(None) };
        direct.set_all(counts);
        self.reservation.reach(self.keys.bytes() + direct.bytes())?;
        Ok(Box::new(self).finish(1)?.pop())
    }
}

fn direct_counts(keys: &impl SegmentKeys, opening: &Opening<'_>) -> Option<DirectCounts> {
    DirectCounts::new(keys.bounds()?, opening.segment.reader.max_doc())
}

impl<K: SegmentKeys> SegmentAggregation for SegmentKeyed<'_, K> {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        let SegmentKeyed { keys, direct, map, nodes, inner, buckets, reservation, .. } = self;
        let bytes_of_keys = keys.bytes();
        let keys = keys.read(batch);
        if batch.parents() > 1
            && let Some(mut direct) = direct.take()
        {
            direct.move_to(map);
        }
        if let Some(direct) = direct {
            direct.add_all(&keys.values);
            reservation.reach(bytes_of_keys + direct.bytes())?;
            return Ok(());
        }
        buckets.clear();
        inner.clear();
        if nodes.is_empty() {
            keys.for_each(|position, key| _ = map.count(batch.buckets[position], key));
        } else if keys.is_one_each() {
            buckets.extend(keys.values.iter().zip(batch.buckets).map(|(key, parent)| map.count(*parent, *key)));
        } else {
            keys.for_each(|position, key| {
                let bucket = map.count(batch.buckets[position], key);
                inner.push(batch.docs[position], bucket);
            });
        }
        // Before those inside use more.
        reservation.reach(bytes_of_keys + map.bytes() + inner.bytes())?;
        nodes.collect(if keys.is_one_each() { Batch { docs: batch.docs, buckets } } else { inner.batch() })
    }

    fn finish(self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        let SegmentKeyed { keys, direct, mut map, nodes, mut reservation, is_only, .. } = *self;
        if let Some(mut direct) = direct {
            if is_only
                && parents == 1
                && let Some(best) = keys.keep_most_frequent(&direct)
            {
                let MostFrequent { keys: best, counts, others } = best;
                let buckets = Buckets { keys: keys.name(&best)?, counts, others, inner: Vec::new() };
                return Ok(vec![Partial::Buckets(Box::new(buckets))]);
            }
            direct.move_to(&mut map);
        }
        let always = keys.always();
        let bytes_of_keys = keys.bytes() + size_of_val(&always[..]);
        for parent in 0..parents as u32 {
            for key in &always {
                map.bucket(parent, *key);
            }
            reservation.reach(bytes_of_keys + map.bytes())?;
        }
        let inner = nodes.finish(map.len())?;
        let mut lists = by_parent(&map.parents, parents);
        let mut others = vec![0; parents];
        if is_only {
            for (list, others) in lists.iter_mut().zip(&mut others) {
                *others = keys.keep_answered(list, &map, &inner);
            }
        }
        // Only the keys that are left are looked up.
        let kept: Vec<u64> = lists.iter().flatten().map(|bucket| map.keys[*bucket as usize]).collect();
        let names = keys.name(&kept)?;
        reservation.reach(bytes_of_keys + map.bytes() + names.bytes())?;
        let mut names = Names::new(names);
        let mut taken = TakeBuckets::new(Buckets { keys: Keys::Positions, counts: map.counts, others: 0, inner });
        let partials = lists.iter().zip(others).map(|(list, others)| {
            let keys = names.next(list.len());
            Partial::Buckets(Box::new(Buckets { keys, others, ..taken.take(list) }))
        });
        Ok(partials.collect())
    }
}

/// Keys that are handed out in their order.
enum Names {
    Bits(std::vec::IntoIter<u64>),
    Texts(std::vec::IntoIter<String>),
}

impl Names {
    fn new(keys: Keys) -> Self {
        match keys {
            Keys::Positions => Names::Bits(Vec::new().into_iter()),
            Keys::Bits(bits) => Names::Bits(bits.into_iter()),
            Keys::Texts(texts) => Names::Texts(texts.into_iter()),
            Keys::Tuples(_) => unreachable!("combinations are named elsewhere"),
        }
    }

    fn next(&mut self, count: usize) -> Keys {
        match self {
            Names::Bits(bits) => Keys::Bits(bits.take(count).collect()),
            Names::Texts(texts) => Keys::Texts(texts.take(count).collect()),
        }
    }
}

/// The positions of the buckets in each bucket around.
fn by_parent(parents_of: &[u32], parents: usize) -> Vec<Vec<u32>> {
    let mut lists: Vec<Vec<u32>> = vec![Vec::new(); parents];
    for (bucket, parent) in parents_of.iter().enumerate() {
        lists[*parent as usize].push(bucket as u32);
    }
    lists
}

/// Divides buckets by the bucket around them.
pub(super) fn divide(buckets: Buckets, parents_of: &[u32], parents: usize) -> Vec<Partial> {
    let mut taken = TakeBuckets::new(buckets);
    by_parent(parents_of, parents).iter().map(|positions| Partial::Buckets(Box::new(taken.take(positions)))).collect()
}

/// Takes buckets out of others, each at most once.
pub(super) struct TakeBuckets {
    keys: Keys,
    counts: Vec<u64>,
    inner: Vec<Vec<Option<Partial>>>,
}

impl TakeBuckets {
    pub(super) fn new(buckets: Buckets) -> Self {
        let inner = buckets.inner.into_iter().map(|partials| partials.into_iter().map(Some).collect()).collect();
        TakeBuckets { keys: buckets.keys, counts: buckets.counts, inner }
    }

    /// The buckets at these positions.
    pub(super) fn take(&mut self, positions: &[u32]) -> Buckets {
        let positions = || positions.iter().map(|position| *position as usize);
        let keys = match &mut self.keys {
            Keys::Positions => Keys::Positions,
            Keys::Bits(bits) => Keys::Bits(positions().map(|position| bits[position]).collect()),
            Keys::Texts(texts) => {
                Keys::Texts(positions().map(|position| std::mem::take(&mut texts[position])).collect())
            }
            Keys::Tuples(tuples) => {
                Keys::Tuples(positions().map(|position| std::mem::take(&mut tuples[position])).collect())
            }
        };
        let counts = positions().map(|position| self.counts[position]).collect();
        let inner = self
            .inner
            .iter_mut()
            .map(|partials| positions().filter_map(|position| partials[position].take()).collect());
        Buckets { keys, counts, others: 0, inner: inner.collect() }
    }
}

impl Keys {
    /// About how much memory they use.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Keys::Positions => 0,
            Keys::Bits(bits) => bits.len() * 8,
            Keys::Texts(texts) => texts.iter().map(|text| text.len() + size_of::<String>()).sum(),
            Keys::Tuples(tuples) => tuples.iter().map(|tuple| size_of_val(tuple) + KeyPart::bytes(tuple)).sum(),
        }
    }

    fn into_bits(self) -> Vec<u64> {
        match self {
            Keys::Bits(bits) => bits,
            _ => unreachable!("keys of one aggregation are of one kind"),
        }
    }

    fn into_texts(self) -> Vec<String> {
        match self {
            Keys::Texts(texts) => texts,
            _ => unreachable!("keys of one aggregation are of one kind"),
        }
    }

    fn into_tuples(self) -> Vec<Vec<KeyPart>> {
        match self {
            Keys::Tuples(tuples) => tuples,
            _ => unreachable!("keys of one aggregation are of one kind"),
        }
    }
}

/// Merges buckets with equal keys. `none` are the keys of no buckets.
pub(super) fn merge(nodes: &Nodes, partials: Vec<Partial>, none: Keys) -> Partial {
    let mut all: Vec<Buckets> = partials.into_iter().map(Partial::into_buckets).collect();
    let others = all.iter().map(|buckets| buckets.others).sum();
    all.retain(|buckets| buckets.len() > 0);
    let mut merged = match all.len() {
        0 => Buckets { keys: none, counts: Vec::new(), others, inner: nodes.0.iter().map(|_| Vec::new()).collect() },
        1 => all.remove(0),
        _ => match all[0].keys {
            Keys::Texts(_) => merge_by(nodes, all, Keys::into_texts, Keys::Texts),
            Keys::Tuples(_) => merge_by(nodes, all, Keys::into_tuples, Keys::Tuples),
            Keys::Bits(_) | Keys::Positions => merge_by(nodes, all, Keys::into_bits, Keys::Bits),
        },
    };
    merged.others = others;
    Partial::Buckets(Box::new(merged))
}

fn merge_by<K: Hash + Eq + Clone>(
    nodes: &Nodes,
    all: Vec<Buckets>,
    keys_of: impl Fn(Keys) -> Vec<K>,
    into_keys: impl Fn(Vec<K>) -> Keys,
) -> Buckets {
    let mut places: FxHashMap<K, u32> = FxHashMap::default();
    let mut counts: Vec<u64> = Vec::new();
    let mut inner: Vec<Vec<Vec<Partial>>> = nodes.0.iter().map(|_| Vec::new()).collect();
    for buckets in all {
        let mut place_of = Vec::with_capacity(buckets.counts.len());
        for (key, count) in keys_of(buckets.keys).into_iter().zip(buckets.counts) {
            let new = counts.len() as u32;
            let place = *places.entry(key).or_insert(new);
            if place == new {
                counts.push(0);
                inner.iter_mut().for_each(|lists| lists.push(Vec::new()));
            }
            counts[place as usize] += count;
            place_of.push(place);
        }
        for (lists, partials) in inner.iter_mut().zip(buckets.inner) {
            for (place, partial) in place_of.iter().zip(partials) {
                lists[*place as usize].push(partial);
            }
        }
    }
    let mut keys: Vec<(K, u32)> = places.into_iter().collect();
    keys.sort_unstable_by_key(|(_, place)| *place);
    let inner = nodes.0.iter().zip(inner);
    Buckets {
        keys: into_keys(keys.into_iter().map(|(key, _)| key).collect()),
        counts,
        others: 0,
        inner: inner
            .map(|(node, lists)| lists.into_iter().map(|list| node.aggregation.merge(list)).collect())
            .collect(),
    }
}
