//! `/_validate/query` and `/{index}/_validate/query`: whether a query can be run.

use quidditch_engine::SearchRequest;
use quidditch_function::error_chain;
use quidditch_index::{Cost, parse_json};
use serde_json::{Map, Value as Json, json};

use crate::Service;
use crate::accepted_parameters::take_validate_parameters;
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::indices::{IfEmpty, IndicesOptions};
use crate::url_query::take_url_query;

/// Checks a query against indices, without searching them. A mistake is an answer, not an error.
pub(crate) async fn validate(service: &Service, call: Call) -> Result<Answer, ApiError> {
    let expression = call.indices();
    let Call { path, mut parameters, body, .. } = call;
    let body = take_url_query(&mut parameters, &body)?;
    let default = IndicesOptions { if_empty: IfEmpty::Fail, ..IndicesOptions::DEFAULT };
    let options = IndicesOptions::take(&mut parameters, default)?;
    let asks_to_explain = parameters.take_flag("explain")?;
    let explains = parameters.take_flag("rewrite")? || asks_to_explain;
    let shows_shards = parameters.take_flag("all_shards")?;
    take_validate_parameters(&mut parameters)?;
    parameters.finish(&path)?;

    let request = match SearchRequest::parse_count(&body, service.engine.limits()) {
        Ok(request) => request,
        Err(error) => {
            let mut answer = json!({ "valid": false });
            if explains {
                answer["error"] = error.to_string().into();
            }
            return Ok(Answer::json(&answer));
        }
    };
    let query = query_text(&body);
    let targets = service.targets(&expression, &options, &Cost::default()).await?;
    let (mut is_valid, mut explanations) = (true, Vec::new());
    for target in &targets {
        let checked = service.engine.check(&target.searched(), &request, service.functions.as_ref()).await;
        let name = target.snapshot.name();
        let mut explanation = Map::from_iter([("index".to_owned(), Json::from(name))]);
        if shows_shards {
            explanation.insert("shard".to_owned(), 0.into());
        }
        explanation.insert("valid".to_owned(), checked.is_ok().into());
        match checked {
            Ok(_) => _ = explanation.insert("explanation".to_owned(), query.as_str().into()),
            Err(error) => {
                let error = ApiError::failed_search(name, error);
                if !error.is_mistake() {
                    return Err(error);
                }
                is_valid = false;
                explanation.insert("error".to_owned(), error_chain(&error).into());
            }
        }
        explanations.push(Json::Object(explanation));
    }
    let count = targets.len();
    let mut answer = json!({ "_shards": { "total": count, "successful": count, "failed": 0 }, "valid": is_valid });
    if explains {
        answer["explanations"] = Json::Array(explanations);
    }
    Ok(Answer::json(&answer))
}

/// The query as it was understood, on one line.
fn query_text(body: &str) -> String {
    let query = parse_json(body).ok().and_then(|json| json.get("query").cloned());
    query.map_or_else(|| r#"{"match_all":{}}"#.to_owned(), |query| query.to_string())
}
