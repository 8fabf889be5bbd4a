//! Initialisation before the first event.

use futures::future::{join, join_all};
use quidditch_function::FunctionResolver;
use quidditch_service::error_chain;
use quidditch_storage::{Storage, StorageError};

use crate::search::Search;
use crate::settings::SearchSettings;

/// An object that does not exist. Asking for it opens the first connection to the store.
const PROBE_KEY: &str = "connection-probe";

/// Opens the indices and loads the user functions that the settings name, concurrently. Failures are only logged, since
/// requests may not need what failed, or find it later.
pub(crate) async fn prepare(search: &Search, settings: &SearchSettings) {
    if settings.indices.is_empty() && settings.functions.is_empty() {
        connect(search).await;
        return;
    }
    let indices = settings.indices.iter().map(async |name| {
        if let Err(error) = search.service.open_index(name).await {
            tracing::warn!(index = name, error = error_chain(&error), "cannot open an index");
        }
    });
    let functions = settings.functions.iter().map(async |(name, version)| {
        if let Err(error) = search.registry.find(name, version.as_deref()).await {
            tracing::warn!(function = name, version, error = error_chain(&error), "cannot load a function");
        }
    });
    join(join_all(indices), join_all(functions)).await;
}

async fn connect(search: &Search) {
    match search.storage.head(PROBE_KEY).await {
        Ok(_) | Err(StorageError::NotFound { .. }) => {}
        Err(error) => tracing::warn!(error = error_chain(&error), "cannot reach the store"),
    }
}
