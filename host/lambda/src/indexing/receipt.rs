//! Receipts record that a file was added, so that it is added once.
//!
//! Before a file is added, a claim is written to a key derived from its name and entity tag, if there is no object yet. After
//! the file has been added, the receipt replaces the claim. Therefore
//!
//! - a repeated event finds the receipt and adds nothing;
//! - of two concurrent events, one finds the claim of the other and fails, and finds the receipt when Lambda repeats it;
//! - a process that dies leaves its claim, which is valid until Lambda would have ended the process; then the next event takes
//!   over.
//!
//! A process may die after it has added the documents and before it has written the receipt. The repeated event then adds them
//! again, and they replace themselves: ids of documents without one are derived from the file, its content and the line.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Result, bail};
use bytes::Bytes;
use quidditch_index::check_index_name;
use quidditch_storage::{Precondition, Storage, StorageError, Version};
use serde::{Deserialize, Serialize};

use super::event::Upload;

/// The stored JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Receipt {
    /// The key of the file.
    file: String,
    /// The entity tag of its content.
    etag: String,
    state: State,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// A process is adding the file, until this time in milliseconds since the Unix epoch.
    Claimed { until: u64 },
    /// The file has been added.
    Added { documents: u64 },
}

/// The result of claiming a file.
pub(super) enum Claimed {
    /// This process may add the file.
    ByThisProcess(Claim),
    /// The file has already been added.
    AlreadyAdded,
}

/// The exclusive right to add a file.
pub(super) struct Claim {
    key: String,
    receipt: Receipt,
    version: Version,
}

/// Claims a file until a deadline.
///
/// # Errors
/// If another process has claimed the file, or the store fails.
pub(super) async fn claim(store: &Arc<dyn Storage>, upload: &Upload, deadline: SystemTime) -> Result<Claimed> {
    claim_at(store, upload, deadline, SystemTime::now()).await
}

async fn claim_at(store: &Arc<dyn Storage>, upload: &Upload, deadline: SystemTime, now: SystemTime) -> Result<Claimed> {
    check_index_name(&upload.index)?;
    let key = receipt_key(upload);
    let state = State::Claimed { until: unix_millis(deadline) };
    let receipt = Receipt { file: upload.key.clone(), etag: upload.etag.clone(), state };
    let precondition = match store.get(&key).await {
        Err(StorageError::NotFound { .. }) => Precondition::Absent,
        Err(error) => return Err(error.into()),
        Ok(object) => match serde_json::from_slice::<Receipt>(&object.bytes)?.state {
            State::Added { .. } => return Ok(Claimed::AlreadyAdded),
            State::Claimed { until } if unix_millis(now) < until => bail!("another process is adding this file"),
            State::Claimed { .. } => Precondition::Matches(object.version),
        },
    };
    match store.put(&key, bytes(&receipt), precondition).await {
        Ok(version) => Ok(Claimed::ByThisProcess(Claim { key, receipt, version })),
        Err(StorageError::PreconditionFailed { .. }) => bail!("another process is adding this file"),
        Err(error) => Err(error.into()),
    }
}

impl Claim {
    /// Records that the file was added.
    pub(super) async fn complete(self, store: &Arc<dyn Storage>, documents: u64) -> Result<()> {
        self.write(store, State::Added { documents }).await?;
        Ok(())
    }

    /// Ends the claim without adding the file, so that the next event can try immediately. If this fails, the claim expires.
    pub(super) async fn release(self, store: &Arc<dyn Storage>) {
        let _ = self.write(store, State::Claimed { until: 0 }).await;
    }

    async fn write(self, store: &Arc<dyn Storage>, state: State) -> Result<Version, StorageError> {
        let Claim { key, receipt, version } = self;
        store.put(&key, bytes(&Receipt { state, ..receipt }), Precondition::Matches(version)).await
    }
}

/// Receipts are stored with the index's other objects, so that they are removed together with the index.
fn receipt_key(upload: &Upload) -> String {
    format!("{}/ingested/{}.json", upload.index, upload.digest())
}

fn bytes(receipt: &Receipt) -> Bytes {
    serde_json::to_vec(receipt).expect("receipts serialise without errors").into()
}

fn unix_millis(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;
    use quidditch_storage::MemoryStorage;

    use super::*;

    fn upload(etag: &str) -> Upload {
        Upload {
            bucket: "b".to_owned(),
            key: "incoming/cities/a.ndjson".to_owned(),
            index: "cities".to_owned(),
            etag: etag.to_owned(),
        }
    }

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    /// Claims a file at time `now` until time `until`.
    fn claimed(store: &Arc<dyn Storage>, etag: &str, now: u64, until: u64) -> Result<Option<Claim>> {
        Ok(match block_on(claim_at(store, &upload(etag), at(until), at(now)))? {
            Claimed::ByThisProcess(claim) => Some(claim),
            Claimed::AlreadyAdded => None,
        })
    }

    #[test]
    fn a_file_is_added_once() {
        let store: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
        let claim = claimed(&store, "0a", 0, 10).expect("can be claimed").expect("not claimed yet");
        block_on(claim.complete(&store, 3)).expect("written");
        assert!(claimed(&store, "0a", 100, 110).expect("the receipt can be read").is_none());
        assert!(claimed(&store, "0b", 100, 110).expect("can be claimed").is_some(), "other content");
    }

    #[test]
    fn a_claim_expires_when_its_process_must_have_ended() {
        let store: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
        let first = claimed(&store, "0a", 0, 10).expect("can be claimed").expect("not claimed yet");
        let error = claimed(&store, "0a", 9, 19).err().expect("it is claimed");
        insta::assert_snapshot!(error, @"another process is adding this file");
        let second = claimed(&store, "0a", 10, 20).expect("can be claimed").expect("the first claim has expired");
        assert!(block_on(first.complete(&store, 3)).is_err(), "the claim has expired");
        block_on(second.release(&store));
        assert!(claimed(&store, "0a", 11, 21).expect("can be claimed").is_some(), "it was released");
    }
}
