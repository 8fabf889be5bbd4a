//! What is prepared before the first event.

use futures::future::{join, join_all};
use quidditch_function::FunctionResolver;
use quidditch_storage::{Storage, StorageError};

use crate::search::Search;
use crate::settings::SearchSettings;

/// Asked for where nothing else is: it opens the first connection. There is no such object.
const NOTHING: &str = "nothing";

/// Opens the indices and loads the functions that the settings name, all at a time. What fails is logged: it may be there
/// when a request asks for it, and other requests do not need it.
pub(crate) async fn prepare(search: &Search, settings: &SearchSettings) {
    if settings.indices.is_empty() && settings.functions.is_empty() {
        connect(search).await;
        return;
    }
    let indices = settings.indices.iter().map(async |name| {
        if let Err(error) = search.service.open_index(name).await {
            tracing::warn!(index = name, error = &error as &dyn std::error::Error, "cannot open an index");
        }
    });
    let functions = settings.functions.iter().map(async |(name, version)| {
        if let Err(error) = search.registry.find(name, version.as_deref()).await {
            tracing::warn!(
                function = name,
                version,
                error = &error as &dyn std::error::Error,
                "cannot load a function"
            );
        }
    });
    join(join_all(indices), join_all(functions)).await;
}

async fn connect(search: &Search) {
    match search.storage.head(NOTHING).await {
        Ok(_) | Err(StorageError::NotFound { .. }) => {}
        Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "cannot reach the store"),
    }
}
