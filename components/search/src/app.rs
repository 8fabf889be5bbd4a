//! How the parts are put together.

use std::sync::Arc;

use quidditch_clock::Clock;
use quidditch_engine::{Engine, Limits};
use quidditch_index::{ReadSettings, SplitReader};
use quidditch_service::{Parts, Service};

use crate::settings::Settings;
use crate::wasi_clock::WasiClock;
use crate::{functions, store};

/// Why the app cannot answer anything.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AppError {
    #[error(transparent)]
    Store(#[from] quidditch_storage::StorageError),
    #[error("the catalog of the bundled functions cannot be read: {0}")]
    Catalog(#[from] serde_json::Error),
}

/// The service over the store and the functions of this app. Nothing is read yet.
pub(crate) fn service(settings: &Settings) -> Result<Service, AppError> {
    let clock: Arc<dyn Clock> = Arc::new(WasiClock::default());
    let storage = store::open(&settings.store, &clock)?;
    let functions = Arc::new(functions::bundled()?);
    let reading = ReadSettings { memory_cache_bytes: settings.memory_cache_bytes, ..ReadSettings::default() };
    let limits = Limits { timeout: settings.timeout, function_time: settings.function_time, ..Limits::default() };
    let parts = Parts {
        reader: Arc::new(SplitReader::new(storage, reading)),
        functions: functions.clone(),
        catalog: functions,
        engine: Engine::new(limits, Arc::clone(&clock)),
        clock,
    };
    let of_service = quidditch_service::Settings {
        snapshot_max_age: settings.snapshot_max_age,
        product_header: settings.product_header,
        ..quidditch_service::Settings::default()
    };
    Ok(Service::new(parts, of_service))
}
