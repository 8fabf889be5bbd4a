//! The best matches of each of many buckets.

use quidditch_index::SnapshotDocument;
use tantivy::{DocId, Score, SegmentReader};

use super::collector::SegmentContext;
use super::finite::check_finite;
use super::hit::{BestHits, Hit};
use super::segment_sort::SegmentSort;
use super::sort_key::{Key, SortKey};
use super::sort_order::SortOrder;
use super::top::Top;
use super::top_groups::Ranking;
use crate::Error;
use crate::memory::Reservation;
use crate::plan::Planner;
use crate::request::{Sort, is_by_score};
use crate::scores::Scores;

/// The first `capacity` matches of each bucket, in the order of a sort; of equal ones, the first in the index.
pub(crate) struct BucketHits {
    order: SortOrder,
    ranking: Ranking,
    capacity: usize,
}

impl BucketHits {
    /// `track_scores` says whether hits have scores although they are sorted by something else.
    pub(crate) fn plan(
        sort: &[Sort],
        track_scores: Scores,
        capacity: usize,
        planner: &Planner<'_>,
    ) -> Result<Self, Error> {
        let (order, ranking) = match is_by_score(sort) {
            true => (SortOrder::plan(&[Sort::simple("_score", None)], planner)?, Ranking::ByScore),
            false => (SortOrder::plan(sort, planner)?, Ranking::BySort(track_scores)),
        };
        order.columns().for_each(|column| planner.warmup.column(column));
        order.computed().for_each(|field| planner.will_aggregate(field));
        Ok(BucketHits { order, ranking, capacity })
    }

    /// The order whose values hits show; `None` is by score.
    pub(crate) fn shown_order(&self) -> Option<&SortOrder> {
        (self.ranking != Ranking::ByScore).then_some(&self.order)
    }

    /// Whether hits have scores.
    pub(crate) fn hit_scores(&self) -> Scores {
        if self.ranking == Ranking::BySort(Scores::Ignored) { Scores::Ignored } else { Scores::Needed }
    }

    pub(crate) fn open<'a>(
        &'a self,
        segment: &SegmentContext<'_>,
        reservation: Reservation,
    ) -> Result<SegmentBucketHits<'a>, Error> {
        Ok(SegmentBucketHits {
            hits: self,
            split: segment.split,
            segment: segment.reader.clone(),
            sort: self.order.open(segment)?,
            buckets: Vec::new(),
            bytes: 0,
            reservation,
        })
    }

    pub(crate) fn merge(&self, partials: impl IntoIterator<Item = BestHits>) -> BestHits {
        let (mut hits, mut max_score): (Vec<Hit>, Option<Score>) = (Vec::new(), None);
        for partial in partials {
            max_score = partial.max_score.into_iter().chain(max_score).max_by(Score::total_cmp);
            hits.extend(partial.hits);
        }
        self.order.sort(&mut hits);
        hits.truncate(self.capacity);
        BestHits { hits, max_score }
    }
}

/// The best matches of each bucket in one segment.
pub(crate) struct SegmentBucketHits<'a> {
    hits: &'a BucketHits,
    split: usize,
    segment: SegmentReader,
    sort: SegmentSort<'a>,
    buckets: Vec<Bucket>,
    /// Of all buckets.
    bytes: usize,
    reservation: Reservation,
}

struct Bucket {
    top: Top<Vec<Key>>,
    /// The greatest score, if hits have scores.
    max_score: Option<Score>,
}

impl SegmentBucketHits<'_> {
    /// Takes a match of a bucket. Matches come in ascending order.
    pub(crate) fn offer(&mut self, bucket: u32, doc: DocId, score: Score) -> Result<(), Error> {
        let bucket = bucket as usize;
        if self.buckets.len() <= bucket {
            let capacity = self.hits.capacity;
            self.bytes += (bucket + 1 - self.buckets.len()) * size_of::<Bucket>();
            self.reservation.reach(self.bytes)?;
            self.buckets.resize_with(bucket + 1, || Bucket { top: Top::new(capacity), max_score: None });
        }
        let Bucket { top, max_score } = &mut self.buckets[bucket];
        check_finite(score, doc, &self.segment)?;
        if self.hits.hit_scores() == Scores::Needed {
            *max_score = Some(max_score.map_or(score, |max_score| max_score.max(score)));
        }
        self.sort.read(doc, score)?;
        if top.would_take(&self.sort.keys, doc) {
            if top.worst().is_none() {
                self.bytes += size_of::<(Vec<Key>, DocId)>() + self.sort.keys.len() * size_of::<Key>();
                self.reservation.reach(self.bytes)?;
            }
            top.offer(self.sort.keys.clone(), doc);
        }
        Ok(())
    }

    /// The best matches of each of the first `buckets` buckets.
    pub(crate) fn finish(mut self, buckets: usize) -> Result<Vec<BestHits>, Error> {
        let capacity = self.hits.capacity;
        self.buckets.resize_with(buckets, || Bucket { top: Top::new(capacity), max_score: None });
        let mut found = Vec::with_capacity(buckets);
        for Bucket { top, max_score } in self.buckets {
            let mut hits = Vec::with_capacity(top.len());
            for (keys, document) in top.into_sorted() {
                let portable = self.sort.portable(&keys)?;
                self.reservation.add(Hit::BYTES + portable.iter().map(SortKey::bytes).sum::<usize>())?;
                hits.push(Hit {
                    document: SnapshotDocument { split: self.split, document },
                    score: self.sort.score(&keys),
                    keys: portable,
                    group: None,
                });
            }
            found.push(BestHits { hits, max_score });
        }
        Ok(found)
    }
}
