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
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use http::StatusCode;
use lambda_runtime::Diagnostic;
use quidditch_clock::{Clock, SystemClock};
use quidditch_indexing::{AddOptions, AddReport, IndexWriter, OnError};
use quidditch_service::Measurements;
use quidditch_storage::{Counting, S3Settings, Storage, open_s3};
use serde::Serialize;
use serde_json::value::RawValue;

use self::download::{current_etag, download};
use self::event::{Upload, UploadedFile};
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

    /// Adds the files of an event. A file that cannot be added does not affect the others.
    ///
    /// # Errors
    /// The reasons why files were not added, for the queue of failed events.
    pub(crate) async fn handle(&self, event: &RawValue, request: &str) -> Result<Box<RawValue>, Diagnostic> {
        #[expect(clippy::disallowed_methods, reason = "only for the metrics")]
        let start = Instant::now();
        let before = self.storage.counts();
        let result = self.add_all(event, request).await;
        let status = if result.is_ok() { StatusCode::OK } else { StatusCode::INTERNAL_SERVER_ERROR };
        let storage = self.storage.counts() - before;
        let elapsed = start.elapsed();
        self.metrics.print(&RequestFigures { status, elapsed, storage, measurements: Measurements::default() });
        result.map_err(|error| Diagnostic {
            error_type: "IndexingFailed".to_owned(),
            error_message: format!("{error:#}"),
        })
    }

    async fn add_all(&self, event: &RawValue, request: &str) -> Result<Box<RawValue>> {
        let mut reports = Vec::new();
        let mut failures = Vec::new();
        let uploads = event::uploads(event.get())
            .inspect_err(|error| tracing::error!(error = format!("{error:#}"), "invalid event"))?;
        for upload in uploads {
            let result = match upload {
                Ok(upload) => self.add_and_report(upload, request).await,
                Err(error) => Err(error),
            };
            match result {
                Ok(report) => {
                    tracing::info!(index = report.index, file = report.file, outcome = ?report.outcome, "file processed");
                    reports.push(report);
                }
                Err(error) => {
                    let failure = format!("{error:#}");
                    tracing::error!(error = failure, "indexing failed");
                    failures.push(failure);
                }
            }
        }
        ensure!(failures.is_empty(), "{}", failures.join("; "));
        Ok(serde_json::value::to_raw_value(&reports)?)
    }

    async fn add_and_report(&self, upload: Upload, request: &str) -> Result<Report> {
        let Upload { index, key: file, .. } = upload.clone();
        let result = self.add(upload, request).await;
        let outcome = result.with_context(|| format!("cannot add file {file} to index [{index}]"))?;
        Ok(Report { index, file, outcome })
    }

    async fn add(&self, upload: Upload, request: &str) -> Result<Outcome> {
        let url = format!("s3://{}", upload.bucket).parse()?;
        let bucket = open_s3(&url, S3Settings::default(), Arc::clone(&self.clock));
        let etag = match &upload.etag {
            Some(etag) => etag.clone(),
            None => current_etag(bucket.as_ref(), &upload.key).await?,
        };
        let uploaded = upload.with_etag(etag);
        let store: Arc<dyn Storage> = self.storage.clone();
        let claim = match claim(&store, &self.clock, &uploaded, request).await? {
            Claimed::ByThisProcess(claim) => claim,
            Claimed::AlreadyAdded => return Ok(Outcome::Skipped("already added")),
        };
        match self.download_and_add(&store, bucket.as_ref(), &uploaded).await {
            Ok(Some(AddReport { added, splits, .. })) => {
                claim.complete(added).await?;
                Ok(Outcome::Added { documents: added, splits })
            }
            Ok(None) => {
                claim.release().await;
                Ok(Outcome::Skipped("superseded by a newer upload"))
            }
            Err(error) => {
                claim.release().await;
                Err(error)
            }
        }
    }

    /// `None` if the content of the file has changed.
    async fn download_and_add(
        &self,
        store: &Arc<dyn Storage>,
        bucket: &dyn Storage,
        uploaded: &UploadedFile,
    ) -> Result<Option<AddReport>> {
        let Some(file) = download(bucket, uploaded).await? else { return Ok(None) };
        let input = BufReader::with_capacity(1 << 20, file);
        let options = AddOptions {
            // All or nothing: nobody would notice documents that were skipped.
            on_error: OnError::Fail,
            line_ids: Some(uploaded.digest()[..LINE_ID_DIGITS].to_owned()),
            ..AddOptions::default()
        };
        let writer = IndexWriter::new(store, &self.clock, &uploaded.index)?;
        Ok(Some(writer.add_documents(input, &options, |_| ()).await?))
    }
}
