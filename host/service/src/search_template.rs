//! The body of a search that is a template with parameters.

use quidditch_engine::{Error as EngineError, RenderBudget, Template, TemplateError};
use quidditch_index::parse_json;
use serde_json::{Map, Value as Json, json};

use crate::Service;
use crate::error::ApiError;

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

    /// Reads `{"source": ..., "params": {...}, "explain": ..., "profile": ...}`, in which `id` may stand for the source of a stored
    /// template. `id` is that of the path.
    ///
    /// # Errors
    /// Mistakes, and a template that is not stored.
    pub(crate) async fn read(service: &Service, body: &str, id: Option<&str>) -> Result<Self, ApiError> {
        let Parsed { source, id: of_body, params, additions } = Parsed::parse(body)?;
        let source = match (source, of_body.as_deref().or(id)) {
            (Some(source), _) => source,
            (None, Some(id)) => stored_source(service, id).await?,
            (None, None) => return Err(ApiError::validation("template is missing")),
        };
        Ok(SearchTemplate { source, params, additions })
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

/// The body of a request with a template.
struct Parsed {
    source: Option<String>,
    id: Option<String>,
    params: Map<String, Json>,
    additions: Vec<&'static str>,
}

impl Parsed {
    fn parse(body: &str) -> Result<Self, ApiError> {
        if body.trim().is_empty() {
            return Err(ApiError::no_body());
        }
        let json = parse_json(body).map_err(|error| ApiError::invalid_json("the request", &error))?;
        let object = json.as_object().ok_or_else(|| ApiError::object("the request must be an object"))?;
        let mut parsed = Parsed { source: None, id: None, params: Map::new(), additions: Vec::new() };
        for (key, value) in object {
            match (key.as_str(), value) {
                ("id", Json::String(id)) => parsed.id = Some(id.clone()),
                ("source", Json::String(text)) => parsed.source = Some(text.clone()),
                ("source", Json::Object(_)) => parsed.source = Some(value.to_string()),
                ("params", Json::Object(object)) => parsed.params = object.clone(),
                ("params", Json::Null) | ("explain" | "profile", Json::Bool(false)) => {}
                ("explain", Json::Bool(true)) => parsed.additions.push("explain"),
                ("profile", Json::Bool(true)) => parsed.additions.push("profile"),
                ("id" | "source" | "params" | "explain" | "profile", value) => {
                    return Err(ApiError::object(format!("[search_template] [{key}] cannot be [{value}]")));
                }
                _ => return Err(ApiError::object(format!("[search_template] unknown field [{key}]"))),
            }
        }
        parsed.source = parsed.source.filter(|source| !source.is_empty());
        Ok(parsed)
    }
}

/// The text of a stored template.
async fn stored_source(service: &Service, id: &str) -> Result<String, ApiError> {
    let stored =
        service.functions.script(id).await.map_err(|error| ApiError::search("", EngineError::Function(error)))?;
    match stored {
        Some(stored) if stored.lang == "mustache" => Ok(stored.source),
        Some(stored) => Err(ApiError::Argument(format!(
            "the stored script [{id}] is not a template: its language is [{}]",
            stored.lang
        ))),
        None => Err(ApiError::Missing(format!("unable to find script [{id}]"))),
    }
}
