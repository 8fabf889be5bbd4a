//! The way of a request: plan, execute, fetch.

use std::sync::Arc;
use std::time::Duration;

use futures::future::try_join_all;
use quidditch_function::{Budget, Cause, Functions, ParameterKind, arguments_from_json};
use quidditch_index::{Mapping, Snapshot, StoredDocument};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet, Executor, TERMINATED, TantivyError, Term};

use crate::bound::{BoundFilter, BoundScorer};
use crate::execute::{Execution, Found, Hit, Progress, SortColumns};
use crate::planned::{Planned, Scores};
use crate::planner::{BoundCall, Planner};
use crate::profile::{FunctionProfile, Profile, Times, nanos};
use crate::query::{FunctionCall, Role};
use crate::request::{Direction, SearchRequest, Sort, SortBy, TotalHits};
use crate::response::{CountResponse, HitDocument, Hits, SearchResponse, Shards, Total};
use crate::settings::Limits;
use crate::stage::MinScore;
use crate::{Clock, Error};

/// Answers searches over snapshots of indices.
pub struct Engine {
    limits: Limits,
    clock: Arc<dyn Clock>,
    executor: Executor,
}

/// A search after its planning: all that running it needs.
struct Plan<'a> {
    execution: Execution<'a>,
    calls: Vec<BoundCall>,
    progress: Arc<Progress>,
    now_millis: i64,
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

    /// Answers a search.
    ///
    /// # Errors
    /// Every kind of [`Error`]; all that the caller can mend shows before the first document is looked at, but for
    /// functions that fail on documents.
    pub async fn search(
        &self,
        snapshot: &Snapshot,
        request: &SearchRequest,
        functions: &dyn Functions,
    ) -> Result<SearchResponse, Error> {
        let start = self.clock.monotonic();
        let plan = self.plan(snapshot, request, functions).await?;
        let planned = self.clock.monotonic();
        let found = self.execute(snapshot, &plan)?;
        let executed = self.clock.monotonic();
        let hits = self.fetch(snapshot, &plan, &found).await?;
        let fetched = self.clock.monotonic();

        let since = |from: Duration, to: Duration| nanos(to.saturating_sub(from));
        let profile = request.profile.then(|| Profile {
            time_in_nanos: Times {
                plan: since(start, planned),
                execute: since(planned, executed),
                fetch: since(executed, fetched),
            },
            segments: snapshot.searcher().segment_readers().len(),
            functions: request
                .calls
                .iter()
                .zip(&plan.calls)
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
        functions: &dyn Functions,
    ) -> Result<CountResponse, Error> {
        let plan = self.plan(snapshot, request, functions).await?;
        let found = self.execute(snapshot, &plan)?;
        Ok(CountResponse { count: found.matched, shards: Shards::ONE })
    }

    /// The document with this `_id`: of several, the one that was added last. `None` if there is none.
    ///
    /// # Errors
    /// [`Error::Index`] and [`Error::Search`].
    pub async fn document(&self, snapshot: &Snapshot, id: &str) -> Result<Option<StoredDocument>, Error> {
        let term = Term::from_field_text(snapshot.id_field(), id);
        let segments = snapshot.searcher().segment_readers();
        for (ordinal, segment) in segments.iter().enumerate().rev() {
            let postings = segment.inverted_index(snapshot.id_field())?.read_postings(&term, IndexRecordOption::Basic);
            let Some(mut postings) = postings.map_err(TantivyError::from)? else { continue };
            let mut newest = None;
            while postings.doc() != TERMINATED {
                if !segment.is_deleted(postings.doc()) {
                    newest = Some(DocAddress::new(ordinal as u32, postings.doc()));
                }
                postings.advance();
            }
            if let Some(address) = newest {
                return Ok(Some(snapshot.stored(address).await?));
            }
        }
        Ok(None)
    }

    async fn plan<'a>(
        &self,
        snapshot: &Snapshot,
        request: &'a SearchRequest,
        functions: &dyn Functions,
    ) -> Result<Plan<'a>, Error> {
        let progress = Progress::new(Arc::clone(&self.clock), request.timeout.unwrap_or(self.limits.timeout));
        let budget = Arc::new(Budget::new(self.limits.function_time));
        let mut calls = Vec::with_capacity(request.calls.len());
        for call in &request.calls {
            calls.push(bind(call, functions, &budget, snapshot.mapping()).await?);
        }
        let now_millis = self.clock.unix_millis();
        let planner = Planner { snapshot, calls: &calls, now_millis, progress: &progress };
        let execution = plan_query(request, &planner)?;
        Ok(Plan { execution, calls, progress, now_millis })
    }

    fn execute(&self, snapshot: &Snapshot, plan: &Plan<'_>) -> Result<Found, Error> {
        let planner = Planner { snapshot, calls: &plan.calls, now_millis: plan.now_millis, progress: &plan.progress };
        plan.execution.run(&planner, &self.executor)
    }

    async fn fetch(&self, snapshot: &Snapshot, plan: &Plan<'_>, found: &Found) -> Result<Vec<HitDocument>, Error> {
        try_join_all(found.hits.iter().map(|hit| fetch_hit(snapshot, &plan.execution, hit))).await
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
    Ok(Execution { query, scored, sort, request })
}

/// Finds a call's function, checks the call against what the function says of itself, and binds it.
async fn bind(
    call: &FunctionCall,
    functions: &dyn Functions,
    budget: &Arc<Budget>,
    mapping: &Mapping,
) -> Result<BoundCall, Error> {
    let function = functions.find(&call.name, call.version.as_deref()).await.map_err(Error::Function)?;
    let metadata = function.metadata();
    let refuse = |cause: Cause| Error::binding(&metadata.id, cause);
    let offered = if call.role == Role::Filter { metadata.filter } else { metadata.scorer };
    if !offered {
        return Err(refuse(Cause::Unusable(format!("the function is not a {}", call.role.name()))));
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
        Role::Filter => BoundCall::Filter(Arc::new(BoundFilter::new(function, arguments, budget, mapping)?)),
        Role::Scorer => BoundCall::Scorer(Arc::new(BoundScorer::new(function, arguments, budget, mapping)?)),
    })
}

async fn fetch_hit(snapshot: &Snapshot, execution: &Execution<'_>, hit: &Hit) -> Result<HitDocument, Error> {
    let stored = snapshot.stored(hit.address).await?;
    let source = execution.request.source.apply(stored.source);
    let source =
        source.map_err(|error| TantivyError::InternalError(format!("a stored source is not JSON: {error}")))?;
    Ok(HitDocument {
        index: snapshot.name().to_owned(),
        id: stored.id,
        score: execution.scored.then_some(hit.score),
        source,
        sort: hit.sort.clone(),
    })
}
