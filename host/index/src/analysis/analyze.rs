//! Analyzing texts to see what becomes of them.

use serde_json::{Value as Json, json};

use super::analyzer::Analyzer;
use super::offsets::Units;
use super::options::Options;
use crate::field::json_excerpt;
use crate::{FieldKind, IndexError, Mapping};

/// A token of an analyzed text, as clients see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnalyzedToken {
    /// Its text: the term.
    pub token: String,
    /// Where it begins, in UTF-16 code units. Several texts are counted as one, with one unit between them.
    pub start_offset: usize,
    /// Where it ends.
    pub end_offset: usize,
    /// Its type, such as `<ALPHANUM>`.
    pub kind: &'static str,
    /// Its position among the words.
    pub position: usize,
    /// How many positions it spans.
    pub position_length: usize,
}

/// Why a text cannot be analyzed.
#[derive(Debug, thiserror::Error)]
pub enum AnalyzeError {
    /// There is no such analyzer, normalizer or field.
    #[error("unknown {what} [{name}]")]
    Unknown {
        /// What there is not.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// A key has a value of a wrong type.
    #[error("[{key}] must be {expected}, but is {value}")]
    Invalid {
        /// The key.
        key: &'static str,
        /// What is expected.
        expected: &'static str,
        /// An excerpt of its value.
        value: String,
    },
    /// A key that is not known.
    #[error("unknown key [{0}]")]
    UnknownKey(String),
    /// There is no text.
    #[error("[text] is missing")]
    NoText,
    /// Keys that exclude each other.
    #[error("[{0}] cannot be combined with [{1}]")]
    Together(&'static str, &'static str),
    /// A tokenizer or filter is invalid.
    #[error(transparent)]
    Definition(#[from] IndexError),
    /// The text makes too many tokens.
    #[error("the text becomes {tokens} tokens; at most {limit} are allowed (index.analyze.max_token_count)")]
    TooManyTokens {
        /// How many.
        tokens: usize,
        /// How many are allowed.
        limit: usize,
    },
}

/// Most tokens of a request: the default of `index.analyze.max_token_count`.
const MAX_TOKENS: usize = 10_000;

const KEYS: [&str; 7] = ["text", "analyzer", "normalizer", "field", "tokenizer", "filter", "char_filter"];

impl Mapping {
    /// Analyzes texts as `request` says: `{"text": "..." or [...]}` and either `analyzer`, `normalizer`, `field`, or `tokenizer`,
    /// `filter` and `char_filter` (names, or objects with a `type`). Without any, the index's default analyzer is used.
    ///
    /// # Errors
    /// What of the request is unknown or invalid.
    pub fn analyze(&self, request: &Json) -> Result<Vec<AnalyzedToken>, AnalyzeError> {
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
        let analyzer = self.analyzer_of(object)?;
        let tokens = analyze_all(&analyzer, &texts);
        if tokens.len() > MAX_TOKENS {
            return Err(AnalyzeError::TooManyTokens { tokens: tokens.len(), limit: MAX_TOKENS });
        }
        Ok(tokens)
    }

    fn analyzer_of(&self, object: &serde_json::Map<String, Json>) -> Result<Analyzer, AnalyzeError> {
        let name = |key: &'static str| match object.get(key) {
            None => Ok(None),
            Some(Json::String(name)) => Ok(Some(name.as_str())),
            Some(other) => Err(AnalyzeError::Invalid { key, expected: "a name", value: json_excerpt(other) }),
        };
        let (analyzer, normalizer, field) = (name("analyzer")?, name("normalizer")?, name("field")?);
        let has_parts = ["tokenizer", "filter", "char_filter"].into_iter().find(|key| object.contains_key(*key));
        if let (Some(_), Some(part)) = (analyzer, has_parts) {
            return Err(AnalyzeError::Together("analyzer", part));
        }
        if let (Some(_), Some(part)) = (normalizer, has_parts) {
            return Err(AnalyzeError::Together("normalizer", part));
        }
        let unknown = |what: &'static str, name: &str| AnalyzeError::Unknown { what, name: name.to_owned() };
        let analysis = self.analysis();
        match (analyzer, normalizer, field) {
            (Some(name), ..) => analysis.analyzer(name).ok_or_else(|| unknown("analyzer", name)),
            (_, Some(name), _) => analysis.normalizer(name).ok_or_else(|| unknown("normalizer", name)),
            (_, _, Some(name)) if has_parts.is_none() => Ok(self.analyzer_of_field(name)),
            _ if has_parts.is_some() => {
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
            _ => Ok(analysis.default_analyzer()),
        }
    }

    /// The analyzer of a field's documents; that of the index for one that does not exist.
    fn analyzer_of_field(&self, name: &str) -> Analyzer {
        let analysis = self.analysis();
        match self.field(name).map(|field| field.kind()) {
            None => analysis.default_analyzer(),
            Some(FieldKind::Text { analyzer, .. }) => analysis.analyzer(analyzer).unwrap_or_else(Analyzer::keyword),
            Some(_) => Analyzer::keyword(),
        }
    }
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

fn analyze_all(analyzer: &Analyzer, texts: &[String]) -> Vec<AnalyzedToken> {
    let mut analyzed: Vec<AnalyzedToken> = Vec::new();
    let mut offset = 0;
    let mut next_position = 0;
    for text in texts {
        let units = Units::of(text);
        let mut last_position = None;
        for token in analyzer.tokens(text) {
            let position = next_position + token.position;
            last_position = Some(position);
            analyzed.push(AnalyzedToken {
                token: token.text,
                start_offset: offset + units.utf16(token.start),
                end_offset: offset + units.utf16(token.end),
                kind: token.kind,
                position,
                position_length: token.length,
            });
        }
        offset += units.utf16(text.len()) + 1;
        next_position = last_position.map_or(next_position, |last| last + 1) + analyzer.position_gap;
    }
    analyzed
}
