//! The public keys of cosign.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use spki::der::{Decode, pem};
use spki::{ObjectIdentifier, SubjectPublicKeyInfoRef};

use crate::OciError;
use crate::component_layer::shown;

/// What PEM calls a public key.
const LABEL: &str = "PUBLIC KEY";

/// The algorithm of the keys, `id-ecPublicKey` of RFC 5480.
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// Their curve, `secp256r1` of RFC 5480.
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");

/// Length of a point on the curve that is not compressed.
const POINT_BYTES: usize = 65;

/// What such a point begins with.
const UNCOMPRESSED: u8 = 4;

/// A public key that verifies the signatures of cosign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CosignKey([u8; POINT_BYTES]);

impl CosignKey {
    /// Reads a key from a file, as `cosign generate-key-pair` writes it to `cosign.pub`.
    ///
    /// # Errors
    /// [`OciError::CosignKey`].
    pub fn read(file: &Path) -> Result<Self, OciError> {
        let pem = fs::read_to_string(file).map_err(|error| error.to_string());
        let key = pem.and_then(|pem| CosignKey::from_pem(&pem));
        key.map_err(|reason| OciError::CosignKey { file: file.display().to_string(), reason })
    }

    /// The key in a PEM text; the error is why there is none.
    fn from_pem(text: &str) -> Result<Self, String> {
        let (label, der) = pem::decode_vec(text.as_bytes()).map_err(|_| "it does not contain one key in PEM")?;
        if label != LABEL {
            return Err(format!("it contains {}, not [{LABEL}]", shown(label)));
        }
        let key = SubjectPublicKeyInfoRef::from_der(&der);
        let key = key.map_err(|error| format!("it is not a public key: {error}"))?;
        let curve = key.algorithm.parameters_oid().ok();
        if key.algorithm.oid != EC_PUBLIC_KEY || curve != Some(P256) {
            return Err("it contains a key of another algorithm".to_owned());
        }
        let point = key.subject_public_key.as_bytes().and_then(|point| point.try_into().ok());
        let point = point.filter(|point: &[u8; POINT_BYTES]| point[0] == UNCOMPRESSED);
        Ok(CosignKey(point.ok_or("its point on the curve is compressed or damaged")?))
    }

    /// Whether the owner of this key made this signature (ASN.1) of the message.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &self.0).verify(message, signature).is_ok()
    }
}

/// Verifies that the owner of one of the keys made this signature, in Base64, of the message; the error is why not.
pub(super) fn must_be_made_with(
    keys: &[CosignKey],
    message: &[u8],
    signature: &str,
    has_certificate: bool,
) -> Result<(), String> {
    let signature = STANDARD.decode(signature).map_err(|error| format!("a signature is not Base64: {error}"))?;
    if keys.iter().any(|key| key.verify(message, &signature)) {
        return Ok(());
    }
    Err(if has_certificate {
        "a signature was made with a certificate (keyless), which is not supported; sign with a key"
    } else {
        "a signature was made with another key, or is damaged"
    }
    .to_owned())
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    const PEM: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEulX4m84XqilxvvLFxAyQUKkuV7DL
fzv+9JVGgIdWXLcBFL0qxXrEKCoIJUg25jmbtdXsvx2umxRUarwl2MoRQA==
-----END PUBLIC KEY-----
";

    /// Made by OpenSSL with the secret key, of `a message`.
    const SIGNATURE: &str =
        "MEUCIQD/YRRlHFvipALV75ZwQADlfKOAlqest+7UWnM/kl59HwIgEjwc4TnSw0w4ExWhjociY5OXU8N8DL5cizEmGshoQBA=";

    const P384: &str = "-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEHi2qK3d7B3SVk4y0GbKwkd+jw26VNVhS
9GoEQEyhNp7FjrgvzTAVwV041RU7xMWwD9hrJ0r3+fDtl3RBiWqdp8V4Iqi8S6WA
HWj9+cojki/FTrT/hGQ37W0yh8vK8Rj4
-----END PUBLIC KEY-----
";

    const ED25519: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAojtEw277XrEhibvzlO4pWr427WI9uQer70+2Mr42/0A=
-----END PUBLIC KEY-----
";

    const COMPRESSED: &str = "-----BEGIN PUBLIC KEY-----
MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgACulX4m84XqilxvvLFxAyQUKkuV7DL
fzv+9JVGgIdWXLc=
-----END PUBLIC KEY-----
";

    const SECRET: &str = "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----
c2VjcmV0
-----END ENCRYPTED SIGSTORE PRIVATE KEY-----
";

    #[test]
    fn a_signature_by_another_program_is_verified() {
        let key = CosignKey::from_pem(PEM).expect("a key");
        let signature = STANDARD.decode(SIGNATURE).expect("Base64");
        assert!(key.verify(b"a message", &signature));
        assert!(!key.verify(b"another message", &signature));
        assert!(!key.verify(b"a message", &signature[1..]));
        assert!(!key.verify(b"a message", &[]));
    }

    #[test]
    fn ends_of_lines_do_not_matter() {
        let key = CosignKey::from_pem(PEM);
        assert_eq!(CosignKey::from_pem(&PEM.replace('\n', "\r\n")), key);
        assert_eq!(CosignKey::from_pem(PEM.trim_end()), key);
    }

    #[test]
    fn other_keys_are_refused() {
        let refused = |pem: &str| CosignKey::from_pem(pem).expect_err("it is another key");
        insta::assert_snapshot!(refused(P384), @"it contains a key of another algorithm");
        insta::assert_snapshot!(refused(ED25519), @"it contains a key of another algorithm");
        insta::assert_snapshot!(refused(COMPRESSED), @"its point on the curve is compressed or damaged");
        insta::assert_snapshot!(refused(SECRET), @"it contains [ENCRYPTED SIGSTORE PRIVATE KEY], not [PUBLIC KEY]");
        insta::assert_snapshot!(refused(&PEM.replace("MFkw", "MFkx")), @"it is not a public key: unexpected ASN.1 DER tag: expected SEQUENCE, got SET");
        insta::assert_snapshot!(refused("ed25519:Gb9E"), @"it does not contain one key in PEM");
        insta::assert_snapshot!(refused(""), @"it does not contain one key in PEM");
        insta::assert_snapshot!(refused(&[PEM, PEM].concat()), @"it does not contain one key in PEM");
    }

    #[test]
    fn the_error_names_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("cosign.key");
        let error = || {
            let error = CosignKey::read(&file).expect_err("there is no key").to_string();
            error.replace(&folder.path().display().to_string(), "FOLDER")
        };
        insta::assert_snapshot!(error(), @"cannot read a public key from FOLDER/cosign.key, must be one as `cosign generate-key-pair` writes it to cosign.pub (ECDSA P-256, PEM): No such file or directory (os error 2)");
        fs::write(&file, SECRET).expect("it is written");
        insta::assert_snapshot!(error(), @"cannot read a public key from FOLDER/cosign.key, must be one as `cosign generate-key-pair` writes it to cosign.pub (ECDSA P-256, PEM): it contains [ENCRYPTED SIGSTORE PRIVATE KEY], not [PUBLIC KEY]");
        fs::write(&file, b"\xff").expect("it is written");
        insta::assert_snapshot!(error(), @"cannot read a public key from FOLDER/cosign.key, must be one as `cosign generate-key-pair` writes it to cosign.pub (ECDSA P-256, PEM): stream did not contain valid UTF-8");
    }
}
