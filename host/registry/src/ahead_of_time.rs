//! The stored form of ahead-of-time code: its SHA-256 digest, then the code, in one object, so that they always match.

use bytes::Bytes;

use crate::digest::{DIGEST_BYTES, sha256};

pub(crate) fn encode(code: &[u8]) -> Bytes {
    [&sha256(code)[..], code].concat().into()
}

/// The code; `None` if it is damaged.
pub(crate) fn decode(encoded: &[u8]) -> Option<&[u8]> {
    let (digest, code) = encoded.split_at_checked(DIGEST_BYTES)?;
    (sha256(code) == digest).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_detected() {
        let encoded = encode(b"code");
        assert_eq!(decode(&encoded), Some(&b"code"[..]));
        for offset in 0..encoded.len() {
            let mut damaged = encoded.to_vec();
            damaged[offset] ^= 1;
            assert_eq!(decode(&damaged), None);
            assert_eq!(decode(&encoded[..offset]), None);
        }
    }
}
