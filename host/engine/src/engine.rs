//! The life of a request: resolve, dry run, open and warm up, execute and collect, fetch.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use futures::future::join;
use quidditch_clock::Clock;
use quidditch_expression::ScriptRun;
use quidditch_function::{Budget, FunctionResolver};
use quidditch_index::{Cost, ReadSession, Snapshot, View};
use tantivy::{DocAddress, Executor};
use tracing::Instrument;

use crate::Error;
use crate::aggregations::{Answering, Answers, Known, Missing};
use crate::allowance::Allowance;
use crate::bind::{Binder, find_stored_script, find_stored_template};
use crate::bound_calls::BoundCalls;
use crate::collect::{GroupKey, HitPosition};
use crate::document_indexer::DocumentIndexer;
use crate::execute::SearchScope;
use crate::fetch::{FetchContext, FetchPlan, fetch_ahead};
use crate::fetching::Fetching;
use crate::function_failures::FunctionFailures;
use crate::functions::{FilterCache, FunctionSpans, StoredScripts};
use crate::hits::Hits;
use crate::inner_hits::FoundGroups;
use crate::limits::Limits;
use crate::nested::{NestedScope, NestedSets};
use crate::nested_hits::NestedFetch;
use crate::partial::{FoundByAggregations, PartialResult};
use crate::percolate_context::PercolateContext;
use crate::places::Places;
use crate::plan::{Expansion, Mappings, Planner, UnmappedFields};
use crate::profile::{Profile, StorageProfile, Times, nanos};
use crate::progress::Progress;
use crate::query_filter::QueryFilter;
use crate::request::NestedInnerHits;
use crate::rescore::rescore;
use crate::resolved_request::{DryRun, Plan, ResolvedRequest};
use crate::response::{SearchResponse, Shards};
use crate::search_request::{MayRead, SearchRequest};
use crate::search_target::SearchTarget;
use crate::searched_index::SearchedIndex;
use crate::steps::{Steps, fetch_step};
use crate::suggest::Suggestions;
use crate::warmup::WarmupRecorder;

/// Answers searches over snapshots of indices.
pub struct Engine {
    limits: Limits,
    clock: Arc<dyn Clock>,
    executor: Executor,
    /// What filter functions kept in earlier requests; `None` if that is not recorded.
    filter_cache: Option<Arc<FilterCache>>,
    /// Indexes documents of requests; `None` if this host only reads indices.
    document_indexer: Option<Arc<dyn DocumentIndexer>>,
}

impl Engine {
    /// An engine that searches segments one after another, in the calling thread.
    pub fn new(limits: Limits, clock: Arc<dyn Clock>) -> Self {
        Engine { limits, clock, executor: Executor::single_thread(), filter_cache: None, document_indexer: None }
    }

    /// The same engine, which can run stored queries over documents of a request. Without this, `percolate` queries are refused.
    #[must_use]
    pub fn with_document_indexer(self, indexer: Arc<dyn DocumentIndexer>) -> Self {
        Engine { document_indexer: Some(indexer), ..self }
    }

    /// The same engine, which records in this number of bytes which documents filter functions keep, and does not call them again
    /// about these. Without this, or with 0, nothing is recorded.
    #[must_use]
    pub fn with_filter_cache(self, bytes: usize) -> Self {
        Engine { filter_cache: (bytes > 0).then(|| Arc::new(FilterCache::new(bytes))), ..self }
    }

    /// The same engine with threads of its own, which search segments, and parts of large ones, in parallel.
    ///
    /// # Errors
    /// [`Error::Search`] if the threads cannot be started.
    #[cfg(not(target_family = "wasm"))]
    pub fn with_threads(self, threads: usize) -> Result<Self, Error> {
        Ok(Engine { executor: Executor::multi_thread(threads, "quidditch-search-")?, ..self })
    }

    /// What requests may ask for.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Answers a search. What reading costs is added to `cost`.
    ///
    /// # Errors
    /// Every kind of [`Error`]. All mistakes of the caller are found before the first document is read, except for functions
    /// that fail on documents.
    pub async fn search(
        &self,
        snapshot: &Snapshot,
        request: &SearchRequest,
        functions: &dyn FunctionResolver,
        cost: &Arc<Cost>,
    ) -> Result<SearchResponse, Error> {
        self.search_target(&SearchTarget::whole(snapshot), request, functions, cost).await
    }

    /// Answers a search of an index, of which a filter may leave a part.
    ///
    /// # Errors
    /// As [`Engine::search`].
    pub async fn search_target(
        &self,
        target: &SearchTarget<'_>,
        request: &SearchRequest,
        functions: &dyn FunctionResolver,
        cost: &Arc<Cost>,
    ) -> Result<SearchResponse, Error> {
        let start = self.clock.monotonic();
        let snapshot = target.snapshot;
        let reads = self.reads(snapshot, cost);
        let allowance = self.allowance(request);
        let steps = Steps::of(snapshot);
        let resolving = self.resolve_target(target, Mappings::default(), request, functions, &allowance, cost);
        let resolved = resolving.instrument(steps.resolve()).await?;
        let dry_run = steps.dry_run().in_scope(|| resolved.dry_run())?;
        let planned = self.clock.monotonic();
        let view = resolved.open(&dry_run, &reads).instrument(steps.warm_up()).await?;
        let suggested = self.suggest(&resolved, &view, &reads).await?;
        let warmed = self.clock.monotonic();
        let warmed_round_trips = cost.figures().round_trips;
        let executing = steps.execute();
        resolved.open_function_spans(&executing);
        let (mut plan, mut result) = self.execute(&resolved, &dry_run, &view, &reads).instrument(executing).await?;
        let groups = self.find_groups(&resolved, &dry_run, &mut plan, &result, &view, &reads).await?;
        let late_round_trips = cost.figures().round_trips - warmed_round_trips;
        let executed = self.clock.monotonic();
        let (resolved, dry_run, view, plan) = (&resolved, &dry_run, &*view, &plan);
        let searched = SearchedIndex { resolved, dry_run, view, plan, first_split: 0 };
        let answers = self.answers(&[searched], plan, &mut result, &reads).await?;
        let found = Found { result: &result, groups, answers };
        let mut response = self.respond(resolved, plan, view, found, &reads).instrument(fetch_step()).await?;
        let fetched = self.clock.monotonic();
        response.took = took(fetched.saturating_sub(start));
        response.suggest = self.answer_suggestions(request, suggested.into_iter().collect())?;

        let since = |from: Duration, to: Duration| nanos(to.saturating_sub(from));
        response.profile = request.profile.then(|| Profile {
            time_in_nanos: Times {
                plan: since(start, planned),
                warm: since(planned, warmed),
                execute: since(warmed, executed),
                fetch: since(executed, fetched),
            },
            storage: StorageProfile::new(cost.figures(), late_round_trips),
            splits_searched: dry_run.selected.len(),
            splits_skipped: snapshot.splits() - dry_run.selected.len(),
            functions: resolved.profile(),
        });
        Ok(response)
    }

    /// The reads of a request.
    pub(crate) fn reads(&self, snapshot: &Snapshot, cost: &Arc<Cost>) -> ReadSession {
        ReadSession::with_max_bytes(snapshot.reader(), cost, self.limits.max_read_bytes)
    }

    /// The same for a search of this index alone.
    pub(crate) async fn resolve<'a>(
        &self,
        snapshot: &'a Snapshot,
        request: &'a SearchRequest,
        functions: &dyn FunctionResolver,
        allowance: &Allowance,
        cost: &Arc<Cost>,
    ) -> Result<ResolvedRequest<'a>, Error> {
        let target = SearchTarget::whole(snapshot);
        self.resolve_target(&target, Mappings::default(), request, functions, allowance, cost).await
    }

    /// What the searches of a request that starts now have in common.
    pub(crate) fn allowance(&self, request: &SearchRequest) -> Allowance {
        self.allowance_within(request, request.time_limit(&self.limits))
    }

    /// The same for a request that may take so long.
    pub(crate) fn allowance_within(&self, request: &SearchRequest, timeout: Duration) -> Allowance {
        Allowance::new(&self.limits, &*self.clock, self.filter_cache.as_ref(), request, timeout)
    }

    /// Finds and binds the functions of a request to one of its indices, and reads the documents that its queries name. `mappings` are those of all of them.
    pub(crate) async fn resolve_target<'a>(
        &self,
        target: &SearchTarget<'a>,
        mappings: Mappings<'a>,
        request: &'a SearchRequest,
        functions: &dyn FunctionResolver,
        allowance: &Allowance,
        cost: &Arc<Cost>,
    ) -> Result<ResolvedRequest<'a>, Error> {
        let SearchTarget { snapshot, filter, behind } = *target;
        let Allowance { deadline, now_millis, ref shared, ref aggregation_memory } = *allowance;
        // Fetching may take as long as any search: one with a short time limit still answers.
        let fetch_timeout = self.limits.timeout;
        let progress = Progress::new(Arc::clone(&self.clock), deadline, fetch_timeout, Arc::clone(&shared.memory));
        let (mapping, index) = (snapshot.mapping(), snapshot.name());
        let binder = Binder { functions, shared, mapping, index, clock: &self.clock };
        let may_read = if filter.is_some() { MayRead::All } else { MayRead::Named };
        let of_mapping = request.computed_of_mapping(mapping, may_read, &self.limits)?;
        let BoundCalls { calls, other_calls, chains, computed } =
            BoundCalls::bind(&binder, request, of_mapping, &self.limits, &progress).await?;
        let nested_sets = Arc::<NestedSets>::default();
        let documents = self.look_up(snapshot, &request.lookups, cost).await?;
        let context = PercolateContext { target: *target, functions, allowance, cost, documents: &documents };
        let percolated = self.percolate(context, request).await?;
        let unmapped = UnmappedFields::default();
        let max_parts = self.limits.max_clauses;
        let planner = Planner {
            snapshot,
            mappings,
            searcher: None,
            warmup: WarmupRecorder::default(),
            calls: &calls,
            chains: &chains,
            documents: &documents,
            percolated: &percolated,
            unmapped: &unmapped,
            now_millis,
            progress: &progress,
            expansion: Expansion::new(max_parts),
            computed: &computed,
            misplaced: RefCell::default(),
            aggregated: Cell::default(),
            scope: Cell::new(NestedScope::Root),
            nested_sets: &nested_sets,
        };
        let query = request.query.as_deref();
        let mut stored_scripts = StoredScripts::new();
        for id in request.stored_scripts() {
            stored_scripts.insert(id.to_owned(), find_stored_script(functions, id).await?);
        }
        let mut stored_templates = BTreeMap::new();
        for id in request.suggestions().map(Suggestions::stored_templates).unwrap_or_default() {
            stored_templates.insert(id.to_owned(), find_stored_template(functions, id).await?);
        }
        let context = FetchContext {
            snapshot,
            planner: &planner,
            query,
            query_scope: NestedScope::Root,
            shared,
            clock: &self.clock,
            limits: &self.limits,
            stored_scripts: &stored_scripts,
        };
        let fetch = FetchPlan::new(&request.fetch, &context)?;
        NestedInnerHits::check(&request.inner_hits)?;
        let nested_fetch = NestedFetch::plan_all(&request.inner_hits, &context)?;
        let mut group_fetch = Vec::new();
        for inner_hits in request.inner_hits_of_groups() {
            group_fetch.push(FetchPlan::new(&inner_hits.fetch, &context)?);
        }
        let scopes = request.aggregations.scopes_of_hits(&planner)?;
        let mut top_hits = Vec::with_capacity(request.top_hits.len());
        for (number, options) in request.top_hits.iter().enumerate() {
            let scope = scopes.get(&number).copied().unwrap_or_default();
            let plan = || Ok((FetchPlan::new(options, &context)?, Places::plan_of_objects(&planner)));
            top_hits.push(planner.within(scope, plan)?);
        }
        Ok(ResolvedRequest {
            snapshot,
            filter: filter.map(QueryFilter::clause),
            behind,
            mappings,
            request,
            calls,
            other_calls,
            chains,
            function_spans: FunctionSpans::default(),
            documents,
            percolated,
            unmapped,
            computed,
            fetch,
            group_fetch,
            nested_fetch,
            nested_sets,
            top_hits,
            stored_scripts: Arc::new(stored_scripts),
            stored_templates,
            progress,
            now_millis,
            max_parts,
            aggregation_memory: Arc::clone(aggregation_memory),
        })
    }

    /// Runs the query. It computes and does not wait; only if bytes are missing nevertheless, they are fetched, and it runs again.
    pub(crate) async fn execute(
        &self,
        resolved: &ResolvedRequest<'_>,
        dry_run: &DryRun,
        view: &View,
        reads: &ReadSession,
    ) -> Result<(Plan, PartialResult), Error> {
        reads
            .run(|| {
                resolved.restart();
                let plan = resolved.plan(view.searcher())?;
                let scope = self.scope(resolved, dry_run, view, reads);
                let mut collected = scope.collect(&*plan.query, plan.scores, &plan.collector)?;
                if let Some(best) = collected.best.as_mut().filter(|_| !dry_run.is_part) {
                    rescore(&plan.rescorers, best, view)?;
                }
                let global = match &plan.global {
                    Some((query, aggregations)) => {
                        Some(scope.collect(&**query, aggregations.scores(), aggregations)?)
                    }
                    None => None,
                };
                Ok((
                    plan,
                    PartialResult {
                        found: collected,
                        global_aggregations: global,
                        timed_out: resolved.progress.timed_out(),
                        function_failures: Vec::new(),
                    },
                ))
            })
            .await
    }

    /// Finds the hits of the groups of the page, if the request wants them. Those of a search of several indices are merged from
    /// what each index has.
    pub(crate) async fn find_groups<'a>(
        &self,
        resolved: &ResolvedRequest<'a>,
        dry_run: &DryRun,
        plan: &mut Plan,
        result: &PartialResult,
        view: &View,
        reads: &ReadSession,
    ) -> Result<FoundGroups<'a>, Error> {
        let Some(inner_hits) = &mut plan.inner_hits else { return Ok(FoundGroups::default()) };
        let page = result.page(resolved.request);
        let groups: Vec<GroupKey> = page.iter().filter_map(|hit| hit.group.clone()).collect();
        let found = reads.run(|| {
            resolved.progress.restart();
            inner_hits.find(groups.clone(), &self.scope(resolved, dry_run, view, reads))
        });
        let found = found.instrument(Steps::of(resolved.snapshot).find_groups()).await?;
        let mut found = FoundGroups::new(resolved.request.inner_hits_of_groups(), found);
        found.timed_out = resolved.progress.timed_out();
        Ok(found)
    }

    pub(crate) fn scope<'a>(
        &'a self,
        resolved: &'a ResolvedRequest<'_>,
        dry_run: &'a DryRun,
        view: &'a View,
        reads: &'a ReadSession,
    ) -> SearchScope<'a> {
        let (selected, progress) = (&dry_run.selected[..], &resolved.progress);
        SearchScope {
            snapshot: resolved.snapshot,
            view,
            selected,
            is_whole: !dry_run.is_part && resolved.mappings.is_empty(),
            reads,
            progress,
            executor: &self.executor,
        }
    }

    /// Fetches the page of hits, and makes the response; without the time that the search took, and without a profile.
    pub(crate) async fn respond(
        &self,
        resolved: &ResolvedRequest<'_>,
        plan: &Plan,
        view: &View,
        Found { result, groups, answers }: Found<'_>,
        reads: &ReadSession,
    ) -> Result<SearchResponse, Error> {
        let request = resolved.request;
        let (max_bytes, fetched_bytes) = (self.limits.max_hits_bytes, AtomicU64::new(0));
        let fetching = Fetching { resolved, view, max_bytes, fetched_bytes: &fetched_bytes, reads };
        let wanted = answers.as_ref().map(Answers::wanted).unwrap_or_default();
        // Together, so that they wait for one round trip.
        let (hits, top_hits) = join(fetching.page(plan, result.page(request)), fetching.top_hits(&wanted)).await;
        let (mut hits, top_hits) = (hits?, top_hits?);
        if plan.inner_hits.is_some() {
            let fetched = groups.pages().flat_map(|(_, hits)| hits);
            let addresses: Vec<DocAddress> = fetched.filter_map(|hit| view.address(hit.document)).collect();
            fetch_ahead(&addresses, view, &resolved.progress, reads).await?;
            let mut documents = Vec::new();
            for (number, hits) in groups.pages() {
                documents.push(fetching.of_group(plan, number, hits).await?);
            }
            groups.add_to(&mut hits, documents);
        }
        let name = resolved.snapshot.name().to_owned();
        let mut function_failures = result.function_failures.clone();
        FunctionFailures::merge(&mut function_failures, resolved.function_failures());
        Ok(SearchResponse {
            scroll_id: None,
            pit_id: None,
            took: 0,
            timed_out: result.timed_out || resolved.progress.timed_out(),
            terminated_early: resolved.request.terminate_after.map(|_| result.terminated_early()),
            shards: Shards::ONE,
            hits: Hits { total: result.total(request.total_hits()), max_score: result.max_score(), hits },
            aggregations: answers.map(|answers| answers.into_response(request.aggregation_keys, top_hits)),
            suggest: None,
            function_failures,
            profile: None,
            last: result.page(request).last().map(|hit| (name, HitPosition::from_hit(hit))).into_iter().collect(),
        })
    }

    /// The results of the aggregations, as far as all is `known` that they have to know, and what is not; `None` if the request has
    /// no aggregations.
    pub(crate) fn answer_aggregations<'a>(
        &self,
        resolved: &ResolvedRequest<'_>,
        plan: &'a Plan,
        found: FoundByAggregations,
        known: &Arc<Known>,
    ) -> Result<(Option<Answers<'a>>, Missing), Error> {
        let (mut answers, mut missing) = (Answers::default(), Missing::default());
        if resolved.request.aggregations.is_empty() {
            return Ok((None, missing));
        }
        // The scripts of pipelines run after all functions, and have as much time.
        let budget = Arc::new(Budget::new(self.limits.max_function_time));
        for (aggregations, partials) in
            [(plan.collector.aggregations.as_ref(), found.matches), (plan.global_aggregations(), found.all)]
        {
            if let (Some(aggregations), Some(partials)) = (aggregations, partials) {
                let scripts = ScriptRun::new(Arc::clone(&self.clock), Arc::clone(&budget));
                let answering = Answering::new(self.limits.max_buckets, scripts, Arc::clone(known));
                let mut answering = answering.with_stored_scripts(&resolved.stored_scripts);
                answers.append(aggregations.answer(partials, &mut answering)?);
                missing.add(answering.into_missing());
            }
        }
        Ok((Some(answers), missing))
    }

    pub(crate) fn executor(&self) -> &Executor {
        &self.executor
    }

    pub(crate) fn document_indexer(&self) -> Option<&Arc<dyn DocumentIndexer>> {
        self.document_indexer.as_ref()
    }

    pub(crate) fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }
}

/// What a search found, of which hits are still to be fetched.
pub(crate) struct Found<'a> {
    pub(crate) result: &'a PartialResult,
    /// What was found in the groups of the page.
    pub(crate) groups: FoundGroups<'a>,
    pub(crate) answers: Option<Answers<'a>>,
}

/// Milliseconds, as a response shows them.
pub(crate) fn took(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
