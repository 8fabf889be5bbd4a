//! The hits of each group of collapsed hits.

use std::collections::BTreeMap;

use quidditch_index::{ReadSession, Snapshot, View};
use tantivy::query::Query;

use crate::Error;
use crate::clause::Clause;
use crate::collect::{
    BestHits, Collector, Count, Demand, GroupFound, GroupHits, GroupKey, GroupSource, Hit, SortOrder, TopByFields,
    TopByScore, TopHits,
};
use crate::execute::SearchScope;
use crate::fetch::{FetchPlan, Page, fetch};
use crate::hits::{Hits, InnerHitsResponse, Total};
use crate::plan::{Planned, Planner};
use crate::query_filter::filtered;
use crate::request::{Collapse, InnerHits, TotalHits, is_by_score};
use crate::scores::{Scores, Scoring};
use crate::search_request::SearchRequest;

/// A search for the hits of groups, ready to run once the groups are known. It runs once for all groups.
pub(crate) struct InnerHitsPlan {
    query: Box<dyn Query>,
    scores: Scores,
    collector: GroupHits,
}

impl InnerHitsPlan {
    /// Clients know it as the query of the request, filtered by the group and by the post filter: neither the minimum score nor
    /// the factor of the index counts, and without a query all scores are 0.
    pub(crate) fn plan(
        request: &SearchRequest,
        collapse: &Collapse,
        filter: Option<&dyn Clause>,
        planner: &Planner<'_>,
    ) -> Result<Self, Error> {
        let mut hits = Vec::with_capacity(collapse.inner_hits.len());
        for inner in &collapse.inner_hits {
            hits.push((Count { total_hits: TotalHits::default() }, top_hits(inner, planner)?));
        }
        let post_filter = match &request.post_filter {
            Some(filter) => Some(filter.plan(planner, Scoring::FILTER)?.into_pipeline(planner, Scores::Ignored)?),
            None => None,
        };
        let source = GroupSource::plan(&collapse.field, planner)?;
        let collector = GroupHits { source, groups: Vec::new(), post_filter, hits };
        let scores = if collector.demand() == Demand::Scores { Scores::Needed } else { Scores::Ignored };
        let planned = match &request.query {
            Some(query) => query.plan(planner, Scoring::new(scores))?,
            None => Planned::all(0.0),
        };
        let query = filtered(planned, filter, planner, scores)?.into_query(planner, scores)?;
        planner.warmup.query(&*query, scores);
        collector.columns(&mut |column| planner.warmup.column(column));
        Ok(InnerHitsPlan { query, scores, collector })
    }

    /// Finds the hits of groups.
    pub(crate) fn find(&mut self, groups: Vec<GroupKey>, scope: &SearchScope<'_>) -> Result<Vec<GroupFound>, Error> {
        self.collector.groups = groups;
        scope.collect(&*self.query, self.scores, &self.collector)
    }

    /// Reads the documents of what was found in a group, and makes the part of its hit of it. The hit is one of `around`.
    pub(crate) async fn fetch(
        &self,
        snapshot: &Snapshot,
        around: &Page<'_>,
        found: &GroupFound,
        view: &View,
        reads: &ReadSession,
    ) -> Result<BTreeMap<String, InnerHitsResponse>, Error> {
        let mut all = BTreeMap::new();
        let Some(collapse) = &around.request.collapse else { return Ok(all) };
        let definitions = collapse.inner_hits.iter().zip(&self.collector.hits);
        for ((inner, (_, top)), (matched, best)) in definitions.zip(found) {
            let page = Page {
                hits: page(inner, best.as_ref()),
                order: top.as_ref().and_then(TopHits::shown_order),
                scores: if top.demand() == Demand::Scores { Scores::Needed } else { Scores::Ignored },
                explain: None,
                ..*around
            };
            let fetched = FetchPlan::for_source(&inner.source, inner.revision);
            let hits = fetch(snapshot, view, &fetched, &page, reads).await?;
            let total = Total::tracked(*matched, TotalHits::default());
            let hits = Hits {
                total: if around.progress.timed_out() { total.map(Total::at_least) } else { total },
                max_score: best.as_ref().and_then(|best| best.max_score),
                hits,
            };
            all.insert(inner.name.clone(), InnerHitsResponse { hits });
        }
        Ok(all)
    }

    /// All hits that will be fetched.
    pub(crate) fn fetched<'a>(&self, request: &'a SearchRequest, found: &'a [GroupFound]) -> Vec<&'a Hit> {
        let inner_hits = request.collapse.iter().flat_map(|collapse| &collapse.inner_hits);
        let definitions: Vec<&InnerHits> = inner_hits.collect();
        let pages = found.iter().flat_map(|group| definitions.iter().zip(group));
        pages.flat_map(|(inner, (_, best))| page(inner, best.as_ref())).collect()
    }
}

fn top_hits(inner: &InnerHits, planner: &Planner<'_>) -> Result<Option<TopHits>, Error> {
    let capacity = inner.window();
    let order = if is_by_score(&inner.sort) { None } else { Some(SortOrder::plan(&inner.sort, planner)?) };
    if inner.size == 0 {
        return Ok(None);
    }
    Ok(Some(match order {
        None => TopHits::ByScore(TopByScore { capacity, after: None }),
        Some(order) => {
            let scores = if inner.track_scores { Scores::Needed } else { Scores::Ignored };
            TopHits::ByFields(TopByFields { order, scores, capacity, after: None })
        }
    }))
}

/// The page of the hits of a group.
fn page<'a>(inner: &InnerHits, best: Option<&'a BestHits>) -> &'a [Hit] {
    let hits = best.map_or(&[][..], |best| &best.hits);
    &hits[inner.from.min(hits.len())..inner.window().min(hits.len())]
}
