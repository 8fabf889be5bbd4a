//! The indexing function: adds files that are uploaded below `incoming/<index>/` to that index, and may answer HTTP requests.
//!
//! S3 and Lambda may repeat and reorder events. Each key has a receipt below the index, which records the upload that was added
//! last: further events about it, and late events about older uploads, add nothing. [`mod@claim`] describes what happens when a
//! process dies, or a file is replaced while it is being added.

mod claim;
mod download;
mod event;
mod file_version;
mod receipt;
mod timed_reader;

use std::io::BufReader;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use futures::future::{Either, select};
use http::StatusCode;
use lambda_runtime::{Context, Diagnostic};
use quidditch_clock::{Clock, SystemClock};
use quidditch_index::format::manifest_key;
use quidditch_index::{IndexError, check_index_name};
use quidditch_indexing::{AddOptions, IndexWriter, OnError};
use quidditch_service::Measurements;
use quidditch_storage::{Counting, S3Settings, Storage, StorageError, open_s3};
use quidditch_writes::StoredQueryCheck;
use serde::Serialize;
use serde_json::value::RawValue;

use self::claim::{Claim, Claimed, claim};
use self::download::{current_etag, download, is_current};
use self::event::{Upload, UploadedFile};
use self::timed_reader::TimedReader;
use crate::event::request_if_any;
use crate::metrics::{Metrics, RequestFigures};
use crate::settings::IndexSettings;
use crate::time_left::time_left;
use crate::writing::Writing;
use timed_reader::TIME_IS_UP;

/// Number of digits of the file's digest that the ids of its documents start with. 32: with 128 bits, no two files share
/// them.
const LINE_ID_DIGITS: usize = 32;

/// Time for giving up a claim after the time is up. Less than what [`time_left`] keeps of long times.
const RELEASE_TIME: Duration = Duration::from_millis(500);

const ALREADY_ADDED: &str = "already added";
const SUPERSEDED: &str = "superseded by a newer upload";

/// Adds files. Lives as long as the process.
pub(crate) struct Indexing {
    storage: Arc<Counting>,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
    split_memory_bytes: usize,
    /// Answers HTTP requests; `None` if they are errors.
    writing: Option<Writing>,
}

/// An event, and how long it may take.
struct Invocation<'a> {
    /// The id of the Lambda request.
    request: &'a str,
    /// Lambda's deadline, in milliseconds since the Unix epoch.
    deadline_millis: u64,
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
        let storage = Arc::new(Counting::new(bucket));
        let IndexSettings { split_memory_bytes, writing, metrics, .. } = settings;
        let writing = writing.as_ref().map(|writing| Writing::new(&storage, &clock, writing, metrics)).transpose()?;
        Ok(Indexing {
            storage,
            clock,
            metrics: Metrics::new(metrics),
            split_memory_bytes: *split_memory_bytes,
            writing,
        })
    }

    /// Adds the files of an event, or answers the HTTP request in it. A file that cannot be added does not affect the others.
    ///
    /// # Errors
    /// The reasons why files were not added, for the queue of failed events.
    pub(crate) async fn handle(&self, event: &RawValue, context: &Context) -> Result<Box<RawValue>, Diagnostic> {
        if let Some(writing) = &self.writing
            && let Some(request) = request_if_any(event.get())
        {
            return Ok(writing.handle(request, context.deadline).await);
        }
        #[expect(clippy::disallowed_methods, reason = "only for the metrics")]
        let start = Instant::now();
        let before = self.storage.counts();
        let invocation = Invocation { request: &context.request_id, deadline_millis: context.deadline };
        let result = self.add_all(event, &invocation).await;
        let status = if result.is_ok() { StatusCode::OK } else { StatusCode::INTERNAL_SERVER_ERROR };
        let storage = self.storage.counts() - before;
        let elapsed = start.elapsed();
        self.metrics.print(&RequestFigures { status, elapsed, storage, measurements: Measurements::default() });
        result.map_err(|error| Diagnostic {
            error_type: "IndexingFailed".to_owned(),
            error_message: format!("{error:#}"),
        })
    }

    async fn add_all(&self, event: &RawValue, invocation: &Invocation<'_>) -> Result<Box<RawValue>> {
        let mut reports = Vec::new();
        let mut failures = Vec::new();
        let uploads = event::uploads(event.get())
            .inspect_err(|error| tracing::error!(error = format!("{error:#}"), "invalid event"))?;
        for upload in uploads {
            let result = match upload {
                Ok(upload) => self.add_and_report(upload, invocation).await,
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

    async fn add_and_report(&self, upload: Upload, invocation: &Invocation<'_>) -> Result<Report> {
        let Upload { index, key: file, .. } = upload.clone();
        let result = self.add(upload, invocation).await;
        let outcome = result.with_context(|| format!("cannot add file {file} to index [{index}]"))?;
        Ok(Report { index, file, outcome })
    }

    async fn add(&self, upload: Upload, invocation: &Invocation<'_>) -> Result<Outcome> {
        let url = format!("s3://{}", upload.bucket).parse()?;
        let bucket = open_s3(&url, S3Settings::default(), Arc::clone(&self.clock));
        let store: Arc<dyn Storage> = self.storage.clone();
        let claimed = async {
            self.check_index(&upload.index).await?;
            let etag = match &upload.etag {
                Some(etag) => etag.clone(),
                None => current_etag(bucket.as_ref(), &upload.key).await?,
            };
            let uploaded = upload.with_etag(etag);
            let claimed = claim(&store, &self.clock, &uploaded, invocation.request).await?;
            Ok((uploaded, claimed))
        };
        let (uploaded, claimed) = self.in_time(invocation, claimed).await?;
        let claim = match claimed {
            Claimed::ByThisProcess(claim) => claim,
            Claimed::AlreadyAdded => return Ok(Outcome::Skipped(ALREADY_ADDED)),
            Claimed::Superseded => return Ok(Outcome::Skipped(SUPERSEDED)),
        };
        let adding = self.download_and_add(bucket.as_ref(), &uploaded, &claim, invocation);
        match self.in_time(invocation, adding).await {
            Ok(outcome @ Outcome::Added { documents, .. }) => {
                self.in_time(invocation, async { Ok(claim.complete(documents).await?) }).await?;
                Ok(outcome)
            }
            Ok(outcome @ Outcome::Skipped(_)) => {
                self.release(claim).await;
                Ok(outcome)
            }
            Err(error) => {
                self.release(claim).await;
                Err(error)
            }
        }
    }

    /// Without an index, a receipt would stay in the store forever.
    async fn check_index(&self, index: &str) -> Result<()> {
        check_index_name(index)?;
        match self.storage.head(&manifest_key(index)).await {
            Ok(_) => Ok(()),
            Err(StorageError::NotFound { .. }) => Err(IndexError::NotFound { name: index.to_owned() }.into()),
            Err(error) => Err(error.into()),
        }
    }

    async fn download_and_add(
        &self,
        bucket: &dyn Storage,
        uploaded: &UploadedFile,
        claim: &Claim,
        invocation: &Invocation<'_>,
    ) -> Result<Outcome> {
        let Some(file) = download(bucket, uploaded).await? else { return Ok(Outcome::Skipped(SUPERSEDED)) };
        // Indexing does not wait, so that nothing but its input can end it. A tenth of the time is for the last split.
        let time = time_left(self.clock.as_ref(), invocation.deadline_millis) * 9 / 10;
        let input = TimedReader::new(BufReader::with_capacity(1 << 20, file), &self.clock, time);
        let options = AddOptions {
            // All or nothing: nobody would notice documents that were skipped.
            on_error: OnError::Fail,
            line_ids: Some(uploaded.digest()[..LINE_ID_DIGITS].to_owned()),
            split_memory_bytes: self.split_memory_bytes,
            ..AddOptions::default()
        };
        let store: Arc<dyn Storage> = self.storage.clone();
        let writer = IndexWriter::new(&store, &self.clock, &uploaded.index)?;
        let writer = writer.with_query_check(Arc::new(StoredQueryCheck::new(&self.clock)));
        let prepared = writer.prepare_documents(input, &options, |_| ()).await?;
        // It may have been replaced in the meantime. The event about that was perhaps handled before this one.
        if !is_current(bucket, uploaded).await? {
            prepared.discard().await;
            return Ok(Outcome::Skipped(SUPERSEDED));
        }
        if let Err(error) = claim.begin_commit().await {
            prepared.discard().await;
            return Err(error);
        }
        let report = prepared.commit().await?;
        Ok(Outcome::Added { documents: report.added, splits: report.splits })
    }

    async fn release(&self, claim: Claim) {
        if let Either::Right(_) = select(pin!(claim.release()), self.clock.sleep(RELEASE_TIME)).await {
            tracing::warn!("the store did not respond to the release of a claim; it expires by itself");
        }
    }

    /// Waits for `work`, but not until Lambda ends the process.
    async fn in_time<T>(&self, invocation: &Invocation<'_>, work: impl Future<Output = Result<T>>) -> Result<T> {
        let time = time_left(self.clock.as_ref(), invocation.deadline_millis);
        match select(pin!(work), self.clock.sleep(time)).await {
            Either::Left((result, _)) => result,
            Either::Right(_) => bail!(TIME_IS_UP),
        }
    }
}
