//! A search over several indices: each is searched on its own, and the results are merged.
//!
//! Each index has its own mapping, its own statistics for scores, and its own mistakes: a query that does not fit one index fails
//! there, and the others answer. Before partial results are merged, the splits of all indices are numbered through, so that hits
//! are distinguished as those of one index are, and equal ones have the order of the indices.

mod comparable_keys;
mod fetching_all;
mod index_search;
mod indices_error;
mod merge;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{join, join_all};
use quidditch_function::FunctionResolver;
use quidditch_index::{Cost, ReadSession, View};
use tracing::Instrument;

use crate::aggregations::Answers;
use crate::collect::{Hit, HitPosition};
use crate::engine::{Engine, took};
use crate::function_failures::FunctionFailures;
use crate::hits::Hits;
use crate::inner_hits::FoundGroups;
use crate::partial::PartialResult;
use crate::plan::Mappings;
use crate::profile::{Profile, StorageProfile, Times, add_function_profiles, nanos};
use crate::resolved_request::{DryRun, ResolvedRequest};
use crate::response::{CountResponse, SearchResponse, Shards};
use crate::search_target::SearchTarget;
use crate::searched_index::SearchedIndex;
use crate::steps::{Steps, fetch_step};
use crate::suggest::OfIndex;
use crate::{Error, SearchRequest};
use fetching_all::FetchingAll;
use index_search::IndexSearch;
use merge::{merge, merge_groups};

pub use indices_error::{FailedIndex, IndicesError};

/// The answer of those indices that could be searched.
#[derive(Debug)]
pub struct Searched<T> {
    /// Their answer. Its shards say how many indices there are, and how many failed.
    pub response: T,
    /// The others, of which the request was a mistake.
    pub failures: Vec<FailedIndex>,
}

impl Engine {
    /// Answers a search over indices, of which there must be at least one, in the order in which equal hits are to be. All must
    /// have been opened with the same reader. What reading costs is added to `cost`.
    ///
    /// # Errors
    /// [`IndicesError`].
    pub async fn search_indices(
        &self,
        targets: &[SearchTarget<'_>],
        request: &SearchRequest,
        functions: &dyn FunctionResolver,
        cost: &Arc<Cost>,
    ) -> Result<Searched<SearchResponse>, IndicesError> {
        let start = self.monotonic();
        let reads = self.reads(targets[0].snapshot, cost);
        let mappings: Vec<_> = targets.iter().map(|target| target.snapshot.mapping()).collect();
        let mut group = Group::new(targets);
        let prepared = self.prepare(&mut group, Mappings::new(&mappings), request, functions, cost).await?;
        let planned = self.monotonic();
        let opened = open_all(&mut group, prepared, &reads).await?;
        let (opened, suggested) = self.suggest_all(&mut group, opened, &reads).await?;
        let warmed = self.monotonic();
        let warmed_round_trips = cost.figures().round_trips;
        let (mut searched, mut result) = self.execute_all(&mut group, opened, &reads).await?;
        let groups = self.find_all_groups(&mut searched, &result, &reads).await?;
        let late_round_trips = cost.figures().round_trips - warmed_round_trips;
        let executed = self.monotonic();
        let first = &searched[0];
        let indices: Vec<SearchedIndex<'_, '_>> = searched.iter().map(IndexSearch::as_searched).collect();
        let answers = self.answers(&indices, &first.plan, &mut result, &reads).await;
        let answers = answers.map_err(|error| first.failed(error))?;
        let wanted = answers.as_ref().map(Answers::wanted).unwrap_or_default();
        let fetching = FetchingAll::new(&searched, self.limits().max_hits_bytes, &reads);
        let timed_out = result.timed_out || groups.timed_out;
        let fetched = async {
            // Together, so that they wait for one round trip.
            let (hits, top_hits) = join(fetching.page(result.page(request)), fetching.top_hits(&wanted)).await;
            let (mut hits, top_hits) = (hits?, top_hits?);
            let documents = fetching.groups(&groups).await?;
            groups.add_to(&mut hits, documents);
            Ok::<_, IndicesError>((hits, top_hits))
        };
        let (hits, top_hits) = fetched.instrument(fetch_step()).await?;
        let suggest = self.answer_suggestions(request, suggested).map_err(|error| first.failed(error))?;
        let fetched = self.monotonic();

        let since = |from: Duration, to: Duration| nanos(to.saturating_sub(from));
        let profile = request.profile.then(|| Profile {
            time_in_nanos: Times {
                plan: since(start, planned),
                warm: since(planned, warmed),
                execute: since(warmed, executed),
                fetch: since(executed, fetched),
            },
            storage: StorageProfile::new(cost.figures(), late_round_trips),
            splits_searched: searched.iter().map(|index| index.dry_run.selected.len()).sum(),
            splits_skipped: searched.iter().map(IndexSearch::splits_skipped).sum(),
            functions: add_function_profiles(searched.iter().map(|index| index.resolved.profile())),
        });
        let response = SearchResponse {
            scroll_id: None,
            pit_id: None,
            took: took(fetched.saturating_sub(start)),
            timed_out,
            terminated_early: request.terminate_after.map(|_| result.terminated_early()),
            shards: group.shards(),
            hits: Hits { total: result.total(request.total_hits()), max_score: result.max_score(), hits },
            aggregations: answers.map(|answers| answers.into_response(request.aggregation_keys, top_hits)),
            suggest,
            function_failures: function_failures(&searched),
            profile,
            last: last_hits(&searched, result.page(request)),
        };
        Ok(Searched { response, failures: group.failures })
    }

    /// Counts the matches in indices, exactly.
    ///
    /// # Errors
    /// As [`Engine::search_indices`], and [`Error::TimedOut`] if the time limit passes before all matches are counted.
    pub async fn count_indices(
        &self,
        targets: &[SearchTarget<'_>],
        request: &SearchRequest,
        functions: &dyn FunctionResolver,
        cost: &Arc<Cost>,
    ) -> Result<Searched<CountResponse>, IndicesError> {
        let reads = self.reads(targets[0].snapshot, cost);
        let mut group = Group::new(targets);
        let prepared = self.prepare(&mut group, Mappings::default(), request, functions, cost).await?;
        let opened = open_all(&mut group, prepared, &reads).await?;
        let (searched, result) = self.execute_all(&mut group, opened, &reads).await?;
        if result.timed_out {
            return Err(searched[0].failed(Error::TimedOut(request.time_limit(self.limits()))));
        }
        let response = CountResponse {
            count: result.matched(),
            shards: group.shards(),
            function_failures: function_failures(&searched),
        };
        Ok(Searched { response, failures: group.failures })
    }

    /// Plans the request for each index.
    async fn prepare<'a>(
        &self,
        group: &mut Group<'a>,
        mappings: Mappings<'a>,
        request: &'a SearchRequest,
        functions: &dyn FunctionResolver,
        cost: &Arc<Cost>,
    ) -> Result<Vec<(ResolvedRequest<'a>, DryRun)>, IndicesError> {
        let allowance = self.allowance(request);
        let mut prepared = Vec::new();
        let targets = group.targets;
        for target in targets {
            let steps = Steps::of(target.snapshot);
            let resolving = self.resolve_target(target, mappings, request, functions, &allowance, cost);
            let resolved = resolving.instrument(steps.resolve()).await;
            let planned = resolved.and_then(|resolved| {
                let dry_run = steps.dry_run().in_scope(|| resolved.dry_run())?;
                Ok((resolved, dry_run))
            });
            prepared.extend(group.or_failed(target, planned)?);
        }
        group.check_any(prepared)
    }

    /// What the indices suggest, of those that fit the request.
    async fn suggest_all<'a>(
        &self,
        group: &mut Group<'a>,
        opened: Vec<OpenedIndex<'a>>,
        reads: &ReadSession,
    ) -> Result<(Vec<OpenedIndex<'a>>, Vec<OfIndex>), IndicesError> {
        let (mut left, mut suggested) = (Vec::with_capacity(opened.len()), Vec::new());
        for (resolved, dry_run, view) in opened {
            let found = self.suggest(&resolved, &view, reads).await;
            if let Some(found) = group.or_failed(&SearchTarget::whole(resolved.snapshot), found)? {
                suggested.extend(found);
                left.push((resolved, dry_run, view));
            }
        }
        Ok((group.check_any(left)?, suggested))
    }

    /// Searches the indices one after another, and merges what was found.
    async fn execute_all<'a>(
        &self,
        group: &mut Group<'a>,
        opened: Vec<OpenedIndex<'a>>,
        reads: &ReadSession,
    ) -> Result<(Vec<IndexSearch<'a>>, PartialResult), IndicesError> {
        let mut searched: Vec<IndexSearch<'a>> = Vec::new();
        let mut results = Vec::new();
        let mut first_split = 0;
        for (resolved, dry_run, view) in opened {
            let executing = Steps::of(resolved.snapshot).execute();
            resolved.open_function_spans(&executing);
            let found = self.execute(&resolved, &dry_run, &view, reads).instrument(executing).await;
            let target = SearchTarget::whole(resolved.snapshot);
            if let Some((plan, mut result)) = group.or_failed(&target, found)? {
                let splits = first_split..first_split + resolved.snapshot.splits();
                first_split = splits.end;
                result.for_each_document(|document| document.split += splits.start);
                results.push(result);
                searched.push(IndexSearch { resolved, dry_run, view, plan, splits });
            }
        }
        let searched = group.check_any(searched)?;
        let merged = merge(&searched, results).map_err(|error| searched[0].failed(error))?;
        Ok((searched, merged))
    }

    /// Finds the hits of the groups of the page in all indices, if the request wants them.
    async fn find_all_groups<'a>(
        &self,
        searched: &mut [IndexSearch<'a>],
        result: &PartialResult,
        reads: &ReadSession,
    ) -> Result<FoundGroups<'a>, IndicesError> {
        let mut of_indices = Vec::with_capacity(searched.len());
        for index in &mut *searched {
            let IndexSearch { resolved, dry_run, view, plan, splits } = index;
            let first_split = splits.start;
            let found = self.find_groups(resolved, dry_run, plan, result, view, reads).await;
            let mut found = found.map_err(|error| index.failed(error))?;
            found.for_each_document(|document| document.split += first_split);
            of_indices.push(found);
        }
        merge_groups(searched, of_indices).map_err(|error| searched[0].failed(error))
    }
}

/// The indices of a request, and those that have failed.
struct Group<'a> {
    targets: &'a [SearchTarget<'a>],
    failures: Vec<FailedIndex>,
}

impl<'a> Group<'a> {
    fn new(targets: &'a [SearchTarget<'a>]) -> Self {
        Group { targets, failures: Vec::new() }
    }

    /// What was found in an index; `None` if the request is a mistake for this index.
    fn or_failed<T>(&mut self, target: &SearchTarget<'_>, result: Result<T, Error>) -> Result<Option<T>, IndicesError> {
        let failed = |error| FailedIndex { index: target.snapshot.name().to_owned(), error };
        match result {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.is_of_one_index() => {
                self.failures.push(failed(error));
                Ok(None)
            }
            Err(error) => Err(IndicesError::Any(Box::new(failed(error)))),
        }
    }

    /// Checks that some index has not failed.
    fn check_any<T>(&mut self, left: Vec<T>) -> Result<Vec<T>, IndicesError> {
        if left.is_empty() { Err(IndicesError::All(std::mem::take(&mut self.failures))) } else { Ok(left) }
    }

    fn shards(&self) -> Shards {
        let (total, failed) = (self.targets.len() as u32, self.failures.len() as u32);
        Shards { total, successful: total - failed, skipped: 0, failed, failures: Vec::new() }
    }
}

/// An index with the data that its search will read.
type OpenedIndex<'a> = (ResolvedRequest<'a>, DryRun, Arc<View>);

/// Opens the splits of all indices, and fetches what the searches will read of them, together.
async fn open_all<'a>(
    group: &mut Group<'a>,
    prepared: Vec<(ResolvedRequest<'a>, DryRun)>,
    reads: &ReadSession,
) -> Result<Vec<OpenedIndex<'a>>, IndicesError> {
    let mut opening = Vec::with_capacity(prepared.len());
    for (resolved, dry_run) in &prepared {
        opening.push(resolved.open(dry_run, reads).instrument(Steps::of(resolved.snapshot).warm_up()));
    }
    let views = join_all(opening).await;
    let mut opened = Vec::new();
    for ((resolved, dry_run), view) in prepared.into_iter().zip(views) {
        let target = SearchTarget::whole(resolved.snapshot);
        if let Some(view) = group.or_failed(&target, view)? {
            opened.push((resolved, dry_run, view));
        }
    }
    group.check_any(opened)
}

/// Where a page ends in each index that has hits on it.
fn last_hits(searched: &[IndexSearch<'_>], page: &[Hit]) -> BTreeMap<String, HitPosition> {
    let last = |index: &IndexSearch<'_>| {
        let hit = page.iter().rfind(|hit| index.has(hit))?;
        Some((index.resolved.snapshot.name().to_owned(), HitPosition::from_hit(&index.own(hit))))
    };
    searched.iter().filter_map(last).collect()
}

/// The failures of functions in all indices that the request tolerates.
fn function_failures(searched: &[IndexSearch<'_>]) -> Vec<FunctionFailures> {
    let mut all = Vec::new();
    for index in searched {
        FunctionFailures::merge(&mut all, index.resolved.function_failures());
    }
    all
}
