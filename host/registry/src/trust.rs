//! What is trusted of what a store holds.

use quidditch_signing::PublicKey;

/// What is trusted of what a store holds.
///
/// A signature says that the owner of a key has published something. It does not say that this is what is newest: whoever can write
/// to a store can delete versions, and take back that one is yanked or disabled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trust {
    /// The keys whose signatures are valid.
    pub keys: Vec<PublicKey>,
    /// Whether functions without a valid signature are refused.
    pub require_signatures: bool,
    /// Whether ahead-of-time code runs without a valid signature. It is native code: **anyone who can write to the store can then do
    /// whatever this program can**. It never does if signatures are required.
    pub unsigned_code: bool,
}

impl Trust {
    /// Whether ahead-of-time code runs without a valid signature.
    pub(crate) fn runs_unsigned_code(&self) -> bool {
        self.unsigned_code && !self.require_signatures
    }
}
