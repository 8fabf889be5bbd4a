//! Evaluates how well searches rank documents: the body of `_rank_eval`.

mod json;
mod metric;
mod rated_request;

use quidditch_engine::RenderBudget;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::error::ApiError;
use crate::search_template::SearchTemplate;
use json::{mistake, optional_integer};

pub(crate) use metric::{Evaluation, Metric, RatedHit};
pub(crate) use rated_request::RatedRequest;

/// Most searches of one request.
const MAX_REQUESTS: usize = 1_000;

/// Searches with ratings of documents, and how to evaluate them.
pub(crate) struct RankEval {
    pub(crate) requests: Vec<RatedRequest>,
    pub(crate) metric: Metric,
    /// How many searches may run at a time.
    pub(crate) at_a_time: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    requests: Option<Vec<Json>>,
    metric: Option<Map<String, Json>>,
    #[serde(default)]
    templates: Vec<NamedTemplate>,
    #[serde(default, deserialize_with = "optional_integer")]
    max_concurrent_searches: Option<i32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedTemplate {
    id: String,
    template: Json,
}

impl RankEval {
    /// Parses `{"requests": [...], "metric": {...}, "templates": [...]}`. `budget` limits the templates.
    pub(crate) fn parse(body: &str, budget: &mut RenderBudget) -> Result<Self, ApiError> {
        if body.trim().is_empty() {
            return Err(ApiError::no_body());
        }
        let json = quidditch_index::parse_json(body).map_err(|error| ApiError::invalid_json("the request", &error))?;
        let body = Body::deserialize(json).map_err(|error| mistake("rank_eval", &error))?;
        let requests = body.requests.ok_or_else(|| ApiError::Argument("Required [requests]".to_owned()))?;
        let metric = body.metric.ok_or_else(|| ApiError::Argument("Required [metric]".to_owned()))?;
        let at_a_time = match body.max_concurrent_searches.map(usize::try_from) {
            None => usize::MAX,
            Some(Ok(number @ 1..)) => number,
            Some(_) => return Err(ApiError::Argument("[max_concurrent_searches] must be positive".to_owned())),
        };
        if requests.is_empty() {
            return Err(ApiError::object("[rank_eval] [requests] must not be empty"));
        }
        if requests.len() > MAX_REQUESTS {
            let reason = format!("[rank_eval] has {} requests: at most {MAX_REQUESTS} are allowed", requests.len());
            return Err(ApiError::object(reason));
        }
        let templates = body.templates.iter().map(|named| Ok((named.id.as_str(), source_of(&named.template)?)));
        let templates = templates.collect::<Result<Vec<_>, ApiError>>()?;
        let metric = Metric::parse(metric)?;
        let mut rated = Vec::with_capacity(requests.len());
        for request in requests {
            rated.push(RatedRequest::parse(request, &mut |id, params| {
                let Some((_, source)) = templates.iter().find(|(name, _)| *name == id) else {
                    return Err(ApiError::object(format!("[rank_eval] has no template [{id}]")));
                };
                SearchTemplate::new(source.clone(), params).search_body(budget)
            })?);
        }
        Ok(RankEval { requests: rated, metric, at_a_time })
    }
}

/// The source of `{"source": ...}`: a text, or an object.
fn source_of(template: &Json) -> Result<String, ApiError> {
    match &template["source"] {
        Json::String(text) => Ok(text.clone()),
        source @ Json::Object(_) => Ok(source.to_string()),
        _ => Err(ApiError::object(format!("a template must be an object with its [source], found [{template}]"))),
    }
}
