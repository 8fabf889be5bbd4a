//! A search with ratings of documents.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::json::{document_json, integer, mistake};
use crate::error::ApiError;

/// Parts of a search whose results are not looked at.
const UNUSED_PARTS: [&str; 4] = ["aggregations", "aggs", "highlight", "suggest"];

/// A search with ratings of documents.
pub(crate) struct RatedRequest {
    pub(crate) id: String,
    /// The body of the search.
    search: Map<String, Json>,
    /// By index and id.
    ratings: HashMap<(String, String), i32>,
    summary_fields: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    id: String,
    request: Option<Map<String, Json>>,
    template_id: Option<String>,
    #[serde(default)]
    params: Map<String, Json>,
    ratings: Vec<RatedDocument>,
    #[serde(default)]
    summary_fields: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RatedDocument {
    #[serde(rename = "_index")]
    index: String,
    #[serde(rename = "_id")]
    id: String,
    #[serde(deserialize_with = "integer")]
    rating: i32,
}

/// Makes a search of the name of a template and its parameters.
type Render<'a> = &'a mut dyn FnMut(&str, Map<String, Json>) -> Result<String, ApiError>;

impl RatedRequest {
    /// Parses an item of `requests`.
    pub(super) fn parse(json: Json, render: Render<'_>) -> Result<Self, ApiError> {
        let body = Body::deserialize(json).map_err(|error| mistake("request", &error))?;
        let search = match (body.request, body.template_id) {
            (Some(_), Some(_)) => {
                return Err(ApiError::object("[request] has either [request] or [template_id], but not both"));
            }
            (Some(_), None) if !body.params.is_empty() => {
                return Err(ApiError::object("[request] has [params] without [template_id]"));
            }
            (None, None) => return Err(ApiError::object("[request] requires [request] or [template_id]")),
            (Some(search), None) => search,
            (None, Some(template)) => {
                let rendered = render(&template, body.params)?;
                serde_json::from_str(&rendered).map_err(|error| mistake("request", &error))?
            }
        };
        if let Some(part) = UNUSED_PARTS.iter().find(|part| search.contains_key(**part)) {
            return Err(ApiError::object(format!("[request] cannot have [{part}] in [request]")));
        }
        if let Some(option) = ["explain", "profile"].into_iter().find(|key| search.get(*key) == Some(&Json::Bool(true)))
        {
            return Err(ApiError::object(format!("[request] cannot have [{option}] in [request]")));
        }
        let mut ratings = HashMap::new();
        for RatedDocument { index, id, rating } in body.ratings {
            let document = document_json(&index, &id);
            if ratings.insert((index, id), rating).is_some() {
                return Err(ApiError::object(format!("request [{}] rates the document [{document}] twice", body.id)));
            }
        }
        Ok(RatedRequest { id: body.id, search, ratings, summary_fields: body.summary_fields })
    }

    /// The search as the request has it, to check it.
    pub(crate) fn given_search(&self) -> String {
        Json::Object(self.search.clone()).to_string()
    }

    /// The search for this many hits.
    pub(crate) fn search(&self, size: i32) -> String {
        let mut search = self.search.clone();
        search.insert("size".to_owned(), size.into());
        let source = if self.summary_fields.is_empty() { false.into() } else { self.summary_fields.clone().into() };
        search.insert("_source".to_owned(), source);
        Json::Object(search).to_string()
    }

    pub(crate) fn rating(&self, index: &str, id: &str) -> Option<i32> {
        self.ratings.get(&(index.to_owned(), id.to_owned())).copied()
    }

    pub(crate) fn ratings(&self) -> impl Iterator<Item = i32> {
        self.ratings.values().copied()
    }
}
