//! What signatures of functions say.

use quidditch_signing::{Message, PublicKey, SecretKey, Signature};
use semver::Version;
use serde::{Deserialize, Serialize};

use crate::Record;

/// A signature and the key that it is of, as stored in `signatures/<key id>.json` and with ahead-of-time code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SignedBy {
    pub(crate) key: PublicKey,
    pub(crate) signature: Signature,
}

impl SignedBy {
    pub(crate) fn new(key: &SecretKey, message: &Message) -> Self {
        SignedBy { key: key.public_key(), signature: key.sign(message) }
    }

    /// Whether the message was signed so by one of these keys.
    pub(crate) fn is_valid(&self, message: &Message, trusted: &[PublicKey]) -> bool {
        trusted.contains(&self.key) && self.key.verify(message, &self.signature)
    }
}

/// That a version was published with this record, byte for byte. The record has the digest of the component. Name and version are
/// those that it is stored under: a record is not valid for another function.
pub(crate) fn record_message(name: &str, version: &Version, record: &[u8]) -> Message {
    Message::new("quidditch function record 1", &[name.as_bytes(), version.to_string().as_bytes(), record])
}

/// That ahead-of-time code with this digest was compiled from the component of a version, for machines that are compatible.
pub(crate) fn code_message(record: &Record, compatibility: &str, code_digest: &[u8]) -> Message {
    let Record { name, version, sha256, .. } = record;
    let version = version.to_string();
    let of = [name.as_bytes(), version.as_bytes(), sha256.as_bytes(), compatibility.as_bytes(), code_digest];
    Message::new("quidditch ahead-of-time code 1", &of)
}
