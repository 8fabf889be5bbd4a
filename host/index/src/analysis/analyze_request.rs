//! Requests to show the tokens of texts.

use serde_json::{Map, Value as Json, json};

use super::Analysis;
use super::analyze::AnalyzeError;
use super::analyzer::Analyzer;
use super::definitions::items;
use super::options::Options;
use crate::excerpt::json_excerpt;

/// The keys that define an analyzer.
pub(crate) const ANALYZER_PARTS: [&str; 3] = ["tokenizer", "filter", "char_filter"];

/// Most filters, and most character filters, of a request. 100: several times what analyzers have.
const MAX_FILTERS: usize = 100;

/// Most words in the synonyms of the filters of a request. 1,000: each may become a synonym of each.
const MAX_SYNONYM_WORDS: usize = 1_000;

const KEYS: [&str; 7] = ["text", "analyzer", "normalizer", "field", "tokenizer", "filter", "char_filter"];

/// A request to show the tokens of texts.
pub(crate) struct AnalyzeRequest<'a> {
    pub(crate) texts: Vec<String>,
    pub(crate) analyzer: RequestedAnalyzer<'a>,
}

/// The analyzer that a request asks for.
pub(crate) enum RequestedAnalyzer<'a> {
    Known(Analyzer),
    /// That of the documents of a field.
    OfField(&'a str),
}

impl<'a> AnalyzeRequest<'a> {
    /// Reads `{"text": "..." or [...]}` and either `analyzer`, `normalizer`, `field`, or `tokenizer`, `filter` and `char_filter`
    /// (names, or objects with a `type`). Without any, the default analyzer is used.
    pub(crate) fn read(request: &'a Json, analysis: &Analysis) -> Result<Self, AnalyzeError> {
        let Some(object) = request.as_object() else {
            return Err(AnalyzeError::Invalid { key: "body", expected: "an object", value: json_excerpt(request) });
        };
        if let Some(key) = object.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(AnalyzeError::UnknownKey(key.clone()));
        }
        let texts = match object.get("text") {
            None => return Err(AnalyzeError::NoText),
            Some(Json::Array(items)) => items.iter().map(text).collect::<Result<Vec<_>, _>>()?,
            Some(item) => vec![text(item)?],
        };
        if texts.is_empty() {
            return Err(AnalyzeError::NoText);
        }
        check_parts(object)?;
        Ok(AnalyzeRequest { texts, analyzer: requested_analyzer(object, analysis)? })
    }
}

fn requested_analyzer<'a>(
    object: &'a Map<String, Json>,
    analysis: &Analysis,
) -> Result<RequestedAnalyzer<'a>, AnalyzeError> {
    let name = |key: &'static str| match object.get(key) {
        None => Ok(None),
        Some(Json::String(name)) => Ok(Some(name.as_str())),
        Some(other) => Err(AnalyzeError::Invalid { key, expected: "a name", value: json_excerpt(other) }),
    };
    let (analyzer, normalizer, field) = (name("analyzer")?, name("normalizer")?, name("field")?);
    let part = ANALYZER_PARTS.into_iter().find(|key| object.contains_key(*key));
    if let (Some(_), Some(part)) = (analyzer, part) {
        return Err(AnalyzeError::Together("analyzer", part));
    }
    if let (Some(_), Some(part)) = (normalizer, part) {
        return Err(AnalyzeError::Together("normalizer", part));
    }
    let unknown = |what: &'static str, name: &str| AnalyzeError::Unknown { what, name: name.to_owned() };
    let analyzer = match (analyzer, normalizer, field) {
        (Some(name), ..) => analysis.analyzer(name).ok_or_else(|| unknown("analyzer", name))?,
        (_, Some(name), _) => analysis.normalizer(name).ok_or_else(|| unknown("normalizer", name))?,
        (_, _, Some(name)) if part.is_none() => return Ok(RequestedAnalyzer::OfField(name)),
        _ if part.is_some() => analyzer_of_parts(object, analysis)?,
        _ => analysis.default_analyzer(),
    };
    Ok(RequestedAnalyzer::Known(analyzer))
}

/// The analyzer of these parts, which may be those of the index.
fn analyzer_of_parts(object: &Map<String, Json>, analysis: &Analysis) -> Result<Analyzer, AnalyzeError> {
    let filters = json!({ "filter": object.get("filter"), "char_filter": object.get("char_filter") });
    let filters = filters.as_object().expect("it is an object");
    let definitions = analysis.definitions();
    let mut options = Options::new(filters, "_analyze", definitions.limits);
    let mut analyzer = Analyzer::keyword();
    if let Some(tokenizer) = object.get("tokenizer") {
        analyzer.tokenizer = definitions.tokenizer(tokenizer, "tokenizer")?;
    }
    let (char_filter, filter) = (options.json("char_filter"), options.json("filter"));
    definitions.add_filters(&mut analyzer, char_filter, filter, "_analyze")?;
    Ok(analyzer)
}

fn text(json: &Json) -> Result<String, AnalyzeError> {
    match json {
        Json::String(text) => Ok(text.clone()),
        Json::Number(number) => Ok(number.to_string()),
        Json::Bool(value) => Ok(value.to_string()),
        other => Err(AnalyzeError::Invalid {
            key: "text",
            expected: "a text or a list of texts",
            value: json_excerpt(other),
        }),
    }
}

/// Checks the numbers of filters and of synonyms.
fn check_parts(object: &Map<String, Json>) -> Result<(), AnalyzeError> {
    let (filters, char_filters) = (items(object.get("filter")), items(object.get("char_filter")));
    let synonyms = filters.iter().flat_map(|filter| items(filter.get("synonyms"))).filter_map(Json::as_str);
    let is_between = |character: char| character.is_whitespace() || character == ',';
    let words = synonyms.flat_map(|rule| rule.split(is_between)).filter(|word| !matches!(*word, "" | "=>")).count();
    for (what, count, limit) in [
        ("filters", filters.len(), MAX_FILTERS),
        ("character filters", char_filters.len(), MAX_FILTERS),
        ("words of synonyms", words, MAX_SYNONYM_WORDS),
    ] {
        if count > limit {
            return Err(AnalyzeError::TooManyParts { what, count, limit });
        }
    }
    Ok(())
}
