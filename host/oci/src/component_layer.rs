//! Finds the component in a manifest that someone else may have made.

use oci_client::manifest::{OCI_IMAGE_INDEX_MEDIA_TYPE, OciDescriptor, OciImageManifest};
use serde::Deserialize;

use crate::config::CONFIG_MEDIA_TYPE;

/// The media type of the layer.
pub(crate) const LAYER_MEDIA_TYPE: &str = "application/wasm";

/// The media type of the layer before there was a standard form.
const OLD_LAYER_MEDIA_TYPE: &str = "application/vnd.wasm.content.layer.v1+wasm";

/// The media types of configurations that a component may have: the standard one, the one before it, and the one of an artifact
/// without a configuration, as general tools push it.
const CONFIG_MEDIA_TYPES: [&str; 3] =
    [CONFIG_MEDIA_TYPE, "application/vnd.wasm.config.v1+json", "application/vnd.oci.empty.v1+json"];

/// Media types of lists of manifests.
const INDEX_MEDIA_TYPES: [&str; 2] =
    [OCI_IMAGE_INDEX_MEDIA_TYPE, "application/vnd.docker.distribution.manifest.list.v2+json"];

/// The layer that is the component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ComponentLayer {
    /// Its digest.
    pub(crate) digest: String,
    /// Its size in bytes, as the manifest says.
    pub(crate) size: usize,
}

/// What manifests and lists of them have in common.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AnyManifest {
    media_type: Option<String>,
    manifests: Option<serde::de::IgnoredAny>,
}

impl ComponentLayer {
    /// Finds it in a manifest; the error is why the artifact cannot be used. A component has at most `max_bytes`.
    pub(crate) fn of(manifest: &[u8], max_bytes: usize) -> Result<Self, String> {
        let not_json = |error: serde_json::Error| format!("its manifest cannot be read: {error}");
        let any: AnyManifest = serde_json::from_slice(manifest).map_err(not_json)?;
        if any.manifests.is_some() || any.media_type.is_some_and(|it| INDEX_MEDIA_TYPES.contains(&it.as_str())) {
            return Err("it is a list of artifacts for several platforms, and a component has no platform".to_owned());
        }
        let OciImageManifest { config, layers, .. } = serde_json::from_slice(manifest).map_err(not_json)?;
        let [layer] = layers.as_slice() else {
            return Err(format!("it has {} layers, and a component has one, of type {LAYER_MEDIA_TYPE}", layers.len()));
        };
        if ![LAYER_MEDIA_TYPE, OLD_LAYER_MEDIA_TYPE].contains(&layer.media_type.as_str()) {
            return Err(format!("its layer is of type {}, must be {LAYER_MEDIA_TYPE}", shown(&layer.media_type)));
        }
        if !CONFIG_MEDIA_TYPES.contains(&config.media_type.as_str()) {
            return Err(format!(
                "its configuration is of type {}, must be {CONFIG_MEDIA_TYPE}",
                shown(&config.media_type)
            ));
        }
        Self::checked(layer, max_bytes)
    }

    fn checked(layer: &OciDescriptor, max_bytes: usize) -> Result<Self, String> {
        let Some(size) = usize::try_from(layer.size).ok().filter(|size| *size <= max_bytes) else {
            return Err(format!("it has {} bytes, and a component has at most {max_bytes}", layer.size));
        };
        Ok(ComponentLayer { digest: layer.digest.clone(), size })
    }
}

/// A media type, or another word of a registry, as it may be printed.
pub(crate) fn shown(word: &str) -> String {
    let printable = word.chars().filter(|it| !it.is_control()).take(100);
    format!("[{}]", printable.collect::<String>())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    const DIGEST: &str = "sha256:0a";

    fn layer(media_type: &str, size: i64) -> Json {
        json!({ "mediaType": media_type, "digest": DIGEST, "size": size })
    }

    fn manifest(config: &str, layers: &[Json]) -> Json {
        json!({ "schemaVersion": 2, "config": { "mediaType": config, "digest": DIGEST, "size": 2 }, "layers": layers })
    }

    fn find(manifest: &Json) -> Result<ComponentLayer, String> {
        ComponentLayer::of(&serde_json::to_vec(manifest).expect("JSON"), 1_000)
    }

    #[test]
    fn components_of_other_tools_are_found() {
        let found = ComponentLayer { digest: DIGEST.to_owned(), size: 1_000 };
        for config in CONFIG_MEDIA_TYPES {
            for media_type in [LAYER_MEDIA_TYPE, OLD_LAYER_MEDIA_TYPE] {
                assert_eq!(
                    find(&manifest(config, &[layer(media_type, 1_000)])),
                    Ok(found.clone()),
                    "{config} {media_type}"
                );
            }
        }
    }

    #[test]
    fn a_component_that_is_too_large_is_refused() {
        let sized = |size| find(&manifest(CONFIG_MEDIA_TYPE, &[layer(LAYER_MEDIA_TYPE, size)]));
        insta::assert_snapshot!(sized(1_001).expect_err("it is too large"), @"it has 1001 bytes, and a component has at most 1000");
        insta::assert_snapshot!(sized(-1).expect_err("it is negative"), @"it has -1 bytes, and a component has at most 1000");
    }

    #[test]
    fn other_artifacts_are_refused() {
        let error = |manifest: &Json| find(manifest).expect_err("it is no component");
        let wasm = layer(LAYER_MEDIA_TYPE, 1);
        insta::assert_snapshot!(error(&manifest(CONFIG_MEDIA_TYPE, &[])), @"it has 0 layers, and a component has one, of type application/wasm");
        insta::assert_snapshot!(error(&manifest(CONFIG_MEDIA_TYPE, &[wasm.clone(), wasm.clone()])), @"it has 2 layers, and a component has one, of type application/wasm");
        insta::assert_snapshot!(error(&manifest(CONFIG_MEDIA_TYPE, &[layer("text/\u{1b}plain", 1)])), @"its layer is of type [text/plain], must be application/wasm");
        insta::assert_snapshot!(error(&manifest("application/vnd.oci.image.config.v1+json", &[wasm])), @"its configuration is of type [application/vnd.oci.image.config.v1+json], must be application/vnd.wasm.config.v0+json");
        insta::assert_snapshot!(error(&json!({ "schemaVersion": 2, "manifests": [] })), @"it is a list of artifacts for several platforms, and a component has no platform");
        insta::assert_snapshot!(error(&json!("manifest")), @r#"its manifest cannot be read: invalid type: string "manifest", expected struct AnyManifest at line 1 column 10"#);
    }
}
