//! Claims: of several processes that receive events about a file, one adds it.
//!
//! Each key has a [`Receipt`], which is only replaced by a process that has read it. Before an upload is added, a claim is
//! written into the receipt; after it has been added, the receipt says so. Therefore
//!
//! - a repeated event finds that its upload was added, and adds nothing;
//! - an event about an older upload than the one that was added does nothing;
//! - of two concurrent events about one upload, one finds the claim of the other and fails, and finds the receipt when Lambda
//!   repeats it;
//! - a newer upload takes over from an older one that is being added. The older one notices at the latest before its documents
//!   become visible;
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
use quidditch_service::error_chain;
use quidditch_storage::{Precondition, Storage, StorageError, Version};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use super::event::UploadedFile;
use super::receipt::{Added, ClaimRecord, Decision, Receipt, Step};

/// How long a claim is valid without being renewed. 30 s: it must have expired when Lambda repeats an event after a minute.
const LEASE: Duration = Duration::from_secs(30);

/// Time between renewals of a claim. 10 s: two of them may fail before the claim expires.
const RENEWAL: Duration = Duration::from_secs(10);

/// The result of claiming a file.
pub(super) enum Claimed {
    /// This process may add the file.
    ByThisProcess(Claim),
    /// The upload has already been added.
    AlreadyAdded,
    /// A newer upload of the file has been added, or is being added.
    Superseded,
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
    /// As it was before the claim.
    receipt: Receipt,
    file: UploadedFile,
    request: String,
    /// Locked while a new version is written.
    written: Mutex<Written>,
}

/// What this process has written.
struct Written {
    /// The last version of the object.
    version: Version,
    step: Step,
    /// Whether the claim was completed or released. It must not be renewed after that.
    is_final: bool,
}

/// Claims a file for a request. The claim is renewed by a task of the current runtime.
///
/// # Errors
/// If another process is adding the file, or the store fails.
pub(super) async fn claim(
    store: &Arc<dyn Storage>,
    clock: &Arc<dyn Clock>,
    file: &UploadedFile,
    request: &str,
) -> Result<Claimed> {
    let key = Receipt::key(file);
    let (receipt, precondition) = match store.get(&key).await {
        Err(StorageError::NotFound { .. }) => (Receipt::new(file), Precondition::Absent),
        Err(error) => return Err(error.into()),
        Ok(object) => (serde_json::from_slice(&object.bytes)?, Precondition::Matches(object.version)),
    };
    match receipt.decide(&file.version, request, clock.as_ref()) {
        Decision::Add => {}
        Decision::AlreadyAdded => return Ok(Claimed::AlreadyAdded),
        Decision::Superseded => return Ok(Claimed::Superseded),
        Decision::Busy => bail!("another process is adding this file"),
    }
    let claimed = with_claim(&receipt, file, request, Step::Preparing, clock.as_ref());
    let version = match store.put(&key, bytes(&claimed), precondition).await {
        Ok(version) => version,
        Err(StorageError::PreconditionFailed { .. }) => bail!("another process is adding this file"),
        Err(error) => return Err(error.into()),
    };
    let object = Arc::new(ClaimObject {
        store: Arc::clone(store),
        clock: Arc::clone(clock),
        key,
        receipt,
        file: file.clone(),
        request: request.to_owned(),
        written: Mutex::new(Written { version, step: Step::Preparing, is_final: false }),
    });
    let renewal = tokio::spawn(renew(Arc::clone(&object)));
    Ok(Claimed::ByThisProcess(Claim { object, renewal }))
}

async fn renew(object: Arc<ClaimObject>) {
    loop {
        object.clock.sleep(RENEWAL).await;
        if let Err(error) = object.renew().await {
            tracing::warn!(key = object.key, error = error_chain(&error), "cannot renew a claim");
        }
    }
}

impl Claim {
    /// Records that the documents are about to become visible, so that no newer upload takes over before they are.
    ///
    /// # Errors
    /// If another process has taken over, or the store fails.
    pub(super) async fn begin_commit(&self) -> Result<()> {
        match self.object.begin_commit().await {
            Err(StorageError::PreconditionFailed { .. }) => bail!("another process has taken over this file"),
            written => Ok(written?),
        }
    }

    /// Records that the file was added.
    pub(super) async fn complete(self, documents: u64) -> Result<(), StorageError> {
        self.object.complete(documents).await
    }

    /// Ends the claim without adding the file, so that the next event can try immediately. If this fails, the claim expires.
    pub(super) async fn release(self) {
        match self.object.release().await {
            // The process that has taken over has replaced the claim.
            Ok(()) | Err(StorageError::PreconditionFailed { .. }) => {}
            Err(error) => {
                let error = error_chain(&error);
                tracing::warn!(key = self.object.key, error, "cannot release a claim; it expires within {LEASE:?}");
            }
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.renewal.abort();
    }
}

impl ClaimObject {
    /// Extends the lease, unless the claim is finished.
    async fn renew(&self) -> Result<(), StorageError> {
        let mut written = self.written.lock().await;
        if written.is_final {
            return Ok(());
        }
        let step = written.step;
        self.write_claim(&mut written, step).await
    }

    async fn begin_commit(&self) -> Result<(), StorageError> {
        let mut written = self.written.lock().await;
        self.write_claim(&mut written, Step::Committing).await
    }

    async fn complete(&self, documents: u64) -> Result<(), StorageError> {
        let added = Added { version: self.file.version.clone(), documents };
        self.finish(&Receipt { added: Some(added), ..self.receipt.clone() }).await
    }

    async fn release(&self) -> Result<(), StorageError> {
        self.finish(&self.receipt).await
    }

    /// Writes the final receipt, without a claim.
    async fn finish(&self, receipt: &Receipt) -> Result<(), StorageError> {
        let mut written = self.written.lock().await;
        written.is_final = true;
        self.write(&mut written, &Receipt { claim: None, ..receipt.clone() }).await
    }

    async fn write_claim(&self, written: &mut Written, step: Step) -> Result<(), StorageError> {
        let receipt = with_claim(&self.receipt, &self.file, &self.request, step, self.clock.as_ref());
        self.write(written, &receipt).await?;
        written.step = step;
        Ok(())
    }

    /// Replaces the object, unless another process has replaced it.
    async fn write(&self, written: &mut Written, receipt: &Receipt) -> Result<(), StorageError> {
        let precondition = Precondition::Matches(written.version.clone());
        written.version = self.store.put(&self.key, bytes(receipt), precondition).await?;
        Ok(())
    }
}

/// A receipt with a claim that lasts for the time of a lease.
fn with_claim(receipt: &Receipt, file: &UploadedFile, request: &str, step: Step, clock: &dyn Clock) -> Receipt {
    let until = unix_millis(clock.now() + LEASE);
    let claim = ClaimRecord { version: file.version.clone(), until, request: request.to_owned(), step };
    Receipt { claim: Some(claim), ..receipt.clone() }
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
    use quidditch_clock::ManualClock;
    use quidditch_storage::MemoryStorage;
    use tokio::runtime::{Builder, Runtime};

    use super::super::file_version::FileVersion;
    use super::*;

    struct Fixture {
        store: Arc<dyn Storage>,
        clock: Arc<ManualClock>,
        runtime: Runtime,
    }

    impl Fixture {
        fn new() -> Self {
            let runtime = Builder::new_current_thread().build().expect("a runtime");
            Fixture { store: Arc::new(MemoryStorage::new()), clock: Arc::default(), runtime }
        }

        /// Claims an upload for a request.
        fn claimed(&self, etag: &str, sequencer: &str, request: &str) -> Result<Claimed> {
            let version =
                FileVersion { etag: etag.to_owned(), sequencer: Some(sequencer.to_owned()), version_id: None };
            let file = UploadedFile {
                bucket: "b".to_owned(),
                key: "incoming/cities/a.ndjson".to_owned(),
                index: "cities".to_owned(),
                version,
            };
            let clock: Arc<dyn Clock> = self.clock.clone();
            self.runtime.block_on(async {
                let claimed = claim(&self.store, &clock, &file, request).await?;
                if let Claimed::ByThisProcess(claim) = &claimed {
                    // With a clock that does not wait, it would renew all the time.
                    claim.renewal.abort();
                }
                Ok(claimed)
            })
        }

        #[track_caller]
        fn claim(&self, etag: &str, sequencer: &str, request: &str) -> Claim {
            match self.claimed(etag, sequencer, request) {
                Ok(Claimed::ByThisProcess(claim)) => claim,
                Ok(Claimed::AlreadyAdded) => panic!("it was added"),
                Ok(Claimed::Superseded) => panic!("there is a newer upload"),
                Err(error) => panic!("{error:#}"),
            }
        }

        #[track_caller]
        fn add(&self, claim: Claim) {
            self.runtime.block_on(async {
                claim.begin_commit().await.expect("written");
                claim.complete(3).await.expect("written");
            });
        }

        fn error(&self, etag: &str, sequencer: &str, request: &str) -> String {
            let error = self.claimed(etag, sequencer, request).err().expect("it is claimed");
            format!("{error:#}")
        }
    }

    #[test]
    fn each_upload_is_added_once() {
        let fixture = Fixture::new();
        fixture.add(fixture.claim("0a", "1", "r"));
        for request in ["r", "s"] {
            assert!(matches!(fixture.claimed("0a", "1", request), Ok(Claimed::AlreadyAdded)));
        }
        fixture.add(fixture.claim("0b", "2", "s"));
        assert!(matches!(fixture.claimed("0a", "1", "r"), Ok(Claimed::Superseded)));
        fixture.add(fixture.claim("0a", "3", "t"));
        assert!(matches!(fixture.claimed("0b", "2", "s"), Ok(Claimed::Superseded)));
    }

    #[test]
    fn a_claim_is_valid_until_it_expires() {
        let fixture = Fixture::new();
        let first = fixture.claim("0a", "1", "r");
        fixture.clock.advance(LEASE - Duration::from_millis(1));
        insta::assert_snapshot!(fixture.error("0a", "1", "s"), @"another process is adding this file");

        fixture.runtime.block_on(first.object.renew()).expect("renewed");
        fixture.clock.advance(LEASE - Duration::from_millis(1));
        insta::assert_snapshot!(fixture.error("0a", "1", "s"), @"another process is adding this file");

        fixture.clock.advance(Duration::from_millis(1));
        let second = fixture.claim("0a", "1", "s");
        assert!(fixture.runtime.block_on(first.object.renew()).is_err(), "the second claim replaced the first");
        let taken_over = fixture.runtime.block_on(first.begin_commit()).expect_err("it may not commit");
        insta::assert_snapshot!(taken_over, @"another process has taken over this file");
        assert!(fixture.runtime.block_on(first.complete(3)).is_err(), "and does not overwrite the second at the end");
        fixture.add(second);
    }

    #[test]
    fn a_newer_upload_takes_over_until_the_older_one_commits() {
        let fixture = Fixture::new();
        let older = fixture.claim("0a", "1", "r");
        let newer = fixture.claim("0b", "2", "s");
        assert!(matches!(fixture.claimed("0a", "1", "t"), Ok(Claimed::Superseded)));
        let taken_over = fixture.runtime.block_on(older.begin_commit()).expect_err("it may not commit");
        insta::assert_snapshot!(taken_over, @"another process has taken over this file");
        fixture.runtime.block_on(older.release());
        fixture.runtime.block_on(newer.begin_commit()).expect("written");
        insta::assert_snapshot!(fixture.error("0c", "3", "t"), @"another process is adding this file");
        fixture.add(newer);
        fixture.add(fixture.claim("0c", "3", "t"));
    }

    #[test]
    fn a_repeated_request_takes_over_at_once() {
        let fixture = Fixture::new();
        let first = fixture.claim("0a", "1", "r");
        let second = fixture.claim("0a", "1", "r");
        assert!(fixture.runtime.block_on(first.complete(3)).is_err(), "the second claim replaced the first");
        fixture.add(second);
    }

    #[test]
    fn a_released_claim_leaves_what_was_recorded_before() {
        let fixture = Fixture::new();
        fixture.add(fixture.claim("0a", "2", "r"));
        let claim = fixture.claim("0b", "3", "s");
        let object = Arc::clone(&claim.object);
        fixture.runtime.block_on(claim.release());
        fixture.runtime.block_on(object.renew()).expect("it does nothing");
        assert!(matches!(fixture.claimed("0a", "2", "t"), Ok(Claimed::AlreadyAdded)));
        fixture.add(fixture.claim("0b", "3", "t"));
    }
}
