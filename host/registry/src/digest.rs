//! SHA-256 digests.

use sha2::{Digest, Sha256};

/// Length of a digest in bytes.
pub(crate) const DIGEST_BYTES: usize = 32;

/// The digest of these bytes, one after another.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; DIGEST_BYTES] {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
    }
    digest.finalize().into()
}

/// In lower-case hexadecimal.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    sha256(&[bytes]).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_no_bytes_is_known() {
        assert_eq!(sha256_hex(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
