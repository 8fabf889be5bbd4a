//! The stored form of ahead-of-time code: a SHA-256 digest, then the code, in one object, so that they always match.
//!
//! The digest is of the component's digest and the code, so that the code of another component is not taken for the code of this
//! one. It detects mistakes and damage: whoever can write to the store can write a digest, too.

use bytes::Bytes;

use crate::digest::{DIGEST_BYTES, sha256};

/// Code of the component with this digest, to be stored.
pub(crate) fn encode(component_sha256: &str, code: &[u8]) -> Bytes {
    [&digest(component_sha256, code)[..], code].concat().into()
}

/// The stored code; `None` if it is damaged or the code of another component.
pub(crate) fn decode<'a>(component_sha256: &str, encoded: &'a [u8]) -> Option<&'a [u8]> {
    let (stored, code) = encoded.split_at_checked(DIGEST_BYTES)?;
    (digest(component_sha256, code) == stored).then_some(code)
}

fn digest(component_sha256: &str, code: &[u8]) -> [u8; DIGEST_BYTES] {
    sha256(&[component_sha256.as_bytes(), code])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_detected() {
        let encoded = encode("c0", b"code");
        assert_eq!(decode("c0", &encoded), Some(&b"code"[..]));
        for offset in 0..encoded.len() {
            let mut damaged = encoded.to_vec();
            damaged[offset] ^= 1;
            assert_eq!(decode("c0", &damaged), None);
            assert_eq!(decode("c0", &encoded[..offset]), None);
        }
    }

    #[test]
    fn the_code_of_another_component_is_none_of_this_one() {
        assert_eq!(decode("c1", &encode("c0", b"code")), None);
    }
}
