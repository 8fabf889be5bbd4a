//! The last steps of building a component.

use anyhow::{Context, Result};
use quidditch_function::Roles;
use wasm_metadata::{AddMetadata, AddMetadataField, Authors, Description, Licenses, Version};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata, targets};
use wit_parser::{Resolve, WorldId};

use crate::about::About;
use crate::contract;
use crate::encoder::encode;
use crate::names::without_names;
use crate::options::Names;
use crate::short_names::with_short_names;

/// The module that a component has in the place of WASI: functions have no clock, no files and no randomness.
const WASI: (&str, &str) = ("wasi_snapshot_preview1", include_str!("wasi.wat"));

/// Makes a component of a module that exports what the canonical ABI demands of these roles.
pub(crate) fn from_module(module: &[u8], roles: Roles, names: Names) -> Result<Vec<u8>> {
    let (resolve, world) = contract::resolve(roles)?;
    if let Some(component) = encode(module, &resolve, world, names)? {
        return Ok(component);
    }
    let (name, wasi) = WASI;
    let module = with_types(module.to_vec(), (resolve, world))?;
    let wasi = with_types(wat::parse_str(wasi)?, contract::resolve_log()?)?;
    ComponentEncoder::default().module(&module)?.adapter(name, &wasi)?.encode()
}

/// Adds the types of what a module imports and exports.
fn with_types(mut module: Vec<u8>, (resolve, world): (Resolve, WorldId)) -> Result<Vec<u8>> {
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false)?;
    Ok(module)
}

/// Checks that a component is valid and has these roles, and adds the metadata.
pub(crate) fn finish(component: &[u8], about: &About, roles: Roles, names: Names) -> Result<Vec<u8>> {
    let (resolve, world) = contract::resolve(roles)?;
    targets(&resolve, world, component, false)?;

    let mut metadata = AddMetadata::default();
    metadata.name = AddMetadataField::Set(about.name.clone());
    metadata.version = AddMetadataField::Set(Version::new(about.version.clone()));
    metadata.description = AddMetadataField::Set(Description::new(about.description.clone()));
    metadata.licenses =
        AddMetadataField::Set(Licenses::new(&about.license).context("the licence is not an SPDX expression")?);
    if !about.authors.is_empty() {
        metadata.authors = AddMetadataField::Set(Authors::new(about.authors.join(", ")));
    }
    match names {
        Names::Keep => metadata.to_wasm(component),
        Names::Remove => metadata.to_wasm(&with_short_names(&without_names(component)?)?),
    }
}
