//! Downloads an uploaded file to disk, since it may be larger than memory.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};

use anyhow::{Context, Result, bail};
use futures::{StreamExt, TryStreamExt, stream};
use quidditch_storage::{Entry, Storage, StorageError};

use super::event::UploadedFile;

/// Bytes per request. 8 MiB: large enough that latency does not matter.
const REQUEST_BYTES: u64 = 8 << 20;

/// Number of concurrent requests. 4: enough for a Lambda function's bandwidth, with 32 MiB of memory.
const PARALLEL_REQUESTS: usize = 4;

/// The downloaded file, positioned at its start; `None` if its content is no longer that of the event.
pub(super) async fn download(bucket: &dyn Storage, uploaded: &UploadedFile) -> Result<Option<File>> {
    let Some(size) = size_if_unchanged(bucket, uploaded).await? else { return Ok(None) };
    let mut file = tempfile::tempfile().context("cannot create a temporary file")?;
    let starts = (0..size).step_by(REQUEST_BYTES as usize);
    let ranges = starts.map(|start| bucket.get_range(&uploaded.key, start..(start + REQUEST_BYTES).min(size)));
    let mut parts = stream::iter(ranges).buffered(PARALLEL_REQUESTS);
    while let Some(part) = parts.try_next().await? {
        file.write_all(&part)
            .context("cannot write a temporary file; the size of /tmp is a setting of the Lambda function")?;
    }
    // If the content is still the same, so are all parts.
    if !is_current(bucket, uploaded).await? {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(0)).context("cannot read a temporary file")?;
    Ok(Some(file))
}

/// Whether the content of a file is still that of the event.
pub(super) async fn is_current(bucket: &dyn Storage, uploaded: &UploadedFile) -> Result<bool> {
    Ok(size_if_unchanged(bucket, uploaded).await?.is_some())
}

/// The entity tag of the current content of an object, without quotes.
pub(super) async fn current_etag(bucket: &dyn Storage, key: &str) -> Result<String> {
    Ok(etag(&head(bucket, key).await?))
}

async fn size_if_unchanged(bucket: &dyn Storage, uploaded: &UploadedFile) -> Result<Option<u64>> {
    let entry = head(bucket, &uploaded.key).await?;
    Ok((etag(&entry) == uploaded.version.etag).then_some(entry.size))
}

fn etag(entry: &Entry) -> String {
    entry.version.as_str().trim_matches('"').to_owned()
}

async fn head(bucket: &dyn Storage, key: &str) -> Result<Entry> {
    match bucket.head(key).await {
        Ok(entry) => Ok(entry),
        Err(StorageError::NotFound { .. }) => bail!("the file no longer exists"),
        Err(error) => Err(error.into()),
    }
}
