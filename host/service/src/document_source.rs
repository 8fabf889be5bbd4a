//! Which part of a document a request by id returns.

use quidditch_engine::SourceFilter;
use serde_json::Value as Json;

use crate::error::ApiError;
use crate::parameters::Parameters;

/// The part of a document that is returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DocumentSource {
    filter: SourceFilter,
}

impl DocumentSource {
    /// Takes `_source`, `_source_includes`, `_source_excludes` and `stored_fields`. Without them, all is returned.
    pub(crate) fn take(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Asked::take(parameters)?.source()?.unwrap_or(DocumentSource { filter: SourceFilter::All }))
    }

    /// The same where a document is returned only if the parameters ask for some part of it.
    pub(crate) fn take_if_asked(parameters: &mut Parameters) -> Result<Option<Self>, ApiError> {
        let asked = Asked::take(parameters)?;
        let source = asked.source()?;
        Ok(source.filter(|source| asked.stored_fields.is_some() || source.filter != SourceFilter::None))
    }

    /// What a value of `_source` in a body asks for.
    pub(crate) fn from_json(json: &Json) -> Result<Self, ApiError> {
        let filter = SourceFilter::from_json(json);
        Ok(DocumentSource { filter: filter.map_err(|error| ApiError::Argument(error.to_string()))? })
    }

    /// What a list of stored fields asks for: no field is stored, except `_source`.
    pub(crate) fn from_stored_fields<'a>(mut names: impl Iterator<Item = &'a str>) -> Self {
        let filter = if names.any(|name| name == "_source") { SourceFilter::All } else { SourceFilter::None };
        DocumentSource { filter }
    }

    pub(crate) fn filter(&self) -> &SourceFilter {
        &self.filter
    }
}

/// The parameters of a request.
struct Asked {
    source: Vec<(String, String)>,
    stored_fields: Option<String>,
}

impl Asked {
    fn take(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let mut source = Vec::new();
        for key in ["_source", "_source_includes", "_source_excludes"] {
            source.extend(parameters.take(key)?.map(|value| (key.to_owned(), value)));
        }
        Ok(Asked { source, stored_fields: parameters.take("stored_fields")? })
    }

    /// What they ask for; `None` if there are none.
    fn source(&self) -> Result<Option<DocumentSource>, ApiError> {
        match &self.stored_fields {
            Some(names) if self.source.is_empty() => Ok(Some(DocumentSource::from_stored_fields(names.split(',')))),
            None if self.source.is_empty() => Ok(None),
            _ => {
                let filter = SourceFilter::from_parameters(&self.source);
                let filter = filter.map_err(|error| ApiError::Argument(error.to_string()))?;
                Ok(Some(DocumentSource { filter }))
            }
        }
    }
}
