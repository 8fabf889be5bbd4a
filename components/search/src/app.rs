//! Constructs the service.

use std::sync::Arc;

use quidditch_clock::Clock;
use quidditch_engine::{Engine, Limits};
use quidditch_index::{ReadSettings, SplitReader};
use quidditch_service::{Parts, Service};

use crate::app_functions::AppFunctions;
use crate::settings::Settings;
use crate::wasi_clock::WasiClock;
use crate::{functions, store};

/// Why the service cannot be constructed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AppError {
    #[error(transparent)]
    Store(#[from] quidditch_storage::StorageError),
    #[error("invalid catalog of the bundled functions")]
    Catalog(#[from] serde_json::Error),
}

/// The service for the store and the functions of this app. Does not read from the store yet.
pub(crate) fn service(settings: &Settings) -> Result<Service, AppError> {
    let clock: Arc<dyn Clock> = Arc::new(WasiClock::default());
    let storage = store::open(&settings.store, &clock)?;
    let functions = Arc::new(functions::bundled(&clock)?);
    let reading = ReadSettings { memory_cache_bytes: settings.memory_cache_bytes, ..ReadSettings::default() };
    let limits = Limits { timeout: settings.timeout, ..Limits::default() };
    let limits = Limits { max_function_time: settings.function_time.unwrap_or(limits.max_function_time), ..limits };
    let parts = Parts {
        reader: Arc::new(SplitReader::new(Arc::clone(&storage), reading)),
        functions: Arc::new(AppFunctions::new(Arc::clone(&functions), storage, &clock)),
        catalog: functions,
        engine: Engine::new(limits, Arc::clone(&clock)),
        clock,
    };
    let service_settings = quidditch_service::Settings {
        snapshot_max_age: settings.snapshot_max_age,
        product_header: settings.product_header,
        ..quidditch_service::Settings::default()
    };
    Ok(Service::new(parts, service_settings))
}
