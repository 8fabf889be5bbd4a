//! Secret keys.

use std::fmt;

use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{self, DecodePrivateKey, EncodePrivateKey, KeypairBytes};
use ed25519_dalek::{Signer, SigningKey};

use crate::{Message, PublicKey, Signature};

/// A key that signs. Whoever has it can sign in its owner's name.
///
/// Its text is PKCS #8 in PEM ([RFC 8410](https://www.rfc-editor.org/rfc/rfc8410)), which `openssl pkey` and others read and write.
pub struct SecretKey(SigningKey);

/// The system provides no random numbers.
#[derive(Debug, thiserror::Error)]
#[error("the system provides no random numbers")]
pub struct NoRandomness(#[source] getrandom::Error);

/// A text that is not a secret key.
#[derive(Debug, thiserror::Error)]
#[error("invalid secret key, must be an Ed25519 key as PKCS #8 in PEM")]
pub struct InvalidSecretKey(#[source] pkcs8::Error);

impl SecretKey {
    /// A new key, of the system's random numbers.
    ///
    /// # Errors
    /// [`NoRandomness`] if the system has none.
    pub fn generate() -> Result<Self, NoRandomness> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(NoRandomness)?;
        Ok(SecretKey(SigningKey::from_bytes(&bytes)))
    }

    /// Reads a key.
    ///
    /// # Errors
    /// [`InvalidSecretKey`].
    pub fn from_pem(pem: &str) -> Result<Self, InvalidSecretKey> {
        SigningKey::from_pkcs8_pem(pem).map(SecretKey).map_err(InvalidSecretKey)
    }

    /// The text of the key, which is as secret as the key.
    pub fn to_pem(&self) -> String {
        // Without the public key: few other programs read the later version of the format, which has it.
        let bytes = KeypairBytes { secret_key: self.0.to_bytes(), public_key: None };
        let pem = bytes.to_pkcs8_pem(LineEnding::LF).expect("32 bytes fit into the format");
        pem.to_string()
    }

    /// The key that verifies its signatures.
    pub fn public_key(&self) -> PublicKey {
        PublicKey::new(self.0.verifying_key())
    }

    /// Signs a message.
    pub fn sign(&self, message: &Message) -> Signature {
        Signature(self.0.sign(message.bytes()))
    }
}

/// Without the secret.
impl fmt::Debug for SecretKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SecretKey({})", self.public_key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret key in section 10.3 of RFC 8410.
    const PEM: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";

    #[test]
    fn keys_are_written_and_read() {
        let key = SecretKey::from_pem(PEM).expect("a key");
        assert_eq!(key.public_key().to_string(), "ed25519:Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=");
        assert_eq!(key.to_pem(), PEM);
        let generated = SecretKey::generate().expect("random numbers");
        assert_eq!(SecretKey::from_pem(&generated.to_pem()).expect("a key").public_key(), generated.public_key());
        assert_ne!(generated.public_key(), SecretKey::generate().expect("random numbers").public_key());
    }

    #[test]
    fn what_is_printed_for_debugging_is_not_secret() {
        let key = SecretKey::from_pem(PEM).expect("a key");
        assert_eq!(format!("{key:?}"), format!("SecretKey({})", key.public_key()));
    }

    #[test]
    fn other_texts_are_not_keys() {
        for invalid in ["", "ed25519:Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=", &PEM.replace("MC4C", "MC5C")] {
            let error = SecretKey::from_pem(invalid).expect_err("invalid").to_string();
            assert_eq!(error, "invalid secret key, must be an Ed25519 key as PKCS #8 in PEM");
        }
    }

    #[test]
    fn only_the_owner_can_sign_and_only_what_was_signed_is_valid() {
        let (key, other) = (SecretKey::generate().expect("random numbers"), SecretKey::from_pem(PEM).expect("a key"));
        let message = Message::new("a purpose", &[b"part"]);
        let signature = key.sign(&message);
        assert!(key.public_key().verify(&message, &signature));
        assert!(!other.public_key().verify(&message, &signature));
        assert!(!key.public_key().verify(&Message::new("another purpose", &[b"part"]), &signature));
        for index in 0..crate::SIGNATURE_BYTES {
            let mut altered = signature.bytes();
            altered[index] ^= 1;
            assert!(!key.public_key().verify(&message, &Signature::from_bytes(&altered)), "byte {index}");
        }
    }
}
