//! A request for one snapshot, with its functions bound: planned in a dry run, its data fetched, and planned again to run.

use std::cell::RefCell;
use std::sync::Arc;

use quidditch_index::{ReadSession, Snapshot, View};
use tantivy::Searcher;
use tantivy::query::Query;

use crate::Error;
use crate::aggregations::{self, Aggregations};
use crate::collect::{Collector, Count, Demand, SortOrder, TopByFields, TopByScore, TopHits};
use crate::columns::ComputedFields;
use crate::functions::BoundCall;
use crate::plan::{Expansion, Mappings, Planned, Planner, Pruner};
use crate::profile::FunctionProfile;
use crate::progress::Progress;
use crate::query::{Clause, NamedQuery, restrict};
use crate::request::{Direction, SearchRequest, Sort, SortBy};
use crate::scores::{Scores, Scoring};
use crate::stages::MinScore;
use crate::warmup::{WarmupInfo, WarmupRecorder, warm_up};

/// A request whose functions are found and bound.
pub(crate) struct ResolvedRequest<'a> {
    pub(crate) snapshot: &'a Snapshot,
    /// All documents are restricted to those that match it.
    pub(crate) filter: Option<&'a dyn Clause>,
    /// Those of all indices that the request searches.
    pub(crate) mappings: Mappings<'a>,
    pub(crate) request: &'a SearchRequest,
    /// One for each call of the request.
    pub(crate) calls: Vec<BoundCall>,
    /// The fields that the request computes.
    pub(crate) computed: ComputedFields,
    pub(crate) progress: Arc<Progress>,
    /// What `now` means in dates: milliseconds since the Unix epoch.
    pub(crate) now_millis: i64,
    /// How many parts the clauses may become together.
    pub(crate) max_parts: usize,
    /// The memory that its aggregations may use.
    pub(crate) max_aggregation_bytes: u64,
}

/// The collectors of a search.
pub(crate) type SearchCollector = (Count, (Option<TopHits>, Option<Aggregations>));

/// What they collect.
pub(crate) type Collected = <SearchCollector as Collector>::Partial;

/// A query with its collectors, ready to run.
pub(crate) struct Plan {
    pub(crate) query: Box<dyn Query>,
    /// Whether the query computes scores.
    pub(crate) scores: Scores,
    pub(crate) collector: SearchCollector,
    /// Aggregations over all documents, whether they match or not, and the query that finds all documents.
    pub(crate) global: Option<(Box<dyn Query>, Aggregations)>,
}

/// The result of planning without an index.
pub(crate) struct DryRun {
    info: WarmupInfo,
    /// The numbers of the splits that may have matches.
    pub(crate) selected: Vec<usize>,
    /// Whether other processes search other splits.
    pub(crate) is_part: bool,
    /// Whether the document frequencies of terms in all splits are needed.
    needs_statistics: bool,
}

impl Plan {
    /// What hits are sorted by; `None` is by score.
    pub(crate) fn sort_order(&self) -> Option<&SortOrder> {
        match &self.collector.1.0 {
            Some(TopHits::ByFields(top)) => Some(&top.order),
            _ => None,
        }
    }

    pub(crate) fn global_aggregations(&self) -> Option<&Aggregations> {
        self.global.as_ref().map(|(_, aggregations)| aggregations)
    }

    /// Whether hits have scores. The query may compute scores for something else: `min_score`.
    pub(crate) fn hit_scores(&self) -> Scores {
        if self.collector.demand() == Demand::Scores { Scores::Needed } else { Scores::Ignored }
    }
}

impl ResolvedRequest<'_> {
    /// Plans the query without reading any split.
    pub(crate) fn dry_run(&self) -> Result<DryRun, Error> {
        let (plan, mut info) = self.plan_and_record(None)?;
        plan.collector.columns(&mut |column| _ = info.columns.insert(column.to_owned()));
        for call in &self.calls {
            info.columns.extend(call.columns().map(str::to_owned));
        }
        let (mapping, now_millis) = (self.snapshot.mapping(), self.now_millis);
        let needs_all = self.request.aggregations.need_all_splits();
        let query = self.request.query.as_deref().filter(|_| !needs_all);
        let selected = self.snapshot.select(|split| {
            let pruner = Pruner { mapping, now_millis, split, calls: &self.calls, computed: &self.computed };
            query.into_iter().chain(self.filter).all(|clause| clause.may_match(&pruner))
        });
        let shows_named_scores = self.request.named_scores == Scores::Needed && !self.request.named.is_empty();
        let needs_statistics = plan.scores == Scores::Needed
            || shows_named_scores
            || info.terms.values().any(|term_use| term_use.scored)
            // Which terms are the best depends on all splits.
            || !info.pattern_terms.is_empty();
        Ok(DryRun { info, selected, is_part: false, needs_statistics })
    }

    /// Opens the splits that the search needs, and fetches what it will read of them. Scores depend on the document frequencies
    /// of terms in all splits, so if they are needed, all splits are opened.
    pub(crate) async fn open(&self, dry_run: &DryRun, reads: &ReadSession) -> Result<Arc<View>, Error> {
        let view = match dry_run.needs_statistics {
            true => self.snapshot.view_of_all(reads).await?,
            false => self.snapshot.view(&dry_run.selected, reads).await?,
        };
        warm_up(&view, &dry_run.selected, &dry_run.info, reads).await?;
        Ok(view)
    }

    /// Plans the query to run over the segments of `searcher`.
    pub(crate) fn plan(&self, searcher: &Searcher) -> Result<Plan, Error> {
        Ok(self.plan_and_record(Some(searcher))?.0)
    }

    /// Plans without an index, which is enough to merge partial results.
    pub(crate) fn plan_for_merging(&self) -> Result<Plan, Error> {
        Ok(self.plan_and_record(None)?.0)
    }

    /// What the calls of functions cost so far.
    pub(crate) fn profile(&self) -> Vec<FunctionProfile> {
        let calls = self.request.calls.iter().zip(&self.calls);
        calls.map(|(call, bound)| FunctionProfile::new(call, bound)).collect()
    }

    /// The same documents as far as the filter of the index keeps them.
    fn filtered(&self, planned: Planned, planner: &Planner<'_>, scores: Scores) -> Result<Planned, Error> {
        match self.filter {
            Some(filter) => restrict(planned, filter.plan(planner, Scoring::FILTER)?, planner, scores),
            None => Ok(planned),
        }
    }

    /// Plans the queries that have names, each on its own.
    pub(crate) fn plan_named(&self, searcher: &Searcher, scores: Scores) -> Result<Vec<Box<dyn Query>>, Error> {
        let scoring = if scores == Scores::Needed { Scoring::new(scores) } else { Scoring::FILTER };
        let plan = |named: &NamedQuery| {
            let planner = self.planner(Some(searcher));
            named.clause.plan(&planner, scoring)?.into_query(&planner, scores)
        };
        self.request.named.iter().map(plan).collect()
    }

    fn planner<'a>(&'a self, searcher: Option<&'a Searcher>) -> Planner<'a> {
        Planner {
            snapshot: self.snapshot,
            mappings: self.mappings,
            searcher,
            warmup: WarmupRecorder::default(),
            calls: &self.calls,
            now_millis: self.now_millis,
            progress: &self.progress,
            expansion: Expansion::new(self.max_parts),
            computed: &self.computed,
            misplaced: RefCell::default(),
        }
    }

    fn plan_and_record(&self, searcher: Option<&Searcher>) -> Result<(Plan, WarmupInfo), Error> {
        let planner = self.planner(searcher);
        let plan = self.plan_with(&planner)?;
        planner.check_computed()?;
        Ok((plan, planner.warmup.into_info()))
    }

    fn plan_with(&self, planner: &Planner<'_>) -> Result<Plan, Error> {
        let request = self.request;
        let planned = aggregations::plan(&request.aggregations, planner, self.max_aggregation_bytes)?;
        let collector = (Count { total_hits: request.total_hits() }, (top_hits(request, planner)?, planned.matches));
        let needs_scores = collector.demand() == Demand::Scores || request.min_score.is_some();
        let scores = if needs_scores { Scores::Needed } else { Scores::Ignored };
        let global = match planned.all {
            Some(aggregations) => {
                let all = self.filtered(Planned::all(0.0), planner, Scores::Ignored)?;
                let query = all.into_query(planner, Scores::Ignored)?;
                planner.warmup.query(&*query, Scores::Ignored);
                Some((query, aggregations))
            }
            None => None,
        };
        let planned = match &request.query {
            Some(query) => query.plan(planner, Scoring::new(scores))?,
            None => Planned::all(1.0),
        };
        let mut planned = self.filtered(planned, planner, scores)?;
        if let Some(min_score) = request.min_score {
            planned.stages.push(Box::new(MinScore(min_score)));
        }
        let query = planned.into_query(planner, scores)?;
        planner.warmup.query(&*query, scores);
        Ok(Plan { query, scores, collector, global })
    }
}

fn top_hits(request: &SearchRequest, planner: &Planner<'_>) -> Result<Option<TopHits>, Error> {
    let capacity = request.window();
    // Descending scores alone are the order without a sort.
    let order = match &request.sort[..] {
        [] | [Sort { by: SortBy::Score, direction: Direction::Descending }] => None,
        levels => Some(SortOrder::plan(levels, planner)?),
    };
    if capacity == 0 {
        return Ok(None);
    }
    Ok(Some(match order {
        None => TopHits::ByScore(TopByScore { capacity }),
        Some(order) => {
            let scores = if request.track_scores { Scores::Needed } else { Scores::Ignored };
            TopHits::ByFields(TopByFields { order, scores, capacity })
        }
    }))
}
