//! What is signed.

/// What is signed: a purpose, and parts.
///
/// The purpose is part of what is signed, so a signature is valid for one purpose only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message(Vec<u8>);

impl Message {
    /// A message of parts. `purpose` says what a signature of it means, and in which version, such as `quidditch function record 1`.
    pub fn new(purpose: &str, parts: &[&[u8]]) -> Self {
        let mut bytes = Vec::new();
        // With the length of each, so that no two lists of parts have the same bytes.
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            bytes.extend((part.len() as u64).to_le_bytes());
            bytes.extend(part);
        }
        Message(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_parts_are_different_messages() {
        let messages = [
            Message::new("a", &[b"bc", b"d"]),
            Message::new("a", &[b"b", b"cd"]),
            Message::new("a", &[b"bcd"]),
            Message::new("a", &[b"bc", b"d", b""]),
            Message::new("ab", &[b"c", b"d"]),
        ];
        for (index, message) in messages.iter().enumerate() {
            assert!(!messages[index + 1..].contains(message), "{message:?}");
        }
    }
}
