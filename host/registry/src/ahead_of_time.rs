//! Ahead-of-time code as it is stored: its SHA-256 digest, then the code. One object, so the two never part.

use bytes::Bytes;

use crate::digest::{DIGEST_BYTES, sha256};

pub(crate) fn seal(code: &[u8]) -> Bytes {
    [&sha256(code)[..], code].concat().into()
}

/// The code; `None` if it is damaged.
pub(crate) fn open(sealed: &[u8]) -> Option<&[u8]> {
    let (digest, code) = sealed.split_at_checked(DIGEST_BYTES)?;
    (sha256(code) == digest).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_noticed() {
        let sealed = seal(b"code");
        assert_eq!(open(&sealed), Some(&b"code"[..]));
        for position in 0..sealed.len() {
            let mut damaged = sealed.to_vec();
            damaged[position] ^= 1;
            assert_eq!(open(&damaged), None);
            assert_eq!(open(&sealed[..position]), None);
        }
    }
}
