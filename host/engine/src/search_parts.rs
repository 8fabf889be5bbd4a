//! A search in parts, which several processes may compute.

use std::sync::Arc;

use quidditch_function::FunctionResolver;
use quidditch_index::{Cost, ReadSession, Snapshot};
use serde::{Deserialize, Serialize};

use crate::aggregations::Answers;
use crate::allowance::Allowance;
use crate::engine::{Engine, Found, took};
use crate::inner_hits::FoundGroups;
use crate::partial::PartialResult;
use crate::rescore::rescore;
use crate::resolved_request::ResolvedRequest;
use crate::response::SearchResponse;
use crate::searched_index::SearchedIndex;
use crate::{Error, SearchRequest};

/// One part of a search: some splits of a snapshot. Together with the serialised request and the version of the snapshot, it is
/// all that another process needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchPart {
    /// The numbers of the splits, ascending.
    pub splits: Vec<usize>,
    /// What `now` means in dates, in milliseconds since the Unix epoch: the same in all parts.
    pub now_millis: i64,
}

impl Engine {
    /// Searches some splits of a snapshot. The snapshot must be of the same version in all parts of a search. What reading costs
    /// is added to `cost`.
    ///
    /// # Errors
    /// As [`Engine::search`].
    pub async fn search_part(
        &self,
        snapshot: &Snapshot,
        request: &SearchRequest,
        part: &SearchPart,
        functions: &dyn FunctionResolver,
        cost: &Arc<Cost>,
    ) -> Result<PartialResult, Error> {
        let reads = self.reads(snapshot, cost);
        let allowance = Allowance { now_millis: part.now_millis, ..self.allowance(request) };
        let resolved = self.resolve(snapshot, request, functions, &allowance, cost).await?;
        let mut dry_run = resolved.dry_run()?;
        dry_run.is_part = true;
        dry_run.selected.retain(|split| part.splits.contains(split));
        let view = resolved.open(&dry_run, &reads).await?;
        let (_, mut result) = self.execute(&resolved, &dry_run, &view, &reads).await?;
        result.function_failures = resolved.function_failures();
        Ok(result)
    }

    /// Answers a search from the partial results of its parts, which had this [`SearchPart::now_millis`]. Its response has no
    /// profile.
    ///
    /// # Errors
    /// As [`Engine::search`].
    pub async fn merge_parts(
        &self,
        snapshot: &Snapshot,
        request: &SearchRequest,
        parts: Vec<PartialResult>,
        now_millis: i64,
        functions: &dyn FunctionResolver,
        cost: &Arc<Cost>,
    ) -> Result<SearchResponse, Error> {
        let start = self.monotonic();
        let reads = self.reads(snapshot, cost);
        let allowance = Allowance { now_millis, ..self.allowance(request) };
        let resolved = self.resolve(snapshot, request, functions, &allowance, cost).await?;
        let suggested = match request.suggestions() {
            Some(_) => {
                let view = resolved.open(&resolved.dry_run()?, &reads).await?;
                self.suggest(&resolved, &view, &reads).await?
            }
            None => None,
        };
        let suggest = self.answer_suggestions(request, suggested.into_iter().collect())?;
        let mut plan = resolved.plan_for_merging()?;
        let mut result = PartialResult::merge(parts, &plan);
        if !plan.rescorers.is_empty() {
            self.rescore_merged(&resolved, &mut result, &reads).await?;
        }
        if plan.inner_hits.is_some() || !plan.backgrounds.is_empty() {
            let dry_run = resolved.dry_run()?;
            let view = resolved.open(&dry_run, &reads).await?;
            plan = resolved.plan(view.searcher())?;
            let groups = self.find_groups(&resolved, &dry_run, &mut plan, &result, &view, &reads).await?;
            let (resolved, dry_run, view, plan) = (&resolved, &dry_run, &*view, &plan);
            let searched = SearchedIndex { resolved, dry_run, view, plan, first_split: 0 };
            let answers = self.answers(&[searched], plan, &mut result, &reads).await?;
            let found = Found { result: &result, groups, answers };
            let mut response = self.respond(resolved, plan, view, found, &reads).await?;
            response.took = took(self.monotonic().saturating_sub(start));
            response.suggest = suggest;
            return Ok(response);
        }
        let (answers, _) = self.answer_aggregations(&resolved, &plan, result.take_aggregations(), &Arc::default())?;
        let wanted = answers.as_ref().map(Answers::wanted).unwrap_or_default();
        let top_hits = wanted.values().flat_map(|wanted| &wanted.hits);
        let mut splits: Vec<usize> =
            result.page(request).iter().chain(top_hits).map(|hit| hit.document.split).collect();
        splits.sort_unstable();
        splits.dedup();
        // Scores, their explanations, and the best terms of a pattern, depend on all splits.
        let explains = request.fetch.explain || request.top_hits.iter().any(|options| options.explain);
        let view = match request.named.is_empty() && !explains {
            true => snapshot.view(&splits, &reads).await?,
            false => snapshot.view_of_all(&reads).await?,
        };
        let found = Found { result: &result, groups: FoundGroups::default(), answers };
        let mut response = self.respond(&resolved, &plan, &view, found, &reads).await?;
        response.took = took(self.monotonic().saturating_sub(start));
        response.suggest = suggest;
        Ok(response)
    }

    /// Scores the best hits again. The scores depend on all splits, as they always do.
    async fn rescore_merged(
        &self,
        resolved: &ResolvedRequest<'_>,
        result: &mut PartialResult,
        reads: &ReadSession,
    ) -> Result<(), Error> {
        let dry_run = resolved.dry_run()?;
        let view = resolved.open(&dry_run, reads).await?;
        let rescored = reads
            .run(|| {
                resolved.progress.restart();
                let plan = resolved.plan(view.searcher())?;
                let mut best = result.best().cloned();
                if let Some(best) = &mut best {
                    rescore(&plan.rescorers, best, &view)?;
                }
                resolved.progress.check()?;
                Ok::<_, Error>(best)
            })
            .await?;
        result.set_best(rescored);
        Ok(())
    }
}
