//! Keys and signatures: who vouches for what a store holds.
//!
//! A [`SecretKey`] signs a [`Message`], and everyone who has its [`PublicKey`] can verify the [`Signature`]. Signatures are those of
//! Ed25519 ([RFC 8032](https://www.rfc-editor.org/rfc/rfc8032)).
//!
//! ```
//! use quidditch_signing::{Message, SecretKey};
//!
//! let key = SecretKey::generate()?;
//! let message = Message::new("an example", &[b"what is signed"]);
//! let signature = key.sign(&message);
//! assert!(key.public_key().verify(&message, &signature));
//! assert!(!key.public_key().verify(&Message::new("an example", &[b"something else"]), &signature));
//! # Ok::<(), quidditch_signing::NoRandomness>(())
//! ```
//!
//! It knows nothing of functions: those who use it say what they sign.

mod message;
mod public_key;
mod secret_key;
mod signature;

pub use message::Message;
pub use public_key::{InvalidPublicKey, KeyId, PUBLIC_KEY_BYTES, PublicKey};
pub use secret_key::{InvalidSecretKey, NoRandomness, SecretKey};
pub use signature::{InvalidSignature, SIGNATURE_BYTES, Signature};
