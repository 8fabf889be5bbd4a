//! Searches what a cursor names.

use std::sync::Arc;

use quidditch_engine::{Error as EngineError, PointInTime, SearchRequest, SearchResponse, SearchTarget, Total};
use quidditch_index::{Cost, IndexError, Snapshot, SnapshotRecord};
use serde_json::Value as Json;

use crate::Service;
use crate::cursor::{Cursor, Scroll};
use crate::error::{ApiError, is_missing_index};
use crate::indices::{Expression, IndicesOptions};
use crate::keep_alive::check_time;
use crate::targets::Target;

/// What a cursor names, opened.
pub(crate) struct OpenCursor {
    /// The index as it is now, with the filter of the alias that the cursor names.
    target: Target,
    /// The index as it was when the cursor was made; `None` if it has not changed.
    reopened: Option<Snapshot>,
    /// What the cursor names: an index or an alias.
    name: String,
}

impl OpenCursor {
    /// Opens the index as it was when the cursor was made.
    ///
    /// # Errors
    /// [`ApiError::NoContext`] if it has expired, or if the index is another one now.
    pub(crate) async fn open(service: &Service, cursor: &Cursor, cost: &Cost) -> Result<Self, ApiError> {
        let missing = || ApiError::NoContext { index: cursor.index.clone() };
        if cursor.has_expired(service.clock.unix_millis()) {
            return Err(missing());
        }
        let expression = Expression::from_path(Some(&cursor.index));
        let targets = match service.targets(&expression, &IndicesOptions::DEFAULT, cost).await {
            Ok(targets) => targets,
            Err(ApiError::Index(error)) if is_missing_index(&error) => return Err(missing()),
            Err(error) => return Err(error),
        };
        let Ok([target]) = <[Target; 1]>::try_from(targets) else { return Err(missing()) };
        let reopened = match target.snapshot.record() == cursor.record {
            true => None,
            false => Some(target.snapshot.at_record(&cursor.record).ok_or_else(missing)?),
        };
        Ok(OpenCursor { target, reopened, name: cursor.index.clone() })
    }

    /// Searches it.
    ///
    /// # Errors
    /// [`ApiError::NoContext`] if a split does not exist any more.
    pub(crate) async fn search(
        &self,
        service: &Service,
        request: &SearchRequest,
        cost: &Arc<Cost>,
    ) -> Result<SearchResponse, ApiError> {
        let current = self.target.searched();
        let target = self.reopened.as_ref().map_or(current, |snapshot| SearchTarget { snapshot, ..current });
        let found = service.engine.search_target(&target, request, service.functions.as_ref(), cost).await;
        found.map_err(|error| match error {
            // Splits that were removed, or that never were as the cursor says.
            EngineError::Index(IndexError::Damaged { .. }) if self.reopened.is_some() => {
                ApiError::NoContext { index: self.name.clone() }
            }
            error => ApiError::failed_search(&self.name, error),
        })
    }
}

/// The index of a scroll or of a new point in time.
///
/// # Errors
/// If the names are of no index, or of several.
pub(crate) fn only_target<'a>(expression: &Expression, targets: &'a [Target]) -> Result<&'a Target, ApiError> {
    match targets {
        [target] => Ok(target),
        targets => Err(ApiError::Argument(format!(
            "[{}] names {} indices: a scroll or a point in time searches exactly one",
            expression.text(),
            targets.len()
        ))),
    }
}

/// Makes the response to the first page of a scroll.
pub(crate) fn begin_scroll(
    index: &str,
    request: Json,
    created_millis: i64,
    record: SnapshotRecord,
    response: &mut SearchResponse,
) {
    let total = match response.hits.total {
        Some(Total::Object { value, .. }) => value,
        _ => 0,
    };
    let scroll = Scroll { request, last: response.last.clone(), total, max_score: response.hits.max_score };
    let cursor = Cursor { index: index.to_owned(), created_millis, record, scroll: Some(scroll) };
    response.scroll_id = Some(cursor.encode());
}

/// Searches a point in time.
pub(crate) async fn search_point_in_time(
    service: &Service,
    pit: &PointInTime,
    request: &SearchRequest,
    cost: &Arc<Cost>,
) -> Result<SearchResponse, ApiError> {
    let cursor = decode_point_in_time(&pit.id)?;
    if let Some(keep_alive) = pit.keep_alive {
        check_time(keep_alive).map_err(|error| error.in_search(&cursor.index))?;
    }
    let opened = OpenCursor::open(service, &cursor, cost).await?;
    let mut response = opened.search(service, request, cost).await?;
    response.pit_id = Some(pit.id.clone());
    Ok(response)
}

/// The cursor of a point in time.
///
/// # Errors
/// If the id is not one of a point in time.
pub(crate) fn decode_point_in_time(id: &str) -> Result<Cursor, ApiError> {
    let cursor = Cursor::decode(id).ok().filter(|cursor| cursor.scroll.is_none());
    cursor.ok_or_else(|| ApiError::Argument(format!("invalid id: [{}]", quidditch_index::excerpt(id))))
}
