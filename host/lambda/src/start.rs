//! Initialisation before the first event.

use std::pin::pin;
use std::time::Duration;

use futures::future::{Either, join, join_all, select};
use quidditch_function::FunctionResolver;
use quidditch_service::error_chain;
use quidditch_storage::{Storage, StorageError};

use crate::search::Search;
use crate::settings::SearchSettings;

/// An object that does not exist. Asking for it opens the first connection to the store.
const PROBE_KEY: &str = "connection-probe";

/// Time limit of the preparations. 8 s: after 10 s, Lambda ends an initialisation and starts it again.
const TIME_LIMIT: Duration = Duration::from_secs(8);

/// Opens the indices and loads the user functions that the settings name, concurrently. Failures are only logged, since
/// requests may not need what failed, or find it later.
pub(crate) async fn prepare(search: &Search, settings: &SearchSettings) {
    let prepared = pin!(prepare_all(search, settings));
    if let Either::Right(_) = select(prepared, search.http.clock.sleep(TIME_LIMIT)).await {
        tracing::warn!(
            "the store did not respond within {TIME_LIMIT:?}: indices and functions are opened by the first requests"
        );
    }
}

async fn prepare_all(search: &Search, settings: &SearchSettings) {
    if settings.indices.is_empty() && settings.functions.is_empty() {
        connect(search).await;
        return;
    }
    let indices = settings.indices.iter().map(async |name| {
        if let Err(error) = search.http.service.open_index(name).await {
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
    match search.http.storage.head(PROBE_KEY).await {
        Ok(_) | Err(StorageError::NotFound { .. }) => {}
        Err(error) => tracing::warn!(error = error_chain(&error), "cannot reach the store"),
    }
}
