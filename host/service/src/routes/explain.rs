//! `/{index}/_explain/{id}`: why a document has its score.

use std::sync::Arc;

use http::StatusCode;
use quidditch_engine::{Explained, SearchRequest};
use quidditch_index::Cost;
use serde_json::json;

use super::document::{ShownRevision, look_up};
use crate::Service;
use crate::accepted_parameters::take_shard_parameters;
use crate::answer::Answer;
use crate::call::Call;
use crate::document_source::DocumentSource;
use crate::error::ApiError;
use crate::query_mistake::as_parsing;
use crate::url_query::take_url_query;

/// Explains the score of a document for a query.
pub(crate) async fn explain(service: &Service, call: Call) -> Result<Answer, ApiError> {
    let (name, id) = (call.name("index"), call.name("id"));
    let Call { path, mut parameters, body, deadline, .. } = call;
    let body = take_url_query(&mut parameters, &body)?;
    let source = DocumentSource::take_if_asked(&mut parameters)?;
    take_shard_parameters(&mut parameters)?;
    parameters.finish(&path)?;
    let request = SearchRequest::parse_count(&body, service.engine.limits());
    let request = request.map_err(|error| ApiError::document(&name, as_parsing(error)))?;
    if !request.has_query() {
        return Err(ApiError::validation("query is missing"));
    }
    let request = request.with_max_timeout(service.left(deadline));
    let cost = Arc::new(Cost::default());
    let target = service.only_target(&name, &cost).await?;
    let index = target.snapshot.name();
    let functions = service.functions.as_ref();
    let explained = service.engine.explain(&target.searched(), &request, &id, functions, &cost).await;
    let explained = explained.map_err(|error| ApiError::document(index, error))?;
    let mut answer = json!({ "_index": index, "_id": id, "matched": false });
    let Some(Explained { explanation, function_failures }) = explained else {
        return Ok(Answer::json_with(StatusCode::NOT_FOUND, &answer));
    };
    answer["matched"] = explanation.is_match().into();
    answer["explanation"] = json!(explanation);
    if !function_failures.is_empty() {
        answer["function_failures"] = json!(function_failures);
    }
    if let Some(source) = source {
        let found = look_up(service, &name, id, &source).await?;
        let mut document = json!({});
        if let Some(ShownRevision { seq_no, primary_term, .. }) = found.revision {
            document["_seq_no"] = seq_no.into();
            document["_primary_term"] = primary_term.into();
        }
        document["found"] = found.found.into();
        if let Some(source) = found.source {
            document["_source"] = json!(source);
        }
        answer["get"] = document;
    }
    Ok(Answer::json(&answer))
}
