//! Artifacts with signatures of cosign under a tag.

use quidditch_oci::OciError;
use serde_json::{Value as Json, json};

use crate::artifact;
use crate::server::Server;
use crate::signer::{
    SIMPLE_SIGNING, Signer, another_digest, document, pull_signed, put_blob, put_layer, put_layers, refusal, registry,
    tag,
};

/// A signature of a document.
fn signed(server: &Server, signer: &Signer, document: &Json) -> Json {
    let document = document.to_string();
    put_layer(server, document.as_bytes(), &signer.sign(document.as_bytes()))
}

/// A valid signature.
fn valid(server: &Server, signer: &Signer) -> Json {
    signed(server, signer, &document(artifact().digest()))
}

#[tokio::test]
async fn an_artifact_that_a_key_signed_is_pulled() {
    let (server, signer) = (registry().await, Signer::new());
    put_layers(&server, &[valid(&server, &signer)]);
    pull_signed(&server, &[&signer]).await.expect("it is signed");
    assert!(
        !server.requests().iter().any(|request| request.contains("referrers")),
        "signatures of the other form are looked for"
    );
    pull_signed(&server, &[&Signer::new(), &signer]).await.expect("it is signed by one of them");
}

#[tokio::test]
async fn an_unsigned_artifact_is_refused() {
    let (server, signer) = (registry().await, Signer::new());
    insta::assert_snapshot!(refusal(&server, &[&signer]).await, @"REGISTRY/team/f:1.0.0 has no cosign signature, and must have one by one of the given keys");
    put_layers(&server, &[]);
    let error = pull_signed(&server, &[&signer]).await.expect_err("it is not signed");
    assert!(matches!(error, OciError::Unsigned(_)), "{error}");
}

#[tokio::test]
async fn without_keys_signatures_are_not_looked_for() {
    let server = registry().await;
    let before = server.requests().len();
    pull_signed(&server, &[]).await.expect("it needs no signature");
    assert_eq!(server.requests()[before..].len(), 2, "the manifest and the layer");
}

#[tokio::test]
async fn a_signature_by_another_key_is_refused() {
    let (server, signer) = (registry().await, Signer::new());
    put_layers(&server, &[valid(&server, &Signer::new())]);
    insta::assert_snapshot!(refusal(&server, &[&signer]).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: a signature was made with another key, or is damaged");
}

#[tokio::test]
async fn a_signature_of_another_artifact_is_refused() {
    let (server, signer) = (registry().await, Signer::new());
    put_layers(&server, &[signed(&server, &signer, &document(&another_digest()))]);
    insta::assert_snapshot!(refusal(&server, &[&signer]).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: a signature is that of another artifact, [sha256:0000000000000000000000000000000000000000000000000000000000000000]");
}

#[tokio::test]
async fn the_signed_artifact_is_the_one_that_is_pulled() {
    let (server, signer) = (registry().await, Signer::new());
    put_layers(&server, &[valid(&server, &signer)]);
    // The tag is moved to a manifest that nobody signed.
    let manifest = server.get("manifests/1.0.0");
    server.put("manifests/1.0.0", 200, [&manifest[..], b" "].concat());
    let refusal = refusal(&server, &[&signer]).await;
    assert!(refusal.contains("has no cosign signature"), "{refusal}");
}

#[tokio::test]
async fn what_was_changed_after_it_was_signed_is_refused() {
    let (server, signer) = (registry().await, Signer::new());
    let other = document(&another_digest()).to_string();
    let this = document(artifact().digest()).to_string();
    put_layers(&server, &[put_layer(&server, this.as_bytes(), &signer.sign(other.as_bytes()))]);
    insta::assert_snapshot!(refusal(&server, &[&signer]).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: a signature was made with another key, or is damaged");
}

#[tokio::test]
async fn a_damaged_signature_is_refused() {
    let (server, signer) = (registry().await, Signer::new());
    let layer = |signature: &str| put_layer(&server, document(artifact().digest()).to_string().as_bytes(), signature);
    let valid = signer.sign(document(artifact().digest()).to_string().as_bytes());
    put_layers(&server, &[layer(&valid.replace(&valid[20..22], if &valid[20..22] == "AA" { "BB" } else { "AA" }))]);
    insta::assert_snapshot!(refusal(&server, &[&signer]).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: a signature was made with another key, or is damaged");
    put_layers(&server, &[layer("?")]);
    insta::assert_snapshot!(refusal(&server, &[&signer]).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: a signature is not Base64: Invalid symbol 63, offset 0.");
    put_layers(&server, &[layer("")]);
    insta::assert_snapshot!(refusal(&server, &[&signer]).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: a signature was made with another key, or is damaged");
}

#[tokio::test]
async fn one_valid_signature_of_several_suffices() {
    let (server, signer) = (registry().await, Signer::new());
    let no_signature = put_blob(&server, SIMPLE_SIGNING, b"{}");
    let missing = json!({
        "mediaType": SIMPLE_SIGNING, "digest": another_digest(), "size": 2,
        "annotations": { "dev.cosignproject.cosign/signature": "" },
    });
    let mut other_type = valid(&server, &signer);
    other_type["mediaType"] = json!("text/plain");
    let mut elsewhere = valid(&server, &signer);
    elsewhere["digest"] = json!("sha256:../../other/blobs/x");
    let not_base64 = put_layer(&server, b"{}", "?");
    let others = [not_base64, valid(&server, &Signer::new()), no_signature, missing, other_type, elsewhere];
    for place in 0..=others.len() {
        let mut layers = others.to_vec();
        layers.insert(place, valid(&server, &signer));
        put_layers(&server, &layers);
        pull_signed(&server, &[&signer]).await.expect("one of them is valid");
    }
    put_layers(&server, &others);
    insta::assert_snapshot!(refusal(&server, &[&signer]).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: a signature has the invalid digest [sha256:../../other/blobs/x]; a signature is of type [text/plain], must be application/vnd.dev.cosign.simplesigning.v1+json; a signature is listed, and does not exist; a signature has no annotation dev.cosignproject.cosign/signature; a signature was made with another key, or is damaged; and 1 more");
}

#[tokio::test]
async fn what_was_signed_must_be_a_signature_of_an_artifact() {
    let (server, signer) = (registry().await, Signer::new());
    let mut another_type = document(artifact().digest());
    another_type["critical"]["type"] = json!("atomic container signature");
    put_layers(&server, &[signed(&server, &signer, &another_type)]);
    insta::assert_snapshot!(refusal(&server, &[&signer]).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: what was signed is of type [atomic container signature], must be [cosign container image signature]");
    put_layers(&server, &[signed(&server, &signer, &json!({ "critical": {} }))]);
    insta::assert_snapshot!(refusal(&server, &[&signer]).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: what was signed cannot be read: missing field `image` at line 1 column 14");
    let long = json!({ "critical": "\u{1b}é".repeat(1_000) });
    put_layers(&server, &[signed(&server, &signer, &long)]);
    let long = refusal(&server, &[&signer]).await;
    assert!(long.len() < 500 && !long.contains('\u{1b}'), "{long}");
    put_layers(&server, &[put_layer(&server, b"\xff", &signer.sign(b"\xff"))]);
    insta::assert_snapshot!(refusal(&server, &[&signer]).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: what was signed cannot be read: expected value at line 1 column 1");
}

#[tokio::test]
async fn a_certificate_is_not_enough() {
    let (server, signer) = (registry().await, Signer::new());
    let mut keyless = valid(&server, &Signer::new());
    keyless["annotations"]["dev.sigstore.cosign/certificate"] = json!("-----BEGIN CERTIFICATE-----");
    put_layers(&server, &[keyless]);
    insta::assert_snapshot!(refusal(&server, &[&signer]).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: a signature was made with a certificate (keyless), which is not supported; sign with a key");
}

#[tokio::test]
async fn what_is_too_large_is_refused() {
    let (server, signer) = (registry().await, Signer::new());
    let mut large = valid(&server, &signer);
    large["size"] = json!((1 << 20) + 1);
    put_layers(&server, &[large]);
    insta::assert_snapshot!(refusal(&server, &[&signer]).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: a signature has 1048577 bytes, and may have 1048576");
    assert_eq!(server.requests().iter().filter(|request| request.contains("GET /v2/team/f/blobs")).count(), 0);
    server.put(&format!("manifests/{}.sig", tag()), 200, " ".repeat((4 << 20) + 1));
    insta::assert_snapshot!(refusal(&server, &[&signer]).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: the manifest of a signature has 4194305 bytes, and may have 4194304");
    // Longer than its manifest says.
    let mut longer = valid(&server, &signer);
    longer["size"] = json!(10);
    put_layers(&server, &[longer]);
    insta::assert_snapshot!(refusal(&server, &[&signer]).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: a signature is damaged: it has more than the 10 bytes of its manifest");
}

#[tokio::test]
async fn the_newest_64_signatures_are_looked_at() {
    let (server, signer) = (registry().await, Signer::new());
    let others = vec![valid(&server, &Signer::new()); 64];
    put_layers(&server, &[&[valid(&server, &signer)], &others[1..]].concat());
    pull_signed(&server, &[&signer]).await.expect("the oldest is one of 64");
    put_layers(&server, &[&[valid(&server, &signer)], &others[..]].concat());
    let error = pull_signed(&server, &[&signer]).await.expect_err("64 others are newer");
    assert!(matches!(error, OciError::NotSignedByKeys { .. }), "{error}");
}

#[tokio::test]
async fn a_manifest_of_something_else_has_no_signatures() {
    let (server, signer) = (registry().await, Signer::new());
    server.put(&format!("manifests/{}.sig", tag()), 200, "no manifest");
    insta::assert_snapshot!(refusal(&server, &[&signer]).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: the manifest of the signatures cannot be read: expected ident at line 1 column 2");
}

#[tokio::test]
async fn a_registry_that_fails_is_not_one_without_signatures() {
    let (server, signer) = (registry().await, Signer::new());
    server.put(&format!("manifests/{}.sig", tag()), 500, "");
    let error = pull_signed(&server, &[&signer]).await.expect_err("it fails");
    assert!(matches!(error, OciError::Failed { .. }), "{error}");

    let layer = valid(&server, &signer);
    put_layers(&server, std::slice::from_ref(&layer));
    server.put(&format!("blobs/{}", layer["digest"].as_str().expect("a digest")), 500, "");
    let error = pull_signed(&server, &[&signer]).await.expect_err("it fails");
    assert!(matches!(error, OciError::Failed { .. }), "{error}");
}
