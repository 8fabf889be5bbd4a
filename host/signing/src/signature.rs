//! Signatures.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Length of a signature in bytes.
pub const SIGNATURE_BYTES: usize = 64;

/// A signature of a message. In JSON it is a text in Base64.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub(crate) ed25519_dalek::Signature);

/// A text that is not a signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid signature [{0}], must be 88 characters of Base64")]
pub struct InvalidSignature(String);

impl Signature {
    /// The signature with these bytes. Whether it is one of a message, [`crate::PublicKey::verify`] says.
    pub fn from_bytes(bytes: &[u8; SIGNATURE_BYTES]) -> Self {
        Signature(ed25519_dalek::Signature::from_bytes(bytes))
    }

    /// The bytes of the signature.
    pub fn bytes(&self) -> [u8; SIGNATURE_BYTES] {
        self.0.to_bytes()
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Signature({})", STANDARD.encode(self.bytes()))
    }
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(self.bytes()))
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD.decode(&text).ok().and_then(|bytes| <[u8; SIGNATURE_BYTES]>::try_from(bytes).ok());
        let bytes = bytes.ok_or_else(|| serde::de::Error::custom(InvalidSignature(text)))?;
        Ok(Signature::from_bytes(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_texts_in_json() {
        let signature = Signature::from_bytes(&std::array::from_fn(|index| index as u8));
        let json = serde_json::to_string(&signature).expect("a text");
        assert_eq!(serde_json::from_str::<Signature>(&json).expect("the same"), signature);
        let error = serde_json::from_str::<Signature>(r#""AAAA""#).expect_err("too short");
        insta::assert_snapshot!(error, @"invalid signature [AAAA], must be 88 characters of Base64");
    }
}
