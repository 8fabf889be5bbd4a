//! Requests for the terms of documents: the bodies and parameters of `_termvectors` and `_mtermvectors`.

use std::collections::{BTreeMap, BTreeSet};

use quidditch_engine::{TermFilter, TermVectorsRequest, VectorPart, VectorsDocument};
use serde_json::{Map, Value as Json};

use crate::error::ApiError;
use crate::parameters::{Flag, Parameters};

/// Parts that are shown unless a request says otherwise, and those that are not.
const PARTS: [(&str, &str, VectorPart, Flag); 4] = [
    ("positions", "positions", VectorPart::Positions, Flag::On),
    ("offsets", "offsets", VectorPart::Offsets, Flag::On),
    ("field_statistics", "fieldStatistics", VectorPart::FieldStatistics, Flag::On),
    ("term_statistics", "termStatistics", VectorPart::TermStatistics, Flag::Off),
];

/// What to show of a document.
#[derive(Debug, Clone)]
pub(crate) struct VectorsOptions {
    fields: Option<Vec<String>>,
    analyzers: BTreeMap<String, String>,
    parts: BTreeSet<VectorPart>,
    filter: Option<TermFilter>,
}

/// Which document to show.
#[derive(Debug, Clone, Default)]
pub(crate) struct VectorsItem {
    pub(crate) index: Option<String>,
    pub(crate) id: Option<String>,
    /// One that is in no index.
    pub(crate) document: Option<Map<String, Json>>,
}

impl VectorsOptions {
    /// Takes the parameters of a URL.
    pub(crate) fn take(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let fields = parameters.take("fields")?;
        let mut parts = BTreeSet::new();
        for (name, _, part, default) in PARTS {
            if parameters.take_flag_or(name, default)? == Flag::On {
                parts.insert(part);
            }
        }
        // Terms have none.
        parameters.take_flag_or("payloads", Flag::On)?;
        Ok(VectorsOptions {
            fields: fields.map(|names| names.split(',').map(str::to_owned).collect()),
            analyzers: BTreeMap::new(),
            parts,
            filter: None,
        })
    }
}

impl VectorsItem {
    /// Reads a body, or an item of a list.
    pub(crate) fn read(&mut self, object: Map<String, Json>, options: &mut VectorsOptions) -> Result<(), ApiError> {
        for (key, value) in object {
            let part = PARTS.iter().find(|(name, other, ..)| *name == key || *other == key);
            if let Some((_, _, part, _)) = part {
                if boolean(&key, &value)? {
                    options.parts.insert(*part)
                } else {
                    options.parts.remove(part)
                };
                continue;
            }
            match key.as_str() {
                "fields" => {
                    let Json::Array(names) = &value else { return Err(mistake("field [fields] must be an array")) };
                    options.fields = Some(names.iter().map(|name| text(&key, name)).collect::<Result<_, _>>()?);
                }
                "payloads" => _ = boolean(&key, &value)?,
                "dfs" => {
                    let reason = "distributed frequencies is not supported anymore for term vectors";
                    return Err(ApiError::Argument(reason.to_owned()));
                }
                "per_field_analyzer" | "perFieldAnalyzer" => {
                    let Json::Object(analyzers) = &value else {
                        return Err(mistake(&format!("field [{key}] must be an object")));
                    };
                    for (field, analyzer) in analyzers {
                        options.analyzers.insert(field.clone(), text(&key, analyzer)?);
                    }
                }
                "filter" => options.filter = Some(filter(&value)?),
                "_index" => self.index = Some(text(&key, &value)?),
                "_id" => {
                    if self.document.is_some() {
                        return Err(both());
                    }
                    self.id = Some(text(&key, &value)?);
                }
                "doc" => {
                    if self.id.is_some() {
                        return Err(both());
                    }
                    let Json::Object(document) = value else {
                        return Err(mistake("field [doc] must be an object"));
                    };
                    self.document = Some(document);
                }
                // There is one shard, and documents have no versions.
                "routing" | "_routing" | "version" | "_version" | "version_type" | "_version_type" => {
                    text(&key, &value)?;
                }
                _ => return Err(mistake(&format!("unknown field [{key}]"))),
            }
        }
        Ok(())
    }

    /// The index and the request. `position` is that in a list.
    pub(crate) fn finish(
        self,
        options: VectorsOptions,
        position: Option<usize>,
    ) -> Result<(String, TermVectorsRequest), ApiError> {
        let missing = |what: &str| match position {
            Some(position) => {
                ApiError::validation(&format!("{what} is missing;2: at multi term vectors for doc {position}"))
            }
            None => ApiError::validation(&format!("{what} is missing")),
        };
        let document = match (self.id, self.document) {
            (Some(id), _) => VectorsDocument::Id(id),
            (None, Some(document)) => VectorsDocument::Artificial(document),
            (None, None) => return Err(missing("id or doc")),
        };
        let index = self.index.ok_or_else(|| missing("index"))?;
        let VectorsOptions { fields, analyzers, parts, filter } = options;
        Ok((index, TermVectorsRequest { document, fields, analyzers, parts, filter }))
    }
}

fn filter(json: &Json) -> Result<TermFilter, ApiError> {
    let Json::Object(object) = json else { return Err(mistake("field [filter] must be an object")) };
    const ANY: u64 = i32::MAX as u64;
    let mut filter = TermFilter { max_terms: 25, frequency: (1, ANY), documents: (1, ANY), length: (0, 0) };
    for (key, value) in object {
        let number = || {
            let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
            number.ok_or_else(|| mistake(&format!("[{key}] must be an integer of at least 0, found [{value}]")))
        };
        let length = || Ok::<_, ApiError>(usize::try_from(number()?).unwrap_or(usize::MAX));
        match key.as_str() {
            "max_num_terms" => filter.max_terms = length()?,
            "min_term_freq" => filter.frequency.0 = number()?,
            "max_term_freq" => filter.frequency.1 = number()?,
            "min_doc_freq" => filter.documents.0 = number()?,
            "max_doc_freq" => filter.documents.1 = number()?,
            "min_word_length" => filter.length.0 = length()?,
            "max_word_length" => filter.length.1 = length()?,
            _ => {
                let reason = format!("the field [{key}] is not valid for filter parameter for term vector request");
                return Err(mistake(&reason));
            }
        }
    }
    Ok(filter)
}

fn boolean(key: &str, json: &Json) -> Result<bool, ApiError> {
    match json {
        Json::Bool(value) => Ok(*value),
        Json::String(text) if text == "true" => Ok(true),
        Json::String(text) if text == "false" => Ok(false),
        _ => Err(ApiError::Argument(format!("[{key}] must be [true] or [false], found [{json}]"))),
    }
}

fn text(key: &str, json: &Json) -> Result<String, ApiError> {
    match json {
        Json::String(text) => Ok(text.clone()),
        Json::Number(number) => Ok(number.to_string()),
        _ => Err(mistake(&format!("[{key}] must be a text, found [{json}]"))),
    }
}

fn both() -> ApiError {
    mistake("either [id] or [doc] can be specified, but not both!")
}

fn mistake(reason: &str) -> ApiError {
    ApiError::body(format!("failed to parse term vectors request. {reason}"))
}
