//! `_delete_by_query` and `_update_by_query`: changes all documents that match.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use quidditch_engine::SearchRequest;
use quidditch_index::{Cost, PRIMARY_TERM, ReadSession, SnapshotDocument, View};
use quidditch_indexing::{Condition, Effect, Refused, WriteAction, WriteOperation, WriteResult};
use quidditch_service::Service;
use quidditch_service::writing::{
    Answer, ApiError, Call, IndicesOptions, Parameters, Target, take_search_parameters, take_url_query,
};
use serde_json::{Map, Value as Json, json};

use super::failure::{item_error, refused};
use super::parameters::{Refresh, check_pipeline};
use super::update_body::no_scripts;
use crate::Writes;
use crate::parameters::take_active_shards;

/// How many documents are read and written at a time, unless the request says so.
pub(super) const BATCH_DOCUMENTS: usize = 1_000;

/// Most documents that a request may ask to be read and written at a time.
const MAX_BATCH_DOCUMENTS: usize = 10_000;

/// What is done to each document that matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ByQuery {
    Delete,
    /// It is indexed again, with the fields that the mapping has by now.
    Update,
}

/// What happens if a document has changed since it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnConflict {
    Abort,
    Proceed,
}

/// Deletes all documents that match.
pub(crate) async fn delete_by_query(writes: &Writes, service: &Service, call: Call) -> Result<Answer, ApiError> {
    by_query(writes, service, call, ByQuery::Delete).await
}

/// Indexes all documents that match again.
pub(crate) async fn update_by_query(writes: &Writes, service: &Service, call: Call) -> Result<Answer, ApiError> {
    by_query(writes, service, call, ByQuery::Update).await
}

/// What a request says but for its query.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    pub(super) conflicts: OnConflict,
    pub(super) max_docs: u64,
    pub(super) batch: usize,
}

async fn by_query(writes: &Writes, service: &Service, call: Call, change: ByQuery) -> Result<Answer, ApiError> {
    let start = writes.clock.monotonic();
    let expression = call.indices();
    let Call { path, mut parameters, body, .. } = call;
    let mut pace = Pace::take(&mut parameters, "scroll_size")?;
    Refresh::take(&mut parameters)?;
    take_active_shards(&mut parameters)?;
    for key in ["timeout", "search_timeout", "scroll", "stats", "version", "terminate_after"] {
        parameters.take(key)?;
    }
    if let Some(pipeline) = parameters.take("pipeline")? {
        check_pipeline(&pipeline)?;
    }
    let body = take_url_query(&mut parameters, &body)?;
    let options = IndicesOptions::take(&mut parameters, IndicesOptions::DEFAULT)?;
    take_search_parameters(&mut parameters)?;
    parameters.finish(&path)?;
    let query = pace.take_body(&body, change)?;
    let request = SearchRequest::parse_count(&query.to_string(), service.engine().limits());
    let request = request.map_err(|error| ApiError::search(expression.text(), error))?;

    let cost = Arc::new(Cost::default());
    let mut done = Done::default();
    for target in service.targets(&expression, &options, &cost).await? {
        let left = pace.max_docs - done.total.min(pace.max_docs);
        let found = Found::of(service, &target, &request, left, &cost).await?;
        done.total += found.documents.len() as u64;
        for batch in found.documents.chunks(pace.batch) {
            let operations = found.read(batch, &cost).await?.into_iter().map(|found| found.operation(change)).collect();
            let index = target.snapshot.name();
            let results = writes.committer.write(service, index, operations).await?;
            done.add(index, results, pace.conflicts);
            if done.is_aborted() {
                return Ok(done.answer(writes.clock.monotonic().saturating_sub(start), Shown::of(change)));
            }
        }
    }
    Ok(done.answer(writes.clock.monotonic().saturating_sub(start), Shown::of(change)))
}

impl Pace {
    /// Takes what says how many documents are written, and how.
    pub(super) fn take(parameters: &mut Parameters, batch_key: &str) -> Result<Self, ApiError> {
        let conflicts = parameters.take("conflicts")?;
        let conflicts = conflicts.map_or(Ok(OnConflict::Abort), |text| OnConflict::parse(&text))?;
        let mut pace = Pace { conflicts, max_docs: u64::MAX, batch: BATCH_DOCUMENTS };
        let mut slices = 1;
        for key in ["max_docs", "size"] {
            if let Some(text) = parameters.take(key)? {
                pace.max_docs = count(key, &text)?;
            }
        }
        if let Some(text) = parameters.take(batch_key)? {
            pace.set_batch(batch_key, count(batch_key, &text)?)?;
        }
        if let Some(text) = parameters.take("slices")?.filter(|text| text != "auto") {
            slices = text.parse::<u64>().ok().filter(|slices| *slices > 0).ok_or_else(|| {
                let expected = r#"[slices] must be a positive integer or the string "auto""#;
                ApiError::Argument(format!("{expected}, but was [{text}]"))
            })?;
        }
        if pace.max_docs < slices {
            return Err(ApiError::Argument("[max_docs] should be >= [slices]".to_owned()));
        }
        if !matches!(parameters.take("wait_for_completion")?.as_deref(), None | Some("" | "true")) {
            return Err(ApiError::Argument(
                "[wait_for_completion=false] is not supported: there are no tasks; the answer comes when all is done".to_owned(),
            ));
        }
        parameters.take("requests_per_second")?;
        Ok(pace)
    }

    pub(super) fn set_batch(&mut self, key: &str, documents: u64) -> Result<(), ApiError> {
        match usize::try_from(documents) {
            Ok(documents @ 1..=MAX_BATCH_DOCUMENTS) => self.batch = documents,
            _ => {
                return Err(ApiError::Argument(format!(
                    "[{key}] must be from 1 to {MAX_BATCH_DOCUMENTS}, but is [{documents}]"
                )));
            }
        }
        Ok(())
    }

    /// Takes the keys of a body that are not about its query. Returns the rest, which must have a query unless all documents are
    /// updated.
    fn take_body(&mut self, body: &str, change: ByQuery) -> Result<Json, ApiError> {
        let json = match body.trim() {
            "" => Json::Object(Map::new()),
            text => quidditch_index::parse_json(text).map_err(|error| ApiError::invalid_json("the request", &error))?,
        };
        let Json::Object(mut object) = json else { return Err(ApiError::body("the request must be an object")) };
        if let Some(conflicts) = object.shift_remove("conflicts") {
            self.conflicts = OnConflict::parse(conflicts.as_str().unwrap_or_default())?;
        }
        for key in ["max_docs", "size"] {
            if let Some(value) = object.shift_remove(key) {
                self.max_docs = count(key, &value.to_string())?;
            }
        }
        if object.shift_remove("script").is_some() {
            return Err(no_scripts("_update_by_query"));
        }
        if object.contains_key("slice") {
            return Err(ApiError::Argument(
                "[slice] is not supported: one request changes all documents that match".to_owned(),
            ));
        }
        // What is changed does not depend on the order.
        object.shift_remove("sort");
        if !object.contains_key("query") {
            match change {
                ByQuery::Delete => return Err(ApiError::validation("query is missing")),
                ByQuery::Update => object.insert("query".to_owned(), json!({ "match_all": {} })),
            };
        }
        Ok(object.into())
    }
}

impl OnConflict {
    pub(super) fn parse(text: &str) -> Result<Self, ApiError> {
        match text {
            "abort" => Ok(OnConflict::Abort),
            "proceed" => Ok(OnConflict::Proceed),
            other => {
                let reason = format!(r#"conflicts may only be "proceed" or "abort" but was [{other}]"#);
                Err(ApiError::Argument(reason))
            }
        }
    }
}

pub(super) fn count(key: &str, text: &str) -> Result<u64, ApiError> {
    text.parse().map_err(|_| ApiError::Argument(format!("[{key}] must be a positive integer, but is [{text}]")))
}

/// The documents of an index that match.
pub(super) struct Found<'a> {
    target: &'a Target,
    view: Arc<View>,
    pub(super) documents: Vec<SnapshotDocument>,
}

/// A document that matches.
pub(super) struct FoundDocument {
    pub(super) id: String,
    pub(super) source: String,
    version: u64,
    seq_no: u64,
}

impl<'a> Found<'a> {
    /// Finds at most so many documents.
    pub(super) async fn of(
        service: &Service,
        target: &'a Target,
        request: &SearchRequest,
        max_docs: u64,
        cost: &Arc<Cost>,
    ) -> Result<Self, ApiError> {
        let snapshot = &target.snapshot;
        let functions = service.functions().as_ref();
        let found = service.engine().matching_target(&target.searched(), request, functions, cost).await;
        let mut documents = found.map_err(|error| ApiError::failed_search(snapshot.name(), error))?;
        documents.truncate(usize::try_from(max_docs).unwrap_or(usize::MAX));
        let view = snapshot.view_of_all(&ReadSession::new(snapshot.reader(), cost)).await?;
        Ok(Found { target, view, documents })
    }

    /// Reads some of them.
    pub(super) async fn read(
        &self,
        documents: &[SnapshotDocument],
        cost: &Arc<Cost>,
    ) -> Result<Vec<FoundDocument>, ApiError> {
        let reads = ReadSession::new(self.target.snapshot.reader(), cost);
        let read = reads.run(|| {
            let mut all = Vec::with_capacity(documents.len());
            let mut missing = None;
            for document in documents {
                let Some(address) = self.view.address(*document) else { continue };
                // Both are tried, so that all missing bytes are known at once.
                match (self.view.stored(address), self.view.revision(address)) {
                    (Ok(stored), Ok(revision)) => all.push(FoundDocument {
                        id: stored.id,
                        source: stored.source,
                        version: revision.version,
                        seq_no: revision.seq_no,
                    }),
                    (Err(error), _) | (_, Err(error)) => missing = Some(error),
                }
            }
            missing.map_or(Ok(all), Err)
        });
        Ok(read.await?)
    }
}

impl FoundDocument {
    fn operation(self, change: ByQuery) -> WriteOperation {
        let action = match change {
            ByQuery::Delete => WriteAction::Delete,
            ByQuery::Update => WriteAction::Index(Bytes::from(self.source)),
        };
        let condition = Condition::Written { seq_no: self.seq_no, primary_term: PRIMARY_TERM };
        WriteOperation { id: Some(self.id), action, condition }
    }

    /// The version that it has.
    pub(super) fn version(&self) -> u64 {
        self.version
    }
}

/// Which counts are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Deleted,
    Updated,
    Created,
}

impl Shown {
    fn of(change: ByQuery) -> Self {
        match change {
            ByQuery::Delete => Shown::Deleted,
            ByQuery::Update => Shown::Updated,
        }
    }
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
    failures: Vec<Json>,
    /// Of the failures, the greatest.
    status: u64,
}

impl Done {
    /// Adds the results of a batch.
    pub(super) fn add(&mut self, index: &str, results: Vec<WriteResult>, conflicts: OnConflict) {
        self.batches += 1;
        for WriteResult { id, outcome } in results {
            let error = match outcome {
                Ok(written) => {
                    match written.effect {
                        Effect::Created => self.created += 1,
                        Effect::Updated => self.updated += 1,
                        Effect::Deleted => self.deleted += 1,
                        Effect::NotFound | Effect::Noop => {}
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
        json.insert("noops".to_owned(), 0.into());
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
