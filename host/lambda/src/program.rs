//! The two programs: they read the settings, initialise, and handle events until Lambda ends the process.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use lambda_runtime::{Diagnostic, LambdaEvent, Runtime, service_fn};
use serde_json::value::RawValue;
use tokio::runtime::Builder;
use tracing::Instrument;

use crate::environment::Environment;
use crate::indexing::Indexing;
use crate::search::Search;
use crate::settings::{IndexSettings, SearchSettings};
use crate::{init_error, log, start};

/// Runs the search function. Returns only if it cannot continue.
pub fn search() -> ExitCode {
    run(&mut Builder::new_current_thread(), async || {
        let search = init_error::reporting_errors(start_search()).await?;
        let handler = service_fn(|event: LambdaEvent<Box<RawValue>>| {
            let search = Arc::clone(&search);
            let span = log::request_span(&event.context.request_id);
            async move { Ok::<_, Diagnostic>(search.handle(&event.payload, event.context.deadline).await) }
                .instrument(span)
        });
        Runtime::new(handler).run().await.map_err(|error| anyhow!(error))
    })
}

/// Runs the indexing function. Returns only if it cannot continue.
pub fn index() -> ExitCode {
    // The second thread keeps claims alive while the first one indexes.
    run(Builder::new_multi_thread().worker_threads(1), async || {
        let indexing = init_error::reporting_errors(start_indexing()).await?;
        let handler = service_fn(|event: LambdaEvent<Box<RawValue>>| {
            let indexing = Arc::clone(&indexing);
            let span = log::request_span(&event.context.request_id);
            async move { indexing.handle(&event.payload, &event.context).await }.instrument(span)
        });
        Runtime::new(handler).run().await.map_err(|error| anyhow!(error))
    })
}

async fn start_search() -> Result<Arc<Search>> {
    let settings = SearchSettings::read(&Environment::from_process())?;
    log::init(settings.log_level);
    let search = Arc::new(Search::new(&settings)?);
    start::prepare(&search, &settings).await;
    Ok(search)
}

async fn start_indexing() -> Result<Arc<Indexing>> {
    let settings = IndexSettings::read(&Environment::from_process())?;
    log::init(settings.log_level);
    Ok(Arc::new(Indexing::new(&settings)?))
}

/// Runs a program. It handles events on the main thread, since Lambda sends one at a time.
fn run(runtime: &mut Builder, program: impl AsyncFnOnce() -> Result<()>) -> ExitCode {
    let runtime = runtime.enable_all().build();
    let ended = runtime.context("cannot start the async runtime").and_then(|runtime| runtime.block_on(program()));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Logging may not be initialised yet. Lambda adds standard error to the log.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
