//! The parts of analyzers that the settings of an index define, by name.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::analyzer::Analyzer;
use super::analyzer_parts::{CharFilter, TokenFilter, Tokenizer};
use super::char_filter::{char_filter_types, read_char_filter};
use super::filter::{filter_types, missing_filter, read_filter};
use super::options::{Options, SizeLimits};
use super::tokenizer::{read_tokenizer, tokenizer_types};
use crate::IndexError;
use crate::excerpt::json_excerpt;

/// Filters that a normalizer may have: they look at characters, not at words.
const NORMALIZING: [&str; 11] = [
    "lowercase",
    "uppercase",
    "asciifolding",
    "trim",
    "cjk_width",
    "decimal_digit",
    "elision",
    "pattern_replace",
    "german_normalization",
    "scandinavian_folding",
    "scandinavian_normalization",
];

/// The settings `analysis`, and what limits their sizes.
#[derive(Clone, Copy)]
pub(super) struct Definitions<'a> {
    pub(super) analysis: &'a Map<String, Json>,
    pub(super) limits: SizeLimits,
}

/// A part: its type, its options, and where they are.
struct Part<'a> {
    kind: String,
    object: &'a Map<String, Json>,
    path: String,
}

impl<'a> Definitions<'a> {
    /// The objects of `analysis.KEY`, by name.
    pub(super) fn all(&self, key: &str) -> impl Iterator<Item = (&'a String, &'a Json)> + use<'a> {
        self.analysis.get(key).and_then(Json::as_object).into_iter().flatten()
    }

    /// Reads `{"type": "custom", "tokenizer": ..., "char_filter": [...], "filter": [...]}`.
    pub(super) fn custom_analyzer(&self, options: &mut Options<'a>, path: &str) -> Result<Analyzer, IndexError> {
        let Some(tokenizer) = options.json("tokenizer") else {
            return Err(invalid(path, "missing `tokenizer`"));
        };
        let mut analyzer = Analyzer::keyword();
        analyzer.tokenizer = self.tokenizer(tokenizer, &format!("{path}.tokenizer"))?;
        analyzer.position_gap = options.count("position_increment_gap", analyzer.position_gap)?;
        self.add_filters(&mut analyzer, options.json("char_filter"), options.json("filter"), path)?;
        Ok(analyzer)
    }

    /// Reads `{"type": "custom", "char_filter": [...], "filter": [...]}`.
    pub(super) fn normalizer(&self, options: &mut Options<'a>, path: &str) -> Result<Analyzer, IndexError> {
        let filter = options.json("filter");
        for item in items(filter) {
            let kind = self.part("filter", item, path)?.kind;
            if !NORMALIZING.contains(&kind.as_str()) {
                let reason = format!("a normalizer may not use the filter {}", json_excerpt(item));
                return Err(invalid(&format!("{path}.filter"), reason));
            }
        }
        let mut analyzer = Analyzer::keyword();
        self.add_filters(&mut analyzer, options.json("char_filter"), filter, path)?;
        Ok(analyzer)
    }

    /// Adds filters, each given by name or as an object.
    pub(super) fn add_filters(
        &self,
        analyzer: &mut Analyzer,
        char_filters: Option<&Json>,
        filters: Option<&Json>,
        path: &str,
    ) -> Result<(), IndexError> {
        for item in items(char_filters) {
            analyzer.char_filters.push(self.char_filter(item, &format!("{path}.char_filter"))?);
        }
        for item in items(filters) {
            let filter = self.filter(item, &format!("{path}.filter"), analyzer)?;
            analyzer.filters.push(filter);
        }
        Ok(())
    }

    pub(super) fn tokenizer(&self, json: &Json, path: &str) -> Result<Arc<dyn Tokenizer>, IndexError> {
        let part = self.part("tokenizer", json, path)?;
        let mut options = Options::new(part.object, &part.path, self.limits);
        match read_tokenizer(&part.kind, &mut options) {
            Some(read) => read.and_then(|tokenizer| options.finish().map(|()| tokenizer)),
            None => Err(unknown(&part.path, "tokenizer", &part.kind, &tokenizer_types())),
        }
    }

    fn char_filter(&self, json: &Json, path: &str) -> Result<Arc<dyn CharFilter>, IndexError> {
        let part = self.part("char_filter", json, path)?;
        let mut options = Options::new(part.object, &part.path, self.limits);
        match read_char_filter(&part.kind, &mut options) {
            Some(read) => read.and_then(|filter| options.finish().map(|()| filter)),
            None => Err(unknown(&part.path, "char_filter", &part.kind, &char_filter_types())),
        }
    }

    fn filter(&self, json: &Json, path: &str, before: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
        let part = self.part("filter", json, path)?;
        let mut options = Options::new(part.object, &part.path, self.limits);
        match read_filter(&part.kind, &mut options, before) {
            Some(read) => read.and_then(|filter| options.finish().map(|()| filter)),
            None => match missing_filter(&part.kind) {
                Some(reason) => {
                    Err(invalid(&part.path, format!("the filter {:?} is not available: {reason}", part.kind)))
                }
                None => Err(unknown(&part.path, "filter", &part.kind, &filter_types())),
            },
        }
    }

    /// Checks all parts, also those that no analyzer uses.
    pub(super) fn check(&self) -> Result<(), IndexError> {
        for (name, _) in self.all("tokenizer") {
            self.tokenizer(&Json::from(name.as_str()), "settings.analysis.tokenizer")?;
        }
        for (name, _) in self.all("char_filter") {
            self.char_filter(&Json::from(name.as_str()), "settings.analysis.char_filter")?;
        }
        for (name, _) in self.all("filter") {
            let analyzer = Analyzer::new(super::tokenizer::StandardTokenizer::default());
            self.filter(&Json::from(name.as_str()), "settings.analysis.filter", &analyzer)?;
        }
        Ok(())
    }

    /// Finds a part by its name in the settings, or as a type without options, or given as an object.
    fn part<'b>(&self, key: &str, json: &'b Json, path: &str) -> Result<Part<'b>, IndexError>
    where
        'a: 'b,
    {
        static NO_OPTIONS: std::sync::LazyLock<Map<String, Json>> = std::sync::LazyLock::new(Map::new);
        let (object, path) = match json {
            Json::String(name) => match self.analysis.get(key).and_then(|all| all.get(name)) {
                Some(Json::Object(object)) => (object, format!("settings.analysis.{key}.{name}")),
                Some(other) => {
                    let reason = format!("{} is not an object", json_excerpt(other));
                    return Err(invalid(&format!("settings.analysis.{key}.{name}"), reason));
                }
                None => return Ok(Part { kind: name.clone(), object: &NO_OPTIONS, path: path.to_owned() }),
            },
            Json::Object(object) => (object, path.to_owned()),
            other => {
                let reason = format!("{} is neither a name nor an object", json_excerpt(other));
                return Err(invalid(path, reason));
            }
        };
        match object.get("type").and_then(Json::as_str) {
            Some(kind) => Ok(Part { kind: kind.to_owned(), object, path }),
            None => Err(invalid(&path, "missing `type`")),
        }
    }
}

/// One item, or each of a list.
pub(super) fn items(json: Option<&Json>) -> &[Json] {
    match json {
        None => &[],
        Some(Json::Array(items)) => items,
        Some(item) => std::slice::from_ref(item),
    }
}

pub(super) fn invalid(path: &str, reason: impl ToString) -> IndexError {
    IndexError::InvalidMapping { path: path.to_owned(), reason: reason.to_string() }
}

fn unknown(path: &str, what: &str, name: &str, known: &str) -> IndexError {
    invalid(path, format!("unknown {what} {name:?}; known: {known}"))
}
