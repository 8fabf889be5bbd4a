//! Searches what a cursor names.

use std::collections::BTreeMap;
use std::sync::Arc;

use quidditch_engine::{
    Error as EngineError, HitPosition, PointInTime, SearchRequest, SearchResponse, SearchTarget, Searched, Total,
};
use quidditch_index::{Cost, IndexError, Snapshot};
use serde_json::Value as Json;

use crate::Service;
use crate::cursor::{Cursor, CursorIndex, Scroll};
use crate::error::ApiError;
use crate::indices::{Expression, IfEmpty, IfUnavailable, IndicesOptions};
use crate::keep_alive::check_time;
use crate::search_targets::search_targets;
use crate::targets::Target;

/// What a cursor names, opened.
pub(crate) struct OpenCursor<'a> {
    indices: Vec<OpenIndex<'a>>,
}

/// One of the indices of a cursor.
struct OpenIndex<'a> {
    /// The index as it is now, with the filter of the alias that the cursor names.
    target: Target,
    /// The index as it was when the cursor was made; `None` if it has not changed.
    reopened: Option<Snapshot>,
    behind: Option<&'a HitPosition>,
}

impl<'a> OpenCursor<'a> {
    /// Opens the indices as they were when the cursor was made.
    ///
    /// # Errors
    /// [`ApiError::NoContext`] if it has expired, or if an index does not exist any more, or is another one now.
    pub(crate) async fn open(service: &Service, cursor: &'a Cursor, cost: &Cost) -> Result<Self, ApiError> {
        let missing = |index: &str| ApiError::NoContext { index: index.to_owned() };
        if cursor.has_expired(service.clock.unix_millis()) {
            return Err(missing(&cursor.expression));
        }
        let options = IndicesOptions {
            if_unavailable: IfUnavailable::Ignore,
            if_empty: IfEmpty::Allow,
            wildcards: cursor.wildcards,
        };
        let targets = service.targets(&Expression::from_path(Some(&cursor.expression)), &options, cost).await?;
        let named = |target: Target| (target.snapshot.name().to_owned(), target);
        let mut targets: BTreeMap<String, Target> = targets.into_iter().map(named).collect();
        let mut indices = Vec::with_capacity(cursor.indices.len());
        for index in &cursor.indices {
            let missing = || missing(&index.name);
            let target = targets.remove(&index.name).ok_or_else(missing)?;
            let reopened = match target.snapshot.record() == index.record {
                true => None,
                false => Some(target.snapshot.at_record(&index.record).ok_or_else(missing)?),
            };
            indices.push(OpenIndex { target, reopened, behind: index.last.as_ref() });
        }
        Ok(OpenCursor { indices })
    }

    /// Searches them.
    ///
    /// # Errors
    /// [`ApiError::NoContext`] if a split does not exist any more.
    pub(crate) async fn search(
        &self,
        service: &Service,
        request: &SearchRequest,
        cost: &Arc<Cost>,
    ) -> Result<Searched<SearchResponse>, ApiError> {
        let targets: Vec<_> = self.indices.iter().map(OpenIndex::searched).collect();
        search_targets(service, &targets, request, cost).await.map_err(|error| match error {
            // Splits that were removed, or that never were as the cursor says.
            ApiError::Search { index, error } if is_damaged(&error) && self.is_reopened(&index) => {
                ApiError::NoContext { index }
            }
            error => error,
        })
    }

    /// Whether an index has changed since the cursor was made.
    fn is_reopened(&self, name: &str) -> bool {
        self.indices.iter().any(|index| index.reopened.is_some() && index.target.snapshot.name() == name)
    }
}

impl OpenIndex<'_> {
    fn searched(&self) -> SearchTarget<'_> {
        let current = self.target.searched();
        let snapshot = self.reopened.as_ref().unwrap_or(current.snapshot);
        SearchTarget { snapshot, behind: self.behind, ..current }
    }
}

fn is_damaged(error: &EngineError) -> bool {
    matches!(error, EngineError::Index(IndexError::Damaged { .. }))
}

/// What a new cursor keeps of indices.
pub(crate) fn record_all<'a>(targets: impl Iterator<Item = &'a Target>) -> Vec<CursorIndex> {
    let recorded = |target: &Target| CursorIndex {
        name: target.snapshot.name().to_owned(),
        record: target.snapshot.record(),
        last: None,
    };
    targets.map(recorded).collect()
}

/// The cursor of a scroll whose first page was found. Indices that failed are not in it.
pub(crate) fn begin_scroll(call: &ScrollCall<'_>, request: Json, searched: &Searched<SearchResponse>) -> Cursor {
    let response = &searched.response;
    let total = match response.hits.total {
        Some(Total::Object { value, .. }) => value,
        _ => 0,
    };
    let has_failed = |target: &&Target| searched.failures.iter().any(|failed| failed.index == target.snapshot.name());
    let cursor = Cursor {
        expression: call.expression.text().to_owned(),
        wildcards: call.options.wildcards,
        created_millis: call.created_millis,
        indices: record_all(call.targets.iter().filter(|target| !has_failed(target))),
        scroll: Some(Scroll { request, total, max_score: response.hits.max_score }),
    };
    cursor.behind_page(&response.last)
}

/// What a scroll is about.
pub(crate) struct ScrollCall<'a> {
    pub(crate) expression: &'a Expression,
    pub(crate) options: &'a IndicesOptions,
    pub(crate) targets: &'a [Target],
    /// When its first search began, in milliseconds since the Unix epoch.
    pub(crate) created_millis: i64,
}

/// Searches a point in time.
pub(crate) async fn search_point_in_time(
    service: &Service,
    pit: &PointInTime,
    request: &SearchRequest,
    cost: &Arc<Cost>,
) -> Result<Searched<SearchResponse>, ApiError> {
    let cursor = decode_point_in_time(&pit.id)?;
    if let Some(keep_alive) = pit.keep_alive {
        check_time(keep_alive).map_err(|error| error.in_search(&cursor.expression))?;
    }
    let opened = OpenCursor::open(service, &cursor, cost).await?;
    let mut searched = opened.search(service, request, cost).await?;
    searched.response.pit_id = Some(pit.id.clone());
    Ok(searched)
}

/// The cursor of a point in time.
///
/// # Errors
/// If the id is not one of a point in time.
pub(crate) fn decode_point_in_time(id: &str) -> Result<Cursor, ApiError> {
    let cursor = Cursor::decode(id).ok().filter(|cursor| cursor.scroll.is_none());
    cursor.ok_or_else(|| ApiError::Argument(format!("invalid id: [{}]", quidditch_index::excerpt(id))))
}
