//! Verifies that an artifact was signed with cosign, by the owner of one of several keys.
//!
//! cosign keeps the signatures of an artifact in the same repository, in one of two forms: under a tag ([`simple_signing`]), or in artifacts
//! that refer to the signed one ([`bundle`]). Both are looked for, and one valid signature suffices. Anything else that is found there
//! is noted as a reason, and is not an error of its own.
//!
//! Signatures with certificates (*keyless*), and what a transparency log says of a signature, are not verified.

mod bundle;
mod key;
mod simple_signing;

use bytes::Bytes;
use oci_client::manifest::{ImageIndexEntry, OciDescriptor};

pub use self::key::CosignKey;
use crate::component_layer::shown;
use crate::{OciError, RegistryClient};

/// How large a manifest of signatures may be. 4 MiB: registries need not accept larger ones.
const MAX_MANIFEST_BYTES: usize = 4 << 20;

/// How large a signature with what was signed may be. 1 MiB: cosign's have some KiB, and more with annotations of the signer.
const MAX_SIGNATURE_BYTES: usize = 1 << 20;

/// How many signatures of each form are looked at, which takes one or two requests for each. 64: artifacts have one for each signer, and
/// one more each time that a signer signs again.
const MAX_SIGNATURES: usize = 64;

/// How many reasons an error names. 5: many signatures have the same ones.
const MAX_REASONS: usize = 5;

/// How many characters of a reason an error has. 300: what is more is text of the registry.
const MAX_REASON_CHARS: usize = 300;

/// Why a signature is not valid.
enum Failure {
    /// It does not count, for this reason.
    Rejected(String),
    /// It is something else.
    NoSignature,
    /// Nobody knows, as the registry failed.
    Unknown(OciError),
}

/// What is looked for.
struct Search<'a> {
    client: &'a RegistryClient,
    digest: &'a str,
    keys: &'a [CosignKey],
    /// Why what was found does not count.
    reasons: Vec<String>,
}

/// Verifies that one of the keys signed the manifest with this digest in the repository of the client.
///
/// # Errors
/// [`OciError::Unsigned`], [`OciError::NotSignedByKeys`]; [`OciError::Denied`], [`OciError::Failed`] if the registry cannot be searched.
pub(crate) async fn verify(client: &RegistryClient, digest: &str, keys: &[CosignKey]) -> Result<(), OciError> {
    let mut search = Search { client, digest, keys, reasons: Vec::new() };
    if search.finds_simple_signing().await? || search.finds_bundle().await? { Ok(()) } else { Err(search.error()) }
}

impl Search<'_> {
    /// Whether there is a valid signature under the tag for signatures.
    async fn finds_simple_signing(&mut self) -> Result<bool, OciError> {
        let tagged = self.client.reference().tagged(simple_signing::tag(self.digest));
        let manifest = match self.client.manifest(&tagged).await {
            Err(OciError::NotFound(_)) => return Ok(false),
            found => found.map_err(Failure::from).and_then(|(manifest, _)| limited(manifest)),
        };
        let layers = manifest.and_then(|manifest| Ok(simple_signing::layers(&manifest)?));
        let Some(layers) = self.noted(layers)? else { return Ok(false) };
        // The last ones are the newest.
        for layer in layers.iter().rev().take(MAX_SIGNATURES) {
            let verified = self.verify_simple_signing(layer).await;
            if self.noted(verified)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn verify_simple_signing(&self, layer: &OciDescriptor) -> Result<(), Failure> {
        simple_signing::signature(layer)?;
        let document = self.download(layer).await?;
        Ok(simple_signing::verify(layer, &document, self.digest, self.keys)?)
    }

    /// Whether an artifact that refers to the signed one is a valid signature.
    async fn finds_bundle(&mut self) -> Result<bool, OciError> {
        let referrers = self.client.referrers(self.digest).await?;
        for referrer in referrers.iter().rev().filter(|it| bundle::may_be_signature(it)).take(MAX_SIGNATURES) {
            let verified = self.verify_bundle(referrer).await;
            if self.noted(verified)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn verify_bundle(&self, referrer: &ImageIndexEntry) -> Result<(), Failure> {
        must_be_digest(&referrer.digest)?;
        let reference = self.client.reference().pinned(&referrer.digest);
        let manifest = limited(self.client.manifest(&reference).await?.0)?;
        let layer = bundle::layer(&manifest)?.ok_or(Failure::NoSignature)?;
        let bundle = self.download(&layer).await?;
        Ok(bundle::verify(&bundle, self.digest, self.keys)?)
    }

    async fn download(&self, layer: &OciDescriptor) -> Result<Bytes, Failure> {
        must_be_digest(&layer.digest)?;
        let Some(size) = usize::try_from(layer.size).ok().filter(|size| *size <= MAX_SIGNATURE_BYTES) else {
            return Err(format!("a signature has {} bytes, and may have {MAX_SIGNATURE_BYTES}", layer.size).into());
        };
        Ok(self.client.download(&layer.digest, size).await?)
    }

    /// What a look at a signature found, or `None` if the signature does not count; then the reason is noted.
    fn noted<T>(&mut self, found: Result<T, Failure>) -> Result<Option<T>, OciError> {
        match found {
            Ok(found) => return Ok(Some(found)),
            Err(Failure::Unknown(error)) => return Err(error),
            Err(Failure::Rejected(reason)) if !self.reasons.contains(&reason) => self.reasons.push(reason),
            Err(Failure::Rejected(_) | Failure::NoSignature) => {}
        }
        Ok(None)
    }

    /// The error if there is no valid signature.
    fn error(mut self) -> OciError {
        let reference = self.client.reference().to_string();
        if self.reasons.is_empty() {
            return OciError::Unsigned(reference);
        }
        let more = self.reasons.len().saturating_sub(MAX_REASONS);
        self.reasons.truncate(MAX_REASONS);
        if more > 0 {
            self.reasons.push(format!("and {more} more"));
        }
        OciError::NotSignedByKeys { reference, reasons: self.reasons.join("; ") }
    }
}

/// Verifies that a registry can be asked for this digest: the answer to another one is an error, which would end the search. cosign
/// uses SHA-256 only.
fn must_be_digest(digest: &str) -> Result<(), String> {
    let hex = digest.strip_prefix("sha256:").unwrap_or_default();
    if hex.len() == 64 && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Ok(());
    }
    Err(format!("a signature has the invalid digest {}", shown(digest)))
}

/// A manifest that is not too large to be read.
fn limited(manifest: Bytes) -> Result<Bytes, Failure> {
    if manifest.len() > MAX_MANIFEST_BYTES {
        let bytes = manifest.len();
        return Err(format!("the manifest of a signature has {bytes} bytes, and may have {MAX_MANIFEST_BYTES}").into());
    }
    Ok(manifest)
}

impl From<String> for Failure {
    /// Without what may not be printed: a registry may have sent a part of the reason.
    fn from(reason: String) -> Self {
        Failure::Rejected(reason.chars().filter(|it| !it.is_control()).take(MAX_REASON_CHARS).collect())
    }
}

impl From<OciError> for Failure {
    /// What is missing or damaged does not count. If the registry fails, there might be a valid signature.
    fn from(error: OciError) -> Self {
        match error {
            OciError::NotFound(_) => Failure::from("a signature is listed, and does not exist".to_owned()),
            OciError::Damaged { reason, .. } => Failure::from(format!("a signature is damaged: {reason}")),
            error => Failure::Unknown(error),
        }
    }
}
