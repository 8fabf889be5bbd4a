//! `_delete_by_query` and `_update_by_query`: changes all documents that match.

use std::sync::Arc;

use bytes::Bytes;
use quidditch_engine::SearchRequest;
use quidditch_index::{Cost, PRIMARY_TERM};
use quidditch_indexing::{Condition, WriteAction, WriteOperation};
use quidditch_service::Service;
use quidditch_service::writing::{Answer, ApiError, Call, IndicesOptions, take_search_parameters, take_url_query};
use serde_json::{Map, Value as Json, json};

use super::changed_document::{ChangedDocument, DocumentOp};
use super::done::{Done, Shown};
use super::found::{Found, FoundDocument};
use super::pace::{OnConflict, Pace, count};
use super::parameters::{Refresh, check_pipeline};
use super::scripts::{RequestScript, Scripts};
use crate::Writes;
use crate::parameters::take_active_shards;

/// What is done to each document that matches.
enum ByQuery {
    Delete,
    /// It is indexed again, with the fields that the mapping has by now, and as a script has changed it.
    Update(Option<RequestScript>),
}

/// Deletes all documents that match.
pub(crate) async fn delete_by_query(writes: &Writes, service: &Service, call: Call) -> Result<Answer, ApiError> {
    by_query(writes, service, call, ByQuery::Delete).await
}

/// Indexes all documents that match again, as a script has changed them.
pub(crate) async fn update_by_query(writes: &Writes, service: &Service, call: Call) -> Result<Answer, ApiError> {
    by_query(writes, service, call, ByQuery::Update(None)).await
}

async fn by_query(writes: &Writes, service: &Service, call: Call, mut change: ByQuery) -> Result<Answer, ApiError> {
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
    let mut scripts = Scripts::for_request(writes, service);
    let query = take_body(&mut pace, &body, &mut change, &mut scripts)?;
    scripts.compile(service).await;
    if let ByQuery::Update(Some(script)) = &change {
        script.check()?;
    }
    let request = SearchRequest::parse_count(&query.to_string(), service.engine().limits());
    let request = request.map_err(|error| ApiError::search(expression.text(), error))?;

    let cost = Arc::new(Cost::default());
    let mut done = Done::default();
    for target in service.targets(&expression, &options, &cost).await? {
        let left = pace.max_docs - done.total.min(pace.max_docs);
        let found = Found::of(service, &target, &request, left, &cost).await?;
        done.total += found.documents.len() as u64;
        for batch in found.documents.chunks(pace.batch) {
            let index = target.snapshot.name();
            let mut operations = Vec::with_capacity(batch.len());
            done.add_batch();
            for found in found.read(batch, &cost).await? {
                match operation(found, index, &change)? {
                    Some(operation) => operations.push(operation),
                    None => done.add_noop(),
                }
            }
            if operations.is_empty() {
                continue;
            }
            let results = writes.committer.write(service, index, operations).await?;
            done.add(index, results, pace.conflicts);
            if done.is_aborted() {
                return Ok(done.answer(writes.clock.monotonic().saturating_sub(start), change.shown()));
            }
        }
    }
    Ok(done.answer(writes.clock.monotonic().saturating_sub(start), change.shown()))
}

/// Takes the keys of a body that are not about its query. Returns the rest, which must have a query unless all documents are
/// updated.
fn take_body(pace: &mut Pace, body: &str, change: &mut ByQuery, scripts: &mut Scripts) -> Result<Json, ApiError> {
    let json = match body.trim() {
        "" => Json::Object(Map::new()),
        text => quidditch_index::parse_json(text).map_err(|error| ApiError::invalid_json("the request", &error))?,
    };
    let Json::Object(mut object) = json else { return Err(ApiError::body("the request must be an object")) };
    if let Some(conflicts) = object.shift_remove("conflicts") {
        pace.conflicts = OnConflict::parse(conflicts.as_str().unwrap_or_default())?;
    }
    for key in ["max_docs", "size"] {
        if let Some(value) = object.shift_remove(key) {
            pace.max_docs = count(key, &value.to_string())?;
        }
    }
    if let ByQuery::Update(script) = change
        && let Some(json) = object.shift_remove("script").filter(|json| !json.is_null())
    {
        *script = Some(scripts.parse(json, "update-by-query")?);
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
            ByQuery::Update(_) => object.insert("query".to_owned(), json!({ "match_all": {} })),
        };
    }
    Ok(object.into())
}

/// What is done to a document; `None` if a script leaves it as it is.
fn operation(found: FoundDocument, index: &str, change: &ByQuery) -> Result<Option<WriteOperation>, ApiError> {
    let condition = Condition::Written { seq_no: found.seq_no, primary_term: PRIMARY_TERM };
    let action = match change {
        ByQuery::Delete => WriteAction::Delete,
        ByQuery::Update(None) => WriteAction::Index(Bytes::from(found.source)),
        ByQuery::Update(Some(script)) => {
            let changed = ChangedDocument::from_script(&found, index, script)?;
            changed.check_same()?;
            match changed.op {
                DocumentOp::Index => WriteAction::Index(changed.source),
                DocumentOp::Delete => WriteAction::Delete,
                DocumentOp::Noop => return Ok(None),
            }
        }
    };
    Ok(Some(WriteOperation { id: Some(found.id), action, condition }))
}

impl ByQuery {
    fn shown(&self) -> Shown {
        match self {
            ByQuery::Delete => Shown::Deleted,
            ByQuery::Update(_) => Shown::Updated,
        }
    }
}
