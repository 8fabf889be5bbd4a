//! Pushing to an OCI registry, and pulling from one that is not what it should be. `tests/clients/oci` has the same with a registry that
//! others wrote.

mod bundles;
mod server;
mod signer;
mod simple_signing;

use std::error::Error;

use bytes::Bytes;
use quidditch_function::About;
use quidditch_oci::{Artifact, ComponentDescription, OciError, PulledComponent, Reference, RegistryClient, Transport};
use serde_json::json;
use server::Server;

const COMPONENT: &[u8] = b"\0asm component";

fn artifact() -> Artifact {
    let about = About { licence: Some("MIT".to_owned()), authors: Some("Ada".to_owned()), ..About::default() };
    let description = ComponentDescription {
        name: "f",
        version: "1.0.0",
        summary: "does something",
        about: &about,
        published_unix_millis: 1_769_860_800_000,
        imports: &["quidditch:udf/log@0.2.0".to_owned()],
        exports: &["quidditch:udf/metadata@0.2.0".to_owned(), "quidditch:udf/filter@0.2.0".to_owned()],
    };
    Artifact::new(Bytes::from_static(COMPONENT), &description)
}

async fn push(reference: &Reference) -> Result<Reference, OciError> {
    RegistryClient::new(reference, Transport::Secure)?.push(&artifact()).await
}

async fn pull(reference: &Reference) -> Result<PulledComponent, OciError> {
    RegistryClient::new(reference, Transport::Secure)?.pull(COMPONENT.len(), &[]).await
}

/// The message of the error, without the port.
async fn pull_error(server: &Server, ending: &str) -> String {
    let reference = server.reference(ending);
    let error = pull(&reference).await.expect_err("it cannot be pulled");
    error.to_string().replace(reference.registry(), "REGISTRY")
}

/// The path of the layer of [`artifact`].
async fn pushed_layer(server: &Server) -> String {
    push(&server.reference(":1.0.0")).await.expect("it is pushed");
    let upload = server.requests().into_iter().filter(|request| request.starts_with("PUT")).count();
    assert_eq!(upload, 3, "the layer, the configuration and the manifest");
    let manifest: serde_json::Value = serde_json::from_slice(&server.get("manifests/1.0.0")).expect("JSON");
    format!("blobs/{}", manifest["layers"][0]["digest"].as_str().expect("a digest"))
}

#[tokio::test]
async fn what_is_pushed_is_pulled() {
    let server = Server::start();
    let reference = server.reference(":1.0.0");
    let pinned = push(&reference).await.expect("it is pushed");
    assert_eq!(pinned, reference.pinned(artifact().digest()));
    assert!(server.requests().last().is_some_and(|last| last == "PUT /v2/team/f/manifests/1.0.0"));

    let pulled = pull(&reference).await.expect("it is pulled");
    assert_eq!((&*pulled.component, &pulled.pinned), (COMPONENT, &pinned));

    // By digest, without the tag.
    server.put(&format!("manifests/{}", artifact().digest()), 200, server.get("manifests/1.0.0"));
    let by_digest = server.reference(&format!("@{}", artifact().digest()));
    assert_eq!(pull(&by_digest).await.expect("it is pulled").pinned, by_digest);
}

#[tokio::test]
async fn what_is_pushed_has_the_form_for_components() {
    let server = Server::start();
    push(&server.reference(":1.0.0")).await.expect("it is pushed");
    let manifest: serde_json::Value = serde_json::from_slice(&server.get("manifests/1.0.0")).expect("JSON");
    insta::assert_snapshot!(format!("{manifest:#}"), @r#"
    {
      "schemaVersion": 2,
      "mediaType": "application/vnd.oci.image.manifest.v1+json",
      "config": {
        "mediaType": "application/vnd.wasm.config.v0+json",
        "digest": "sha256:9d58eca3fc4d9ab12fa9900c792f98cc2f02b00b3202cecc74b2c9da9d86367c",
        "size": 300
      },
      "layers": [
        {
          "mediaType": "application/wasm",
          "digest": "sha256:d39ad56a4c032330cab88e5277b39bdad5e1adae6bb74e355543ff2d80960121",
          "size": 14,
          "annotations": {
            "org.opencontainers.image.title": "f.wasm"
          }
        }
      ],
      "annotations": {
        "org.opencontainers.image.authors": "Ada",
        "org.opencontainers.image.created": "2026-01-31T12:00:00Z",
        "org.opencontainers.image.description": "does something",
        "org.opencontainers.image.licenses": "MIT",
        "org.opencontainers.image.title": "f",
        "org.opencontainers.image.version": "1.0.0"
      }
    }
    "#);
    let digest = manifest["config"]["digest"].as_str().expect("a digest");
    let config: serde_json::Value = serde_json::from_slice(&server.get(&format!("blobs/{digest}"))).expect("JSON");
    insta::assert_snapshot!(format!("{config:#}"), @r#"
    {
      "created": "2026-01-31T12:00:00Z",
      "author": "Ada",
      "architecture": "wasm",
      "os": "wasip2",
      "layerDigests": [
        "sha256:d39ad56a4c032330cab88e5277b39bdad5e1adae6bb74e355543ff2d80960121"
      ],
      "component": {
        "exports": [
          "quidditch:udf/filter@0.2.0",
          "quidditch:udf/metadata@0.2.0"
        ],
        "imports": [
          "quidditch:udf/log@0.2.0"
        ]
      }
    }
    "#);
}

#[tokio::test]
async fn nothing_is_downloaded_of_a_component_that_is_too_large() {
    let server = Server::start();
    pushed_layer(&server).await;
    let reference = server.reference(":1.0.0");
    let client = RegistryClient::new(&reference, Transport::Secure).expect("a client");
    let before = server.requests().len();
    let error = client.pull(COMPONENT.len() - 1, &[]).await.expect_err("it is too large");
    assert!(matches!(error, OciError::NotAComponent { .. }), "{error}");
    assert_eq!(server.requests()[before..], ["GET /v2/team/f/manifests/1.0.0"]);
}

#[tokio::test]
async fn other_bytes_than_those_of_the_manifest_are_refused() {
    let server = Server::start();
    let layer = pushed_layer(&server).await;
    server.put(&layer, 200, [COMPONENT, b"!"].concat());
    insta::assert_snapshot!(pull_error(&server, ":1.0.0").await, @"what the OCI registry sent for REGISTRY/team/f:1.0.0 is damaged: it has more than the 14 bytes of its manifest");
    server.put(&layer, 200, &COMPONENT[1..]);
    let shorter = pull_error(&server, ":1.0.0").await;
    assert!(
        shorter.starts_with("what the OCI registry sent for REGISTRY/team/f:1.0.0 is damaged: Invalid digest."),
        "{shorter}"
    );
    let mut changed = COMPONENT.to_vec();
    changed[7] ^= 1;
    server.put(&layer, 200, changed);
    let changed = pull_error(&server, ":1.0.0").await;
    assert!(
        changed.starts_with("what the OCI registry sent for REGISTRY/team/f:1.0.0 is damaged: Invalid digest."),
        "{changed}"
    );

    // A manifest that says less than what has its digest.
    let manifest = String::from_utf8(server.get("manifests/1.0.0")).expect("JSON");
    server.put("manifests/less", 200, manifest.replace("\"size\":14", "\"size\":13"));
    server.put(&layer, 200, COMPONENT);
    insta::assert_snapshot!(pull_error(&server, ":less").await, @"what the OCI registry sent for REGISTRY/team/f:less is damaged: it has more than the 13 bytes of its manifest");
}

#[tokio::test]
async fn a_manifest_must_have_the_digest_of_the_reference() {
    let server = Server::start();
    pushed_layer(&server).await;
    let digest = format!("sha256:{}", "0".repeat(64));
    server.put(&format!("manifests/{digest}"), 200, server.get("manifests/1.0.0"));
    let message = pull_error(&server, &format!("@{digest}")).await;
    assert!(message.contains("is damaged: Invalid digest. Expected sha256:0000"), "{message}");
}

#[tokio::test]
async fn a_manifest_names_no_other_hosts() {
    let (server, other) = (Server::start(), Server::start());
    let layer = pushed_layer(&server).await;
    let elsewhere = format!("\"size\":14,\"urls\":[\"http://{}/v2/team/f/{layer}\"]", other.reference("").registry());
    let manifest = String::from_utf8(server.get("manifests/1.0.0")).expect("JSON");
    server.put("manifests/1.0.0", 200, manifest.replacen("\"size\":14", &elsewhere, 1));
    server.put(&layer, 404, "");
    other.put(&layer, 200, COMPONENT);
    let error = pull(&server.reference(":1.0.0")).await.expect_err("it is not there");
    assert!(matches!(error, OciError::NotFound(_)), "{error}");
    assert!(other.requests().is_empty(), "it was asked for {:?}", other.requests());
}

#[tokio::test]
async fn what_a_registry_answers_decides_the_error() {
    let server = Server::start();
    let errors = |code: &str| json!({ "errors": [{ "code": code, "message": "no" }] }).to_string();
    server.put("manifests/denied", 403, errors("DENIED"));
    server.put("manifests/unauthorized", 401, errors("UNAUTHORIZED"));
    server.put("manifests/unknown", 404, errors("MANIFEST_UNKNOWN"));
    server.put("manifests/failed", 500, "");
    server.put("manifests/text", 200, "no manifest");
    insta::assert_snapshot!(pull_error(&server, ":denied").await, @"OCI registry [REGISTRY] denies access: log in with `docker login REGISTRY`, or check what you may do there");
    insta::assert_snapshot!(pull_error(&server, ":unauthorized").await, @"OCI registry [REGISTRY] denies access: log in with `docker login REGISTRY`, or check what you may do there");
    insta::assert_snapshot!(pull_error(&server, ":unknown").await, @"REGISTRY/team/f:unknown does not exist in the OCI registry, or is not visible to you");
    insta::assert_snapshot!(pull_error(&server, ":missing").await, @"REGISTRY/team/f:missing does not exist in the OCI registry, or is not visible to you");
    insta::assert_snapshot!(pull_error(&server, ":failed").await, @"OCI registry [REGISTRY] failed");
    insta::assert_snapshot!(pull_error(&server, ":text").await, @"REGISTRY/team/f:text is not a component: its manifest cannot be read: expected ident at line 1 column 2");
}

#[tokio::test]
async fn a_registry_that_is_not_there_failed() {
    // A port on which nothing listens any more.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let registry = listener.local_addr().expect("it is bound").to_string();
    drop(listener);
    let reference: Reference = format!("{registry}/f:1.0.0").parse().expect("a reference");
    for error in [pull(&reference).await.err(), push(&reference).await.err()] {
        let error = error.expect("nothing answers");
        assert!(matches!(error, OciError::Failed { .. }) && error.source().is_some(), "{error}");
    }
}
