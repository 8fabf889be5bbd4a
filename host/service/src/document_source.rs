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
    /// Takes `_source`, `_source_includes`, `_source_excludes` and `stored_fields`.
    pub(crate) fn take(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let mut filters = Vec::new();
        for key in ["_source", "_source_includes", "_source_excludes"] {
            filters.extend(parameters.take(key)?.map(|value| (key.to_owned(), value)));
        }
        let stored_fields = parameters.take("stored_fields")?;
        if let Some(names) = stored_fields.filter(|_| filters.is_empty()) {
            return Ok(Self::of_stored_fields(names.split(',')));
        }
        let filter = SourceFilter::from_parameters(&filters);
        Ok(DocumentSource { filter: filter.map_err(|error| ApiError::Argument(error.to_string()))? })
    }

    /// What a value of `_source` in a body asks for.
    pub(crate) fn of_source(json: &Json) -> Result<Self, ApiError> {
        let filter = SourceFilter::from_json(json);
        Ok(DocumentSource { filter: filter.map_err(|error| ApiError::Argument(error.to_string()))? })
    }

    /// What a list of stored fields asks for: no field is stored, except `_source`.
    pub(crate) fn of_stored_fields<'a>(mut names: impl Iterator<Item = &'a str>) -> Self {
        let filter = if names.any(|name| name == "_source") { SourceFilter::All } else { SourceFilter::None };
        DocumentSource { filter }
    }

    pub(crate) fn filter(&self) -> &SourceFilter {
        &self.filter
    }
}
