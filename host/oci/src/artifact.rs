//! What is pushed for a component.

use std::collections::BTreeMap;

use bytes::Bytes;
use oci_client::annotations;
use oci_client::manifest::{OCI_IMAGE_MEDIA_TYPE, OciDescriptor, OciImageManifest};
use quidditch_function::About;
use sha2::{Digest, Sha256};

use crate::component_layer::LAYER_MEDIA_TYPE;
use crate::config::{Architecture, CONFIG_MEDIA_TYPE, Config, Interfaces, Os};

/// What is said of a component in its artifact.
#[derive(Debug, Clone)]
pub struct ComponentDescription<'a> {
    /// The name. Tools that write the component to a file call the file so.
    pub name: &'a str,
    /// The version.
    pub version: &'a str,
    /// One or two sentences for users.
    pub summary: &'a str,
    /// Who made it, and from what.
    pub about: &'a About,
    /// When it was published, in milliseconds since the Unix epoch.
    pub published_unix_millis: i64,
    /// What it imports.
    pub imports: &'a [String],
    /// What it exports.
    pub exports: &'a [String],
}

/// A component in the form in which registries keep it. The same component and description make the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    pub(crate) component: Blob,
    pub(crate) config: Blob,
    pub(crate) manifest: Blob,
}

/// Bytes with their digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Blob {
    pub(crate) bytes: Bytes,
    pub(crate) digest: String,
}

impl Artifact {
    /// The artifact of a component.
    pub fn new(component: Bytes, description: &ComponentDescription<'_>) -> Self {
        let component = Blob::new(component);
        let created =
            jiff::Timestamp::from_millisecond(description.published_unix_millis).unwrap_or_default().to_string();
        let config = Config {
            created: &created,
            author: description.about.authors.as_deref(),
            architecture: Architecture::Wasm,
            os: Os::Wasip2,
            layer_digests: [&component.digest],
            component: Interfaces {
                exports: description.exports.iter().map(String::as_str).collect(),
                imports: description.imports.iter().map(String::as_str).collect(),
            },
        };
        let config = Blob::new(serde_json::to_vec(&config).expect("a configuration has only text keys").into());
        let mut layer = component.descriptor(LAYER_MEDIA_TYPE);
        // Tools write the layer to a file of this name, which must not be in another folder.
        let file = format!("{}.wasm", description.name.rsplit('/').next().unwrap_or_default());
        layer.annotations = Some(BTreeMap::from([(annotations::ORG_OPENCONTAINERS_IMAGE_TITLE.to_owned(), file)]));
        let manifest = OciImageManifest {
            media_type: Some(OCI_IMAGE_MEDIA_TYPE.to_owned()),
            config: config.descriptor(CONFIG_MEDIA_TYPE),
            layers: vec![layer],
            annotations: Some(manifest_annotations(description, &created)),
            ..OciImageManifest::default()
        };
        let manifest = Blob::new(serde_json::to_vec(&manifest).expect("a manifest has only text keys").into());
        Artifact { component, config, manifest }
    }

    /// The digest of its manifest.
    pub fn digest(&self) -> &str {
        &self.manifest.digest
    }
}

/// The digest of bytes, as descriptors have it.
pub(crate) fn digest_of(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

impl Blob {
    fn new(bytes: Bytes) -> Self {
        Blob { digest: digest_of(&bytes), bytes }
    }

    fn descriptor(&self, media_type: &str) -> OciDescriptor {
        OciDescriptor {
            media_type: media_type.to_owned(),
            digest: self.digest.clone(),
            size: self.bytes.len() as i64,
            ..OciDescriptor::default()
        }
    }
}

/// The annotations that OCI defines, for registries to show.
fn manifest_annotations(description: &ComponentDescription<'_>, created: &str) -> BTreeMap<String, String> {
    let ComponentDescription { name, version, summary, about, .. } = description;
    let known = [
        (annotations::ORG_OPENCONTAINERS_IMAGE_CREATED, Some(created)),
        (annotations::ORG_OPENCONTAINERS_IMAGE_TITLE, Some(*name)),
        (annotations::ORG_OPENCONTAINERS_IMAGE_VERSION, Some(*version)),
        (annotations::ORG_OPENCONTAINERS_IMAGE_DESCRIPTION, Some(*summary)),
        (annotations::ORG_OPENCONTAINERS_IMAGE_AUTHORS, about.authors.as_deref()),
        (annotations::ORG_OPENCONTAINERS_IMAGE_LICENSES, about.licence.as_deref()),
        (annotations::ORG_OPENCONTAINERS_IMAGE_URL, about.homepage.as_deref()),
        (annotations::ORG_OPENCONTAINERS_IMAGE_SOURCE, about.source.as_deref()),
        (annotations::ORG_OPENCONTAINERS_IMAGE_REVISION, about.revision.as_deref()),
    ];
    let known = known.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?.to_owned())));
    known.filter(|(_, value)| !value.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component_layer::ComponentLayer;

    #[test]
    fn what_is_pushed_can_be_pulled() {
        let description = ComponentDescription {
            name: "team/f",
            version: "1.0.0",
            summary: "",
            about: &About::default(),
            published_unix_millis: 0,
            imports: &[],
            exports: &[],
        };
        let artifact = Artifact::new(Bytes::from_static(b"\0asm"), &description);
        let manifest: OciImageManifest = serde_json::from_slice(&artifact.manifest.bytes).expect("a manifest");
        let title = annotations::ORG_OPENCONTAINERS_IMAGE_TITLE;
        let titles = [&manifest.annotations, &manifest.layers[0].annotations];
        let titles = titles.map(|annotations| annotations.as_ref().expect("there are some")[title].as_str());
        assert_eq!(titles, ["team/f", "f.wasm"]);
        let layer = ComponentLayer::of(&artifact.manifest.bytes, 4).expect("a component");
        assert_eq!(layer, ComponentLayer { digest: artifact.component.digest, size: 4 });
    }
}
