//! What must hold for a document to be written.

use std::fmt;

use quidditch_index::{PRIMARY_TERM, Revision};

/// What must hold for a document to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Nothing.
    None,
    /// No document has the `_id`.
    Absent,
    /// The document is that of this write.
    Written {
        /// Its sequence number.
        seq_no: u64,
        /// Its primary term.
        primary_term: u64,
    },
    /// The version of the document is less than this one, which is that of the new document.
    NewerThan(u64),
    /// The same, or it is equal.
    NotOlderThan(u64),
}

/// A condition that does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conflict {
    /// The condition.
    pub condition: Condition,
    /// The revision of the document; `None` if there is none.
    pub current: Option<Revision>,
}

impl Condition {
    /// Checks it for a document.
    pub(super) fn check(self, current: Option<Revision>) -> Result<(), Conflict> {
        let holds = match (self, current) {
            (Condition::None, _) | (Condition::Absent, None) => true,
            (Condition::Written { seq_no, primary_term }, Some(current)) => {
                seq_no == current.seq_no && primary_term == PRIMARY_TERM
            }
            (Condition::Absent, Some(_)) | (Condition::Written { .. }, None) => false,
            (Condition::NewerThan(_) | Condition::NotOlderThan(_), None) => true,
            (Condition::NewerThan(version), Some(current)) => current.version < version,
            (Condition::NotOlderThan(version), Some(current)) => current.version <= version,
        };
        if holds { Ok(()) } else { Err(Conflict { condition: self, current }) }
    }

    /// The version of the new document.
    pub(super) fn version(self, current: Option<Revision>) -> u64 {
        match self {
            Condition::NewerThan(version) | Condition::NotOlderThan(version) => version,
            _ => current.map_or(1, |current| current.version + 1),
        }
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.condition, self.current) {
            (Condition::Written { seq_no, primary_term }, current) => {
                write!(formatter, "required seqNo [{seq_no}], primary term [{primary_term}]. ")?;
                match current {
                    Some(Revision { seq_no, .. }) => {
                        write!(formatter, "current document has seqNo [{seq_no}] and primary term [{PRIMARY_TERM}]")
                    }
                    None => formatter.write_str("but no document was found"),
                }
            }
            (Condition::NewerThan(version), Some(current)) => write!(
                formatter,
                "current version [{}] is higher or equal to the one provided [{version}]",
                current.version
            ),
            (Condition::NotOlderThan(version), Some(current)) => {
                write!(formatter, "current version [{}] is higher than the one provided [{version}]", current.version)
            }
            (_, Some(current)) => {
                write!(formatter, "document already exists (current version [{}])", current.version)
            }
            (_, None) => formatter.write_str("no document was found"),
        }
    }
}
