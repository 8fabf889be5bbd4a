//! The definition of one field in a mapping: its type and options.

use std::ops::RangeInclusive;

use serde_json::{Map, Value as Json};

use super::dynamic::Dynamic;
use crate::analysis::{Analysis, Analyzer};
use crate::excerpt::json_excerpt;
use crate::{
    DateFormat, DateResolution, FeatureForm, Field, FieldKind, FieldOptions, IndexError, KeywordForm, KeywordOptions,
    NamedAnalyzer, RangeType, ScoreImpact, TextForm,
};

/// The types of fields, and the keys that the definition of each may have, in addition to [`COMMON`].
const TYPES: [(&str, &str); 36] = [
    ("text", TEXT),
    ("match_only_text", "analyzer, search_analyzer, position_increment_gap"),
    ("search_as_you_type", SEARCH_AS_YOU_TYPE),
    ("completion", COMPLETION),
    ("keyword", KEYWORD),
    ("wildcard", "ignore_above, normalizer, null_value, doc_values"),
    ("constant_keyword", "value"),
    ("ip", "ignore_malformed, null_value, index, doc_values"),
    ("long", NUMBER),
    ("integer", NUMBER),
    ("short", NUMBER),
    ("byte", NUMBER),
    ("double", NUMBER),
    ("float", NUMBER),
    ("half_float", NUMBER),
    ("scaled_float", "scaling_factor, coerce, ignore_malformed, null_value, index, doc_values"),
    ("token_count", "analyzer, enable_position_increments, null_value, index, doc_values"),
    ("unsigned_long", NUMBER),
    ("boolean", "null_value, index, doc_values"),
    ("date", "format, ignore_malformed, null_value, index, doc_values, locale, print_format"),
    ("date_nanos", "format, ignore_malformed, null_value, index, doc_values, locale, print_format"),
    ("integer_range", RANGE),
    ("long_range", RANGE),
    ("float_range", RANGE),
    ("double_range", RANGE),
    ("date_range", "format, locale, coerce, ignore_malformed, index, doc_values, boost"),
    ("ip_range", RANGE),
    ("binary", "doc_values, index"),
    ("flat_object", ""),
    ("rank_feature", RANK_FEATURE),
    ("rank_features", RANK_FEATURE),
    ("percolator", ""),
    ("geo_point", "ignore_malformed, null_value, ignore_z_value, doc_values"),
    ("alias", ""),
    ("object", ""),
    ("nested", ""),
];

const COMMON: &str = "type, fields, copy_to, store, meta";
const TEXT: &str = "analyzer, search_analyzer, index, norms, index_options, position_increment_gap, similarity, term_vector, \
    fielddata, eager_global_ordinals, index_phrases";
const SEARCH_AS_YOU_TYPE: &str = "analyzer, search_analyzer, max_shingle_size, index, norms, index_options, similarity, \
    term_vector";
const COMPLETION: &str = "analyzer, search_analyzer, preserve_separators, preserve_position_increments, max_input_length, \
    contexts, index, doc_values, similarity";
const KEYWORD: &str = "ignore_above, normalizer, null_value, index, doc_values, norms, index_options, similarity, \
    eager_global_ordinals, split_queries_on_whitespace";
const RANGE: &str = "coerce, ignore_malformed, index, doc_values, boost";
const RANK_FEATURE: &str = "positive_score_impact, index, doc_values";
const NUMBER: &str = "coerce, ignore_malformed, null_value, index, doc_values";

/// Options with one value that is supported: any other would change answers.
const FIXED: [(&str, &str); 5] = [
    ("position_increment_gap", "100"),
    ("similarity", "BM25"),
    ("fielddata", "false"),
    ("split_queries_on_whitespace", "false"),
    ("enable_position_increments", "true"),
];

/// The name of the analyzer of fields that name none.
pub(super) const DEFAULT_ANALYZER: &str = "default";

/// The analyzer of completions without one.
pub(super) const COMPLETION_ANALYZER: &str = "simple";

/// Where inputs of completions are cut, unless the mapping says otherwise.
pub(super) const DEFAULT_INPUT_LENGTH: u32 = 50;

/// Most words of the sequences of a `search_as_you_type`, unless the mapping says otherwise.
pub(super) const DEFAULT_MAX_WORDS: u8 = 3;

/// The definition of a field or an object, with its path from the root of the JSON.
pub(super) struct Definition<'a> {
    pub(super) object: &'a Map<String, Json>,
    pub(super) path: &'a str,
}

/// The names of all types, for error messages.
pub(super) fn type_names() -> String {
    let names: Vec<_> = TYPES.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}

impl Definition<'_> {
    /// Whether it defines an object, whose type is optional.
    pub(super) fn is_object(&self) -> Result<bool, IndexError> {
        match self.object.get("type") {
            Some(Json::String(name)) => Ok(matches!(name.as_str(), "object" | "nested")),
            Some(other) => Err(unknown_type(self.path, &json_excerpt(other))),
            None if self.object.contains_key("properties") => Ok(true),
            None => Err(invalid(self.path, format!("missing `type`; supported types: {}", type_names()))),
        }
    }

    /// The field that an alias stands for; `None` if it is not an alias.
    pub(super) fn alias(&self) -> Result<Option<&str>, IndexError> {
        if self.object.get("type").and_then(Json::as_str) != Some("alias") {
            return Ok(None);
        }
        self.check_keys("type, path")?;
        match self.text("path")? {
            Some(path) => Ok(Some(path)),
            None => Err(invalid(self.path, "missing `path`")),
        }
    }

    /// The type and options of a field.
    pub(super) fn field(&self, analysis: &Analysis) -> Result<(FieldKind, FieldOptions), IndexError> {
        let name = self.text("type")?.unwrap_or_default();
        let kind = self.kind(name, analysis)?;
        if name == "flat_object" {
            self.check_keys("type")?;
        } else if name == "percolator" {
            self.check_keys("type, meta")?;
        } else if let Some((_, keys)) = TYPES.iter().find(|(known, _)| *known == name) {
            self.check_keys(&format!("{COMMON}, {keys}"))?;
        }
        let options = self.options(&kind, analysis)?;
        Ok((kind, options))
    }

    fn kind(&self, name: &str, analysis: &Analysis) -> Result<FieldKind, IndexError> {
        Ok(match name {
            "text" => self.text_kind(TextForm::Scored, analysis)?,
            "match_only_text" => self.text_kind(TextForm::MatchOnly, analysis)?,
            "search_as_you_type" => {
                self.text_kind(TextForm::SearchAsYouType { max_words: self.max_shingle_size()? }, analysis)?
            }
            "completion" => self.completion_kind(analysis)?,
            "keyword" => self.keyword(KeywordForm::Keyword, analysis)?,
            "wildcard" => self.keyword(KeywordForm::Wildcard, analysis)?,
            "constant_keyword" => match self.text("value")? {
                Some(value) => self.keyword(KeywordForm::Constant(value.to_owned()), analysis)?,
                None => return Err(invalid(self.path, "missing `value`")),
            },
            "ip" => FieldKind::Ip,
            "long" => FieldKind::Long,
            "integer" => FieldKind::Integer,
            "short" => FieldKind::Short,
            "byte" => FieldKind::Byte,
            "double" => FieldKind::Double,
            "float" => FieldKind::Float,
            "half_float" => FieldKind::HalfFloat,
            "scaled_float" => FieldKind::ScaledFloat { factor: self.scaling_factor()? },
            "token_count" => match self.analyzer("analyzer", analysis)? {
                Some(name) => FieldKind::TokenCount { analyzer: named(&name, analysis.analyzer(&name)) },
                None => return Err(invalid(self.path, "missing `analyzer`")),
            },
            "boolean" => FieldKind::Boolean,
            "date" => FieldKind::Date { format: self.date_format()?, resolution: DateResolution::Millis },
            "date_nanos" => FieldKind::Date { format: self.date_format()?, resolution: DateResolution::Nanos },
            "unsigned_long" => FieldKind::UnsignedLong,
            "integer_range" => FieldKind::Range(RangeType::Integer),
            "long_range" => FieldKind::Range(RangeType::Long),
            "float_range" => FieldKind::Range(RangeType::Float),
            "double_range" => FieldKind::Range(RangeType::Double),
            "date_range" => FieldKind::Range(RangeType::Date(self.date_format()?)),
            "ip_range" => FieldKind::Range(RangeType::Ip),
            "binary" => FieldKind::Binary,
            "flat_object" => FieldKind::FlatObject,
            "rank_feature" => self.rank_feature(FeatureForm::One)?,
            "rank_features" => self.rank_feature(FeatureForm::Many)?,
            "percolator" => FieldKind::Percolator,
            "geo_point" => FieldKind::GeoPoint,
            _ => return Err(unknown_type(self.path, &format!("{name:?}"))),
        })
    }

    fn rank_feature(&self, form: FeatureForm) -> Result<FieldKind, IndexError> {
        let impact = match self.flag("positive_score_impact")? {
            Some(false) => ScoreImpact::Negative,
            _ => ScoreImpact::Positive,
        };
        Ok(FieldKind::RankFeature { form, impact })
    }

    fn text_kind(&self, form: TextForm, analysis: &Analysis) -> Result<FieldKind, IndexError> {
        let analyzer = self.analyzer("analyzer", analysis)?.unwrap_or_else(|| analysis.default_name().to_owned());
        // That of the index also counts for fields that name an analyzer.
        let default_search = || analysis.default_search_name().map(str::to_owned);
        let search_analyzer = self.analyzer("search_analyzer", analysis)?.or_else(default_search);
        let search_analyzer = search_analyzer.unwrap_or_else(|| analyzer.clone());
        Ok(FieldKind::Text { analyzer, search_analyzer, form })
    }

    fn max_shingle_size(&self) -> Result<u8, IndexError> {
        if self.object.contains_key("doc_values") {
            return Err(invalid(&join(self.path, "doc_values"), "a search_as_you_type has no column"));
        }
        let size = self.integer("max_shingle_size", 2..=4)?;
        Ok(size.and_then(|size| u8::try_from(size).ok()).unwrap_or(DEFAULT_MAX_WORDS))
    }

    /// An integer, or one in a string.
    pub(super) fn integer(&self, key: &str, range: RangeInclusive<u32>) -> Result<Option<u32>, IndexError> {
        let Some(json) = self.object.get(key) else { return Ok(None) };
        let number =
            json.as_u64().or_else(|| json.as_str()?.parse().ok()).and_then(|number| u32::try_from(number).ok());
        match number.filter(|number| range.contains(number)) {
            Some(number) => Ok(Some(number)),
            None => {
                let (least, most) = range.into_inner();
                let reason = format!("{} is not an integer from {least} to {most}", json_excerpt(json));
                Err(invalid(&join(self.path, key), reason))
            }
        }
    }

    fn keyword(&self, form: KeywordForm, analysis: &Analysis) -> Result<FieldKind, IndexError> {
        let normalizer = match self.text("normalizer")? {
            None | Some("default") => None,
            Some(name) => match analysis.normalizer(name) {
                Some(analyzer) => Some(named(name, Some(analyzer))),
                None => {
                    let known = analysis.normalizer_names();
                    let reason = format!("unknown normalizer {name:?}; known normalizers: {known}");
                    return Err(invalid(&join(self.path, "normalizer"), reason));
                }
            },
        };
        Ok(FieldKind::Keyword(KeywordOptions { ignore_above: self.ignore_above()?, normalizer, form }))
    }

    fn options(&self, kind: &FieldKind, analysis: &Analysis) -> Result<FieldOptions, IndexError> {
        for (key, supported) in FIXED {
            if let Some(value) = self.object.get(key)
                && value.as_str().map_or_else(|| value.to_string(), str::to_owned) != supported
            {
                let reason = format!("{} is not supported, only {supported}", json_excerpt(value));
                return Err(invalid(&join(self.path, key), reason));
            }
        }
        for key in ["store", "norms", "eager_global_ordinals", "index_phrases", "ignore_z_value"] {
            self.flag(key)?;
        }
        let has_column = self.flag("doc_values")?.unwrap_or(!matches!(kind, FieldKind::Binary | FieldKind::Percolator))
            && !matches!(kind, FieldKind::Text { .. });
        let mut given = self.shown_options(kind, analysis)?;
        let null_value = self.null_value(kind)?;
        given.extend(null_value.clone().map(|value| ("null_value".to_owned(), value)));
        Ok(FieldOptions {
            given,
            ignores_malformed: self.flag("ignore_malformed")?.unwrap_or(false),
            coerces: self.flag("coerce")?.unwrap_or(true),
            null_value,
            copy_to: self.texts("copy_to")?,
            contexts: self.contexts()?,
            has_terms: self.flag("index")?.unwrap_or(true),
            has_column,
            is_indexed: self.flag("index")?.unwrap_or(true) || has_column,
        })
    }

    fn null_value(&self, kind: &FieldKind) -> Result<Option<Json>, IndexError> {
        let Some(value) = self.object.get("null_value").filter(|value| !value.is_null()) else { return Ok(None) };
        let path = join(self.path, "null_value");
        if let FieldKind::TokenCount { .. } = kind {
            // It is a number of words, not a text whose words count.
            let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
            return match number.and_then(|number| i32::try_from(number).ok()) {
                Some(number) => Ok(Some(number.into())),
                None => Err(invalid(&path, format!("{} is not an integer", json_excerpt(value)))),
            };
        }
        let field = Field::new(String::new(), kind.clone());
        field.value_from_json(value).map_err(|error| invalid(&path, error.reason))?;
        Ok(Some(value.clone()))
    }

    pub(super) fn check_keys(&self, known: &str) -> Result<(), IndexError> {
        match self.object.keys().find(|key| !known.split(", ").any(|known| known == *key)) {
            Some(key) => Err(unknown_key(self.path, key, known.trim_end_matches(", "))),
            None => Ok(()),
        }
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<&str>, IndexError> {
        match self.object.get(key) {
            None => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(other) => Err(invalid(&join(self.path, key), format!("{} is not a string", json_excerpt(other)))),
        }
    }

    fn texts(&self, key: &str) -> Result<Vec<String>, IndexError> {
        let items = match self.object.get(key) {
            None => return Ok(Vec::new()),
            Some(Json::Array(items)) => items.as_slice(),
            Some(item) => std::slice::from_ref(item),
        };
        let text = |item: &Json| match item.as_str() {
            Some(text) => Ok(text.to_owned()),
            None => Err(invalid(&join(self.path, key), format!("{} is not a string", json_excerpt(item)))),
        };
        items.iter().map(text).collect()
    }

    /// A boolean, which clients also write as a string.
    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>, IndexError> {
        match self.object.get(key) {
            None => Ok(None),
            Some(Json::Bool(value)) => Ok(Some(*value)),
            Some(Json::String(text)) if text == "true" => Ok(Some(true)),
            Some(Json::String(text)) if text == "false" => Ok(Some(false)),
            Some(other) => {
                Err(invalid(&join(self.path, key), format!("{} is neither true nor false", json_excerpt(other))))
            }
        }
    }

    pub(super) fn analyzer(&self, key: &str, analysis: &Analysis) -> Result<Option<String>, IndexError> {
        let Some(name) = self.text(key)? else { return Ok(None) };
        if name == DEFAULT_ANALYZER {
            return Ok(Some(analysis.default_name().to_owned()));
        }
        if !analysis.has(name) {
            let reason = format!("unknown analyzer {name:?}; known analyzers: {}", analysis.names());
            return Err(invalid(&join(self.path, key), reason));
        }
        Ok(Some(name.to_owned()))
    }

    fn ignore_above(&self) -> Result<Option<u32>, IndexError> {
        let Some(json) = self.object.get("ignore_above") else { return Ok(None) };
        let limit = json.as_u64().and_then(|limit| u32::try_from(limit).ok());
        let reason = || format!("{} is not a number of characters", json_excerpt(json));
        limit.map(Some).ok_or_else(|| invalid(&join(self.path, "ignore_above"), reason()))
    }

    fn scaling_factor(&self) -> Result<f64, IndexError> {
        let Some(json) = self.object.get("scaling_factor") else {
            return Err(invalid(self.path, "missing `scaling_factor`"));
        };
        let number = json.as_f64().or_else(|| json.as_str()?.parse().ok());
        let reason = || format!("{} is not a number greater than 0", json_excerpt(json));
        let is_factor = |factor: &f64| factor.is_finite() && *factor > 0.0;
        number.filter(is_factor).ok_or_else(|| invalid(&join(self.path, "scaling_factor"), reason()))
    }

    fn date_format(&self) -> Result<DateFormat, IndexError> {
        let Some(text) = self.text("format")? else { return Ok(DateFormat::default()) };
        DateFormat::parse(text).map_err(|error| invalid(&join(self.path, "format"), error))
    }

    pub(super) fn dynamic(&self) -> Result<Option<Dynamic>, IndexError> {
        Ok(Some(match self.object.get("dynamic") {
            None => return Ok(None),
            Some(Json::Bool(true)) => Dynamic::True,
            Some(Json::Bool(false)) => Dynamic::False,
            Some(Json::String(text)) if text == "true" => Dynamic::True,
            Some(Json::String(text)) if text == "false" => Dynamic::False,
            Some(Json::String(text)) if text == "strict" => Dynamic::Strict,
            Some(Json::String(text)) if text == "strict_allow_templates" => Dynamic::StrictAllowTemplates,
            Some(other) => {
                let reason = format!(
                    "{} is neither true, false, \"strict\" nor \"strict_allow_templates\"",
                    json_excerpt(other)
                );
                return Err(invalid(&join(self.path, "dynamic"), reason));
            }
        }))
    }
}

fn named(name: &str, analyzer: Option<Analyzer>) -> NamedAnalyzer {
    NamedAnalyzer::new(name, analyzer.expect("names of analyzers are checked"))
}

pub(super) fn as_object<'a>(json: &'a Json, path: &str) -> Result<&'a Map<String, Json>, IndexError> {
    json.as_object().ok_or_else(|| invalid(path, format!("{} is not an object", json_excerpt(json))))
}

pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

pub(super) fn invalid(path: &str, reason: impl ToString) -> IndexError {
    IndexError::InvalidMapping { path: path.to_owned(), reason: reason.to_string() }
}

fn unknown_type(path: &str, name: &str) -> IndexError {
    invalid(&join(path, "type"), format!("unknown type {name}; supported types: {}", type_names()))
}

pub(super) fn unknown_key(path: &str, key: &str, known: &str) -> IndexError {
    invalid(&join(path, key), format!("unknown key; known keys: {known}"))
}
