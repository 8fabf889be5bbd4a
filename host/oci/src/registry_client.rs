//! A connection to a registry.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::TryStreamExt;
use http::HeaderValue;
use oci_client::RegistryOperation;
use oci_client::client::{Client, ClientConfig, ClientProtocol};
use oci_client::errors::{DigestError, OciDistributionError};
use oci_client::manifest::{
    IMAGE_MANIFEST_LIST_MEDIA_TYPE, IMAGE_MANIFEST_MEDIA_TYPE, ImageIndexEntry, OCI_IMAGE_INDEX_MEDIA_TYPE,
    OCI_IMAGE_MEDIA_TYPE,
};
use oci_client::secrets::RegistryAuth;

use crate::credentials::credentials;
use crate::{Artifact, OciError, Reference};

/// How long a registry may take to accept a connection. 10 s: one that takes longer is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a registry may send nothing. 60 s: it may copy a layer to its own storage before it answers.
const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// What a manifest may be. Lists of manifests are among them, as the error for them is clearer than that they are not found.
const MANIFEST_MEDIA_TYPES: [&str; 4] =
    [OCI_IMAGE_MEDIA_TYPE, IMAGE_MANIFEST_MEDIA_TYPE, OCI_IMAGE_INDEX_MEDIA_TYPE, IMAGE_MANIFEST_LIST_MEDIA_TYPE];

/// How a registry is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// HTTPS, or HTTP if it runs on this machine.
    Secure,
    /// HTTP, which anyone on the way can read and change.
    Plain,
}

/// A connection to the registry of one reference.
pub struct RegistryClient {
    client: Client,
    auth: RegistryAuth,
    reference: Reference,
}

impl RegistryClient {
    /// For the registry of a reference, with the credentials that docker has for it.
    ///
    /// # Errors
    /// [`OciError::Credentials`], [`OciError::IdentityToken`] if they cannot be used; [`OciError::Failed`] if there can be no
    /// client.
    pub fn new(reference: &Reference, transport: Transport) -> Result<Self, OciError> {
        // An error is that the program has set one already, which is the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let is_plain = transport == Transport::Plain || reference.is_on_loopback();
        let config = ClientConfig {
            protocol: if is_plain { ClientProtocol::Http } else { ClientProtocol::Https },
            connect_timeout: Some(CONNECT_TIMEOUT),
            read_timeout: Some(READ_TIMEOUT),
            // In one request: a component is small.
            use_monolithic_push: true,
            user_agent: concat!("quidditch/", env!("CARGO_PKG_VERSION")),
            ..ClientConfig::default()
        };
        let client = Client::try_from(config).map_err(|error| OciError::from_client(error, &reference.for_client()))?;
        Ok(RegistryClient { client, auth: credentials(reference.registry())?, reference: reference.clone() })
    }

    /// Pushes a component under the tag of the reference, which no longer names what it named before. Returns the reference with
    /// the digest of the manifest.
    ///
    /// # Errors
    /// [`OciError::Denied`], [`OciError::Failed`].
    pub async fn push(&self, artifact: &Artifact) -> Result<Reference, OciError> {
        let target = self.reference.for_client();
        let push = async {
            self.client.auth(&target, &self.auth, RegistryOperation::Push).await?;
            for blob in [&artifact.component, &artifact.config] {
                self.client.push_blob(&target, blob.bytes.clone(), &blob.digest).await?;
            }
            // The manifest comes last: what it names must exist.
            let media_type = HeaderValue::from_static(OCI_IMAGE_MEDIA_TYPE);
            self.client.push_manifest_raw(&target, artifact.manifest.bytes.clone(), media_type).await
        };
        push.await.map_err(|error| OciError::from_client(error, &target))?;
        Ok(self.reference.pinned(artifact.digest()))
    }

    /// Asks the registry for the right to pull.
    pub(crate) async fn authenticate(&self) -> Result<(), OciError> {
        let source = self.reference.for_client();
        let auth = self.client.auth(&source, &self.auth, RegistryOperation::Pull).await;
        auth.map(drop).map_err(|error| OciError::from_client(error, &source))
    }

    /// The reference.
    pub(crate) fn reference(&self) -> &Reference {
        &self.reference
    }

    /// A manifest in the repository, with its digest.
    pub(crate) async fn manifest(&self, reference: &Reference) -> Result<(Bytes, String), OciError> {
        let source = reference.for_client();
        let manifest = self.client.pull_manifest_raw(&source, &self.auth, &MANIFEST_MEDIA_TYPES).await;
        manifest.map_err(|error| OciError::from_client(error, &source))
    }

    /// What the registry says of the artifacts that refer to the one with this digest. If it does not list them, clients do, in an index
    /// with a tag of its own, which is read then.
    pub(crate) async fn referrers(&self, digest: &str) -> Result<Vec<ImageIndexEntry>, OciError> {
        let source = self.reference.pinned(digest).for_client();
        // Of all types: registries need not select, and cosign has written indices with other types.
        let index = self.client.pull_referrers(&source, None).await;
        Ok(index.map_err(|error| OciError::from_client(error, &source))?.manifests)
    }

    /// Downloads a blob of the size that its manifest says, with the digest that it says.
    pub(crate) async fn download(&self, digest: &str, size: usize) -> Result<Bytes, OciError> {
        let source = self.reference.for_client();
        let damaged = |reason: String| OciError::Damaged { reference: self.reference.to_string(), reason };
        // By digest alone: a manifest could name other hosts to download from.
        let blob = self.client.pull_blob_stream(&source, digest).await;
        let mut chunks = blob.map_err(|error| OciError::from_client(error, &source))?.stream;
        let mut bytes = BytesMut::new();
        while let Some(chunk) = chunks.try_next().await.map_err(|error| stream_error(error, &source))? {
            if bytes.len() + chunk.len() > size {
                return Err(damaged(format!("it has more than the {size} bytes of its manifest")));
            }
            bytes.extend_from_slice(&chunk);
        }
        if bytes.len() < size {
            return Err(damaged(format!("it has {} bytes, and {size} in its manifest", bytes.len())));
        }
        Ok(bytes.freeze())
    }
}

/// An error of a download, which compares the digest at its end.
fn stream_error(error: io::Error, source: &oci_client::Reference) -> OciError {
    match error.downcast::<DigestError>() {
        Ok(digest) => OciError::from_client(OciDistributionError::DigestError(digest), source),
        Err(error) => OciError::from_client(OciDistributionError::IoError(error), source),
    }
}
