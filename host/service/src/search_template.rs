//! The body of a search that is a template with parameters.

use quidditch_index::parse_json;
use serde_json::{Map, Value as Json, json};

use crate::error::ApiError;
use crate::template::{RenderBudget, Template, TemplateError};

/// A template with its parameters.
#[derive(Debug)]
pub(crate) struct SearchTemplate {
    source: String,
    params: Map<String, Json>,
    /// Keys that are added to the search.
    additions: Vec<&'static str>,
}

impl SearchTemplate {
    /// A template with these parameters.
    pub(crate) fn new(source: String, params: Map<String, Json>) -> Self {
        SearchTemplate { source, params, additions: Vec::new() }
    }

    /// Parses `{"source": ..., "params": {...}, "explain": ..., "profile": ...}`.
    ///
    /// # Errors
    /// Mistakes, and a template that is named by its `id`: none are stored.
    pub(crate) fn parse(body: &str) -> Result<Self, ApiError> {
        if body.trim().is_empty() {
            return Err(ApiError::no_body());
        }
        let json = parse_json(body).map_err(|error| ApiError::invalid_json("the request", &error))?;
        let object = json.as_object().ok_or_else(|| object_error("the request must be an object".to_owned()))?;
        let (mut source, mut params, mut additions) = (None, Map::new(), Vec::new());
        for (key, value) in object {
            match (key.as_str(), value) {
                ("id", Json::String(id)) => return Err(no_stored_template(id)),
                ("source", Json::String(text)) => source = Some(text.clone()),
                ("source", Json::Object(_)) => source = Some(value.to_string()),
                ("params", Json::Object(object)) => params = object.clone(),
                ("params", Json::Null) | ("explain" | "profile", Json::Bool(false)) => {}
                ("explain", Json::Bool(true)) => additions.push("explain"),
                ("profile", Json::Bool(true)) => additions.push("profile"),
                ("id" | "source" | "params" | "explain" | "profile", value) => {
                    return Err(object_error(format!("[search_template] [{key}] cannot be [{value}]")));
                }
                _ => return Err(object_error(format!("[search_template] unknown field [{key}]"))),
            }
        }
        match source.filter(|source| !source.is_empty()) {
            Some(source) => Ok(SearchTemplate { source, params, additions }),
            None => Err(ApiError::validation("template is missing")),
        }
    }

    /// The rendered text.
    pub(crate) fn render(&self, budget: &mut RenderBudget) -> Result<String, ApiError> {
        let rendered = Template::parse(&self.source).and_then(|template| template.render(&self.params, budget));
        rendered.map_err(|error| match error {
            TemplateError::Syntax(reason) => ApiError::Mistake { kind: "script_exception", reason },
            error @ TemplateError::TooLong { .. } => ApiError::Argument(error.to_string()),
        })
    }

    /// The body of the search.
    pub(crate) fn search_body(&self, budget: &mut RenderBudget) -> Result<String, ApiError> {
        let rendered = self.render(budget)?;
        if self.additions.is_empty() {
            return Ok(rendered);
        }
        // Where it is not an object, the mistake is reported when it is parsed.
        let Ok(Json::Object(mut search)) = parse_json(&rendered) else { return Ok(rendered) };
        search.extend(self.additions.iter().map(|key| ((*key).to_owned(), json!(true))));
        Ok(Json::Object(search).to_string())
    }
}

/// Templates are not stored.
pub(crate) fn no_stored_template(id: &str) -> ApiError {
    ApiError::Missing(format!("unable to find script [{id}]: templates are not stored; send the template as [source]"))
}

fn object_error(reason: String) -> ApiError {
    ApiError::Mistake { kind: "x_content_parse_exception", reason }
}
