//! `/_scripts/painless/_execute`: runs a script, to try it.

use std::sync::Arc;

use quidditch_engine::{Error as EngineError, ErrorKind, SearchRequest};
use quidditch_expression::ScriptRun;
use quidditch_function::{Budget, Cause};
use quidditch_index::{Cost, Snapshot, parse_json};
use quidditch_service::Service;
use quidditch_service::writing::{Answer, ApiError, Call};
use serde_json::{Value as Json, json};

use super::execution::{Context, Execution, InlineScript, RunOn};
use super::one_document::index_one_document;
use crate::Writes;
use crate::memory_index::MemoryIndexer;

/// Runs a script: on nothing, or on a document that an index could have. Nothing is stored.
pub(crate) async fn execute_script(writes: &Writes, service: &Service, call: Call) -> Result<Answer, ApiError> {
    call.parameters.finish(&call.path)?;
    if call.body.trim().is_empty() {
        return Err(ApiError::no_body());
    }
    let body = parse_json(&call.body).map_err(|error| ApiError::invalid_json("the request", &error))?;
    let Execution { script, on } = Execution::read(body)?;
    let result = match on {
        RunOn::Nothing { index } => {
            if let Some(index) = index {
                service.only_target(&index, &Cost::default()).await?;
            }
            Json::String(test(writes, service, &script)?)
        }
        RunOn::Document { context, index, document, query } => {
            let target = service.only_target(&index, &Cost::default()).await?;
            let snapshot = index_one_document(&target.snapshot, document, &MemoryIndexer::new(&writes.clock)).await?;
            match context {
                Context::Score => score(service, &snapshot, &script, query).await?,
                Context::Filter => filter(service, &snapshot, &script).await?,
            }
        }
    };
    Ok(Answer::json(&json!({ "result": result })))
}

/// What a script returns that reads no document.
fn test(writes: &Writes, service: &Service, script: &InlineScript) -> Result<String, ApiError> {
    let budget = Budget::new(service.engine().limits().max_function_time);
    let run = ScriptRun::new(Arc::clone(&writes.clock), Arc::new(budget));
    script.script().text(&run).map_err(|error| failed("", EngineError::Function(error)))
}

/// The score that a script computes for the only document of an index. Without a query, `_score` is 0.
async fn score(
    service: &Service,
    snapshot: &Snapshot,
    script: &InlineScript,
    query: Option<Json>,
) -> Result<Json, ApiError> {
    let query = query.unwrap_or_else(|| json!({ "constant_score": { "filter": { "match_all": {} }, "boost": 0 } }));
    let sort = json!({ "_script": { "type": "number", "script": script.to_json() } });
    let found =
        search(service, snapshot, &json!({ "query": query, "size": 1, "_source": false, "sort": [sort] })).await?;
    match found["hits"]["hits"][0]["sort"].get(0) {
        Some(score) => Ok(score.clone()),
        None => Err(ApiError::Argument("the [document] does not match the [query], so it has no score".to_owned())),
    }
}

/// Whether a script keeps the only document of an index.
async fn filter(service: &Service, snapshot: &Snapshot, script: &InlineScript) -> Result<Json, ApiError> {
    let query = json!({ "script": { "script": script.to_json() } });
    let found = search(service, snapshot, &json!({ "query": query, "size": 0 })).await?;
    Ok(Json::Bool(found["hits"]["total"]["value"] == 1))
}

async fn search(service: &Service, snapshot: &Snapshot, body: &Json) -> Result<Json, ApiError> {
    let (engine, index) = (service.engine(), snapshot.name());
    let request = SearchRequest::parse(&body.to_string(), &[], engine.limits()).map_err(|error| match error {
        // Clients expect a mistake of the enclosing object. The position would be that in the generated body.
        EngineError::Parsing { kind, reason, .. } => {
            let error = EngineError::Parsing { kind: ErrorKind::Object, cause: Some(kind), reason, position: None };
            ApiError::document(index, error)
        }
        error => ApiError::document(index, error),
    })?;
    let request = request.sorted_by_score_scripts();
    let cost = Arc::new(Cost::default());
    let found = engine.search(snapshot, &request, &**service.functions(), &cost).await;
    let found = found.map_err(|error| failed(index, error))?;
    Ok(serde_json::to_value(&found).expect("a response is JSON"))
}

/// The failure of a script, without the `_id` of the document, which has none.
fn failed(index: &str, mut error: EngineError) -> ApiError {
    if let EngineError::Function(function) = &mut error
        && let Cause::Script(failure) = &mut function.cause
    {
        failure.document = None;
    }
    ApiError::document(index, error)
}
