//! Keys that are combinations of values.

use serde::{Deserialize, Serialize};

/// One value of a key, meaning the same in all segments.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum KeyPart {
    Missing,
    /// Bits of an integer or a float that order like it.
    Bits(u64),
    Text(String),
}

impl KeyPart {
    /// How much memory the parts of a key use.
    pub(crate) fn bytes(parts: &[KeyPart]) -> usize {
        let text = |part: &KeyPart| if let KeyPart::Text(text) = part { text.len() } else { 0 };
        size_of_val(parts) + parts.iter().map(text).sum::<usize>()
    }
}
