//! `/_rank_eval` and `/{index}/_rank_eval`: how well searches rank documents.

use futures::stream::{self, StreamExt};
use quidditch_engine::{RenderBudget, SearchRequest};
use serde_json::{Map, Value as Json, json};

use crate::Service;
use crate::accepted_parameters::take_rank_eval_parameters;
use crate::answer::Answer;
use crate::call::Call;
use crate::deadline::Deadline;
use crate::error::ApiError;
use crate::indices::{Expression, IndicesOptions};
use crate::rank_eval::{Evaluation, Metric, RankEval, RatedHit, RatedRequest};
use crate::search_call::{AnswerStyle, PartialResults, SearchCall};

/// How many searches wait for storage at a time, at most.
const AT_A_TIME: usize = 8;

/// Runs searches, and evaluates their hits. A search that fails has an error in place of an evaluation.
pub(crate) async fn rank_eval(service: &Service, call: Call) -> Result<Answer, ApiError> {
    let expression = call.indices();
    let Call { path, mut parameters, body, deadline, .. } = call;
    let options = IndicesOptions::take(&mut parameters, IndicesOptions::DEFAULT)?;
    take_rank_eval_parameters(&mut parameters)?;
    parameters.finish(&path)?;
    let mut budget = RenderBudget::new(service.settings().body_bytes);
    let RankEval { requests, metric, at_a_time } = RankEval::parse(&body, &mut budget)?;
    let limits = service.engine.limits();
    for request in &requests {
        SearchRequest::parse(&request.given_search(), &[], limits).map_err(|error| {
            ApiError::object(format!("[request] failed to parse field [request] of [{}]: {error}", request.id))
        })?;
    }

    let evaluations: Vec<_> =
        requests.iter().map(|request| evaluate(service, &expression, options, request, &metric, deadline)).collect();
    let mut evaluations = stream::iter(evaluations).buffered(at_a_time.min(AT_A_TIME));
    let (mut scores, mut details, mut failures, mut bytes) = (Map::new(), Map::new(), Map::new(), 0);
    for request in &requests {
        let evaluated = evaluations.next().await.expect("there is one for each request");
        match evaluated {
            Ok(Evaluation { score, json }) => {
                bytes += json.to_string().len() as u64;
                if bytes > limits.max_hits_bytes {
                    let max_bytes = limits.max_hits_bytes;
                    return Err(ApiError::search(&path, quidditch_engine::Error::HitsTooLarge { max_bytes }));
                }
                scores.insert(request.id.clone(), score.into());
                details.insert(request.id.clone(), json);
            }
            Err(error) if error.is_mistake() => {
                let error = error.into_json()["error"].take();
                failures.insert(request.id.clone(), json!({ "error": error }));
            }
            Err(error) => return Err(error),
        }
    }
    let count = scores.len();
    let sum: f64 = scores.values().filter_map(Json::as_f64).sum();
    let average = if count == 0 { Json::from("NaN") } else { (sum / count as f64).into() };
    Ok(Answer::json(&json!({ "metric_score": average, "details": details, "failures": failures })))
}

async fn evaluate(
    service: &Service,
    expression: &Expression,
    options: IndicesOptions,
    request: &RatedRequest,
    metric: &Metric,
    deadline: Deadline,
) -> Result<Evaluation, ApiError> {
    let search = SearchRequest::parse(&request.search(metric.k()), &[], service.engine.limits());
    let search = SearchCall {
        expression: expression.clone(),
        options,
        request: search.map_err(|error| ApiError::search(expression.text(), error))?,
        partial_results: PartialResults::Allow,
        style: AnswerStyle::DEFAULT,
    };
    let (response, _) = search.run(service, deadline).await?;
    let Json::Array(hits) = serde_json::to_value(&response.hits).expect("hits are JSON")["hits"].take() else {
        return Ok(metric.evaluate(request, Vec::new()));
    };
    let rated = hits.into_iter().map(|hit| {
        let text = |key: &str| hit[key].as_str().unwrap_or_default().to_owned();
        let (index, id) = (text("_index"), text("_id"));
        RatedHit { rating: request.rating(&index, &id), index, id, hit }
    });
    Ok(metric.evaluate(request, rated.collect()))
}
