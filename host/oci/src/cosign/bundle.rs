//! The signatures that cosign keeps in artifacts that refer to the signed one: each has one layer, a *bundle* of Sigstore. It contains what was
//! signed, a statement of in-toto that names the digest of the signed manifest, in an envelope (DSSE) with the signature.
//!
//! The forms of [the artifact](https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md),
//! [the bundle](https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto),
//! [the envelope](https://github.com/secure-systems-lab/dsse/blob/master/protocol.md) and
//! [the statement](https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oci_client::manifest::{ImageIndexEntry, OciDescriptor, OciImageManifest};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::key::{CosignKey, must_be_made_with};
use crate::component_layer::shown;

/// The media type of bundles, which is also the type of their artifacts.
const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// What the media types of all versions begin with.
const ANY_VERSION: &str = "application/vnd.dev.sigstore.bundle";

/// The type that some versions of cosign give to bundles where a registry does not list referrers itself.
const NO_CONFIG: &str = "application/vnd.oci.empty.v1+json";

/// The annotation that says what a bundle states.
const PREDICATE_TYPE_ANNOTATION: &str = "dev.sigstore.bundle.predicateType";

/// What a statement states if it is a signature. Others are attestations, of how the artifact was built for example.
const PREDICATE_TYPE: &str = "https://sigstore.dev/cosign/sign/v1";

/// The type of what is in the envelope: a statement.
const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// The type of the statement.
const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bundle {
    verification_material: Option<VerificationMaterial>,
    dsse_envelope: Option<Envelope>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VerificationMaterial {
    certificate: Option<IgnoredAny>,
    x509_certificate_chain: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    payload: String,
    payload_type: String,
    signatures: Vec<EnvelopeSignature>,
}

#[derive(Deserialize)]
struct EnvelopeSignature {
    sig: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statement {
    #[serde(rename = "_type")]
    statement_type: String,
    predicate_type: String,
    subject: Vec<Subject>,
}

#[derive(Deserialize)]
struct Subject {
    digest: SubjectDigest,
}

#[derive(Deserialize)]
struct SubjectDigest {
    sha256: Option<String>,
}

/// Whether an artifact that refers to another one may be a signature of it, as far as the list of referrers says.
pub(super) fn may_be_signature(referrer: &ImageIndexEntry) -> bool {
    let annotations = referrer.annotations.as_ref();
    let is_attestation = annotations
        .and_then(|annotations| annotations.get(PREDICATE_TYPE_ANNOTATION))
        .is_some_and(|predicate_type| predicate_type != PREDICATE_TYPE);
    let has_type = match referrer.artifact_type.as_deref() {
        None | Some("" | NO_CONFIG) => true,
        Some(artifact_type) => artifact_type.starts_with(ANY_VERSION),
    };
    has_type && !is_attestation
}

/// The layer with the bundle, or `None` if the manifest is one of something else; the error is why it cannot be read.
pub(super) fn layer(manifest: &[u8]) -> Result<Option<OciDescriptor>, String> {
    let manifest = serde_json::from_slice::<OciImageManifest>(manifest);
    let manifest = manifest.map_err(|error| format!("the manifest of a signature cannot be read: {error}"))?;
    if !manifest.artifact_type.is_some_and(|artifact_type| artifact_type.starts_with(ANY_VERSION)) {
        return Ok(None);
    }
    let Ok([layer]) = <[OciDescriptor; 1]>::try_from(manifest.layers) else {
        return Err("a signature is not an artifact with one layer".to_owned());
    };
    if layer.media_type != MEDIA_TYPE {
        return Err(format!("a signature is of type {}, must be {MEDIA_TYPE}", shown(&layer.media_type)));
    }
    Ok(Some(layer))
}

/// Verifies that the owner of one of the keys signed the manifest with this digest; the error is why not.
pub(super) fn verify(bundle: &[u8], digest: &str, keys: &[CosignKey]) -> Result<(), String> {
    let bundle = serde_json::from_slice::<Bundle>(bundle);
    let Bundle { verification_material, dsse_envelope } =
        bundle.map_err(|error| format!("a signature cannot be read: {error}"))?;
    let Envelope { payload, payload_type, signatures } = dsse_envelope.ok_or("a signature has no DSSE envelope")?;
    // As the form of bundles demands.
    let [EnvelopeSignature { sig }] = signatures.as_slice() else {
        return Err(format!("an envelope has {} signatures, must be 1", signatures.len()));
    };
    let payload = STANDARD.decode(payload).map_err(|error| format!("what was signed is not Base64: {error}"))?;
    let has_certificate = verification_material
        .is_some_and(|material| material.certificate.is_some() || material.x509_certificate_chain.is_some());
    must_be_made_with(keys, &pre_authentication_encoding(&payload_type, &payload), sig, has_certificate)?;
    if payload_type != PAYLOAD_TYPE {
        return Err(format!("what was signed is of type {}, must be {PAYLOAD_TYPE}", shown(&payload_type)));
    }
    must_sign(&payload, digest)
}

/// What a DSSE envelope has a signature of: its content, with the type.
fn pre_authentication_encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

fn must_sign(statement: &[u8], digest: &str) -> Result<(), String> {
    let statement = serde_json::from_slice::<Statement>(statement);
    let Statement { statement_type, predicate_type, subject } =
        statement.map_err(|error| format!("what was signed cannot be read: {error}"))?;
    for (is, must_be) in [(&predicate_type, PREDICATE_TYPE), (&statement_type, STATEMENT_TYPE)] {
        if is != must_be {
            return Err(format!("what was signed is of type {}, must be {must_be}", shown(is)));
        }
    }
    let mut named = subject.iter().filter_map(|subject| Some(format!("sha256:{}", subject.digest.sha256.as_ref()?)));
    if named.clone().any(|named| named == digest) {
        return Ok(());
    }
    Err(format!("a signature is that of another artifact, {}", shown(&named.next().unwrap_or_default())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_counts_bytes() {
        let encoded = |payload_type: &str, payload: &str| {
            String::from_utf8(pre_authentication_encoding(payload_type, payload.as_bytes())).expect("text")
        };
        insta::assert_snapshot!(encoded("http://example.com/HelloWorld", "hello world"), @"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
        insta::assert_snapshot!(encoded("é", "naïve 1"), @"DSSEv1 2 é 8 naïve 1");
        insta::assert_snapshot!(encoded("", ""), @"DSSEv1 0  0 ");
    }
}
