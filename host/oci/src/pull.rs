//! Pulls components.

use bytes::Bytes;

use crate::artifact::digest_of;
use crate::component_layer::ComponentLayer;
use crate::{CosignKey, OciError, Reference, RegistryClient, cosign};

/// A component that was pulled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PulledComponent {
    /// Its bytes.
    pub component: Bytes,
    /// The reference with the digest of the manifest, which names this component forever.
    pub pinned: Reference,
}

impl RegistryClient {
    /// Pulls the component of the reference. Nothing is downloaded of one that is larger than `max_bytes`, or, if there are keys, of one
    /// that none of their owners has signed with cosign. Without keys, signatures are not looked for.
    ///
    /// # Errors
    /// [`OciError::NotFound`], [`OciError::Denied`], [`OciError::NotAComponent`], [`OciError::Unsigned`],
    /// [`OciError::NotSignedByKeys`], [`OciError::Damaged`] if a digest or the size is not that of what arrives, [`OciError::Failed`].
    pub async fn pull(&self, max_bytes: usize, keys: &[CosignKey]) -> Result<PulledComponent, OciError> {
        self.authenticate().await?;
        let (manifest, digest) = self.manifest(self.reference()).await?;
        let layer = ComponentLayer::of(&manifest, max_bytes)
            .map_err(|reason| OciError::NotAComponent { reference: self.reference().to_string(), reason })?;
        if !keys.is_empty() {
            // Of the bytes that arrived, not of the reference: a tag may be moved while signatures are looked for.
            cosign::verify(self, &digest_of(&manifest), keys).await?;
        }
        let component = self.download(&layer.digest, layer.size).await?;
        Ok(PulledComponent { component, pinned: self.reference().pinned(&digest) })
    }
}
