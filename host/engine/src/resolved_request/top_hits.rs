//! Which hits a request finds, and in which order.

use crate::Error;
use crate::collect::{GroupSource, HitPosition, Ranking, SortOrder, TopByFields, TopByScore, TopGroups, TopHits};
use crate::plan::Planner;
use crate::request::{Sort, is_by_score};
use crate::scores::Scores;
use crate::search_request::SearchRequest;

/// The collector of the hits of a request; `None` if it asks for none.
pub(super) fn top_hits(
    request: &SearchRequest,
    behind: Option<&HitPosition>,
    planner: &Planner<'_>,
) -> Result<Option<TopHits>, Error> {
    let capacity = request.hits_to_find();
    let order = if is_by_score(&request.sort) { None } else { Some(SortOrder::plan(&request.sort, planner)?) };
    let after = match (&request.search_after, &order) {
        (None, Some(order)) => behind.map(|position| order.behind(position)).transpose()?,
        (None, None) => None,
        (Some(_), None) => {
            return Err(Error::shard_argument("[search_after] requires a [sort] with at least one field"));
        }
        (Some(values), Some(order)) => Some(order.after(values, &request.sort, planner)?),
    };
    request.refuse_contradictions()?;
    let groups = match &request.collapse {
        Some(collapse) => Some(GroupSource::plan(&collapse.field, planner)?),
        None => None,
    };
    if request.size == 0 {
        return Ok(None);
    }
    let scores = if request.track_scores { Scores::Needed } else { Scores::Ignored };
    Ok(Some(match (groups, order) {
        (None, None) => {
            let after = behind.map(|position| (position.score, position.document));
            TopHits::ByScore(TopByScore { capacity, after })
        }
        (None, Some(order)) => TopHits::ByFields(TopByFields { order, scores, capacity, after }),
        (Some(groups), None) => {
            let order = SortOrder::plan(&[Sort::simple("_score", None)], planner)?;
            TopHits::OfGroups(TopGroups { groups, order, ranking: Ranking::ByScore, capacity })
        }
        (Some(groups), Some(order)) => {
            TopHits::OfGroups(TopGroups { groups, order, ranking: Ranking::BySort(scores), capacity })
        }
    }))
}
