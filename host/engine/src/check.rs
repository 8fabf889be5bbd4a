//! What can be told about a query and an index without searching it.

use std::sync::Arc;

use quidditch_function::FunctionResolver;
use tantivy::query::EmptyQuery;

use crate::engine::Engine;
use crate::plan::Mappings;
use crate::search_target::SearchTarget;
use crate::{Error, SearchRequest};

/// Whether an index may have matches of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matches {
    /// It has none, by its mapping and its manifest.
    None,
    /// It may have some.
    Possible,
}

impl Engine {
    /// Checks that a request fits an index, and whether the index may have matches. Reads nothing of its splits, except documents that queries name.
    ///
    /// # Errors
    /// As [`Engine::search`], except those of reading.
    pub async fn check(
        &self,
        target: &SearchTarget<'_>,
        request: &SearchRequest,
        functions: &dyn FunctionResolver,
    ) -> Result<Matches, Error> {
        let allowance = self.allowance(request);
        let resolved =
            self.resolve_target(target, Mappings::default(), request, functions, &allowance, &Arc::default()).await?;
        let selected = resolved.dry_run()?.selected;
        let is_empty = selected.is_empty() || resolved.plan_for_merging()?.query.is::<EmptyQuery>();
        Ok(if is_empty { Matches::None } else { Matches::Possible })
    }
}
