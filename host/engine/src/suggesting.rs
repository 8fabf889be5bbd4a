//! Finding what one index suggests, and fetching the documents of completions.

use std::sync::atomic::AtomicU64;

use quidditch_index::{ReadSession, View, parse_json};
use serde_json::Value as Json;

use crate::Error;
use crate::collect::Count;
use crate::engine::Engine;
use crate::execute::SearchScope;
use crate::fetch::{Page, fetch};
use crate::fetching::Fetching;
use crate::json::ErrorKind;
use crate::query_filter::filtered;
use crate::request::TotalHits;
use crate::resolved_request::ResolvedRequest;
use crate::scores::{Scores, Scoring};
use crate::search_request::{SearchRequest, parse_apart};
use crate::suggest::{Context, OfIndex, Suggested};

impl Engine {
    /// What one index suggests; `None` if the request asks for no suggestions. `view` must have all splits.
    ///
    /// # Errors
    /// What of the request does not fit the index; [`Error::HitsTooLarge`] and other errors of fetching documents.
    pub(crate) async fn suggest(
        &self,
        resolved: &ResolvedRequest<'_>,
        view: &View,
        reads: &ReadSession,
    ) -> Result<Option<OfIndex>, Error> {
        let Some(suggestions) = resolved.request.suggestions() else { return Ok(None) };
        let has_match = |query: &str| self.has_match(query, resolved, view, reads);
        let context = Context {
            snapshot: resolved.snapshot,
            view,
            progress: &resolved.progress,
            templates: &resolved.stored_templates,
            has_match: &has_match,
        };
        let found = reads.run(|| {
            resolved.progress.restart();
            suggestions.find(&context)
        });
        let (max_bytes, fetched_bytes) = (self.limits().max_hits_bytes, AtomicU64::new(0));
        let fetching = Fetching { resolved, view, max_bytes, fetched_bytes: &fetched_bytes, reads };
        let mut suggested = Vec::new();
        for found in found.await? {
            let hits = found.hits();
            let documents = if hits.is_empty() {
                Vec::new()
            } else {
                let page = Page { hits: &hits, scores: Scores::Needed, ..fetching.around() };
                fetch(resolved.snapshot, view, &resolved.fetch, &page, reads).await?
            };
            suggested.push((found, documents));
        }
        Ok(Some(OfIndex::new(suggested)))
    }

    /// The answer from what all indices suggest.
    pub(crate) fn answer_suggestions(
        &self,
        request: &SearchRequest,
        suggested: Vec<OfIndex>,
    ) -> Result<Option<Suggested>, Error> {
        match request.suggestions() {
            Some(suggestions) if !suggested.is_empty() => {
                suggestions.answer(suggested, request.aggregation_keys).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Whether a document of the index matches a query, which is given as JSON.
    fn has_match(
        &self,
        query: &str,
        resolved: &ResolvedRequest<'_>,
        view: &View,
        reads: &ReadSession,
    ) -> Result<bool, Error> {
        let json: Json = parse_json(query).map_err(|error| Error::Shard {
            kind: if error.is_eof() { ErrorKind::JsonEnd } else { ErrorKind::Json },
            reason: format!("the query [{query}] of [collate] is not valid JSON: {error}"),
        })?;
        let clause = parse_apart(&json, "the query of [collate]", self.limits()).map_err(|error| match error {
            Error::Parsing { kind, reason, .. } => Error::Shard { kind, reason },
            error => error,
        })?;
        let planner = resolved.planner(Some(view.searcher()));
        let planned = clause.plan(&planner, Scoring::FILTER)?;
        let query = filtered(planned, None, &planner, Scores::Ignored)?.into_query(&planner, Scores::Ignored)?;
        planner.check_computed()?;
        let all: Vec<usize> = (0..resolved.snapshot.splits()).collect();
        let scope = SearchScope {
            snapshot: resolved.snapshot,
            view,
            selected: &all,
            is_whole: true,
            reads,
            progress: &resolved.progress,
            executor: self.executor(),
        };
        let count = Count { total_hits: TotalHits::UpTo(1) };
        Ok(scope.collect(&*query, Scores::Ignored, &count)? > 0)
    }
}
