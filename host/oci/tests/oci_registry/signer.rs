//! Signs artifacts in the forms of cosign.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quidditch_oci::{CosignKey, OciError, RegistryClient, Transport};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::server::Server;
use crate::{COMPONENT, artifact, push};

/// What a public key of this kind begins with in DER: its algorithm, its curve, and the length of its point.
const PUBLIC_KEY_HEAD: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

pub(crate) const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
pub(crate) const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
pub(crate) const SIGN: &str = "https://sigstore.dev/cosign/sign/v1";

/// The owner of a key.
pub(crate) struct Signer(EcdsaKeyPair);

impl Signer {
    pub(crate) fn new() -> Self {
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pair.as_ref(), &random);
        Signer(pair.expect("it was made like this"))
    }

    /// The public key, read from a file.
    pub(crate) fn key(&self) -> CosignKey {
        let der = [&PUBLIC_KEY_HEAD, self.0.public_key().as_ref()].concat();
        let base64 = STANDARD.encode(der);
        let (first, second) = base64.split_at(64);
        let file = tempfile::NamedTempFile::new().expect("a file");
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{first}\n{second}\n-----END PUBLIC KEY-----\n");
        std::fs::write(file.path(), pem).expect("it is written");
        CosignKey::read(file.path()).expect("a key")
    }

    /// The signature of a message, in Base64.
    pub(crate) fn sign(&self, message: &[u8]) -> String {
        STANDARD.encode(self.0.sign(&SystemRandom::new(), message).expect("a signature"))
    }

    /// A bundle with the signature of a statement.
    pub(crate) fn bundle(&self, statement: &Json) -> Json {
        let payload = statement.to_string();
        let payload_type = "application/vnd.in-toto+json";
        let signed = format!("DSSEv1 28 {payload_type} {} {payload}", payload.len());
        json!({
            "mediaType": BUNDLE,
            "verificationMaterial": { "publicKey": { "hint": "a hint" } },
            "dsseEnvelope": {
                "payload": STANDARD.encode(&payload),
                "payloadType": payload_type,
                "signatures": [{ "sig": self.sign(signed.as_bytes()) }],
            },
        })
    }
}

/// A registry with the artifact, which is not signed yet.
pub(crate) async fn registry() -> Server {
    let server = Server::start();
    push(&server.reference(":1.0.0")).await.expect("it is pushed");
    server
}

/// The digest of another artifact.
pub(crate) fn another_digest() -> String {
    format!("sha256:{}", "0".repeat(64))
}

/// What is signed of a digest, in the form with a tag.
pub(crate) fn document(digest: &str) -> Json {
    json!({
        "critical": {
            "identity": { "docker-reference": "ghcr.io/someone/else" },
            "image": { "docker-manifest-digest": digest },
            "type": "cosign container image signature",
        },
        "optional": null,
    })
}

/// What is signed of a digest, in the form with a bundle.
pub(crate) fn statement(digest: &str) -> Json {
    let sha256 = digest.strip_prefix("sha256:").expect("a digest");
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "digest": { "sha256": sha256 }, "annotations": {} }],
        "predicateType": SIGN,
        "predicate": {},
    })
}

/// Puts a blob into the registry; returns its descriptor.
pub(crate) fn put_blob(server: &Server, media_type: &str, bytes: &[u8]) -> Json {
    let digest = digest_of(bytes);
    server.put(&format!("blobs/{digest}"), 200, bytes);
    json!({ "mediaType": media_type, "digest": digest, "size": bytes.len() })
}

/// A layer with a signature, in the form with a tag.
pub(crate) fn put_layer(server: &Server, document: &[u8], signature: &str) -> Json {
    let mut layer = put_blob(server, SIMPLE_SIGNING, document);
    layer["annotations"] = json!({ "dev.cosignproject.cosign/signature": signature });
    layer
}

/// Puts layers with signatures under the tag for those of the artifact.
pub(crate) fn put_layers(server: &Server, layers: &[Json]) {
    let config = json!({ "mediaType": "application/vnd.oci.image.config.v1+json", "digest": "sha256:0a", "size": 2 });
    let manifest = json!({ "schemaVersion": 2, "config": config, "layers": layers });
    server.put(&format!("manifests/{}.sig", tag()), 200, manifest.to_string());
}

/// Puts an artifact with this bundle into the registry; returns its descriptor as the registry lists it.
pub(crate) fn put_bundle(server: &Server, bundle: &[u8]) -> Json {
    put_referrer(server, &[put_blob(server, BUNDLE, bundle)])
}

/// Puts an artifact with these layers.
pub(crate) fn put_referrer(server: &Server, layers: &[Json]) -> Json {
    let config = json!({ "mediaType": "application/vnd.oci.empty.v1+json", "digest": "sha256:0a", "size": 2 });
    let manifest = json!({ "schemaVersion": 2, "artifactType": BUNDLE, "config": config, "layers": layers });
    let manifest = manifest.to_string();
    let digest = digest_of(manifest.as_bytes());
    server.put(&format!("manifests/{digest}"), 200, manifest.as_str());
    json!({
        "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest, "size": manifest.len(),
        "artifactType": BUNDLE, "annotations": { "dev.sigstore.bundle.predicateType": SIGN },
    })
}

/// A list of artifacts.
pub(crate) fn index(manifests: &[Json]) -> String {
    let media_type = "application/vnd.oci.image.index.v1+json";
    json!({ "schemaVersion": 2, "mediaType": media_type, "manifests": manifests }).to_string()
}

/// The registry lists these artifacts as those that refer to the artifact.
pub(crate) fn put_referrers(server: &Server, manifests: &[Json]) {
    server.put(&format!("referrers/{}", artifact().digest()), 200, index(manifests));
}

/// The tag for the artifacts that refer to the artifact.
pub(crate) fn tag() -> String {
    artifact().digest().replace(':', "-")
}

/// Pulls the artifact, which must be signed by one of these signers.
pub(crate) async fn pull_signed(server: &Server, signers: &[&Signer]) -> Result<(), OciError> {
    let reference = server.reference(":1.0.0");
    let keys = signers.iter().map(|signer| signer.key()).collect::<Vec<_>>();
    let pulled = RegistryClient::new(&reference, Transport::Secure)?.pull(COMPONENT.len(), &keys).await?;
    assert_eq!(pulled.pinned, reference.pinned(artifact().digest()));
    Ok(())
}

/// Why it cannot be pulled. Nothing of the component is downloaded then.
pub(crate) async fn refusal(server: &Server, signers: &[&Signer]) -> String {
    let before = server.requests().len();
    let error = pull_signed(server, signers).await.expect_err("it is not signed");
    let component = format!("GET /v2/team/f/blobs/{}", digest_of(COMPONENT));
    assert!(!server.requests()[before..].contains(&component), "the component was downloaded");
    error.to_string().replace(server.reference("").registry(), "REGISTRY")
}

fn digest_of(bytes: &[u8]) -> String {
    let hex = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("sha256:{hex}")
}
