//! An uploaded content of a file, and which of two is newer.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// One upload of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileVersion {
    /// The entity tag of the content, without quotes. Equal contents have equal tags.
    pub(super) etag: String,
    /// Orders the uploads of one key. Missing in events that were not sent by S3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sequencer: Option<String>,
    /// The version in a bucket with versioning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) version_id: Option<String>,
}

/// How one upload of a key relates to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    Older,
    Same,
    Newer,
    /// They are different, and at least one has no sequencer.
    Unknown,
}

impl FileVersion {
    /// The age of this upload compared to another one of the same key.
    pub(super) fn compared_to(&self, other: &FileVersion) -> Age {
        if let (Some(this), Some(other)) = (&self.sequencer, &other.sequencer) {
            return match compare_sequencers(this, other) {
                Ordering::Less => Age::Older,
                Ordering::Equal => Age::Same,
                Ordering::Greater => Age::Newer,
            };
        }
        let is_same = match (&self.version_id, &other.version_id) {
            (Some(this), Some(other)) => this == other,
            _ => self.etag == other.etag,
        };
        if is_same { Age::Same } else { Age::Unknown }
    }
}

/// The order of two sequencers, as the documentation of S3's events says: hexadecimal digits are compared after the shorter one
/// was padded with zeros on the right.
fn compare_sequencers(left: &str, right: &str) -> Ordering {
    let length = left.len().max(right.len());
    let padded = |text: &str| format!("{text:0<length$}").to_ascii_lowercase();
    padded(left).cmp(&padded(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(etag: &str, sequencer: Option<&str>, version_id: Option<&str>) -> FileVersion {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        FileVersion { etag: etag.to_owned(), sequencer: owned(sequencer), version_id: owned(version_id) }
    }

    #[test]
    fn sequencers_decide_if_both_have_one() {
        let age = |left, right| version("0a", Some(left), None).compared_to(&version("0b", Some(right), None));
        assert_eq!(age("0055AED6DCD90281E5", "0055AED6DCD90281E6"), Age::Older);
        assert_eq!(age("0055AED6DCD90281E5", "0055AED6DCD9028"), Age::Newer, "the shorter one is padded on the right");
        assert_eq!(age("0055AED6DCD9028", "0055aed6dcd90280"), Age::Same);
        assert_eq!(age("2", "10"), Age::Newer);
        let again = version("0a", Some("2"), None).compared_to(&version("0a", Some("1"), None));
        assert_eq!(again, Age::Newer, "the same content was uploaded again");
    }

    #[test]
    fn without_sequencers_only_equality_is_known() {
        let one = version("0a", None, Some("v1"));
        assert_eq!(one.compared_to(&version("0a", None, Some("v1"))), Age::Same);
        assert_eq!(one.compared_to(&version("0a", Some("1"), Some("v2"))), Age::Unknown);
        assert_eq!(one.compared_to(&version("0a", Some("1"), None)), Age::Same);
        assert_eq!(one.compared_to(&version("0b", None, None)), Age::Unknown);
    }
}
