//! The best matches, by score or by fields.

use tantivy::SegmentReader;

use super::collector::{Collector, Demand, SegmentCollecting, SegmentContext};
use super::hit::BestHits;
use super::sort_order::SortOrder;
use super::top_by_fields::TopByFields;
use super::top_by_score::TopByScore;
use super::top_groups::{Ranking, TopGroups};
use crate::Error;
use crate::columns::FirstSorted;

/// The best matches of a search, best first.
pub(crate) enum TopHits {
    ByScore(TopByScore),
    ByFields(TopByFields),
    /// One of each group.
    OfGroups(TopGroups),
}

impl TopHits {
    /// The order whose values hits show; `None` is by score.
    pub(crate) fn shown_order(&self) -> Option<&SortOrder> {
        match self {
            TopHits::ByScore(_) => None,
            TopHits::ByFields(top) => Some(&top.order),
            TopHits::OfGroups(top) => (top.ranking != Ranking::ByScore).then_some(&top.order),
        }
    }

    /// Which documents of a segment can be among the best if all match, where a sorted column tells.
    pub(crate) fn first_of_all(&self) -> Option<FirstSorted> {
        match self {
            TopHits::ByFields(top) => top.first_of_all(),
            TopHits::ByScore(_) | TopHits::OfGroups(_) => None,
        }
    }

    /// Whether they are sorted by computed columns.
    pub(crate) fn reads_computed(&self) -> bool {
        match self {
            TopHits::ByScore(_) => false,
            TopHits::ByFields(TopByFields { order, .. }) | TopHits::OfGroups(TopGroups { order, .. }) => {
                order.reads_computed()
            }
        }
    }
}

impl Collector for TopHits {
    type Partial = BestHits;

    fn demand(&self) -> Demand {
        match self {
            TopHits::ByScore(top) => top.demand(),
            TopHits::ByFields(top) => top.demand(),
            TopHits::OfGroups(top) => top.demand(),
        }
    }

    fn may_skip(&self) -> bool {
        match self {
            TopHits::ByScore(top) => top.may_skip(),
            TopHits::ByFields(top) => top.may_skip(),
            TopHits::OfGroups(top) => top.may_skip(),
        }
    }

    fn merge_cost(&self, segment: &SegmentReader) -> tantivy::Result<Option<u64>> {
        match self {
            TopHits::ByScore(top) => top.merge_cost(segment),
            TopHits::ByFields(top) => top.merge_cost(segment),
            TopHits::OfGroups(top) => top.merge_cost(segment),
        }
    }

    fn columns(&self, record: &mut dyn FnMut(&str)) {
        match self {
            TopHits::ByScore(top) => top.columns(record),
            TopHits::ByFields(top) => top.columns(record),
            TopHits::OfGroups(top) => top.columns(record),
        }
    }

    fn of_all(&self, segment: &SegmentContext<'_>) -> Result<Option<BestHits>, Error> {
        match self {
            TopHits::ByFields(top) => top.of_all(segment),
            TopHits::ByScore(_) | TopHits::OfGroups(_) => Ok(None),
        }
    }

    fn open<'a>(&'a self, segment: &SegmentContext<'_>) -> Result<SegmentCollecting<'a, BestHits>, Error> {
        match self {
            TopHits::ByScore(top) => top.open(segment),
            TopHits::ByFields(top) => top.open(segment),
            TopHits::OfGroups(top) => top.open(segment),
        }
    }

    fn merge(&self, partials: Vec<BestHits>) -> BestHits {
        match self {
            TopHits::ByScore(top) => top.merge(partials),
            TopHits::ByFields(top) => top.merge(partials),
            TopHits::OfGroups(top) => top.merge(partials),
        }
    }
}
