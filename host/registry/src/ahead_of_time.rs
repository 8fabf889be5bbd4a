//! The stored form of ahead-of-time code. It is one object, so that its parts always match:
//!
//! | bytes | what they are |
//! |---|---|
//! | 32 | SHA-256 digest of the component's digest and the code, so that the code of another component is not taken for the code of this one |
//! | 32 | public key of who signed it; zeros if nobody did |
//! | 64 | the signature; zeros if there is none |
//! | the rest | the code |

use bytes::Bytes;
use quidditch_signing::{PUBLIC_KEY_BYTES, PublicKey, SIGNATURE_BYTES, Signature};

use crate::digest::{DIGEST_BYTES, sha256};
use crate::signatures::SignedBy;

/// Ahead-of-time code as it is stored.
#[derive(Debug, PartialEq)]
pub(crate) struct StoredCode<'a> {
    pub(crate) code: &'a [u8],
    pub(crate) digest: [u8; DIGEST_BYTES],
    /// Who signed it, which is not verified here.
    pub(crate) signed_by: Option<SignedBy>,
}

/// Encodes code of the component with this digest. `sign` signs the digest of both, if somebody does.
pub(crate) fn encode(component_sha256: &str, code: &[u8], sign: impl FnOnce(&[u8]) -> Option<SignedBy>) -> Bytes {
    let digest = digest(component_sha256, code);
    let signed_by = sign(&digest);
    let key = signed_by.map_or([0; PUBLIC_KEY_BYTES], |by| *by.key.bytes());
    let signature = signed_by.map_or([0; SIGNATURE_BYTES], |by| by.signature.bytes());
    [&digest[..], &key, &signature, code].concat().into()
}

/// The stored code; `None` if it is damaged or the code of another component.
pub(crate) fn decode<'a>(component_sha256: &str, encoded: &'a [u8]) -> Option<StoredCode<'a>> {
    let (digest, rest) = encoded.split_first_chunk::<DIGEST_BYTES>()?;
    let (key, rest) = rest.split_first_chunk::<PUBLIC_KEY_BYTES>()?;
    let (signature, code) = rest.split_first_chunk::<SIGNATURE_BYTES>()?;
    if self::digest(component_sha256, code) != *digest {
        return None;
    }
    let is_unsigned = *key == [0; PUBLIC_KEY_BYTES];
    // Bytes that are not a valid key count as unsigned.
    let key = if is_unsigned { None } else { PublicKey::from_bytes(key).ok() };
    let signed_by = key.map(|key| SignedBy { key, signature: Signature::from_bytes(signature) });
    Some(StoredCode { code, digest: *digest, signed_by })
}

fn digest(component_sha256: &str, code: &[u8]) -> [u8; DIGEST_BYTES] {
    sha256(&[component_sha256.as_bytes(), code])
}

#[cfg(test)]
mod tests {
    use quidditch_signing::{Message, SecretKey};

    use super::*;

    fn message(digest: &[u8]) -> Message {
        Message::new("a test", &[digest])
    }

    #[test]
    fn code_is_read_with_its_signature() {
        let unsigned = encode("c0", b"code", |_| None);
        assert_eq!(
            decode("c0", &unsigned),
            Some(StoredCode { code: b"code", digest: digest("c0", b"code"), signed_by: None })
        );
        let key = SecretKey::generate().expect("random numbers");
        let signed = encode("c0", b"code", |digest| Some(SignedBy::new(&key, &message(digest))));
        let decoded = decode("c0", &signed).expect("undamaged");
        let signed_by = decoded.signed_by.expect("it is signed");
        assert!(signed_by.is_valid(&message(&decoded.digest), &[key.public_key()]));
    }

    #[test]
    fn damage_is_detected() {
        let key = SecretKey::generate().expect("random numbers");
        let encoded = encode("c0", b"code", |digest| Some(SignedBy::new(&key, &message(digest))));
        for offset in 0..encoded.len() {
            let mut damaged = encoded.to_vec();
            damaged[offset] ^= 1;
            let is_valid = decode("c0", &damaged).is_some_and(|decoded| {
                decoded.signed_by.is_some_and(|by| by.is_valid(&message(&decoded.digest), &[key.public_key()]))
            });
            assert!(!is_valid, "byte {offset}");
            assert_eq!(decode("c0", &encoded[..offset]), None);
        }
    }

    #[test]
    fn the_code_of_another_component_is_none_of_this_one() {
        assert_eq!(decode("c1", &encode("c0", b"code", |_| None)), None);
    }
}
