//! The last steps of building a component.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use wasm_metadata::{AddMetadata, AddMetadataField, Authors, Description, Licenses, Version};
use wit_component::{ComponentEncoder, targets};
use wit_parser::Resolve;

use crate::manifest::About;
use crate::names::without_names;
use crate::short_names::with_short_names;

/// Makes a component from a module that has the name of its world in a custom section.
pub(crate) fn from_module(module: &[u8]) -> Result<Vec<u8>> {
    ComponentEncoder::default().module(module)?.encode()
}

/// Checks that a component is valid and implements the world, and adds the metadata.
pub(crate) fn finish(component: &[u8], about: &About, wit: &Path, world: &str) -> Result<Vec<u8>> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(wit)?;
    let world = resolve.select_world(&[package], Some(world))?;
    targets(&resolve, world, component, false)?;

    let mut metadata = AddMetadata::default();
    metadata.name = AddMetadataField::Set(about.name.clone());
    metadata.version = AddMetadataField::Set(Version::new(about.version.clone()));
    metadata.description = AddMetadataField::Set(Description::new(about.description.clone()));
    metadata.licenses =
        AddMetadataField::Set(Licenses::new(&about.license).context("the licence is not an SPDX expression")?);
    metadata.authors = AddMetadataField::Set(Authors::new(about.authors.join(", ")));
    metadata.to_wasm(&with_short_names(&without_names(component)?)?)
}

/// Replaces a file atomically: a concurrent reader sees the old or the new content.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let new = path.with_extension("new");
    fs::write(&new, bytes).with_context(|| format!("cannot write {}", new.display()))?;
    fs::rename(&new, path).with_context(|| format!("cannot write {}", path.display()))
}
