//! Concatenates texts.

use alloc::string::String;

use crate::list::list;

/// Concatenates the parts. `format!`, and strings that grow, would be a large part of a small component.
#[allow(unsafe_code)]
pub(crate) fn concatenated(parts: &[&str]) -> String {
    let len = parts.iter().map(|part| part.len()).sum();
    let mut all = parts.iter().flat_map(|part| part.bytes());
    let bytes = list(len, |_| all.next().unwrap_or_default());
    // SAFETY: the bytes are those of texts, one after the other.
    unsafe { String::from_utf8_unchecked(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_follow_each_other() {
        assert_eq!(concatenated(&["Zürich", "", ", ", "Köln"]), "Zürich, Köln");
        assert_eq!(concatenated(&[]), "");
    }
}
