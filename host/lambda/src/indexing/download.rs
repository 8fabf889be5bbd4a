//! Brings an uploaded file to the disk: files may be larger than memory.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};

use anyhow::{Context, Result, bail};
use futures::{StreamExt, TryStreamExt, stream};
use quidditch_storage::{Storage, StorageError};

use super::event::Upload;

/// Bytes of one request. 8 MiB: large enough that the round trip does not count.
const REQUEST_BYTES: u64 = 8 << 20;

/// Requests at a time. 4: what a function's network carries, and 32 MiB of memory.
const PARALLEL_REQUESTS: usize = 4;

/// The file, from its beginning; `None` if its content is not that of the event.
pub(super) async fn download(bucket: &dyn Storage, upload: &Upload) -> Result<Option<File>> {
    let Some(size) = size_if_unchanged(bucket, upload).await? else { return Ok(None) };
    let mut file = tempfile::tempfile().context("cannot make a file in the temporary folder")?;
    let starts = (0..size).step_by(REQUEST_BYTES as usize);
    let ranges = starts.map(|start| bucket.get_range(&upload.key, start..(start + REQUEST_BYTES).min(size)));
    let mut pieces = stream::iter(ranges).buffered(PARALLEL_REQUESTS);
    while let Some(piece) = pieces.try_next().await? {
        file.write_all(&piece).context("cannot write to the temporary folder, whose size is a setting")?;
    }
    // All pieces are of the same content if it is still there.
    if size_if_unchanged(bucket, upload).await?.is_none() {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(0)).context("cannot read from the temporary folder")?;
    Ok(Some(file))
}

async fn size_if_unchanged(bucket: &dyn Storage, upload: &Upload) -> Result<Option<u64>> {
    match bucket.head(&upload.key).await {
        Ok(entry) => Ok((entry.version.as_str().trim_matches('"') == upload.etag).then_some(entry.size)),
        Err(StorageError::NotFound { .. }) => bail!("it is gone"),
        Err(error) => Err(error.into()),
    }
}
