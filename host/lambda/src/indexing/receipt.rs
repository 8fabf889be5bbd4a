//! Receipts: what says that a file was added, so that it is added once.
//!
//! Before a file is added, a claim is written at a key that its name and entity tag give, only if nothing is there; after
//! it was added, the receipt takes the claim's place. So
//!
//! - an event that comes again finds the receipt, and adds nothing;
//! - of two that come at the same time one finds the claim of the other, fails, and finds the receipt when Lambda repeats it;
//! - a process that dies leaves its claim, which counts until Lambda would have ended it; then the next one takes over.
//!
//! A process may die after the index has the documents and before the receipt is written. Then the repeated event adds them
//! once more, and they replace themselves: the ids of those that bring none are made of the file, its content and their line.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Result, bail};
use bytes::Bytes;
use quidditch_index::check_index_name;
use quidditch_storage::{Precondition, Storage, StorageError, Version};
use serde::{Deserialize, Serialize};

use super::event::Upload;

/// What is stored, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Receipt {
    /// Key of the file.
    file: String,
    /// Its entity tag.
    etag: String,
    state: State,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// Somebody adds it, and has until then, in milliseconds since the Unix epoch.
    Claimed { until: u64 },
    /// It was added.
    Added { documents: u64 },
}

/// What a claim led to.
pub(super) enum Claimed {
    /// This process is to add the file.
    Here(Claim),
    /// The file was added before.
    Done,
}

/// The right to add a file.
pub(super) struct Claim {
    key: String,
    receipt: Receipt,
    version: Version,
}

/// Claims a file until a deadline.
///
/// # Errors
/// If somebody else has claimed it, or the store fails.
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
            State::Added { .. } => return Ok(Claimed::Done),
            State::Claimed { until } if unix_millis(now) < until => bail!("it is being added by another process"),
            State::Claimed { .. } => Precondition::Matches(object.version),
        },
    };
    match store.put(&key, bytes(&receipt), precondition).await {
        Ok(version) => Ok(Claimed::Here(Claim { key, receipt, version })),
        Err(StorageError::PreconditionFailed { .. }) => bail!("it is being added by another process"),
        Err(error) => Err(error.into()),
    }
}

impl Claim {
    /// The file was added.
    pub(super) async fn done(self, store: &Arc<dyn Storage>, documents: u64) -> Result<()> {
        self.write(store, State::Added { documents }).await?;
        Ok(())
    }

    /// The file was not added: the next event may try at once. If this cannot be said, the claim ends by itself.
    pub(super) async fn give_up(self, store: &Arc<dyn Storage>) {
        let _ = self.write(store, State::Claimed { until: 0 }).await;
    }

    async fn write(self, store: &Arc<dyn Storage>, state: State) -> Result<Version, StorageError> {
        let Claim { key, receipt, version } = self;
        store.put(&key, bytes(&Receipt { state, ..receipt }), Precondition::Matches(version)).await
    }
}

/// Beside the index's other objects: who removes all of an index removes them, too.
fn receipt_key(upload: &Upload) -> String {
    format!("{}/ingested/{}.json", upload.index, upload.digest())
}

fn bytes(receipt: &Receipt) -> Bytes {
    serde_json::to_vec(receipt).expect("texts and numbers serialise without errors").into()
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

    /// Claims at one time until another.
    fn claimed(store: &Arc<dyn Storage>, etag: &str, now: u64, until: u64) -> Result<Option<Claim>> {
        Ok(match block_on(claim_at(store, &upload(etag), at(until), at(now)))? {
            Claimed::Here(claim) => Some(claim),
            Claimed::Done => None,
        })
    }

    #[test]
    fn a_file_is_added_once() {
        let store: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
        let claim = claimed(&store, "0a", 0, 10).expect("can be claimed").expect("nobody was here");
        block_on(claim.done(&store, 3)).expect("written");
        assert!(claimed(&store, "0a", 100, 110).expect("can be asked").is_none());
        assert!(claimed(&store, "0b", 100, 110).expect("can be claimed").is_some(), "another content");
    }

    #[test]
    fn a_claim_counts_until_its_process_must_have_ended() {
        let store: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
        let first = claimed(&store, "0a", 0, 10).expect("can be claimed").expect("nobody was here");
        let refusal = claimed(&store, "0a", 9, 19).err().expect("it is claimed");
        insta::assert_snapshot!(refusal, @"it is being added by another process");
        let second = claimed(&store, "0a", 10, 20).expect("can be claimed").expect("the first one is gone");
        assert!(block_on(first.done(&store, 3)).is_err(), "too late");
        block_on(second.give_up(&store));
        assert!(claimed(&store, "0a", 11, 21).expect("can be claimed").is_some(), "it was given up");
    }
}
