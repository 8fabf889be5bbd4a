//! `POST /_udf/{name}/_test`: runs a published function on documents of the request.

use std::sync::Arc;

use http::StatusCode;
use quidditch_engine::Error as EngineError;
use quidditch_function::error_chain;
use quidditch_service::Service;
use quidditch_service::writing::{Answer, ApiError, Call, Refusal};
use serde_json::{Map, Value as Json, json};

use super::failure::{forbidden, function_failure};
use super::test_request::{ShowInputs, TestRequest};
use crate::Writes;
use crate::body::required_object;
use crate::failure::indexing_failure;
use crate::logged_functions::{FunctionLog, LogLine};
use crate::trial::{DocumentResult, Trial, TrialError, TrialResult, Verdict};

/// Maximum number of documents. 10,000: as many hits as clients may ask for.
const MAX_DOCUMENTS: usize = 10_000;

/// Runs a function as a search would, within the limits of a search. Nothing is stored.
pub(crate) async fn test_function(writes: &Writes, service: &Service, call: Call) -> Result<Answer, ApiError> {
    let name = call.name("name");
    let request = TestRequest::read(required_object(&call)?)?;
    call.parameters.finish(&call.path)?;
    let Some(functions) = &writes.logged_functions else {
        return Err(forbidden(
            "this program runs no functions: send the request to a server, or use `quidditch udf run`",
        ));
    };
    let log = Arc::<FunctionLog>::default();
    let functions = functions.with_log(&log).map_err(|error| {
        tracing::error!(error = error_chain(&error), "a function cannot be tried");
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "service_unavailable_exception", error.to_string())
    })?;
    let lines = request.lines();
    let trial = Trial {
        functions: functions.as_ref(),
        name: &name,
        version: request.version.as_deref(),
        role: request.role,
        values_type: &request.values_type,
        parameters: request.parameters,
        mapping: request.mapping,
        max_documents: MAX_DOCUMENTS,
        limits: service.engine().limits().clone(),
        clock: Arc::clone(&writes.clock),
    };
    let result = match request.inputs {
        ShowInputs::Yes => trial.run_traced(lines.as_bytes()).await,
        ShowInputs::No => trial.run(lines.as_bytes()).await,
    };
    let result = result.map_err(trial_failure)?;
    Ok(Answer::json(&answer(&name, request.role.name(), &result, &log.take())))
}

fn answer(name: &str, role: &str, result: &TrialResult, log: &[LogLine]) -> Json {
    let bad = result.bad_documents.iter();
    let bad: Vec<Json> =
        bad.map(|bad| json!({ "document": place(bad.line), "reason": bad.reason.to_string() })).collect();
    json!({
        "name": name,
        "version": result.version,
        "role": role,
        "results": result.results.iter().map(result_json).collect::<Vec<_>>(),
        "bad_documents": bad,
        "log": log,
        "documents": result.cost.documents,
        "calls": result.cost.calls,
        "time_in_nanos": u64::try_from(result.cost.time.as_nanos()).unwrap_or(u64::MAX),
        "nanos_per_document": result.cost.nanos_per_document(),
    })
}

fn result_json(DocumentResult { line, id, verdict, inputs }: &DocumentResult) -> Json {
    let (key, value) = match verdict {
        Verdict::Kept(kept) => ("kept", json!(kept)),
        Verdict::Score(score) => ("score", json!(score)),
        Verdict::Value(value) => ("value", json!(value)),
    };
    let mut json = json!({ "document": place(*line) });
    if let Some(id) = id {
        json["_id"] = id.as_str().into();
    }
    json[key] = value;
    if let Some(inputs) = inputs {
        json["inputs"] = inputs.iter().cloned().collect::<Map<_, _>>().into();
    }
    json
}

/// The place of a document in the list, from 0, by its line, from 1.
fn place(line: u64) -> u64 {
    line - 1
}

fn trial_failure(error: TrialError) -> ApiError {
    match error {
        TrialError::Function(error) => function_failure(error),
        TrialError::Search(error @ EngineError::Index(_)) => ApiError::document("", error),
        TrialError::Search(error) => ApiError::Argument(error.to_string()),
        TrialError::Indexing(error) => indexing_failure(error),
        error @ (TrialError::Input(_) | TrialError::TooManyDocuments(_) | TrialError::TimedOut(_)) => {
            ApiError::Argument(error.to_string())
        }
    }
}
