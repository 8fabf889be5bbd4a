//! The indexing function: adds files that are uploaded below `incoming/<index>/` to that index.
//!
//! S3 and Lambda may repeat and reorder events. A file is identified by its name and the entity tag of its content. Once it
//! has been added, a receipt below the index records that, and further events about it add nothing. [`receipt`] describes
//! what happens when a process dies.

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
use quidditch_indexing::{AddOptions, AddReport, IndexWriter, OnError};
use quidditch_service::Measurements;
use quidditch_storage::{Counting, S3Settings, Storage, open_s3};
use serde::Serialize;
use serde_json::value::RawValue;

use self::download::download;
use self::event::Upload;
use self::receipt::{Claimed, claim};
use crate::metrics::{Metrics, RequestFigures};
use crate::settings::IndexSettings;

/// Number of digits of the file's digest that the ids of its documents start with. 32: with 128 bits, no two files share
/// them.
const LINE_ID_DIGITS: usize = 32;

/// Adds files. Lives as long as the process.
pub(crate) struct Indexing {
    storage: Arc<Counting>,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
}

/// The outcome for a file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Added {
        documents: u64,
        splits: usize,
    },
    /// Nothing was added, for this reason.
    Skipped(&'static str),
}

/// A file with its outcome, as the Lambda function returns it.
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

    /// Adds the files of an event. `deadline` is the time when Lambda ends the process.
    ///
    /// # Errors
    /// The reason why a file was not added, for the queue of failed events.
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
            tracing::error!(error = error_message, "indexing failed");
            Diagnostic { error_type: "IndexingFailed".to_owned(), error_message }
        })
    }

    async fn add_all(&self, event: &RawValue, deadline: SystemTime) -> Result<Box<RawValue>> {
        let mut reports = Vec::new();
        for upload in event::uploads(event.get())? {
            let Upload { index, key, .. } = &upload;
            let context = || format!("cannot add file {key} to index [{index}]");
            let outcome = anyhow::Context::with_context(self.add(&upload, deadline).await, context)?;
            tracing::info!(index, file = key, ?outcome, "file processed");
            reports.push(Report { index: index.clone(), file: key.clone(), outcome });
        }
        Ok(serde_json::value::to_raw_value(&reports)?)
    }

    async fn add(&self, upload: &Upload, deadline: SystemTime) -> Result<Outcome> {
        let store: Arc<dyn Storage> = self.storage.clone();
        let claim = match claim(&store, upload, deadline).await? {
            Claimed::ByThisProcess(claim) => claim,
            Claimed::AlreadyAdded => return Ok(Outcome::Skipped("already added")),
        };
        let added = self.download_and_add(&store, upload).await;
        match added {
            Ok(Some(AddReport { added, splits, .. })) => {
                claim.complete(&store, added).await?;
                Ok(Outcome::Added { documents: added, splits })
            }
            Ok(None) => {
                claim.release(&store).await;
                Ok(Outcome::Skipped("superseded by a newer upload"))
            }
            Err(error) => {
                claim.release(&store).await;
                Err(error)
            }
        }
    }

    /// `None` if the content of the file has changed.
    async fn download_and_add(&self, store: &Arc<dyn Storage>, upload: &Upload) -> Result<Option<AddReport>> {
        let url = format!("s3://{}", upload.bucket).parse()?;
        let bucket = open_s3(&url, S3Settings::default(), Arc::clone(&self.clock));
        let Some(file) = download(bucket.as_ref(), upload).await? else { return Ok(None) };
        let input = BufReader::with_capacity(1 << 20, file);
        let options = AddOptions {
            // All or nothing: nobody would notice documents that were skipped.
            on_error: OnError::Fail,
            line_ids: Some(upload.digest()[..LINE_ID_DIGITS].to_owned()),
            ..AddOptions::default()
        };
        let writer = IndexWriter::new(store, &self.clock, &upload.index)?;
        let report = writer.add_documents(input, &options, |_| ()).await?;
        Ok(Some(report))
    }
}
