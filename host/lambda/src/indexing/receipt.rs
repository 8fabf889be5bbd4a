//! What is recorded about a file: which upload of it was added last, and which one is being added.

use quidditch_clock::Clock;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::event::UploadedFile;
use super::file_version::{Age, FileVersion};

/// The record of one key, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Receipt {
    /// The key of the file.
    pub(super) file: String,
    /// The upload that was added last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) added: Option<Added>,
    /// The upload that is being added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) claim: Option<ClaimRecord>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Added {
    #[serde(flatten)]
    pub(super) version: FileVersion,
    pub(super) documents: u64,
}

/// A process is adding the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ClaimRecord {
    #[serde(flatten)]
    pub(super) version: FileVersion,
    /// When the claim expires unless it is renewed, in milliseconds since the Unix epoch.
    pub(super) until: u64,
    /// The id of the Lambda request that adds the file.
    pub(super) request: String,
    pub(super) step: Step,
}

/// What a process is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Step {
    /// It prepares the documents. A newer upload takes over.
    Preparing,
    /// It is making them visible. A newer upload waits.
    Committing,
}

/// What to do about an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    Add,
    /// It has been added.
    AlreadyAdded,
    /// A newer upload of the same key has been added, or is being added.
    Superseded,
    /// Another process is adding it, or making another upload of the key visible.
    Busy,
}

impl Receipt {
    /// Of a file of which nothing is recorded.
    pub(super) fn new(file: &UploadedFile) -> Self {
        Receipt { file: file.key.clone(), added: None, claim: None }
    }

    /// Receipts are stored with the index's other objects, so that they are removed together with the index.
    pub(super) fn key(file: &UploadedFile) -> String {
        let mut digest = Sha256::new();
        for part in [&file.bucket, &file.key] {
            digest.update(part.as_bytes());
            digest.update([0]);
        }
        let digest: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}/ingested/{digest}.json", file.index)
    }

    /// What a request does about an upload.
    pub(super) fn decide(&self, version: &FileVersion, request: &str, clock: &dyn Clock) -> Decision {
        match self.added.as_ref().map(|added| version.compared_to(&added.version)) {
            Some(Age::Same) => return Decision::AlreadyAdded,
            Some(Age::Older) => return Decision::Superseded,
            Some(Age::Newer | Age::Unknown) | None => {}
        }
        let now = u64::try_from(clock.unix_millis()).unwrap_or_default();
        let Some(claim) = self.claim.as_ref().filter(|claim| now < claim.until && claim.request != request) else {
            return Decision::Add;
        };
        match version.compared_to(&claim.version) {
            Age::Older => Decision::Superseded,
            Age::Newer if claim.step == Step::Preparing => Decision::Add,
            Age::Newer | Age::Same | Age::Unknown => Decision::Busy,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use quidditch_clock::ManualClock;

    use super::*;

    fn version(etag: &str, sequencer: &str) -> FileVersion {
        let sequencer = (!sequencer.is_empty()).then(|| sequencer.to_owned());
        FileVersion { etag: etag.to_owned(), sequencer, version_id: None }
    }

    fn decide(receipt: &Receipt, version: &FileVersion, request: &str) -> Decision {
        let clock = ManualClock::default();
        clock.advance(Duration::from_millis(1_000));
        receipt.decide(version, request, &clock)
    }

    #[test]
    fn what_was_added_is_not_added_again_and_not_replaced_by_older_uploads() {
        let added = Added { version: version("0a", "5"), documents: 1 };
        let receipt = Receipt { file: "f".to_owned(), added: Some(added), claim: None };
        assert_eq!(decide(&receipt, &version("0a", "5"), "r"), Decision::AlreadyAdded);
        assert_eq!(decide(&receipt, &version("0a", ""), "r"), Decision::AlreadyAdded);
        assert_eq!(decide(&receipt, &version("0b", "4"), "r"), Decision::Superseded);
        for newer in [version("0b", "6"), version("0a", "6"), version("0b", "")] {
            assert_eq!(decide(&receipt, &newer, "r"), Decision::Add);
        }
    }

    #[test]
    fn a_claim_keeps_others_away_but_not_newer_uploads() {
        let claimed = |until, step| {
            let claim = ClaimRecord { version: version("0a", "5"), until, request: "r".to_owned(), step };
            Receipt { file: "f".to_owned(), added: None, claim: Some(claim) }
        };
        let preparing = claimed(1_001, Step::Preparing);
        assert_eq!(decide(&preparing, &version("0a", "5"), "s"), Decision::Busy);
        assert_eq!(decide(&preparing, &version("0b", ""), "s"), Decision::Busy, "it may be older");
        assert_eq!(decide(&preparing, &version("0b", "4"), "s"), Decision::Superseded);
        assert_eq!(decide(&preparing, &version("0b", "6"), "s"), Decision::Add);
        let committing = claimed(1_001, Step::Committing);
        assert_eq!(decide(&committing, &version("0b", "6"), "s"), Decision::Busy);
        for receipt in [preparing, committing] {
            assert_eq!(decide(&receipt, &version("0a", "5"), "r"), Decision::Add, "the same request is repeated");
        }
        for step in [Step::Preparing, Step::Committing] {
            let expired = claimed(1_000, step);
            assert_eq!(decide(&expired, &version("0a", "5"), "s"), Decision::Add);
            assert_eq!(decide(&expired, &version("0b", "6"), "s"), Decision::Add);
        }
    }
}
