//! What is trusted of what a store holds.

use quidditch_signing::PublicKey;

/// What is trusted of what a store holds.
///
/// A signature proves that the owner of a key published a version. It does not prove that the version is current: anyone who can write
/// to a store can delete versions, restore deleted ones, and yank, disable or enable them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trust {
    /// The keys whose signatures are valid.
    pub keys: Vec<PublicKey>,
    /// Whether functions without a valid signature are refused.
    pub require_signatures: bool,
    /// Whether to run ahead-of-time code that has no valid signature. It is native code: **anyone who can write to the store can then
    /// do whatever this program can**. Ignored if signatures are required.
    pub unsigned_code: bool,
}

impl Trust {
    /// Whether ahead-of-time code runs without a valid signature.
    pub(crate) fn runs_unsigned_code(&self) -> bool {
        self.unsigned_code && !self.require_signatures
    }
}
