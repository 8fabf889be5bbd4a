//! The hits inside of hits: the nested objects of each that match, `inner_hits` of `nested` queries.

mod find;

use tantivy::query::Query;

use crate::Error;
use crate::collect::{Collector, Count, Demand, SortOrder, TopByFields, TopByScore, TopHits};
use crate::fetch::{FetchContext, FetchPlan};
use crate::nested::{NestedScope, ScopeDocuments};
use crate::places::Places;
use crate::plan::Planner;
use crate::request::{NestedInnerHits, TotalHits, is_by_score};
use crate::scores::{Scores, Scoring};

pub(crate) use find::{Finder, FoundInHit, NestedFound};

/// A search for the objects of hits, ready to run once the hits are known.
pub(crate) struct NestedHitsPlan {
    pub(crate) scope: NestedScope,
    /// The scope of the hits.
    parents: ScopeDocuments,
    pub(crate) places: Places,
    query: Box<dyn Query>,
    scores: Scores,
    pub(crate) collector: (Count, Option<TopHits>),
    pub(crate) inside: Vec<Option<NestedHitsPlan>>,
}

/// What is read of the objects of hits.
pub(crate) struct NestedFetch<'a> {
    pub(crate) plan: FetchPlan<'a>,
    pub(crate) inside: Vec<Option<NestedFetch<'a>>>,
}

impl NestedHitsPlan {
    /// Plans a list of inner hits of documents of the scope of the planner; `None` for those of a path that may be missing and is.
    pub(crate) fn plan_all(all: &[NestedInnerHits], planner: &Planner<'_>) -> Result<Vec<Option<Self>>, Error> {
        all.iter().map(|inner_hits| Self::plan(inner_hits, planner)).collect()
    }

    fn plan(inner_hits: &NestedInnerHits, planner: &Planner<'_>) -> Result<Option<Self>, Error> {
        let Some(scope) = inner_hits.objects.scope(planner)? else { return Ok(None) };
        let parents = planner.scope_documents(planner.scope.get());
        let places = Places::plan(scope, planner);
        planner.within(scope, || {
            let collector = (Count { total_hits: TotalHits::Exact }, top_hits(inner_hits, planner)?);
            let needs_scores = collector.demand() == Demand::Scores || inner_hits.fetch.explain;
            let scores = if needs_scores { Scores::Needed } else { Scores::Ignored };
            // Neither the boost of the query nor those around it count.
            let query = inner_hits.objects.plan(planner, Scoring::new(scores))?;
            planner.warmup.query(&*query, scores);
            collector.columns(&mut |column| planner.warmup.column(column));
            let inside = Self::plan_all(&inner_hits.inside, planner)?;
            Ok(Some(NestedHitsPlan { scope, parents, places, query, scores, collector, inside }))
        })
    }

    /// Whether the hits have scores.
    pub(crate) fn hit_scores(&self) -> Scores {
        if self.collector.demand() == Demand::Scores { Scores::Needed } else { Scores::Ignored }
    }
}

impl<'a> NestedFetch<'a> {
    /// Plans what is read of a list of inner hits, as [`NestedHitsPlan::plan_all`].
    pub(crate) fn plan_all(
        all: &'a [NestedInnerHits],
        context: &FetchContext<'a, '_>,
    ) -> Result<Vec<Option<Self>>, Error> {
        all.iter().map(|inner_hits| Self::plan(inner_hits, context)).collect()
    }

    fn plan(inner_hits: &'a NestedInnerHits, context: &FetchContext<'a, '_>) -> Result<Option<Self>, Error> {
        let planner = context.planner;
        let Some(scope) = inner_hits.objects.scope(planner)? else { return Ok(None) };
        planner.within(scope, || {
            let context = context.with_query(&*inner_hits.objects.query);
            let plan = FetchPlan::new(&inner_hits.fetch, &context)?;
            Ok(Some(NestedFetch { plan, inside: Self::plan_all(&inner_hits.inside, &context)? }))
        })
    }
}

fn top_hits(inner_hits: &NestedInnerHits, planner: &Planner<'_>) -> Result<Option<TopHits>, Error> {
    let capacity = inner_hits.window();
    let sort = &inner_hits.sort;
    let order = if is_by_score(sort) { None } else { Some(SortOrder::plan(sort, planner)?) };
    if inner_hits.size == 0 {
        return Ok(None);
    }
    Ok(Some(match order {
        None => TopHits::ByScore(TopByScore { capacity, after: None }),
        Some(order) => {
            let scores = if inner_hits.track_scores { Scores::Needed } else { Scores::Ignored };
            TopHits::ByFields(TopByFields { order, scores, capacity, after: None })
        }
    }))
}
