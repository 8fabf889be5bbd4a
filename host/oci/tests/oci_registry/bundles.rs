//! Artifacts with signatures of cosign in bundles, which refer to them.

use quidditch_oci::OciError;
use serde_json::{Value as Json, json};

use crate::artifact;
use crate::server::Server;
use crate::signer::{
    BUNDLE, Signer, another_digest, index, pull_signed, put_blob, put_bundle, put_referrer, put_referrers, refusal,
    registry, statement, tag,
};

/// A valid bundle.
fn valid(signer: &Signer) -> Json {
    signer.bundle(&statement(artifact().digest()))
}

/// Why the artifact is refused if this is the only bundle.
async fn refusal_with(server: &Server, signer: &Signer, bundle: &Json) -> String {
    put_referrers(server, &[put_bundle(server, bundle.to_string().as_bytes())]);
    refusal(server, &[signer]).await
}

#[tokio::test]
async fn a_bundle_that_the_registry_lists_is_found() {
    let (server, signer) = (registry().await, Signer::new());
    put_referrers(&server, &[put_bundle(&server, valid(&signer).to_string().as_bytes())]);
    pull_signed(&server, &[&signer]).await.expect("it is signed");
    pull_signed(&server, &[&Signer::new(), &signer]).await.expect("it is signed by one of them");
}

#[tokio::test]
async fn a_bundle_in_an_index_with_a_tag_is_found() {
    let (server, signer) = (registry().await, Signer::new());
    let listed = put_bundle(&server, valid(&signer).to_string().as_bytes());
    server.put(&format!("manifests/{}", tag()), 200, index(std::slice::from_ref(&listed)));
    pull_signed(&server, &[&signer]).await.expect("it is signed");

    // As some versions of cosign write it.
    for artifact_type in [json!("application/vnd.oci.empty.v1+json"), Json::Null] {
        let mut listed = listed.clone();
        listed["artifactType"] = artifact_type;
        listed["annotations"] = Json::Null;
        server.put(&format!("manifests/{}", tag()), 200, index(&[listed]));
        pull_signed(&server, &[&signer]).await.expect("it is signed");
    }
}

#[tokio::test]
async fn other_signatures_are_refused() {
    let (server, signer) = (registry().await, Signer::new());
    insta::assert_snapshot!(refusal_with(&server, &signer, &valid(&Signer::new())).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: a signature was made with another key, or is damaged");
    let of_another = signer.bundle(&statement(&another_digest()));
    insta::assert_snapshot!(refusal_with(&server, &signer, &of_another).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: a signature is that of another artifact, [sha256:0000000000000000000000000000000000000000000000000000000000000000]");

    let mut changed = valid(&signer);
    changed["dsseEnvelope"]["payload"] = of_another["dsseEnvelope"]["payload"].clone();
    insta::assert_snapshot!(refusal_with(&server, &signer, &changed).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: a signature was made with another key, or is damaged");
    let mut changed = of_another.clone();
    changed["dsseEnvelope"]["payload"] = valid(&signer)["dsseEnvelope"]["payload"].clone();
    insta::assert_snapshot!(refusal_with(&server, &signer, &changed).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: a signature was made with another key, or is damaged");
    let mut changed = valid(&signer);
    changed["dsseEnvelope"]["payloadType"] = json!("text/plain");
    insta::assert_snapshot!(refusal_with(&server, &signer, &changed).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: a signature was made with another key, or is damaged");
    let mut changed = valid(&signer);
    changed["dsseEnvelope"]["signatures"][0]["sig"] = json!("MEUC");
    insta::assert_snapshot!(refusal_with(&server, &signer, &changed).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: a signature was made with another key, or is damaged");
}

#[tokio::test]
async fn a_certificate_is_not_enough() {
    let (server, signer) = (registry().await, Signer::new());
    let mut refusals = Vec::new();
    for material in [json!({ "certificate": { "rawBytes": "MAA=" } }), json!({ "x509CertificateChain": {} })] {
        let mut keyless = valid(&Signer::new());
        keyless["verificationMaterial"] = material;
        refusals.push(refusal_with(&server, &signer, &keyless).await);
    }
    insta::assert_snapshot!(refusals[0], @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: a signature was made with a certificate (keyless), which is not supported; sign with a key");
    assert_eq!(refusals[0], refusals[1]);
}

#[tokio::test]
async fn attestations_are_no_signatures() {
    let (server, signer) = (registry().await, Signer::new());
    let mut provenance = statement(artifact().digest());
    provenance["predicateType"] = json!("https://slsa.dev/provenance/v1");
    insta::assert_snapshot!(refusal_with(&server, &signer, &signer.bundle(&provenance)).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: what was signed is of type [https://slsa.dev/provenance/v1], must be https://sigstore.dev/cosign/sign/v1");
    let mut another = statement(artifact().digest());
    another["_type"] = json!("https://in-toto.io/Statement/v0.1");
    insta::assert_snapshot!(refusal_with(&server, &signer, &signer.bundle(&another)).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: what was signed is of type [https://in-toto.io/Statement/v0.1], must be https://in-toto.io/Statement/v1");

    // One that says so is not downloaded.
    let mut listed = put_bundle(&server, signer.bundle(&provenance).to_string().as_bytes());
    listed["annotations"]["dev.sigstore.bundle.predicateType"] = json!("https://slsa.dev/provenance/v1");
    put_referrers(&server, &[listed]);
    let before = server.requests().len();
    insta::assert_snapshot!(refusal(&server, &[&signer]).await, @"REGISTRY/team/f:1.0.0 has no cosign signature, and must have one by one of the given keys");
    assert_eq!(server.requests()[before..].len(), 3, "the manifest, the tag for signatures and the list");
}

#[tokio::test]
async fn other_artifacts_are_no_signatures() {
    let (server, signer) = (registry().await, Signer::new());
    let mut sbom = put_bundle(&server, b"{}");
    sbom["artifactType"] = json!("application/spdx+json");
    let mut unknown = sbom.clone();
    unknown["artifactType"] = Json::Null;
    unknown["digest"] = json!(artifact().digest());
    server.put(&format!("manifests/{}", artifact().digest()), 200, server.get("manifests/1.0.0"));
    put_referrers(&server, &[sbom, unknown]);
    let error = pull_signed(&server, &[&signer]).await.expect_err("it is not signed");
    assert!(matches!(error, OciError::Unsigned(_)), "{error}");
}

#[tokio::test]
async fn what_cannot_be_read_is_refused() {
    let (server, signer) = (registry().await, Signer::new());
    insta::assert_snapshot!(refusal_with(&server, &signer, &json!([])).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: a signature cannot be read: invalid length 0, expected struct Bundle with 2 elements at line 1 column 2");
    insta::assert_snapshot!(refusal_with(&server, &signer, &json!({ "messageSignature": {} })).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: a signature has no DSSE envelope");
    let mut two = valid(&signer);
    let signature = two["dsseEnvelope"]["signatures"][0].clone();
    two["dsseEnvelope"]["signatures"] = json!([signature, signature]);
    insta::assert_snapshot!(refusal_with(&server, &signer, &two).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: an envelope has 2 signatures, must be 1");
    let mut not_base64 = valid(&signer);
    not_base64["dsseEnvelope"]["payload"] = json!("?");
    insta::assert_snapshot!(refusal_with(&server, &signer, &not_base64).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: what was signed is not Base64: Invalid symbol 63, offset 0.");
    insta::assert_snapshot!(refusal_with(&server, &signer, &signer.bundle(&json!("text"))).await, @r#"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: what was signed cannot be read: invalid type: string "text", expected struct Statement at line 1 column 6"#);

    put_referrers(&server, &[put_bundle(&server, b"\xff")]);
    insta::assert_snapshot!(refusal(&server, &[&signer]).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: a signature cannot be read: expected value at line 1 column 1");
    put_referrers(&server, &[put_referrer(&server, &[])]);
    insta::assert_snapshot!(refusal(&server, &[&signer]).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: a signature is not an artifact with one layer");
    let newer = put_blob(&server, "application/vnd.dev.sigstore.bundle.v0.9+json", b"{}");
    put_referrers(&server, &[put_referrer(&server, &[newer])]);
    insta::assert_snapshot!(refusal(&server, &[&signer]).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: a signature is of type [application/vnd.dev.sigstore.bundle.v0.9+json], must be application/vnd.dev.sigstore.bundle.v0.3+json");
    let large = json!({ "mediaType": BUNDLE, "digest": another_digest(), "size": (1 << 20) + 1 });
    put_referrers(&server, &[put_referrer(&server, &[large])]);
    insta::assert_snapshot!(refusal(&server, &[&signer]).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: a signature has 1048577 bytes, and may have 1048576");
    let mut elsewhere = put_referrer(&server, &[]);
    elsewhere["digest"] = json!("1.0.0");
    put_referrers(&server, &[elsewhere]);
    insta::assert_snapshot!(refusal(&server, &[&signer]).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: a signature has the invalid digest [1.0.0]");
    let mut missing = put_referrer(&server, &[]);
    missing["digest"] = json!(another_digest());
    put_referrers(&server, &[missing]);
    insta::assert_snapshot!(refusal(&server, &[&signer]).await, @"REGISTRY/team/f:1.0.0 has no valid cosign signature by one of the given keys: a signature is listed, and does not exist");
}

#[tokio::test]
async fn one_valid_bundle_of_several_suffices() {
    let (server, signer) = (registry().await, Signer::new());
    let bundles = [valid(&Signer::new()), valid(&signer), json!([])];
    let listed = bundles.map(|bundle| put_bundle(&server, bundle.to_string().as_bytes()));
    put_referrers(&server, &listed);
    pull_signed(&server, &[&signer]).await.expect("one of them is valid");
}

#[tokio::test]
async fn a_registry_that_fails_is_not_one_without_signatures() {
    let (server, signer) = (registry().await, Signer::new());
    server.put(&format!("referrers/{}", artifact().digest()), 500, "");
    let error = pull_signed(&server, &[&signer]).await.expect_err("it fails");
    assert!(matches!(error, OciError::Failed { .. }), "{error}");
}
