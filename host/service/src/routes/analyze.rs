//! `/_analyze` and `/{index}/_analyze`: the tokens that an analyzer makes of texts.

use quidditch_index::{AnalyzeError, AnalyzedToken, Cost, IndexError, Mapping, parse_json};
use serde_json::{Map, Value as Json, json};

use crate::Service;
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;

/// What `explain` adds to each token, by the names that `attributes` uses.
const ATTRIBUTES: [&str; 3] = ["bytes", "positionLength", "termFrequency"];

/// The types of fields whose analyzers are used.
const ANALYZED: [&str; 5] = ["keyword", "match_only_text", "search_as_you_type", "text", "wildcard"];

/// Analyzes texts, as an index does or without one.
pub(crate) async fn analyze(service: &Service, call: Call) -> Result<Answer, ApiError> {
    let index = call.names.get("index").map(str::to_owned);
    let Call { path, parameters, body, .. } = call;
    parameters.finish(&path)?;
    if body.trim().is_empty() {
        return Err(ApiError::no_body());
    }
    let json = parse_json(&body).map_err(|error| ApiError::invalid_json("the request", &error))?;
    let Json::Object(mut request) = json else { return Err(ApiError::object("the request must be an object")) };
    let attributes = take_attributes(&mut request)?;
    let explains = match request.shift_remove("explain") {
        None | Some(Json::Bool(false)) => false,
        Some(Json::Bool(true)) => true,
        Some(other) => {
            return Err(ApiError::object(format!("[analyze_request] [explain] must be a boolean, found [{other}]")));
        }
    };
    let snapshot = match &index {
        Some(name) => Some(service.only_target(name, &Cost::default()).await?.snapshot),
        None if request.contains_key("field") => {
            return Err(ApiError::Argument("analysis based on a specific field requires an index".to_owned()));
        }
        None if request.contains_key("normalizer") => {
            return Err(ApiError::validation("index is required if normalizer is specified"));
        }
        None => None,
    };
    let default = Mapping::default();
    let mapping = snapshot.as_ref().map_or(&default, |snapshot| snapshot.mapping());
    if let Some(name) = request.get("field").and_then(Json::as_str)
        && let Some(field) = mapping.field(name)
        && !ANALYZED.contains(&field.kind().type_name())
    {
        return Err(ApiError::Argument(format!(
            "Can't process field [{name}], Analysis requests are only supported on tokenized fields"
        )));
    }
    if explains && ["tokenizer", "filter", "char_filter"].iter().any(|key| request.contains_key(*key)) {
        return Ok(Answer::json(&json!({ "detail": explain(mapping, &request, &attributes)? })));
    }
    let whole = Json::Object(request.clone());
    let tokens = match &snapshot {
        Some(_) => mapping.analyze(&whole),
        None => Mapping::analyze_without_index(&whole),
    };
    let tokens = tokens.map_err(analyze_error)?;
    if explains {
        let name = request.get("analyzer").or(request.get("field")).and_then(Json::as_str).unwrap_or("standard");
        let tokens: Vec<Json> = tokens.iter().map(|token| explained(token, &attributes)).collect();
        let detail = json!({ "custom_analyzer": false, "analyzer": { "name": name, "tokens": tokens } });
        return Ok(Answer::json(&json!({ "detail": detail })));
    }
    let tokens: Vec<Json> = tokens.iter().map(|token| Json::Object(token_json(token))).collect();
    Ok(Answer::json(&json!({ "tokens": tokens })))
}

fn take_attributes(request: &mut Map<String, Json>) -> Result<Vec<&'static str>, ApiError> {
    let Some(value) = request.shift_remove("attributes") else { return Ok(ATTRIBUTES.to_vec()) };
    let names: Vec<&str> = match &value {
        Json::Array(names) => names.iter().filter_map(Json::as_str).collect(),
        _ => {
            return Err(ApiError::object(format!(
                "[analyze_request] [attributes] must be a list of names, found [{value}]"
            )));
        }
    };
    let is_named = |attribute: &&str| names.iter().any(|name| name.eq_ignore_ascii_case(attribute));
    Ok(ATTRIBUTES.into_iter().filter(is_named).collect())
}

fn analyze_error(error: AnalyzeError) -> ApiError {
    match error {
        AnalyzeError::NoText => ApiError::validation("text is missing"),
        AnalyzeError::Together(..) => ApiError::validation("cannot define extra components on a named analyzer"),
        AnalyzeError::Unknown { what, name } => ApiError::Argument(format!("failed to find {what} [{name}]")),
        AnalyzeError::UnknownKey(key) => ApiError::object(format!("[analyze_request] unknown field [{key}]")),
        AnalyzeError::Invalid { .. } => ApiError::object(format!("[analyze_request] {error}")),
        AnalyzeError::TooManyParts { .. } => ApiError::Argument(error.to_string()),
        AnalyzeError::TooManyTokens { .. } | AnalyzeError::TokensTooLong { .. } => {
            ApiError::Mistake { kind: "illegal_state_exception", reason: error.to_string() }
        }
        AnalyzeError::Definition(IndexError::InvalidMapping { .. }) => ApiError::Argument(error.to_string()),
        AnalyzeError::Definition(error) => error.into(),
    }
}

/// The tokens after each step of an analyzer that the request defines.
fn explain(mapping: &Mapping, request: &Map<String, Json>, attributes: &[&str]) -> Result<Json, ApiError> {
    let tokens =
        |tokens: &[AnalyzedToken]| -> Vec<Json> { tokens.iter().map(|token| explained(token, attributes)).collect() };
    let filters = request.get("filter").map_or_else(Vec::new, |filter| match filter {
        Json::Array(filters) => filters.clone(),
        single => vec![single.clone()],
    });
    let steps = mapping.analyze_steps(&Json::Object(request.clone())).map_err(analyze_error)?;
    let mut steps = steps.iter().map(|step| tokens(step));
    let tokenizer = request.get("tokenizer").map_or("keyword".to_owned(), component_name);
    let mut detail = json!({
        "custom_analyzer": true,
        "tokenizer": { "name": tokenizer, "tokens": steps.next() },
        "tokenfilters": [],
    });
    let named = filters.iter().zip(steps);
    let named = named.map(|(filter, tokens)| json!({ "name": component_name(filter), "tokens": tokens }));
    detail["tokenfilters"] = named.collect();
    Ok(detail)
}

fn component_name(component: &Json) -> String {
    match component {
        Json::String(name) => name.clone(),
        other => format!("__anonymous__{}", other.get("type").and_then(Json::as_str).unwrap_or_default()),
    }
}

fn token_json(token: &AnalyzedToken) -> Map<String, Json> {
    let mut json = Map::from_iter([
        ("token".to_owned(), json!(token.token)),
        ("start_offset".to_owned(), json!(token.start_offset)),
        ("end_offset".to_owned(), json!(token.end_offset)),
        ("type".to_owned(), json!(token.kind)),
        ("position".to_owned(), json!(token.position)),
    ]);
    if token.position_length != 1 {
        json.insert("positionLength".to_owned(), json!(token.position_length));
    }
    json
}

fn explained(token: &AnalyzedToken, attributes: &[&str]) -> Json {
    let mut json = token_json(token);
    for attribute in attributes {
        let value = match *attribute {
            "bytes" => {
                let bytes: Vec<String> = token.token.bytes().map(|byte| format!("{byte:x}")).collect();
                json!(format!("[{}]", bytes.join(" ")))
            }
            "positionLength" => json!(token.position_length),
            _ => json!(1),
        };
        json.insert((*attribute).to_owned(), value);
    }
    Json::Object(json)
}
