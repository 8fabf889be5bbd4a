//! A request for one snapshot, with its functions bound: planned in a dry run, its data fetched, and planned again to run.

mod top_hits;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;

use quidditch_index::{Field, FieldKind, ReadSession, Snapshot, View};
use tantivy::query::{AllQuery, Query};
use tantivy::{DocAddress, Score, Searcher};
use tracing::Span;

use crate::Error;
use crate::aggregations::{self, Aggregations, Background, Extent, PlannedBackground};
use crate::clause::{Clause, NamedQuery};
use crate::collect::{Collector, Count, Demand, HitPosition, SortOrder, TopHits};
use crate::columns::ComputedFields;
use crate::execute::matches_all;
use crate::explain::Explainer;
use crate::explanation::Explanation;
use crate::fetch::FetchPlan;
use crate::function_failures::FunctionFailures;
use crate::functions::{BoundCall, ChainStage, FunctionCall, FunctionSpans, StoredScripts};
use crate::inner_hits::InnerHitsPlan;
use crate::lookups::LookedUp;
use crate::memory::Memory;
use crate::nested::{NestedScope, NestedSets};
use crate::nested_hits::{NestedFetch, NestedHitsPlan};
use crate::places::Places;
use crate::plan::{Expansion, Mappings, Percolated, Planned, Planner, Pruner, UnmappedFields};
use crate::profile::FunctionProfile;
use crate::progress::Progress;
use crate::query::explain_restricted;
use crate::query_filter::filtered;
use crate::request::Slice;
use crate::rescore::Rescorer;
use crate::scores::{Scores, Scoring};
use crate::search_collector::{SearchCollector, Termination};
use crate::search_request::{Pages, SearchRequest};
use crate::stages::{MinScore, SliceFilter};
use crate::warmup::{WarmupInfo, WarmupRecorder, warm_up};
use top_hits::top_hits;

/// A request whose functions are found and bound.
pub(crate) struct ResolvedRequest<'a> {
    pub(crate) snapshot: &'a Snapshot,
    /// All documents are restricted to those that match it.
    pub(crate) filter: Option<&'a dyn Clause>,
    /// The last hit of the pages before.
    pub(crate) behind: Option<&'a HitPosition>,
    /// Those of all indices that the request searches.
    pub(crate) mappings: Mappings<'a>,
    pub(crate) request: &'a SearchRequest,
    /// One for each call of the request, and then for each of `other_calls`.
    pub(crate) calls: Vec<BoundCall>,
    /// The calls that the request does not contain: those that compute fields of the mapping, and those of search profiles.
    pub(crate) other_calls: Vec<FunctionCall>,
    /// Which functions clauses call one after another.
    pub(crate) chains: Vec<Vec<ChainStage>>,
    /// The calls in a trace.
    pub(crate) function_spans: FunctionSpans,
    /// The documents that its queries name.
    pub(crate) documents: LookedUp,
    /// What its `percolate` queries match.
    pub(crate) percolated: Vec<Percolated>,
    pub(crate) unmapped: UnmappedFields,
    /// The fields that the request computes, and those of the mapping that it may name.
    pub(crate) computed: ComputedFields,
    /// What is read of the hits.
    pub(crate) fetch: FetchPlan<'a>,
    /// What is read of the hits of groups, for each of the inner hits that the request wants of them.
    pub(crate) group_fetch: Vec<FetchPlan<'a>>,
    /// What is read of the nested objects of the hits.
    pub(crate) nested_fetch: Vec<Option<NestedFetch<'a>>>,
    /// The documents of each scope, once they were read.
    pub(crate) nested_sets: Arc<NestedSets>,
    /// What is read of the hits of each `top_hits`, and where they are in their documents if they are nested objects.
    pub(crate) top_hits: Vec<(FetchPlan<'a>, Option<Places>)>,
    /// The stored scripts that script fields and scripts of buckets name.
    pub(crate) stored_scripts: Arc<StoredScripts>,
    /// The stored templates that suggestions name, by their ids.
    pub(crate) stored_templates: BTreeMap<String, String>,
    pub(crate) progress: Arc<Progress>,
    /// What `now` means in dates: milliseconds since the Unix epoch.
    pub(crate) now_millis: i64,
    /// How many parts the clauses may become together.
    pub(crate) max_parts: usize,
    /// The memory that its aggregations use, those of all indices.
    pub(crate) aggregation_memory: Arc<Memory>,
}

/// A query with its collector, ready to run.
pub(crate) struct Plan {
    pub(crate) query: Box<dyn Query>,
    /// Whether the query computes scores.
    pub(crate) scores: Scores,
    pub(crate) collector: SearchCollector,
    /// What the best hits are scored again with.
    pub(crate) rescorers: Vec<Rescorer>,
    /// What finds the hits of each group, if the request wants them.
    pub(crate) inner_hits: Option<InnerHitsPlan>,
    /// What finds the nested objects of each hit, for each of those that the request wants.
    pub(crate) nested_hits: Vec<Option<NestedHitsPlan>>,
    /// Aggregations over all documents, whether they match or not, and the query that finds all documents.
    pub(crate) global: Option<(Box<dyn Query>, Aggregations)>,
    /// What aggregations compare significant terms with.
    pub(crate) backgrounds: BTreeMap<usize, Background>,
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
        self.collector.hits.1.as_ref().and_then(TopHits::shown_order)
    }

    /// Records what the collectors will read if all documents match.
    fn record_of_all(&self, info: &mut WarmupInfo) {
        if matches_all(&*self.query) {
            self.collector.record_of_all(info);
        }
        if let Some((_, aggregations)) = &self.global {
            aggregations.record_of_all(info);
        }
    }

    pub(crate) fn global_aggregations(&self) -> Option<&Aggregations> {
        self.global.as_ref().map(|(_, aggregations)| aggregations)
    }

    /// Whether hits have scores. The query may compute scores for something else: `min_score`, or aggregations.
    pub(crate) fn hit_scores(&self) -> Scores {
        if self.collector.hits.demand() == Demand::Scores { Scores::Needed } else { Scores::Ignored }
    }
}

impl ResolvedRequest<'_> {
    /// Plans the query without reading any split.
    pub(crate) fn dry_run(&self) -> Result<DryRun, Error> {
        let (plan, mut info) = self.plan_and_record(None)?;
        plan.collector.columns(&mut |column| _ = info.columns.insert(column.to_owned()));
        plan.record_of_all(&mut info);
        for call in &self.calls {
            info.columns.extend(call.columns().map(str::to_owned));
        }
        let (mapping, now_millis) = (self.snapshot.mapping(), self.now_millis);
        let query = self.request.query.as_deref().filter(|_| !self.request.aggregations.need_all_splits());
        // Aggregations see what the post filter drops.
        let post_filter = self.request.post_filter.as_deref().filter(|_| self.request.aggregations.is_empty());
        let clauses = [query, post_filter, self.filter];
        let mut selected = self.snapshot.select(|split| {
            let pruner = Pruner {
                mapping,
                now_millis,
                split,
                calls: &self.calls,
                chains: &self.chains,
                computed: &self.computed,
            };
            clauses.iter().flatten().all(|clause| clause.may_match(&pruner))
        });
        // In the order of the index, all matches of the splits before are on the pages before.
        if let Some(position) = self.behind
            && plan.sort_order().is_some_and(SortOrder::is_index_order)
        {
            selected.retain(|split| *split >= position.document.split);
        }
        let shows_named_scores = self.request.named_scores == Scores::Needed && !self.request.named.is_empty();
        // What is suggested depends on the terms of all splits.
        let needs_statistics = self.request.suggestions().is_some()
            || plan.scores == Scores::Needed
            || shows_named_scores
            || info.terms.values().any(|term_use| term_use.scored)
            // Which terms are the best depends on all splits.
            || !info.pattern_terms.is_empty()
            || !info.chosen_terms.is_empty();
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

    /// Forgets what a run of the query has found: it runs again, with what it missed.
    pub(crate) fn restart(&self) {
        self.progress.restart();
        for call in &self.calls {
            call.state().2.reset();
        }
    }

    /// The failures of functions so far that the request tolerates.
    pub(crate) fn function_failures(&self) -> Vec<FunctionFailures> {
        self.all_calls().filter_map(|(call, bound)| FunctionFailures::of(call, bound)).collect()
    }

    /// All calls, as they were before they were bound.
    pub(crate) fn calls_as_requested(&self) -> impl Iterator<Item = &FunctionCall> {
        self.request.calls.iter().chain(&self.other_calls)
    }

    /// What the calls of functions cost so far.
    pub(crate) fn profile(&self) -> Vec<FunctionProfile> {
        self.all_calls().map(|(call, bound)| FunctionProfile::new(call, bound)).collect()
    }

    /// Shows the calls of functions in a trace, as parts of this step.
    pub(crate) fn open_function_spans(&self, executing: &Span) {
        self.function_spans.open(self.all_calls(), executing);
    }

    /// All calls, before and after they were bound.
    fn all_calls(&self) -> impl Iterator<Item = (&FunctionCall, &BoundCall)> {
        self.calls_as_requested().zip(&self.calls)
    }

    /// Plans the queries that have names, each on its own.
    pub(crate) fn plan_named(&self, searcher: &Searcher, scores: Scores) -> Result<Vec<Box<dyn Query>>, Error> {
        let scoring = if scores == Scores::Needed { Scoring::new(scores) } else { Scoring::FILTER };
        let plan = |named: &NamedQuery| {
            self.progress.check_fetch_time()?;
            let planner = self.planner(Some(searcher));
            named.clause.plan(&planner, scoring)?.into_query(&planner, scores)
        };
        self.request.named.iter().map(plan).collect()
    }

    /// Explains the score of a document, whether it matches or not.
    pub(crate) fn explain(&self, searcher: &Searcher, address: DocAddress) -> Result<Explanation, Error> {
        let scoring = self.scoring(Scores::Needed)?;
        self.explain_scored(searcher, address, scoring, scoring.boost())
    }

    /// Explains the score of a hit of a group: neither the minimum score nor the factor of the index counts.
    pub(crate) fn explain_in_group(&self, searcher: &Searcher, address: DocAddress) -> Result<Explanation, Error> {
        self.explain_scored(searcher, address, Scoring::new(Scores::Needed), 0.0)
    }

    /// `score_of_all` is the score of documents if there is no query.
    fn explain_scored(
        &self,
        searcher: &Searcher,
        address: DocAddress,
        scoring: Scoring,
        score_of_all: Score,
    ) -> Result<Explanation, Error> {
        self.with_explainer(searcher, address, NestedScope::Root, |explainer| {
            let (explanation, description) = match &self.request.query {
                Some(query) => (query.explain(explainer, scoring)?, query.description()),
                None => (Explanation::matching(score_of_all, "*:*", Vec::new()), "*:*".to_owned()),
            };
            match self.filter {
                Some(filter) => explain_restricted(explanation, &description, filter, explainer),
                None => Ok(explanation),
            }
        })
    }

    /// Explains the score that a query gives to a nested object.
    pub(crate) fn explain_object(
        &self,
        searcher: &Searcher,
        address: DocAddress,
        scope: NestedScope,
        query: &dyn Clause,
    ) -> Result<Explanation, Error> {
        self.with_explainer(searcher, address, scope, |explainer| {
            query.explain(explainer, Scoring::new(Scores::Needed))
        })
    }

    fn with_explainer(
        &self,
        searcher: &Searcher,
        address: DocAddress,
        scope: NestedScope,
        explain: impl FnOnce(&Explainer<'_>) -> Result<Explanation, Error>,
    ) -> Result<Explanation, Error> {
        let calls: Vec<&FunctionCall> = self.calls_as_requested().collect();
        explain(&Explainer {
            new_planner: &|| self.planner(Some(searcher)),
            searcher,
            segment: searcher.segment_reader(address.segment_ord),
            doc: address.doc_id,
            scope,
            calls: &calls,
        })
    }

    /// How the query is scored, with the factor of the index.
    fn scoring(&self, scores: Scores) -> Result<Scoring, Error> {
        Scoring::new(scores).boosted(self.request.indices_boost.of(self.snapshot.name())?)
    }

    fn plan_and_record(&self, searcher: Option<&Searcher>) -> Result<(Plan, WarmupInfo), Error> {
        let planner = self.planner(searcher);
        if !self.computed.is_empty() && self.snapshot.mapping().has_nested() {
            // Their values are those of documents, without nested objects.
            planner.scope_documents(NestedScope::Root);
        }
        let mut plan = self.plan_with(&planner)?;
        planner.check_computed()?;
        let mut info = planner.warmup.into_info();
        let collapse = self.request.collapse.as_ref().filter(|collapse| !collapse.inner_hits.is_empty());
        if let Some(collapse) = collapse.filter(|_| self.request.size > 0) {
            // It has the same query, whose parts must not count twice.
            let planner = self.planner(searcher);
            plan.inner_hits = Some(InnerHitsPlan::plan(self.request, collapse, self.filter, &planner)?);
            planner.check_computed()?;
            info.add(planner.warmup.into_info());
        }
        if !self.request.inner_hits.is_empty() {
            let planner = self.planner(searcher);
            plan.nested_hits = NestedHitsPlan::plan_all(&self.request.inner_hits, &planner)?;
            planner.check_computed()?;
            info.add(planner.warmup.into_info());
        }
        Ok((plan, info))
    }

    pub(crate) fn planner<'a>(&'a self, searcher: Option<&'a Searcher>) -> Planner<'a> {
        Planner {
            snapshot: self.snapshot,
            mappings: self.mappings,
            searcher,
            warmup: WarmupRecorder::default(),
            calls: &self.calls,
            chains: &self.chains,
            documents: &self.documents,
            percolated: &self.percolated,
            unmapped: &self.unmapped,
            now_millis: self.now_millis,
            progress: &self.progress,
            expansion: Expansion::new(self.max_parts),
            computed: &self.computed,
            misplaced: RefCell::default(),
            aggregated: Cell::default(),
            scope: Cell::new(NestedScope::Root),
            nested_sets: &self.nested_sets,
        }
    }

    fn plan_with(&self, planner: &Planner<'_>) -> Result<Plan, Error> {
        let request = self.request;
        let aggregations = aggregations::plan(&request.aggregations, planner, &self.aggregation_memory)?;
        let post_filter = match &request.post_filter {
            Some(filter) => Some(filter.plan(planner, Scoring::FILTER)?.into_pipeline(planner, Scores::Ignored)?),
            None => None,
        };
        let collector = SearchCollector {
            post_filter,
            termination: request.terminate_after.map(Termination::new),
            hits: (Count { total_hits: request.total_hits() }, top_hits(request, self.behind, planner)?),
            aggregations: aggregations.matches,
        };
        let needs_scores = collector.demand() == Demand::Scores || request.min_score.is_some() || request.fetch.explain;
        let scores = if needs_scores { Scores::Needed } else { Scores::Ignored };
        let global = match aggregations.all {
            Some(aggregations) => {
                // Clients expect all documents to score 1.
                let scores = aggregations.scores();
                let all = filtered(Planned::all(1.0), self.filter, planner, scores)?;
                let query = all.into_query(planner, scores)?;
                planner.warmup.query(&*query, scores);
                Some((query, aggregations))
            }
            None => None,
        };
        let scoring = self.scoring(scores)?;
        let planned = match &request.query {
            Some(query) => query.plan(planner, scoring)?,
            None => Planned::all(scoring.boost()),
        };
        let mut planned = filtered(planned, self.filter, planner, scores)?;
        if let Some(slice) = &request.slice {
            check_slice(slice, request, planner)?;
            planned.stages.insert(0, Box::new(SliceFilter { id: slice.id, max: slice.max }));
        }
        if let Some(min_score) = request.min_score {
            planned.stages.push(Box::new(MinScore(min_score)));
        }
        let query = planned.into_query(planner, scores)?;
        planner.warmup.query(&*query, scores);
        let rescorers =
            request.rescore.iter().map(|rescore| Rescorer::plan(rescore, planner)).collect::<Result<_, _>>()?;
        let backgrounds = self.plan_backgrounds(aggregations.backgrounds, planner)?;
        let nested_hits = Vec::new();
        Ok(Plan { query, scores, collector, rescorers, inner_hits: None, nested_hits, global, backgrounds })
    }

    fn plan_backgrounds(
        &self,
        planned: BTreeMap<usize, PlannedBackground>,
        planner: &Planner<'_>,
    ) -> Result<BTreeMap<usize, Background>, Error> {
        let mut backgrounds = BTreeMap::new();
        for (number, background) in planned {
            let (filter, terms) = background.into_parts();
            // Clients expect that nested objects count as documents of a background.
            let is_all = filter.as_ref().is_none_or(Planned::is_all) && self.filter.is_none();
            let extent = if is_all { Extent::All } else { Extent::Some };
            let query = match (filter, self.filter) {
                _ if is_all => Box::new(AllQuery),
                (Some(filter), None) => filter.into_query(planner, Scores::Ignored)?,
                (filter, around) => {
                    let documents = filter.unwrap_or_else(|| Planned::all(0.0));
                    filtered(documents, around, planner, Scores::Ignored)?.into_query(planner, Scores::Ignored)?
                }
            };
            planner.warmup.query(&*query, Scores::Ignored);
            backgrounds.insert(number, Background::new(query, extent, terms));
        }
        Ok(backgrounds)
    }
}

/// Checks a slice as clients expect it, although documents are not cut by the values of its field.
fn check_slice(slice: &Slice, request: &SearchRequest, planner: &Planner<'_>) -> Result<(), Error> {
    slice.check()?;
    if request.pit.is_none() && request.pages == Pages::Only {
        return Err(Error::shard_argument("`slice` cannot be used outside of a scroll context or PIT context"));
    }
    match slice.field.as_deref() {
        None | Some("_id" | "_doc") => Ok(()),
        Some(name) => match planner.field(name).map(Field::kind) {
            None => Err(Error::shard_argument(format!("field {name} not found"))),
            Some(
                FieldKind::Text { .. }
                | FieldKind::Keyword { .. }
                | FieldKind::GeoPoint
                | FieldKind::Range(_)
                | FieldKind::Binary
                | FieldKind::Percolator
                | FieldKind::FlatObject
                | FieldKind::RankFeature { .. },
            ) => Err(Error::shard_argument(format!("cannot load numeric doc values on {name}"))),
            Some(_) => Ok(()),
        },
    }
}
