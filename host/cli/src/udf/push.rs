//! `quidditch udf push`.

use anyhow::{Result, ensure};
use quidditch_oci::{Artifact, ComponentDescription, Reference};
use quidditch_sandbox::interfaces;
use serde_json::json;

use crate::arguments::Global;
use crate::installation::Installation;
use crate::oci::{self, RegistryOptions};
use crate::outcome::Outcome;
use crate::output::{print, print_json};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Where to push it in an OCI registry, such as ghcr.io/team/number_range:1.0.0; without a tag, the tag is the version
    reference: Reference,
    /// Name of the function; by default the last part of the repository
    #[arg(long)]
    name: Option<String>,
    /// Version of the function, or a requirement such as ^1.2; by default the tag if it is a version, or else the highest release
    #[arg(long = "version", value_name = "VERSION")]
    version_number: Option<String>,
    #[command(flatten)]
    registry: RegistryOptions,
}

pub(super) async fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    let reference = &arguments.reference;
    ensure!(!reference.has_digest(), "cannot push to {reference}: a digest follows from what is pushed; specify a tag");
    let name = arguments.name.as_deref().unwrap_or(reference.name());
    let version = arguments.version_number.clone().or_else(|| reference.version());
    let registry = Installation::open(global, None)?.registry;
    let (record, component) = registry.component_of(name, version.as_deref()).await?;

    let version = record.version.to_string();
    let interfaces = interfaces(&component);
    let description = ComponentDescription {
        name: &record.name,
        version: &version,
        summary: &record.summary,
        about: &record.about,
        published_unix_millis: record.provenance.published_unix_millis,
        imports: &interfaces.imports,
        exports: &interfaces.exports,
    };
    let target = if reference.tag().is_some() { reference.clone() } else { reference.with_version(&version) };
    let pushed = arguments.registry.client(&target)?.push(&Artifact::new(component, &description)).await?;
    if global.json {
        print_json(&json!({ "name": record.name, "version": record.version, "pushed_to": oci::url(&pushed) }))?;
    } else {
        print(&format!("pushed {} to {pushed}", record.id()))?;
    }
    Ok(Outcome::Done)
}
