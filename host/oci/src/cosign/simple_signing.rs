//! The signatures that cosign keeps under a tag: the artifact of the tag has a layer for each of them. The layer is what was signed, a JSON
//! document that names the digest of the signed manifest, and an annotation of the layer is the signature.
//!
//! [The form](https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md).

use oci_client::manifest::{OciDescriptor, OciImageManifest};
use serde::Deserialize;

use super::key::{CosignKey, must_be_made_with};
use crate::component_layer::shown;

/// The media type of a layer.
const MEDIA_TYPE: &str = "application/vnd.dev.cosign.simplesigning.v1+json";

/// The annotation with the signature, in Base64.
const SIGNATURE: &str = "dev.cosignproject.cosign/signature";

/// The annotation that a signature without a key has.
const CERTIFICATE: &str = "dev.sigstore.cosign/certificate";

/// What the signed document says that it is.
const TYPE: &str = "cosign container image signature";

/// The signed document. It also has a reference and annotations, which mean nothing here: an artifact may be copied.
#[derive(Deserialize)]
struct Document {
    critical: Critical,
}

#[derive(Deserialize)]
struct Critical {
    image: Image,
    r#type: String,
}

#[derive(Deserialize)]
struct Image {
    #[serde(rename = "docker-manifest-digest")]
    digest: String,
}

/// The tag of the signatures of the manifest with this digest.
pub(super) fn tag(digest: &str) -> String {
    format!("{}.sig", digest.replace(':', "-"))
}

/// The layers of the artifact with that tag; the error is why it has none.
pub(super) fn layers(manifest: &[u8]) -> Result<Vec<OciDescriptor>, String> {
    let manifest = serde_json::from_slice::<OciImageManifest>(manifest);
    Ok(manifest.map_err(|error| format!("the manifest of the signatures cannot be read: {error}"))?.layers)
}

/// The signature that an annotation of the layer has, in Base64; the error is why there is none.
pub(super) fn signature(layer: &OciDescriptor) -> Result<&str, String> {
    if layer.media_type != MEDIA_TYPE {
        return Err(format!("a signature is of type {}, must be {MEDIA_TYPE}", shown(&layer.media_type)));
    }
    annotation(layer, SIGNATURE).ok_or_else(|| format!("a signature has no annotation {SIGNATURE}"))
}

/// Verifies that the owner of one of the keys signed the manifest with this digest; the error is why not.
pub(super) fn verify(layer: &OciDescriptor, document: &[u8], digest: &str, keys: &[CosignKey]) -> Result<(), String> {
    let has_certificate = annotation(layer, CERTIFICATE).is_some();
    must_be_made_with(keys, document, signature(layer)?, has_certificate)?;
    let document = serde_json::from_slice::<Document>(document);
    let Critical { image, r#type } =
        document.map_err(|error| format!("what was signed cannot be read: {error}"))?.critical;
    if r#type != TYPE {
        return Err(format!("what was signed is of type {}, must be [{TYPE}]", shown(&r#type)));
    }
    if image.digest != digest {
        return Err(format!("a signature is that of another artifact, {}", shown(&image.digest)));
    }
    Ok(())
}

fn annotation<'a>(layer: &'a OciDescriptor, key: &str) -> Option<&'a str> {
    layer.annotations.as_ref()?.get(key).map(String::as_str)
}
