//! The header of one of several searches: its indices, and what else a URL could say.

use quidditch_index::parse_json;
use serde_json::Value as Json;

use crate::accepted_parameters::take_search_parameters;
use crate::error::ApiError;
use crate::indices::{Expression, IndicesOptions};
use crate::parameters::Parameters;
use crate::search_call::PartialResults;

/// The header of one of several searches.
pub(crate) struct SearchHeader {
    pub(crate) expression: Expression,
    pub(crate) options: IndicesOptions,
    pub(crate) partial_results: PartialResults,
}

/// Keys that are URL parameters of a search, by all of their names.
const PARAMETERS: &[(&str, &str)] = &[
    ("allow_no_indices", "allow_no_indices"),
    ("allowNoIndices", "allow_no_indices"),
    ("allow_partial_search_results", "allow_partial_search_results"),
    ("ccs_minimize_roundtrips", "ccs_minimize_roundtrips"),
    ("expand_wildcards", "expand_wildcards"),
    ("expandWildcards", "expand_wildcards"),
    ("ignore_throttled", "ignore_throttled"),
    ("ignore_unavailable", "ignore_unavailable"),
    ("ignoreUnavailable", "ignore_unavailable"),
    ("preference", "preference"),
    ("request_cache", "request_cache"),
    ("requestCache", "request_cache"),
    ("routing", "routing"),
    ("search_type", "search_type"),
    ("searchType", "search_type"),
];

impl SearchHeader {
    /// Parses a header. Without indices in it, those of the path are searched.
    pub(crate) fn parse(line: &str, of_path: &Expression) -> Result<Self, ApiError> {
        let line = if line.trim().is_empty() { "{}" } else { line };
        let json = parse_json(line).map_err(|error| ApiError::invalid_json("a header", &error))?;
        let Json::Object(object) = json else {
            return Err(ApiError::Argument("a header must be an object".to_owned()));
        };
        let mut expression = of_path.clone();
        let mut pairs = Vec::new();
        for (key, value) in &object {
            if matches!(key.as_str(), "index" | "indices") {
                let names = texts(key, value)?;
                let names: Vec<&str> = names.iter().flat_map(|name| name.split(',')).collect();
                expression = match &names[..] {
                    [] | ["_all"] => Expression::from_path(None),
                    _ => Expression::from_names(names),
                };
                continue;
            }
            let Some((_, parameter)) = PARAMETERS.iter().find(|(name, _)| name == key) else {
                return Err(ApiError::Argument(format!("key [{key}] is not supported in the metadata section")));
            };
            pairs.push(((*parameter).to_owned(), texts(key, value)?.join(",")));
        }
        let mut parameters = Parameters::new(pairs);
        let options = IndicesOptions::take(&mut parameters, IndicesOptions::DEFAULT)?;
        let partial_results = PartialResults::take(&mut parameters)?;
        take_search_parameters(&mut parameters)?;
        parameters.into_rest()?;
        Ok(SearchHeader { expression, options, partial_results })
    }
}

/// A text, or a list of texts. Numbers and booleans count as texts.
fn texts(key: &str, value: &Json) -> Result<Vec<String>, ApiError> {
    let text = |value: &Json| match value {
        Json::String(text) => Ok(text.clone()),
        Json::Number(number) => Ok(number.to_string()),
        Json::Bool(value) => Ok(value.to_string()),
        _ => Err(ApiError::Argument(format!("[{key}] in a header must be a text or a list of texts, found [{value}]"))),
    };
    match value {
        Json::Array(values) => values.iter().map(text).collect(),
        value => Ok(vec![text(value)?]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<SearchHeader, ApiError> {
        SearchHeader::parse(line, &Expression::from_path(Some("default")))
    }

    fn indices(line: &str) -> String {
        parse(line).expect("valid").expression.text().to_owned()
    }

    #[test]
    fn indices_are_names_or_lists() {
        assert_eq!(indices(""), "default");
        assert_eq!(indices("{}"), "default");
        assert_eq!(indices(r#"{"index": "a,b"}"#), "a,b");
        assert_eq!(indices(r#"{"index": ["a", "b,c"], "ignoreUnavailable": true}"#), "a,b,c");
        assert_eq!(indices(r#"{"indices": 3}"#), "3");
        assert_eq!(indices(r#"{"index": []}"#), "_all");
    }

    #[test]
    fn mistakes_are_errors() {
        let error = |line: &str| parse(line).err().map(|error| error.to_string()).unwrap_or_default();
        insta::assert_snapshot!(error(r#"{"foo": 1}"#), @"key [foo] is not supported in the metadata section");
        insta::assert_snapshot!(error(r#"{"index": {}}"#), @"[index] in a header must be a text or a list of texts, found [{}]");
        insta::assert_snapshot!(error(r#"{"search_type": "x"}"#), @"parameter [search_type] must be one of [query_then_fetch], [dfs_query_then_fetch], but is [x]");
        insta::assert_snapshot!(error("[]"), @"a header must be an object");
        insta::assert_snapshot!(error(r#"{"index":"#), @"a header is not valid JSON: EOF while parsing a value at line 1 column 9");
    }
}
