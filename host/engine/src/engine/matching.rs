//! All documents that match, by where they are: what is done with them is somebody else's business.

use std::sync::Arc;
use std::time::Duration;

use quidditch_function::FunctionResolver;
use quidditch_index::{Cost, ReadSession, Snapshot, SnapshotDocument, View};
use tantivy::SegmentReader;
use tantivy::query::{EnableScoring, Weight};

use super::{Engine, Survey};
use crate::execute::Execution;
use crate::{Error, SearchRequest};

impl Engine {
    /// All documents that match, in the order of the index. Of the request only the query counts, and no time limit does, as
    /// a part of the documents would be a wrong answer; the functions in it have the time that they always have.
    ///
    /// # Errors
    /// As [`Engine::search`].
    pub async fn matching(
        &self,
        snapshot: &Snapshot,
        request: &SearchRequest,
        functions: &dyn FunctionResolver,
        cost: &Arc<Cost>,
    ) -> Result<Vec<SnapshotDocument>, Error> {
        let reads = ReadSession::new(snapshot.reader(), cost);
        let bound = self.bind(snapshot, request, functions, Duration::MAX).await?;
        let survey = bound.survey()?;
        let view = bound.open(&survey, &reads).await?;
        reads
            .run(|| {
                bound.progress.restart();
                let (execution, _) = bound.plan(Some(view.searcher()))?;
                let documents = matches(&execution, &view, &survey)?;
                // A stage that failed parked its error and ended: what was found then means nothing.
                bound.progress.check()?;
                Ok(documents)
            })
            .await
    }
}

fn matches(execution: &Execution<'_>, view: &View, survey: &Survey) -> Result<Vec<SnapshotDocument>, Error> {
    let searcher = view.searcher();
    let scoring = if execution.scored {
        EnableScoring::enabled_from_searcher(searcher)
    } else {
        EnableScoring::disabled_from_searcher(searcher)
    };
    let weight = execution.query.weight(scoring)?;
    let mut by_segment = Vec::new();
    for (ordinal, segment) in searcher.segment_readers().iter().enumerate() {
        let split = view.split_of(ordinal);
        if survey.selected.contains(&split) {
            by_segment.push(matches_in(&*weight, split, segment));
        }
    }
    // Every segment was searched, so that all that is missing is known at once.
    let by_segment = by_segment.into_iter().collect::<Result<Vec<_>, _>>()?;
    let mut documents = by_segment.concat();
    documents.sort_unstable();
    Ok(documents)
}

fn matches_in(weight: &dyn Weight, split: usize, segment: &SegmentReader) -> Result<Vec<SnapshotDocument>, Error> {
    let is_alive = |document| segment.alive_bitset().is_none_or(|alive| alive.is_alive(document));
    let mut documents = Vec::new();
    weight.for_each_no_score(segment, &mut |found| {
        let alive = found.iter().filter(|document| is_alive(**document));
        documents.extend(alive.map(|document| SnapshotDocument { split, document: *document }));
    })?;
    Ok(documents)
}
