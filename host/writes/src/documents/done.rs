//! What a request has done to many documents.

use std::time::Duration;

use http::StatusCode;
use quidditch_indexing::{Effect, Refused, WriteResult};
use quidditch_service::writing::Answer;
use serde_json::{Map, Value as Json, json};

use super::failure::{item_error, refused};
use super::pace::OnConflict;

/// Which counts are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Deleted,
    Updated,
    Created,
}

/// What was done.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub(super) total: u64,
    batches: u64,
    created: u64,
    updated: u64,
    deleted: u64,
    conflicts: u64,
    noops: u64,
    failures: Vec<Json>,
    /// Of the failures, the greatest.
    status: u64,
}

impl Done {
    /// Counts a batch that was read.
    pub(super) fn add_batch(&mut self) {
        self.batches += 1;
    }

    /// Counts a document that a script left as it is.
    pub(super) fn add_noop(&mut self) {
        self.noops += 1;
    }

    /// Adds the results of operations on an index.
    pub(super) fn add(&mut self, index: &str, results: Vec<WriteResult>, conflicts: OnConflict) {
        for WriteResult { id, outcome } in results {
            let error = match outcome {
                Ok(written) => {
                    match written.effect {
                        Effect::Created => self.created += 1,
                        Effect::Updated => self.updated += 1,
                        // A document that is already deleted counts as well, as in OpenSearch.
                        Effect::Deleted | Effect::NotFound => self.deleted += 1,
                        Effect::Noop => self.noops += 1,
                    }
                    continue;
                }
                Err(error) => error,
            };
            if matches!(error, Refused::Conflict(_)) {
                self.conflicts += 1;
                if conflicts == OnConflict::Proceed {
                    continue;
                }
            }
            let (status, cause) = item_error(refused(index, &id, error).into());
            self.status = self.status.max(status);
            self.failures.push(json!({ "index": index, "id": id, "cause": cause, "status": status }));
        }
    }

    pub(super) fn is_aborted(&self) -> bool {
        !self.failures.is_empty()
    }

    pub(super) fn answer(self, took: Duration, shown: Shown) -> Answer {
        let mut json = Map::new();
        json.insert("took".to_owned(), u64::try_from(took.as_millis()).unwrap_or(u64::MAX).into());
        json.insert("timed_out".to_owned(), false.into());
        json.insert("total".to_owned(), self.total.into());
        if shown != Shown::Deleted {
            json.insert("updated".to_owned(), self.updated.into());
        }
        if shown == Shown::Created {
            json.insert("created".to_owned(), self.created.into());
        }
        json.insert("deleted".to_owned(), self.deleted.into());
        json.insert("batches".to_owned(), self.batches.into());
        json.insert("version_conflicts".to_owned(), self.conflicts.into());
        json.insert("noops".to_owned(), self.noops.into());
        json.insert("retries".to_owned(), json!({ "bulk": 0, "search": 0 }));
        json.insert("throttled_millis".to_owned(), 0.into());
        json.insert("requests_per_second".to_owned(), (-1.0).into());
        json.insert("throttled_until_millis".to_owned(), 0.into());
        json.insert("failures".to_owned(), self.failures.into());
        let status = if self.status == 0 { 200 } else { self.status };
        let status = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok());
        Answer::json_with(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), &json)
    }
}
