//! Public keys.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::{Message, Signature};

/// Length of a public key in bytes.
pub const PUBLIC_KEY_BYTES: usize = 32;

/// The algorithm, as it is written before a key.
const ALGORITHM: &str = "ed25519:";

/// Bytes of a key's digest that its id has. 8: enough to tell the keys of one installation from each other.
const ID_BYTES: usize = 8;

/// A key that verifies signatures. It is written as `ed25519:` and 44 characters of Base64.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey(VerifyingKey);

/// A short name of a public key: the beginning of its SHA-256 digest, in hexadecimal. Somebody can make another key with the same
/// id, so it names keys, and never proves anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId([u8; ID_BYTES]);

/// A text, or bytes, that are not a public key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "invalid public key [{0}], must be `ed25519:` and the 44 characters of Base64 that `quidditch key list` prints"
)]
pub struct InvalidPublicKey(String);

impl PublicKey {
    /// The key with these bytes.
    ///
    /// # Errors
    /// [`InvalidPublicKey`] if they are not a point on the curve, or are a weak key, for which signatures can be forged.
    pub fn from_bytes(bytes: &[u8; PUBLIC_KEY_BYTES]) -> Result<Self, InvalidPublicKey> {
        let invalid = || InvalidPublicKey(format!("{ALGORITHM}{}", STANDARD.encode(bytes)));
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| invalid())?;
        if key.is_weak() { Err(invalid()) } else { Ok(PublicKey(key)) }
    }

    pub(crate) fn new(key: VerifyingKey) -> Self {
        PublicKey(key)
    }

    /// The bytes of the key.
    pub fn bytes(&self) -> &[u8; PUBLIC_KEY_BYTES] {
        self.0.as_bytes()
    }

    /// Its short name.
    pub fn id(&self) -> KeyId {
        let digest: [u8; 32] = Sha256::digest(self.bytes()).into();
        let mut id = [0; ID_BYTES];
        id.copy_from_slice(&digest[..ID_BYTES]);
        KeyId(id)
    }

    /// Whether this is a signature of the message by the owner of this key.
    pub fn verify(&self, message: &Message, signature: &Signature) -> bool {
        // `verify_strict` also rejects signatures that some implementations accept and others do not.
        self.0.verify_strict(message.bytes(), &signature.0).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{ALGORITHM}{}", STANDARD.encode(self.bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PublicKey({self})")
    }
}

impl FromStr for PublicKey {
    type Err = InvalidPublicKey;

    fn from_str(text: &str) -> Result<Self, InvalidPublicKey> {
        let bytes = text.strip_prefix(ALGORITHM).and_then(|base64| STANDARD.decode(base64).ok());
        let bytes = bytes.and_then(|bytes| <[u8; PUBLIC_KEY_BYTES]>::try_from(bytes).ok());
        PublicKey::from_bytes(&bytes.ok_or_else(|| InvalidPublicKey(text.to_owned()))?)
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl Serialize for KeyId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl KeyId {
    /// Parses an id; `None` if the text is not an id.
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() != 2 * ID_BYTES || !text.bytes().all(is_digit) {
            return None;
        }
        Some(KeyId(u64::from_str_radix(text, 16).ok()?.to_be_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The public key in section 10.1 of RFC 8410.
    const KEY: &str = "ed25519:Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";

    #[test]
    fn keys_are_written_and_read() {
        let key: PublicKey = KEY.parse().expect("a key");
        assert_eq!(key.to_string(), KEY);
        assert_eq!(PublicKey::from_bytes(key.bytes()), Ok(key));
        let json = serde_json::to_string(&key).expect("a text");
        assert_eq!(serde_json::from_str::<PublicKey>(&json).expect("the same"), key);
        assert_eq!(KeyId::parse(&key.id().to_string()), Some(key.id()));
    }

    #[test]
    fn other_texts_are_not_keys() {
        let error = |text: &str| text.parse::<PublicKey>().expect_err("invalid").to_string();
        insta::assert_snapshot!(error("rsa:AAAA"), @"invalid public key [rsa:AAAA], must be `ed25519:` and the 44 characters of Base64 that `quidditch key list` prints");
        for invalid in ["", "ed25519:", &KEY[8..], &KEY[..KEY.len() - 1], &format!("{KEY}A")] {
            assert!(error(invalid).contains(invalid));
        }
        // The neutral element: with it, one signature is valid for all messages.
        assert!(PublicKey::from_bytes(&std::array::from_fn(|index| u8::from(index == 0))).is_err());
        for invalid in ["", "0123456789abcde", "0123456789abcdef0", "0123456789ABCDEF", "+123456789abcdef"] {
            assert_eq!(KeyId::parse(invalid), None, "{invalid}");
        }
    }
}
