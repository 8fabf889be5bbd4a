//! The hits of each group of collapsed hits.

use quidditch_index::SnapshotDocument;
use tantivy::query::Query;

use crate::Error;
use crate::clause::Clause;
use crate::collect::{
    BestHits, Collector, Count, Demand, GroupFound, GroupHits, GroupKey, GroupSource, Hit, Ranking, SortOrder,
    TopByFields, TopByScore, TopGroups, TopHits,
};
use crate::execute::SearchScope;
use crate::hits::{HitDocument, Hits, InnerHitsResponse, Total};
use crate::plan::{Planned, Planner};
use crate::query_filter::filtered;
use crate::request::{Collapse, InnerHits, Sort, TotalHits, is_by_score};
use crate::scores::{Scores, Scoring};
use crate::search_request::SearchRequest;

/// A search for the hits of groups, ready to run once the groups are known. It runs once for all groups.
pub(crate) struct InnerHitsPlan {
    query: Box<dyn Query>,
    scores: Scores,
    collector: GroupHits,
}

/// What was found in the groups of a page of hits.
#[derive(Default)]
pub(crate) struct FoundGroups<'r> {
    definitions: &'r [InnerHits],
    /// One for each hit of the page.
    groups: Vec<GroupFound>,
    /// Whether there was no time to find all.
    pub(crate) timed_out: bool,
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
        let are_explained = collapse.inner_hits.iter().any(|inner| inner.fetch.explain);
        let needs_scores = collector.demand() == Demand::Scores || are_explained;
        let scores = if needs_scores { Scores::Needed } else { Scores::Ignored };
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

    /// What the hits of a group are sorted by, in the `number`th of the definitions; `None` is by score.
    pub(crate) fn order(&self, number: usize) -> Option<&SortOrder> {
        self.collector.hits[number].1.as_ref().and_then(TopHits::shown_order)
    }

    /// Whether these hits have scores.
    pub(crate) fn hit_scores(&self, number: usize) -> Scores {
        if self.collector.hits[number].1.demand() == Demand::Scores { Scores::Needed } else { Scores::Ignored }
    }
}

impl<'r> FoundGroups<'r> {
    pub(crate) fn new(definitions: &'r [InnerHits], groups: Vec<GroupFound>) -> Self {
        FoundGroups { definitions, groups, timed_out: false }
    }

    /// Merges what was found in the same groups of several indices, all planned for the same request.
    pub(crate) fn merge(plan: &InnerHitsPlan, of_indices: Vec<Self>) -> Self {
        let definitions = of_indices.first().map_or(&[][..], |found| found.definitions);
        let timed_out = of_indices.iter().any(|found| found.timed_out);
        let groups = plan.collector.merge(of_indices.into_iter().map(|found| found.groups).collect());
        FoundGroups { definitions, groups, timed_out }
    }

    /// Calls `change` with each document that was found.
    pub(crate) fn for_each_document(&mut self, mut change: impl FnMut(&mut SnapshotDocument)) {
        for number in 0..self.definitions.len() {
            self.for_each_page(number, |hits| hits.iter_mut().for_each(|hit| change(&mut hit.document)));
        }
    }

    /// Calls `change` with the best hits of each group, as the `number`th of the definitions finds them.
    pub(crate) fn for_each_page(&mut self, number: usize, mut change: impl FnMut(&mut [Hit])) {
        for (_, best) in self.groups.iter_mut().filter_map(|group| group.get_mut(number)) {
            best.iter_mut().for_each(|best| change(&mut best.hits));
        }
    }

    /// The hits to fetch, each page with the number of its definition.
    pub(crate) fn pages(&self) -> impl Iterator<Item = (usize, &[Hit])> {
        self.groups.iter().flat_map(move |group| {
            let pages = self.definitions.iter().zip(group).enumerate();
            pages.map(|(number, (inner, (_, best)))| (number, page(inner, best.as_ref())))
        })
    }

    /// Adds what was found to the hits of the page. `documents` are those of [`FoundGroups::pages`].
    pub(crate) fn add_to(self, hits: &mut [HitDocument], documents: Vec<Vec<HitDocument>>) {
        let mut documents = documents.into_iter();
        for (hit, group) in hits.iter_mut().zip(self.groups) {
            let inner_hits = hit.inner_hits.get_or_insert_default();
            for ((inner, (matched, best)), hits) in self.definitions.iter().zip(group).zip(&mut documents) {
                let total = Total::tracked(matched, TotalHits::default());
                let total = if self.timed_out { total.map(Total::at_least) } else { total };
                let hits = Hits { total, max_score: best.and_then(|best| best.max_score), hits };
                inner_hits.insert(inner.name.clone(), InnerHitsResponse { hits });
            }
        }
    }
}

fn top_hits(inner: &InnerHits, planner: &Planner<'_>) -> Result<Option<TopHits>, Error> {
    let capacity = inner.window();
    let order = if is_by_score(&inner.sort) { None } else { Some(SortOrder::plan(&inner.sort, planner)?) };
    let groups = match &inner.collapse {
        Some(field) => Some(GroupSource::plan(field, planner)?),
        None => None,
    };
    if inner.size == 0 {
        return Ok(None);
    }
    let scores = if inner.track_scores { Scores::Needed } else { Scores::Ignored };
    Ok(Some(match (groups, order) {
        (None, None) => TopHits::ByScore(TopByScore { capacity, after: None }),
        (None, Some(order)) => TopHits::ByFields(TopByFields { order, scores, capacity, after: None }),
        (Some(groups), None) => {
            let order = SortOrder::plan(&[Sort::simple("_score", None)], planner)?;
            TopHits::OfGroups(TopGroups { groups, order, ranking: Ranking::ByScore, capacity })
        }
        (Some(groups), Some(order)) => {
            TopHits::OfGroups(TopGroups { groups, order, ranking: Ranking::BySort(scores), capacity })
        }
    }))
}

/// The page of the hits of a group.
fn page<'a>(inner: &InnerHits, best: Option<&'a BestHits>) -> &'a [Hit] {
    let hits = best.map_or(&[][..], |best| &best.hits);
    &hits[inner.from.min(hits.len())..inner.window().min(hits.len())]
}
