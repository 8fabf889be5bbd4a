//! `version` and `seq_no_primary_term`: what a hit shows of the write that its document is from.

/// What a hit shows of the write that its document is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ShownRevision {
    pub(crate) version: bool,
    /// The sequence number and the primary term.
    pub(crate) seq_no: bool,
}

impl ShownRevision {
    pub(super) const VERSION: &'static str = "version";
    pub(super) const SEQ_NO: &'static str = "seq_no_primary_term";

    pub(crate) fn is_any(self) -> bool {
        self.version || self.seq_no
    }
}
