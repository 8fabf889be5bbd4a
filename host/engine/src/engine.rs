//! The way of a request: bind, survey, open and warm, execute, fetch.

// Deleting documents is for writers, and writers do not run in WebAssembly.
#[cfg(not(target_family = "wasm"))]
mod matching;

use std::sync::Arc;
use std::time::Duration;

use quidditch_clock::Clock;
use quidditch_function::{Budget, Cause, FunctionResolver, ParameterKind, Role, arguments_from_json};
use quidditch_index::{Cost, Mapping, ReadSession, Snapshot, StoredDocument, View};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocId, DocSet, Executor, Searcher, SegmentReader, TERMINATED, TantivyError, Term};

use crate::Error;
use crate::bound::{FilterFunction, ScorerFunction};
use crate::execute::{Execution, Found, Over, Progress, SortColumns};
use crate::needs::{Needs, NeedsCollector};
use crate::planned::{Planned, Scores};
use crate::planner::{BoundCall, Planner};
use crate::profile::{FunctionProfile, Profile, StorageProfile, Times, nanos};
use crate::pruner::Pruner;
use crate::query::FunctionCall;
use crate::request::{Direction, SearchRequest, Sort, SortBy, TotalHits};
use crate::response::{CountResponse, HitDocument, Hits, SearchResponse, Shards, Total};
use crate::settings::Limits;
use crate::stage::MinScore;
use crate::warm::warm;

/// Answers searches over snapshots of indices.
pub struct Engine {
    limits: Limits,
    clock: Arc<dyn Clock>,
    executor: Executor,
}

/// A request whose functions are found and bound.
struct Bound<'a> {
    snapshot: &'a Snapshot,
    request: &'a SearchRequest,
    calls: Vec<BoundCall>,
    progress: Arc<Progress>,
    now_millis: i64,
}

/// What a first planning found out.
struct Survey {
    needs: Needs,
    /// The splits that may have matches.
    selected: Vec<usize>,
    /// Whether the frequencies of terms in all splits count.
    scored: bool,
}

impl Engine {
    /// An engine that searches segments one after another, in the thread that asks.
    pub fn new(limits: Limits, clock: Arc<dyn Clock>) -> Self {
        Engine { limits, clock, executor: Executor::single_thread() }
    }

    /// The same engine with threads of its own, which search segments in parallel.
    ///
    /// # Errors
    /// [`Error::Search`] where the threads cannot be started.
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
    /// Every kind of [`Error`]; all that the caller can mend shows before the first document is looked at, but for
    /// functions that fail on documents.
    pub async fn search(
        &self,
        snapshot: &Snapshot,
        request: &SearchRequest,
        functions: &dyn FunctionResolver,
        cost: &Arc<Cost>,
    ) -> Result<SearchResponse, Error> {
        let start = self.clock.monotonic();
        let reads = ReadSession::new(snapshot.reader(), cost);
        let bound = self.bind(snapshot, request, functions, request.time_limit(&self.limits)).await?;
        let survey = bound.survey()?;
        let planned = self.clock.monotonic();
        let view = bound.open(&survey, &reads).await?;
        let warmed = self.clock.monotonic();
        let warmed_round_trips = cost.figures().round_trips;
        let (execution, found) = self.execute(&bound, &survey, &view, &reads).await?;
        let late = cost.figures().round_trips - warmed_round_trips;
        let executed = self.clock.monotonic();
        let hits = fetch(snapshot, &view, &execution, &found, &reads).await?;
        let fetched = self.clock.monotonic();

        let since = |from: Duration, to: Duration| nanos(to.saturating_sub(from));
        let profile = request.profile.then(|| Profile {
            time_in_nanos: Times {
                plan: since(start, planned),
                warm: since(planned, warmed),
                execute: since(warmed, executed),
                fetch: since(executed, fetched),
            },
            storage: StorageProfile::new(cost.figures(), late),
            splits_searched: survey.selected.len(),
            splits_skipped: snapshot.splits() - survey.selected.len(),
            functions: request
                .calls
                .iter()
                .zip(&bound.calls)
                .map(|(call, bound)| FunctionProfile::new(call, bound))
                .collect(),
        });
        let relation = if found.at_least { "gte" } else { "eq" };
        let total = Total { value: found.matched, relation };
        let total = (request.total_hits != TotalHits::Off).then_some(total);
        let took = u64::try_from(fetched.saturating_sub(start).as_millis()).unwrap_or(u64::MAX);
        Ok(SearchResponse {
            took,
            timed_out: found.timed_out,
            shards: Shards::ONE,
            hits: Hits { total, max_score: found.max_score, hits },
            profile,
        })
    }

    /// Counts the documents that match, exactly.
    ///
    /// # Errors
    /// As [`Engine::search`].
    pub async fn count(
        &self,
        snapshot: &Snapshot,
        request: &SearchRequest,
        functions: &dyn FunctionResolver,
        cost: &Arc<Cost>,
    ) -> Result<CountResponse, Error> {
        let reads = ReadSession::new(snapshot.reader(), cost);
        let bound = self.bind(snapshot, request, functions, request.time_limit(&self.limits)).await?;
        let survey = bound.survey()?;
        let view = bound.open(&survey, &reads).await?;
        let (_, found) = self.execute(&bound, &survey, &view, &reads).await?;
        Ok(CountResponse { count: found.matched, shards: Shards::ONE })
    }

    /// The document with this `_id`. `None` if there is none.
    ///
    /// # Errors
    /// [`Error::Index`] and [`Error::Search`].
    pub async fn document(
        &self,
        snapshot: &Snapshot,
        id: &str,
        cost: &Arc<Cost>,
    ) -> Result<Option<StoredDocument>, Error> {
        let reads = ReadSession::new(snapshot.reader(), cost);
        let selected = snapshot.select(|split| split.may_have_id(id));
        let view = snapshot.view(&selected, &reads).await?;
        let term = Term::from_field_text(snapshot.id_field(), id);
        let address = reads.run(|| find(&view, &term)).await?;
        match address {
            Some(address) => Ok(Some(reads.run(|| view.stored(address).map_err(Error::from)).await?)),
            None => Ok(None),
        }
    }

    async fn bind<'a>(
        &self,
        snapshot: &'a Snapshot,
        request: &'a SearchRequest,
        functions: &dyn FunctionResolver,
        timeout: Duration,
    ) -> Result<Bound<'a>, Error> {
        let progress = Progress::new(Arc::clone(&self.clock), timeout);
        let budget = Arc::new(Budget::new(self.limits.function_time));
        let mut calls = Vec::with_capacity(request.calls.len());
        for call in &request.calls {
            calls.push(bind(call, functions, &budget, snapshot.mapping()).await?);
        }
        Ok(Bound { snapshot, request, calls, progress, now_millis: self.clock.unix_millis() })
    }

    /// Runs the query. It computes and waits for nothing; only where it misses something all the same, that is fetched, and
    /// it runs again.
    async fn execute<'a>(
        &self,
        bound: &Bound<'a>,
        survey: &Survey,
        view: &View,
        reads: &ReadSession,
    ) -> Result<(Execution<'a>, Found), Error> {
        let over =
            Over { view, selected: &survey.selected, reads, progress: &bound.progress, executor: &self.executor };
        reads
            .run(|| {
                bound.progress.restart();
                let (execution, _) = bound.plan(Some(view.searcher()))?;
                let found = execution.run(&over)?;
                Ok((execution, found))
            })
            .await
    }
}

impl<'a> Bound<'a> {
    /// Plans the query without looking at any split.
    fn survey(&self) -> Result<Survey, Error> {
        let (execution, mut needs) = self.plan(None)?;
        for call in &self.calls {
            needs.columns.extend(call.columns().map(str::to_owned));
        }
        let selected = match &self.request.query {
            None => self.snapshot.select(|_| true),
            Some(query) => self.snapshot.select(|split| {
                query.may_match(&Pruner { mapping: self.snapshot.mapping(), now_millis: self.now_millis, split })
            }),
        };
        let scored = execution.scored || needs.terms.values().any(|term_use| term_use.scored);
        Ok(Survey { needs, selected, scored })
    }

    /// Opens the splits that the search needs, and fetches what it will read of them. How often a term occurs in all splits
    /// decides about scores, so for these, all are opened.
    async fn open(&self, survey: &Survey, reads: &ReadSession) -> Result<Arc<View>, Error> {
        let view = match survey.scored {
            true => self.snapshot.view_of_all(reads).await?,
            false => self.snapshot.view(&survey.selected, reads).await?,
        };
        warm(&view, &survey.selected, &survey.needs, reads).await?;
        Ok(view)
    }

    fn plan(&self, searcher: Option<&Searcher>) -> Result<(Execution<'a>, Needs), Error> {
        let planner = Planner {
            snapshot: self.snapshot,
            searcher,
            needs: NeedsCollector::default(),
            calls: &self.calls,
            now_millis: self.now_millis,
            progress: &self.progress,
        };
        let execution = plan_query(self.request, &planner)?;
        Ok((execution, planner.needs.into_needs()))
    }
}

fn plan_query<'a>(request: &'a SearchRequest, planner: &Planner<'_>) -> Result<Execution<'a>, Error> {
    // A sort by the score alone, down, is what happens without a sort.
    let sort = match &request.sort[..] {
        [] | [Sort { by: SortBy::Score, direction: Direction::Descending }] => None,
        levels => Some(SortColumns::plan(levels, planner)?),
    };
    let scored = match &sort {
        None => request.size > 0 || request.min_score.is_some(),
        Some(sort) => sort.needs_scores() || request.track_scores || request.min_score.is_some(),
    };
    let scores = if scored { Scores::Needed } else { Scores::Ignored };
    let mut planned = match &request.query {
        Some(query) => query.plan(planner, scores)?,
        None => Planned::all(1.0),
    };
    if let Some(min_score) = request.min_score {
        planned.stages.push(Box::new(MinScore(min_score)));
    }
    let query = planned.into_query(planner, scores)?;
    planner.needs.query(&*query, scores);
    Ok(Execution { query, scored, sort, request })
}

/// Finds a call's function, checks the call against what the function says of itself, and binds it.
async fn bind(
    call: &FunctionCall,
    functions: &dyn FunctionResolver,
    budget: &Arc<Budget>,
    mapping: &Mapping,
) -> Result<BoundCall, Error> {
    let function = functions.find(&call.name, call.version.as_deref()).await.map_err(Error::Function)?;
    let metadata = function.metadata();
    let refuse = |cause: Cause| Error::binding(&metadata.id, cause);
    if !metadata.roles.contains(call.role) {
        return Err(refuse(Cause::Unusable(format!("the function is not a {}", call.role))));
    }
    let arguments = arguments_from_json(&metadata.parameters, &call.parameters)
        .map_err(|error| refuse(Cause::InvalidArgument(error.to_string())))?;
    for parameter in metadata.parameters.iter().filter(|parameter| parameter.kind == ParameterKind::Field) {
        let named = call.parameters.get(&parameter.name).and_then(serde_json::Value::as_str);
        if let Some(field) = named
            && mapping.field(field).is_none()
        {
            let reason =
                format!("parameter [{}] names a field that the mapping does not have: [{field}]", parameter.name);
            return Err(refuse(Cause::InvalidArgument(reason)));
        }
    }
    Ok(match call.role {
        Role::Filter => BoundCall::Filter(Arc::new(FilterFunction::new(function, arguments, budget, mapping)?)),
        Role::Scorer => BoundCall::Scorer(Arc::new(ScorerFunction::new(function, arguments, budget, mapping)?)),
    })
}

/// Where the document with a term of `_id` is.
fn find(view: &View, id: &Term) -> Result<Option<DocAddress>, Error> {
    let mut found = None;
    let mut failure = None;
    for (ordinal, segment) in view.searcher().segment_readers().iter().enumerate() {
        // Every segment is asked, so that all that is missing is known at once.
        match find_in(segment, id) {
            Ok(Some(doc)) => found = Some(DocAddress::new(ordinal as u32, doc)),
            Ok(None) => {}
            Err(error) => failure = Some(error),
        }
    }
    failure.map_or(Ok(found), |error| Err(error.into()))
}

fn find_in(segment: &SegmentReader, id: &Term) -> tantivy::Result<Option<DocId>> {
    let postings = segment.inverted_index(id.field())?.read_postings(id, IndexRecordOption::Basic)?;
    let Some(mut postings) = postings else { return Ok(None) };
    let mut newest = None;
    while postings.doc() != TERMINATED {
        if !segment.is_deleted(postings.doc()) {
            newest = Some(postings.doc());
        }
        postings.advance();
    }
    Ok(newest)
}

/// Reads the sources of the hits, all together.
async fn fetch(
    snapshot: &Snapshot,
    view: &View,
    execution: &Execution<'_>,
    found: &Found,
    reads: &ReadSession,
) -> Result<Vec<HitDocument>, Error> {
    let stored = reads
        .run(|| -> Result<Vec<StoredDocument>, Error> {
            let all: Vec<_> = found.hits.iter().map(|hit| view.stored(hit.address)).collect();
            Ok(all.into_iter().collect::<Result<_, _>>()?)
        })
        .await?;
    let mut hits = Vec::with_capacity(stored.len());
    for (hit, stored) in found.hits.iter().zip(stored) {
        let source = execution.request.source.apply(stored.source);
        let source =
            source.map_err(|error| TantivyError::InternalError(format!("a stored source is not JSON: {error}")))?;
        hits.push(HitDocument {
            index: snapshot.name().to_owned(),
            id: stored.id,
            score: execution.scored.then_some(hit.score),
            source,
            sort: hit.sort.clone(),
        });
    }
    Ok(hits)
}
