//! The indexing function: what is uploaded below `incoming/<index>/` is added to that index.
//!
//! S3 and Lambda may repeat events and mix them up. A file counts by its name and its content's entity tag: once it was
//! added, a receipt below the index says so, and every further event about it adds nothing. See [`receipt`] for what
//! holds when a process dies on the way.

mod download;
mod event;
mod receipt;

use std::io::BufReader;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use anyhow::Result;
use http::StatusCode;
use lambda_runtime::Diagnostic;
use quidditch_clock::{Clock, SystemClock};
use quidditch_indexing::{AddOptions, AddReport, OnError, add_documents};
use quidditch_service::Measurements;
use quidditch_storage::{Counting, S3Settings, Storage, open_s3};
use serde::Serialize;
use serde_json::value::RawValue;

use self::download::download;
use self::event::Upload;
use self::receipt::{Claimed, claim};
use crate::metrics::{Metrics, RequestFigures};
use crate::settings::IndexSettings;

/// Digits of the file's digest that the ids of its documents begin with: 128 bits, so that no two files share them.
const LINE_ID_DIGITS: usize = 32;

/// What adds files, and lives as long as the process.
pub(crate) struct Indexing {
    storage: Arc<Counting>,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
}

/// What became of a file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Added {
        documents: u64,
        splits: usize,
    },
    /// Nothing was done, for this reason.
    Skipped(&'static str),
}

/// A file, and what became of it: what the function answers.
#[derive(Debug, Serialize)]
struct Report {
    index: String,
    file: String,
    outcome: Outcome,
}

impl Indexing {
    pub(crate) fn new(settings: &IndexSettings) -> Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        let bucket = open_s3(&settings.store, S3Settings::default(), Arc::clone(&clock));
        Ok(Indexing { storage: Arc::new(Counting::new(bucket)), clock, metrics: Metrics::new(&settings.metrics) })
    }

    /// Adds the files of an event. `deadline` is when Lambda ends the process.
    ///
    /// # Errors
    /// The reason why a file was not added, with its type: it goes where failed events go.
    pub(crate) async fn handle(&self, event: &RawValue, deadline: SystemTime) -> Result<Box<RawValue>, Diagnostic> {
        let start = Instant::now();
        let before = self.storage.counts();
        let result = self.add_all(event, deadline).await;
        let status = if result.is_ok() { StatusCode::OK } else { StatusCode::INTERNAL_SERVER_ERROR };
        let storage = self.storage.counts() - before;
        let elapsed = start.elapsed();
        self.metrics.print(&RequestFigures { status, elapsed, storage, measurements: Measurements::default() });
        result.map_err(|error| {
            let error_message = format!("{error:#}");
            tracing::error!(reason = error_message, "cannot index");
            Diagnostic { error_type: "IndexingFailed".to_owned(), error_message }
        })
    }

    async fn add_all(&self, event: &RawValue, deadline: SystemTime) -> Result<Box<RawValue>> {
        let mut reports = Vec::new();
        for upload in event::uploads(event.get())? {
            let Upload { index, key, .. } = &upload;
            let context = || format!("the file {key} was not added to the index [{index}]");
            let outcome = anyhow::Context::with_context(self.add(&upload, deadline).await, context)?;
            tracing::info!(index, file = key, ?outcome, "file done");
            reports.push(Report { index: index.clone(), file: key.clone(), outcome });
        }
        Ok(serde_json::value::to_raw_value(&reports)?)
    }

    async fn add(&self, upload: &Upload, deadline: SystemTime) -> Result<Outcome> {
        let store: Arc<dyn Storage> = self.storage.clone();
        let receipt = match claim(&store, upload, deadline).await? {
            Claimed::Here(receipt) => receipt,
            Claimed::Done => return Ok(Outcome::Skipped("it was added before")),
        };
        let added = self.download_and_add(&store, upload).await;
        match added {
            Ok(Some(AddReport { added, splits, .. })) => {
                receipt.done(&store, added).await?;
                Ok(Outcome::Added { documents: added, splits })
            }
            Ok(None) => {
                receipt.give_up(&store).await;
                Ok(Outcome::Skipped("it was replaced since, which is another event"))
            }
            Err(error) => {
                receipt.give_up(&store).await;
                Err(error)
            }
        }
    }

    /// `None` if the file has another content now.
    async fn download_and_add(&self, store: &Arc<dyn Storage>, upload: &Upload) -> Result<Option<AddReport>> {
        let url = format!("s3://{}", upload.bucket).parse()?;
        let bucket = open_s3(&url, S3Settings::default(), Arc::clone(&self.clock));
        let Some(file) = download(bucket.as_ref(), upload).await? else { return Ok(None) };
        let input = BufReader::with_capacity(1 << 20, file);
        let options = AddOptions {
            // All or nothing: a file that was left out in part would be left out silently.
            on_error: OnError::Fail,
            line_ids: Some(upload.digest()[..LINE_ID_DIGITS].to_owned()),
            ..AddOptions::default()
        };
        let report = add_documents(store, &upload.index, input, &options, |_| ()).await?;
        Ok(Some(report))
    }
}
