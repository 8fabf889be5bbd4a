//! What an alias says about an index.

use quidditch_engine::QueryFilter;
use quidditch_index::{AliasOptions, IndexError, check_alias_name};
use quidditch_service::Service;
use quidditch_service::writing::ApiError;
use serde_json::Value as Json;

use crate::body::Keys;
use crate::failure::{invalid_alias_name, invalid_filter};

/// What an alias says about an index.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct AliasDefinition(AliasOptions);

impl AliasDefinition {
    /// Reads `{"filter": ..., "is_write_index": ...}`.
    pub(crate) fn read(json: Json) -> Result<Self, ApiError> {
        if !json.is_object() {
            return Err(ApiError::Argument("No alias is specified".to_owned()));
        }
        let mut keys = Keys::of(json, "alias")?;
        let definition = Self::take(&mut keys)?;
        keys.finish()?;
        Ok(definition)
    }

    /// Takes the options of an alias.
    pub(crate) fn take(keys: &mut Keys) -> Result<Self, ApiError> {
        let filter = keys.take_object("filter")?.map(Json::Object);
        let is_write_index = keys.take_boolean("is_write_index")?;
        if keys.take_boolean("is_hidden")? == Some(true) {
            return Err(ApiError::Argument("[is_hidden] is not supported: no alias is hidden".to_owned()));
        }
        for key in ["routing", "index_routing", "search_routing"] {
            if keys.take_text(key)?.is_some() {
                let reason = format!(
                    "[{key}] of an alias is not supported: an index is one shard, which is searched as a whole"
                );
                return Err(ApiError::Argument(reason));
            }
        }
        Ok(AliasDefinition(AliasOptions { filter, is_write_index }))
    }

    pub(crate) fn options(&self) -> &AliasOptions {
        &self.0
    }
}

/// Checks the name of an alias, and its filter.
pub(crate) fn check_alias(service: &Service, alias: &str, filter: Option<&Json>) -> Result<(), ApiError> {
    if let Err(IndexError::InvalidName { name, reason }) = check_alias_name(alias) {
        return Err(invalid_alias_name(&name, reason));
    }
    match filter.map(|filter| QueryFilter::parse(filter, service.engine().limits())) {
        Some(Err(error)) => Err(invalid_filter(alias, &error)),
        _ => Ok(()),
    }
}
