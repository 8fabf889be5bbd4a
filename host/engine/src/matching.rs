//! All documents that match, by where they are in the snapshot; what is done with them is up to the caller.

use std::sync::Arc;
use std::time::Duration;

use quidditch_function::FunctionResolver;
use quidditch_index::{Cost, ReadSession, Snapshot, SnapshotDocument};

use crate::collect::AllDocuments;
use crate::engine::Engine;
use crate::functions::OnError;
use crate::plan::Mappings;
use crate::{Error, SearchRequest, SearchTarget};

impl Engine {
    /// All documents that match, in the order of the index. Only the request's query is used, and no time limit, since a part of
    /// the documents would be a wrong answer; the functions in it have the time that they always have.
    ///
    /// # Errors
    /// As [`Engine::search`], and [`Error::Argument`] if a clause tolerates that its function fails.
    pub async fn matching(
        &self,
        snapshot: &Snapshot,
        request: &SearchRequest,
        functions: &dyn FunctionResolver,
        cost: &Arc<Cost>,
    ) -> Result<Vec<SnapshotDocument>, Error> {
        self.matching_target(&SearchTarget::whole(snapshot), request, functions, cost).await
    }

    /// The same of an index of which a filter may leave a part.
    ///
    /// # Errors
    /// As [`Engine::matching`].
    pub async fn matching_target(
        &self,
        target: &SearchTarget<'_>,
        request: &SearchRequest,
        functions: &dyn FunctionResolver,
        cost: &Arc<Cost>,
    ) -> Result<Vec<SnapshotDocument>, Error> {
        let reads = ReadSession::new(target.snapshot.reader(), cost);
        let allowance = self.allowance_within(request, Duration::MAX);
        let resolved = self.resolve_target(target, Mappings::default(), request, functions, &allowance, cost).await?;
        if resolved.calls_as_requested().any(|call| call.on_error != OnError::Fail) {
            return Err(Error::Argument(
                "[on_error] is not allowed in a request that changes documents: where the function fails, it would change others"
                    .to_owned(),
            ));
        }
        let dry_run = resolved.dry_run()?;
        let view = resolved.open(&dry_run, &reads).await?;
        reads
            .run(|| {
                resolved.progress.restart();
                let plan = resolved.plan(view.searcher())?;
                let scope = self.scope(&resolved, &dry_run, &view, &reads);
                scope.collect(&*plan.query, plan.scores, &AllDocuments)
            })
            .await
    }
}
