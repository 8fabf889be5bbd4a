//! The list of published functions.

use async_trait::async_trait;
use quidditch_function::{CatalogError, FunctionCatalog, PublishedFunction, PublishedParameter, VersionState};

use crate::{ParameterRecord, PublishedVersion, Record, Registry};

#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
impl FunctionCatalog for Registry {
    async fn list(&self) -> Result<Vec<PublishedFunction>, CatalogError> {
        let records = Registry::list(self).await.map_err(|error| CatalogError(Box::new(error)))?;
        let functions = records.into_iter().map(|record| match record {
            Ok(PublishedVersion { record, state, .. }) => PublishedFunction { state, ..record.into() },
            Err(error) => PublishedFunction::damaged(&error.function, format!("{error}: {}", error.source)),
        });
        Ok(functions.collect())
    }
}

impl From<Record> for PublishedFunction {
    fn from(record: Record) -> Self {
        let error = record.unsupported_contract().map(|cause| cause.to_string());
        PublishedFunction {
            name: record.name,
            version: record.version.to_string(),
            summary: record.summary,
            roles: record.roles,
            lang: record.script.map(|script| script.lang),
            error,
            parameters: record.parameters.into_iter().map(PublishedParameter::from).collect(),
            memory_mib: record.memory_mib,
            sha256: record.sha256,
            about: record.about,
            provenance: Some(record.provenance),
            state: VersionState::default(),
        }
    }
}

impl From<ParameterRecord> for PublishedParameter {
    fn from(record: ParameterRecord) -> Self {
        let ParameterRecord { name, kind, required, default, summary } = record;
        PublishedParameter { name, kind, required, default, summary }
    }
}
