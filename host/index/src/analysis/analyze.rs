//! Analyzing texts, to show the tokens.

use serde_json::{Value as Json, json};

use super::analyzer::Analyzer;
use super::definitions::items;
use super::offsets::Units;
use super::options::Options;
use super::token_limit::TokenLimit;
use crate::excerpt::json_excerpt;
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
    /// Unknown analyzer, normalizer or field.
    #[error("unknown {what} [{name}]")]
    Unknown {
        /// What is unknown.
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
    /// The text is missing.
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
    /// The tokens of the text are too long.
    #[error("the text becomes tokens of more than {limit} bytes")]
    TokensTooLong {
        /// How many bytes are allowed.
        limit: usize,
    },
    /// The definitions in the request are too many.
    #[error("the request defines {count} {what}; at most {limit} are allowed: define them in an index")]
    TooManyParts {
        /// Of what.
        what: &'static str,
        /// How many.
        count: usize,
        /// How many are allowed.
        limit: usize,
    },
}

/// Most tokens of a request, after its tokenizer and after each filter: the default of `index.analyze.max_token_count`. 16 MiB of
/// text: several times a long document.
const MAX_TOKENS: TokenLimit = TokenLimit { tokens: 10_000, bytes: 16 << 20 };

/// The keys that define an analyzer.
const PARTS: [&str; 3] = ["tokenizer", "filter", "char_filter"];

/// Most filters, and most character filters, of a request. 100: several times what analyzers have.
const MAX_FILTERS: usize = 100;

/// Most words in the synonyms of the filters of a request. 1,000: each may become a synonym of each.
const MAX_SYNONYM_WORDS: usize = 1_000;

const KEYS: [&str; 7] = ["text", "analyzer", "normalizer", "field", "tokenizer", "filter", "char_filter"];

impl Mapping {
    /// Analyzes texts as `request` says: `{"text": "..." or [...]}` and either `analyzer`, `normalizer`, `field`, or `tokenizer`,
    /// `filter` and `char_filter` (names, or objects with a `type`). Without any, the index's default analyzer is used.
    ///
    /// # Errors
    /// What of the request is unknown or invalid.
    pub fn analyze(&self, request: &Json) -> Result<Vec<AnalyzedToken>, AnalyzeError> {
        let (analyzer, texts) = self.read_request(request)?;
        analyze_all(&analyzer, &texts)
    }

    /// The same without an index: the built-in analyzers have no gaps between texts then, as an index adds those.
    ///
    /// # Errors
    /// As [`Mapping::analyze`].
    pub fn analyze_without_index(request: &Json) -> Result<Vec<AnalyzedToken>, AnalyzeError> {
        let (mut analyzer, texts) = Mapping::default().read_request(request)?;
        if !PARTS.iter().any(|key| request.get(key).is_some()) {
            analyzer.position_gap = 0;
        }
        analyze_all(&analyzer, &texts)
    }

    /// The tokens after the tokenizer, and after each filter.
    ///
    /// # Errors
    /// As [`Mapping::analyze`].
    pub fn analyze_steps(&self, request: &Json) -> Result<Vec<Vec<AnalyzedToken>>, AnalyzeError> {
        let (analyzer, texts) = self.read_request(request)?;
        let mut steps = Vec::with_capacity(analyzer.filters.len() + 1);
        for filters in 0..=analyzer.filters.len() {
            let mut upto = analyzer.clone();
            upto.filters.truncate(filters);
            steps.push(analyze_all(&upto, &texts)?);
        }
        Ok(steps)
    }

    fn read_request(&self, request: &Json) -> Result<(Analyzer, Vec<String>), AnalyzeError> {
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
        Ok((self.analyzer_of(object)?, texts))
    }

    fn analyzer_of(&self, object: &serde_json::Map<String, Json>) -> Result<Analyzer, AnalyzeError> {
        let name = |key: &'static str| match object.get(key) {
            None => Ok(None),
            Some(Json::String(name)) => Ok(Some(name.as_str())),
            Some(other) => Err(AnalyzeError::Invalid { key, expected: "a name", value: json_excerpt(other) }),
        };
        let (analyzer, normalizer, field) = (name("analyzer")?, name("normalizer")?, name("field")?);
        let has_parts = PARTS.into_iter().find(|key| object.contains_key(*key));
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

/// Checks the numbers of filters and of synonyms.
fn check_parts(object: &serde_json::Map<String, Json>) -> Result<(), AnalyzeError> {
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

pub(super) fn analyze_all(analyzer: &Analyzer, texts: &[String]) -> Result<Vec<AnalyzedToken>, AnalyzeError> {
    let mut left = MAX_TOKENS;
    let mut analyzed: Vec<AnalyzedToken> = Vec::new();
    let mut offset = 0;
    let mut next_position = 0;
    for text in texts {
        let units = Units::new(text);
        let mut last_position = None;
        let tokens = analyzer.tokens_within(text, left);
        let tokens = tokens.map_err(|tokens| too_many(analyzed.len() + tokens.len()))?;
        left = left.after(&tokens).unwrap_or(TokenLimit { tokens: 0, bytes: 0 });
        for token in tokens {
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
    Ok(analyzed)
}

fn too_many(tokens: usize) -> AnalyzeError {
    match MAX_TOKENS {
        TokenLimit { tokens: limit, .. } if tokens > limit => AnalyzeError::TooManyTokens { tokens, limit },
        TokenLimit { bytes, .. } => AnalyzeError::TokensTooLong { limit: bytes },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn analyze(request: Json) -> Result<usize, String> {
        Mapping::default().analyze(&request).map(|tokens| tokens.len()).map_err(|error| error.to_string())
    }

    #[test]
    fn tokens_are_limited_after_each_filter() {
        let words = |count: usize| vec!["a"; count].join(" ");
        assert_eq!(analyze(json!({"text": words(10_000)})), Ok(10_000));
        insta::assert_snapshot!(
            analyze(json!({"text": words(10_001)})).expect_err("too many"),
            @"the text becomes 10001 tokens; at most 10000 are allowed (index.analyze.max_token_count)"
        );
        let filters = json!(vec!["keyword_repeat"; 40]);
        assert!(analyze(json!({"text": "a b", "tokenizer": "standard", "filter": filters})).is_err());
    }

    #[test]
    fn filters_that_multiply_stop_at_the_limit() {
        let long = "a ".repeat(500_000);
        let grams = json!({"type": "edge_ngram", "min_gram": 1, "max_gram": 1_000_000});
        let wide = json!({"type": "ngram", "min_gram": 500_000, "max_gram": 500_000});
        let shingles =
            json!({"type": "shingle", "min_shingle_size": 5_000, "max_shingle_size": 5_000, "output_unigrams": false});
        for part in [&grams, &wide] {
            assert!(analyze(json!({"text": long, "tokenizer": "keyword", "filter": [part]})).is_err());
            assert!(analyze(json!({"text": long, "tokenizer": part})).is_err());
        }
        let words = vec!["a".repeat(100); 10_000].join(" ");
        insta::assert_snapshot!(
            analyze(json!({"text": words, "tokenizer": "whitespace", "filter": [shingles]})).expect_err("too many"),
            @"the text becomes tokens of more than 16777216 bytes"
        );
        assert!(analyze(json!({"text": "a/".repeat(100_000), "tokenizer": "path_hierarchy"})).is_err());
    }

    #[test]
    fn character_filters_that_multiply_stop_at_the_limit() {
        let mapping = json!({"type": "mapping", "mappings": [format!("a=>{}", "a".repeat(1_000))]});
        let pattern = json!({"type": "pattern_replace", "pattern": ".+", "replacement": "$0".repeat(100)});
        for (part, text) in [(&mapping, "a".to_owned()), (&pattern, "a".repeat(100))] {
            let parts = |count: usize| json!({"text": text, "tokenizer": "keyword", "char_filter": vec![part; count]});
            assert_eq!(analyze(parts(1)), Ok(1));
            assert_eq!(analyze(parts(3)).expect_err("too many"), "the text becomes tokens of more than 16777216 bytes");
        }
        let large = json!({"text": "a".repeat(1_000_000), "tokenizer": "keyword", "char_filter": [pattern]});
        assert!(analyze(large).is_err());
    }

    #[test]
    fn parts_are_limited() {
        let filters =
            |count: usize| analyze(json!({"text": "a", "tokenizer": "keyword", "filter": vec!["lowercase"; count]}));
        assert_eq!(filters(100), Ok(1));
        insta::assert_snapshot!(
            filters(101).expect_err("too many"),
            @"the request defines 101 filters; at most 100 are allowed: define them in an index"
        );
        let synonyms = |count: usize, kind: &str| {
            let rule: Vec<String> = (0..count).map(|number| format!("w{number}")).collect();
            let filter = json!({"type": kind, "synonyms": [rule.join(", ")]});
            analyze(json!({"text": "w5", "tokenizer": "standard", "filter": [filter]}))
        };
        assert_eq!((synonyms(1_000, "synonym"), synonyms(1_000, "synonym_graph")), (Ok(1_000), Ok(1_000)));
        insta::assert_snapshot!(
            synonyms(1_001, "synonym").expect_err("too many"),
            @"the request defines 1001 words of synonyms; at most 1000 are allowed: define them in an index"
        );
    }

    #[test]
    fn a_built_in_analyzer_without_an_index_has_no_gap_between_texts() {
        let positions = |tokens: Result<Vec<AnalyzedToken>, AnalyzeError>| -> Vec<usize> {
            tokens.expect("valid").iter().map(|token| token.position).collect()
        };
        let named = json!({"analyzer": "standard", "text": ["a", "b"]});
        assert_eq!(positions(Mapping::analyze_without_index(&named)), [0, 1]);
        assert_eq!(positions(Mapping::default().analyze(&named)), [0, 101]);
        let custom = json!({"tokenizer": "standard", "text": ["a", "b"]});
        assert_eq!(positions(Mapping::analyze_without_index(&custom)), [0, 101]);
    }
}
