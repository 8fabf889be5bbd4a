//! The best matches of each of some groups.

use std::collections::HashMap;

use tantivy::{DocId, Score};

use super::collector::{Collector, Demand, Matches, SegmentCollecting, SegmentCollector, SegmentContext};
use super::count::Count;
use super::group::{GroupKey, GroupSource, SegmentGroups};
use super::hit::BestHits;
use super::top_hits::TopHits;
use crate::Error;
use crate::stages::{Pipeline, SegmentPipeline};

/// What is collected of the matches of one group: their number, and the best of them in one or several orders.
type OfGroup = Vec<(Count, Option<TopHits>)>;

/// What was collected in one order.
type Found = (u64, Option<BestHits>);

/// What was collected of the matches of one group.
pub(crate) type GroupFound = Vec<Found>;

/// Collects matches for each of some groups in one pass.
pub(crate) struct GroupHits {
    pub(crate) source: GroupSource,
    pub(crate) groups: Vec<GroupKey>,
    /// Which matches count; `None` means all.
    pub(crate) post_filter: Option<Pipeline>,
    pub(crate) hits: OfGroup,
}

impl Collector for GroupHits {
    type Partial = Vec<GroupFound>;

    fn demand(&self) -> Demand {
        self.hits.iter().map(Collector::demand).fold(Demand::Documents, Demand::max)
    }

    fn may_skip(&self) -> bool {
        false
    }

    fn columns(&self, record: &mut dyn FnMut(&str)) {
        record(self.source.column());
        for hits in &self.hits {
            hits.columns(record);
        }
    }

    fn open<'a>(&'a self, segment: &SegmentContext<'_>) -> Result<SegmentCollecting<'a, Vec<GroupFound>>, Error> {
        let groups = self.source.open(segment.reader)?;
        let mut collecting = Vec::with_capacity(self.groups.len());
        for _ in &self.groups {
            collecting.push(self.hits.iter().map(|hits| hits.open(segment)).collect::<Result<Vec<_>, _>>()?);
        }
        Ok(Box::new(SegmentGroupHits {
            places: groups.places(&self.groups)?,
            groups,
            post_filter: self.post_filter.as_ref().map(|filter| filter.open(segment.reader)).transpose()?,
            collecting,
            batches: vec![Batch::default(); self.groups.len()],
        }))
    }

    fn merge(&self, partials: Vec<Vec<GroupFound>>) -> Vec<GroupFound> {
        let mut by_group: Vec<Vec<Vec<Found>>> =
            self.groups.iter().map(|_| self.hits.iter().map(|_| Vec::new()).collect()).collect();
        for partial in partials {
            for (all, found) in by_group.iter_mut().zip(partial) {
                for (all, found) in all.iter_mut().zip(found) {
                    all.push(found);
                }
            }
        }
        let merge_group = |group: Vec<Vec<_>>| self.hits.iter().zip(group).map(|(hits, all)| hits.merge(all)).collect();
        by_group.into_iter().map(merge_group).collect()
    }
}

struct SegmentGroupHits<'a> {
    /// The place of each group in the list of groups.
    places: HashMap<Option<u64>, usize>,
    groups: SegmentGroups,
    post_filter: Option<SegmentPipeline>,
    /// By group.
    collecting: Vec<Vec<SegmentCollecting<'a, Found>>>,
    /// The matches of a batch, by group.
    batches: Vec<Batch>,
}

#[derive(Clone, Default)]
struct Batch {
    docs: Vec<DocId>,
    scores: Vec<Score>,
}

impl SegmentCollector<Vec<GroupFound>> for SegmentGroupHits<'_> {
    fn count(&mut self, _: u64) {}

    fn collect(&mut self, matches: &Matches<'_>) -> Result<(), Error> {
        let mut passed = Vec::new();
        match &mut self.post_filter {
            Some(filter) => filter.evaluate(matches.docs, |position, _| passed.push(position))?,
            None => passed.extend(0..matches.docs.len()),
        }
        for position in passed {
            let doc = matches.docs[position];
            let Some(place) = self.places.get(&self.groups.of(doc)?) else { continue };
            let batch = &mut self.batches[*place];
            batch.docs.push(doc);
            batch.scores.extend(matches.scores.get(position));
        }
        for (batch, collecting) in self.batches.iter_mut().zip(&mut self.collecting) {
            if batch.docs.is_empty() {
                continue;
            }
            let matches = Matches { docs: &batch.docs, scores: &batch.scores };
            collecting.iter_mut().try_for_each(|hits| hits.collect(&matches))?;
            batch.docs.clear();
            batch.scores.clear();
        }
        Ok(())
    }

    fn threshold(&self) -> Option<Score> {
        None
    }

    fn finish(self: Box<Self>) -> Result<Vec<GroupFound>, Error> {
        let finish = |hits: Vec<SegmentCollecting<'_, _>>| hits.into_iter().map(|hits| hits.finish()).collect();
        self.collecting.into_iter().map(finish).collect()
    }
}
