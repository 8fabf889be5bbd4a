//! From names of indices to their snapshots.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::stream::{self, StreamExt};
use quidditch_engine::{QueryFilter, SearchTarget};
use quidditch_index::{
    Aliases, Cost, IndexError, IndexSummary, Snapshot, TRACE_TARGET, check_index_name, existing_indices,
    summarize_index,
};

use crate::Service;
use crate::error::{ApiError, is_missing_index};
use crate::indices::{Expression, IfEmpty, IfUnavailable, IndicesOptions, Known};

/// Greatest number of indices of one request. 1,000: each is opened, and holds its mapping and its footers in memory.
const MAX_INDICES: usize = 1_000;

/// How many manifests are requested at a time.
const READS_AT_A_TIME: usize = 16;

/// How many indices of a request are opened at a time. 64: most requests name fewer, and wait for one read only.
const OPENED_AT_A_TIME: usize = 64;

/// One of the indices that a request is about.
pub struct Target {
    /// The index as it is searched.
    pub snapshot: Arc<Snapshot>,
    filter: Option<QueryFilter>,
}

impl Target {
    /// As the engine searches it.
    pub fn searched(&self) -> SearchTarget<'_> {
        SearchTarget { filter: self.filter.as_ref(), ..SearchTarget::whole(&self.snapshot) }
    }
}

/// Checks how many indices a request names.
fn check_count(expression: &Expression, indices: usize) -> Result<(), ApiError> {
    if indices <= MAX_INDICES {
        return Ok(());
    }
    let text = expression.text();
    let reason = format!("[{text}] names {indices} indices: at most {MAX_INDICES} are allowed in a request");
    Err(ApiError::Argument(reason))
}

type Snapshots = BTreeMap<String, Arc<Snapshot>>;

impl Service {
    /// The indices that a request names, sorted by name. Names cost the opening of their indices; patterns a listing of the
    /// store, and both a read of the aliases, unless every name is one of an index.
    ///
    /// # Errors
    /// [`IndexError::NotFound`] as far as `options` say so, a filter of an alias that cannot be read, and the errors of opening.
    #[tracing::instrument(target = TRACE_TARGET, level = "debug", name = "snapshot", skip_all)]
    pub async fn targets(
        &self,
        expression: &Expression,
        options: &IndicesOptions,
        cost: &Cost,
    ) -> Result<Vec<Target>, ApiError> {
        check_count(expression, expression.parts())?;
        let mut snapshots = self.open(expression.names().collect(), cost).await?;
        let all_are_indices = expression.names().all(|name| snapshots.contains_key(name));
        let mut indices: BTreeSet<String> = snapshots.keys().cloned().collect();
        if expression.has_patterns() {
            indices.extend(self.names.indices().await?.iter().cloned());
        }
        let needs_aliases = !expression.is_all() && (expression.has_patterns() || !all_are_indices);
        let aliases = if needs_aliases { self.names.aliases().await? } else { Arc::default() };
        let found = expression.resolve(options, &Known { indices: &indices, aliases: &aliases })?;
        check_count(expression, found.len())?;
        let closed = found.keys().map(String::as_str).filter(|name| !snapshots.contains_key(*name)).collect();
        snapshots.extend(self.open(closed, cost).await?);
        let mut targets = Vec::with_capacity(found.len());
        for (name, found) in found {
            let filter =
                found.filter.as_ref().map(|filter| QueryFilter::parse(filter, self.engine.limits())).transpose();
            let filter = filter.map_err(|error| ApiError::search(&name, error))?;
            match snapshots.remove(&name) {
                Some(snapshot) => targets.push(Target { snapshot, filter }),
                // What is left of a deleted index has a folder.
                None if found.is_optional(options) => {}
                None => return Err(IndexError::NotFound { name }.into()),
            }
        }
        if targets.is_empty() && options.if_empty == IfEmpty::Fail {
            return Err(expression.not_found());
        }
        Ok(targets)
    }

    /// The names of the indices that a request names itself: an alias is not accepted where indices are deleted or get aliases.
    ///
    /// # Errors
    /// As [`Service::targets`], and a name that is one of an alias.
    pub async fn index_names(
        &self,
        expression: &Expression,
        options: &IndicesOptions,
    ) -> Result<Vec<String>, ApiError> {
        check_count(expression, expression.parts())?;
        let mut indices = self.existing(expression.names()).await?;
        if expression.has_patterns() {
            indices.extend(self.names.indices().await?.iter().cloned());
        }
        if options.if_unavailable == IfUnavailable::Fail && !expression.names().all(|name| indices.contains(name)) {
            let aliases = self.names.aliases().await?;
            let mut unknown = expression.names().filter(|name| !indices.contains(*name));
            if let Some(alias) = unknown.find(|name| aliases.indices(name).is_some()) {
                return Err(ApiError::Argument(format!(
                    "The provided expression [{alias}] matches an alias, specify the corresponding concrete indices instead."
                )));
            }
        }
        let aliases = Aliases::default();
        let found = expression.resolve(options, &Known { indices: &indices, aliases: &aliases })?;
        check_count(expression, found.len())?;
        // What is left of a deleted index has a folder.
        let names = self.existing(found.keys().map(String::as_str)).await?;
        if names.is_empty() && options.if_empty == IfEmpty::Fail {
            return Err(expression.not_found());
        }
        Ok(names.into_iter().collect())
    }

    /// The names of indices that exist. They need not be readable.
    async fn existing<'a>(&self, names: impl Iterator<Item = &'a str>) -> Result<BTreeSet<String>, ApiError> {
        let names = names.filter(|name| check_index_name(name).is_ok()).map(str::to_owned).collect();
        Ok(existing_indices(self.snapshots.reader().storage(), names).await?.into_iter().collect())
    }

    /// What the manifests of indices say, by name. A damaged index is in the list with its error.
    ///
    /// # Errors
    /// As [`Service::targets`].
    pub(crate) async fn summaries(
        &self,
        expression: &Expression,
        options: &IndicesOptions,
    ) -> Result<Vec<(String, Result<IndexSummary, IndexError>)>, ApiError> {
        check_count(expression, expression.parts())?;
        let indices = self.names.indices().await?;
        let aliases = if expression.is_all() { Arc::default() } else { self.names.aliases().await? };
        let found = expression.resolve(options, &Known { indices: &indices, aliases: &aliases })?;
        let storage = self.snapshots.reader().storage();
        let reads: Vec<_> = found.keys().map(|name| summarize_index(storage, name)).collect();
        let summaries: Vec<_> = stream::iter(reads).buffered(READS_AT_A_TIME).collect().await;
        let mut answer = Vec::new();
        for ((name, found), summary) in found.into_iter().zip(summaries) {
            match summary {
                Err(IndexError::NotFound { .. }) if found.is_optional(options) => {}
                Err(error @ IndexError::NotFound { .. }) => return Err(error.into()),
                summary => answer.push((name, summary)),
            }
        }
        Ok(answer)
    }

    /// The only index of a name, which may be an alias: for requests that are about one document or one analyzer.
    ///
    /// # Errors
    /// [`IndexError::NotFound`], also for lists and patterns; an alias of several indices; the errors of opening.
    pub async fn only_target(&self, name: &str, cost: &Cost) -> Result<Target, ApiError> {
        let expression = Expression::from_path(Some(name));
        if expression.only_name() != Some(name) {
            return Err(expression.not_found());
        }
        let mut targets = self.targets(&expression, &IndicesOptions::DEFAULT, cost).await?;
        match targets.len() {
            0 => Err(expression.not_found()),
            1 => Ok(targets.remove(0)),
            _ => {
                let names: Vec<&str> = targets.iter().map(|target| target.snapshot.name()).collect();
                Err(ApiError::Argument(format!(
                    "alias [{name}] has more than one index associated with it [{}], can't execute a single index op",
                    names.join(", ")
                )))
            }
        }
    }

    /// The indices of these names that exist.
    async fn open(&self, names: BTreeSet<&str>, cost: &Cost) -> Result<Snapshots, ApiError> {
        let opening: Vec<_> = names.iter().map(|name| self.snapshots.get(name, cost)).collect();
        let opened: Vec<_> = stream::iter(opening).buffered(OPENED_AT_A_TIME).collect().await;
        let mut snapshots = Snapshots::new();
        for (name, opened) in names.into_iter().zip(opened) {
            match opened {
                Ok(snapshot) => _ = snapshots.insert(name.to_owned(), snapshot),
                Err(error) if is_missing_index(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(snapshots)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_names_is_limited_before_any_is_read() {
        let check = |count: usize| {
            let names: Vec<String> = (0..count).map(|number| format!("i{number}")).collect();
            let expression = Expression::from_path(Some(&names.join(",")));
            check_count(&expression, expression.parts())
        };
        assert!(check(1_000).is_ok());
        assert!(matches!(check(1_001), Err(ApiError::Argument(_))));
    }
}
