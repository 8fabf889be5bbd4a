//! Receipts record that a file was added, so that it is added once.
//!
//! Before a file is added, a claim is written to a key derived from its name and entity tag, if there is no object yet. After
//! the file has been added, the receipt replaces the claim. Therefore
//!
//! - a repeated event finds the receipt and adds nothing;
//! - of two concurrent events, one finds the claim of the other and fails, and finds the receipt when Lambda repeats it;
//! - a process that dies leaves its claim. The claim is a lease of half a minute that its process renews, so it has expired
//!   before Lambda repeats the event after a minute. Even before that, an event with the same request id takes over: Lambda
//!   repeats an event, with its id, only after the first attempt has ended.
//!
//! A process may die after it has added the documents and before it has written the receipt. The repeated event then adds them
//! again, and they replace themselves: ids of documents without one are derived from the file, its content and the line.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Result, bail};
use bytes::Bytes;
use quidditch_clock::Clock;
use quidditch_index::check_index_name;
use quidditch_storage::{Precondition, Storage, StorageError, Version};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use super::event::UploadedFile;

/// How long a claim is valid without being renewed. 30 s: it must have expired when Lambda repeats an event after a minute.
const LEASE: Duration = Duration::from_secs(30);

/// Time between renewals of a claim. 10 s: two of them may fail before the claim expires.
const RENEWAL: Duration = Duration::from_secs(10);

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
    /// A process is adding the file.
    Claimed {
        /// When the claim expires unless it is renewed, in milliseconds since the Unix epoch.
        until: u64,
        /// The id of the Lambda request that adds the file.
        #[serde(default)]
        request: String,
    },
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

/// The exclusive right to add a file. Renewed until it is completed, released or dropped.
pub(super) struct Claim {
    object: Arc<ClaimObject>,
    renewal: JoinHandle<()>,
}

/// The stored object of a claim.
struct ClaimObject {
    store: Arc<dyn Storage>,
    clock: Arc<dyn Clock>,
    key: String,
    receipt: Receipt,
    request: String,
    /// Locked while a new version is written.
    written: Mutex<Written>,
}

/// What this process has written.
struct Written {
    /// The last version of the object.
    version: Version,
    /// Whether the claim was completed or released. It must not be renewed after that.
    is_final: bool,
}

/// Claims a file for a request. The claim is renewed by a task of the current runtime.
///
/// # Errors
/// If another process has claimed the file, or the store fails.
pub(super) async fn claim(
    store: &Arc<dyn Storage>,
    clock: &Arc<dyn Clock>,
    file: &UploadedFile,
    request: &str,
) -> Result<Claimed> {
    Ok(match ClaimObject::write_new(store, clock, file, request).await? {
        Some(object) => {
            let object = Arc::new(object);
            let renewal = tokio::spawn(renew(Arc::clone(&object)));
            Claimed::ByThisProcess(Claim { object, renewal })
        }
        None => Claimed::AlreadyAdded,
    })
}

async fn renew(object: Arc<ClaimObject>) {
    loop {
        object.clock.sleep(RENEWAL).await;
        if let Err(error) = object.renew().await {
            tracing::warn!(key = object.key, error = quidditch_service::error_chain(&error), "cannot renew a claim");
        }
    }
}

impl Claim {
    /// Records that the file was added.
    pub(super) async fn complete(self, documents: u64) -> Result<(), StorageError> {
        self.object.finish(State::Added { documents }).await
    }

    /// Ends the claim without adding the file, so that the next event can try immediately. If this fails, the claim expires.
    pub(super) async fn release(self) {
        let expired = State::Claimed { until: 0, request: self.object.request.clone() };
        if let Err(error) = self.object.finish(expired).await {
            let error = quidditch_service::error_chain(&error);
            tracing::warn!(key = self.object.key, error, "cannot release a claim; it expires within {LEASE:?}");
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.renewal.abort();
    }
}

impl ClaimObject {
    /// Writes a claim, or returns `None` if the file has already been added.
    async fn write_new(
        store: &Arc<dyn Storage>,
        clock: &Arc<dyn Clock>,
        file: &UploadedFile,
        request: &str,
    ) -> Result<Option<Self>> {
        check_index_name(&file.index)?;
        let key = receipt_key(file);
        let precondition = match store.get(&key).await {
            Err(StorageError::NotFound { .. }) => Precondition::Absent,
            Err(error) => return Err(error.into()),
            Ok(object) => match serde_json::from_slice::<Receipt>(&object.bytes)?.state {
                State::Added { .. } => return Ok(None),
                State::Claimed { until, request: other } if unix_millis(clock.now()) < until && other != request => {
                    bail!("another process is adding this file")
                }
                State::Claimed { .. } => Precondition::Matches(object.version),
            },
        };
        let state = claimed_until(clock.now() + LEASE, request);
        let receipt = Receipt { file: file.key.clone(), etag: file.etag.clone(), state };
        match store.put(&key, bytes(&receipt), precondition).await {
            Ok(version) => Ok(Some(ClaimObject {
                store: Arc::clone(store),
                clock: Arc::clone(clock),
                key,
                receipt,
                request: request.to_owned(),
                written: Mutex::new(Written { version, is_final: false }),
            })),
            Err(StorageError::PreconditionFailed { .. }) => bail!("another process is adding this file"),
            Err(error) => Err(error.into()),
        }
    }

    /// Extends the lease, unless the claim is finished.
    async fn renew(&self) -> Result<(), StorageError> {
        let mut written = self.written.lock().await;
        if !written.is_final {
            self.write(&mut written, claimed_until(self.clock.now() + LEASE, &self.request)).await?;
        }
        Ok(())
    }

    /// Writes the final state, after which the claim is not renewed.
    async fn finish(&self, state: State) -> Result<(), StorageError> {
        let mut written = self.written.lock().await;
        written.is_final = true;
        self.write(&mut written, state).await
    }

    /// Replaces the object, unless another process has replaced it.
    async fn write(&self, written: &mut Written, state: State) -> Result<(), StorageError> {
        let receipt = Receipt { state, ..self.receipt.clone() };
        let precondition = Precondition::Matches(written.version.clone());
        written.version = self.store.put(&self.key, bytes(&receipt), precondition).await?;
        Ok(())
    }
}

fn claimed_until(time: SystemTime, request: &str) -> State {
    State::Claimed { until: unix_millis(time), request: request.to_owned() }
}

/// Receipts are stored with the index's other objects, so that they are removed together with the index.
fn receipt_key(file: &UploadedFile) -> String {
    format!("{}/ingested/{}.json", file.index, file.digest())
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
    use quidditch_clock::ManualClock;
    use quidditch_storage::MemoryStorage;

    use super::*;

    struct Fixture {
        store: Arc<dyn Storage>,
        clock: Arc<ManualClock>,
    }

    impl Fixture {
        fn new() -> Self {
            Fixture { store: Arc::new(MemoryStorage::new()), clock: Arc::default() }
        }

        /// Claims a file with this content for a request, without renewing the claim.
        fn claim(&self, etag: &str, request: &str) -> Result<Option<ClaimObject>> {
            let file = UploadedFile {
                bucket: "b".to_owned(),
                key: "incoming/cities/a.ndjson".to_owned(),
                index: "cities".to_owned(),
                etag: etag.to_owned(),
            };
            let clock: Arc<dyn Clock> = self.clock.clone();
            block_on(ClaimObject::write_new(&self.store, &clock, &file, request))
        }
    }

    #[test]
    fn a_file_is_added_once() {
        let fixture = Fixture::new();
        let claim = fixture.claim("0a", "1").expect("can be claimed").expect("not added yet");
        block_on(claim.finish(State::Added { documents: 3 })).expect("written");
        assert!(fixture.claim("0a", "1").expect("the receipt can be read").is_none());
        assert!(fixture.claim("0a", "2").expect("the receipt can be read").is_none());
        assert!(fixture.claim("0b", "2").expect("can be claimed").is_some(), "other content");
    }

    #[test]
    fn a_claim_is_valid_until_it_expires() {
        let fixture = Fixture::new();
        let first = fixture.claim("0a", "1").expect("can be claimed").expect("not added yet");
        fixture.clock.advance(LEASE - Duration::from_millis(1));
        let error = fixture.claim("0a", "2").err().expect("it is claimed");
        insta::assert_snapshot!(error, @"another process is adding this file");

        block_on(first.renew()).expect("renewed");
        fixture.clock.advance(LEASE - Duration::from_millis(1));
        assert!(fixture.claim("0a", "2").is_err(), "the claim was renewed");

        fixture.clock.advance(Duration::from_millis(1));
        let second = fixture.claim("0a", "2").expect("can be claimed").expect("the first claim has expired");
        assert!(block_on(first.renew()).is_err(), "the second claim replaced the first");
        assert!(block_on(first.finish(State::Added { documents: 3 })).is_err(), "and is not overwritten at the end");
        block_on(second.finish(State::Added { documents: 3 })).expect("written");
    }

    #[test]
    fn a_repeated_request_takes_over_at_once() {
        let fixture = Fixture::new();
        let first = fixture.claim("0a", "1").expect("can be claimed").expect("not added yet");
        let second = fixture.claim("0a", "1").expect("can be claimed").expect("the same request");
        assert!(block_on(first.finish(State::Added { documents: 3 })).is_err(), "the second claim replaced the first");
        block_on(second.finish(State::Added { documents: 3 })).expect("written");
    }

    #[test]
    fn a_released_claim_can_be_taken_at_once() {
        let fixture = Fixture::new();
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let object = Arc::new(fixture.claim("0a", "1").expect("can be claimed").expect("not added yet"));
        let claim = Claim { object: Arc::clone(&object), renewal: runtime.spawn(async {}) };
        block_on(claim.release());
        block_on(object.renew()).expect("it does nothing");
        assert!(fixture.claim("0a", "2").expect("can be claimed").is_some());
    }
}
