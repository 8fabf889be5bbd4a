//! `quidditch udf pull`.

use anyhow::Result;
use quidditch_function::{Provenance, Target};
use quidditch_oci::Reference;

use super::actor::Actor;
use super::published;
use crate::arguments::Global;
use crate::installation::Installation;
use crate::oci::{self, Names, RegistryOptions};
use crate::outcome::Outcome;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Component in an OCI registry, by tag or digest, such as ghcr.io/team/number_range:1.0.0
    reference: Reference,
    /// Name of the function; by default the name in the component's metadata, or else the last part of the repository
    #[arg(long)]
    name: Option<String>,
    /// Semantic version; by default the version in the component's metadata, or else the tag
    #[arg(long = "version", value_name = "VERSION")]
    version_number: Option<String>,
    /// Target to compile for ahead of time, in addition to this machine (repeatable)
    #[arg(long = "target", value_name = "TARGET", default_values = published::TARGETS)]
    targets: Vec<Target>,
    /// Key to sign with; by default the one named `default`, if it exists
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    #[command(flatten)]
    registry: RegistryOptions,
    #[command(flatten)]
    actor: Actor,
}

pub(super) async fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    let installation = Installation::open_to_publish(global, arguments.key.as_deref())?;
    let specified = Names { name: arguments.name.clone(), version: arguments.version_number.clone() };
    let provenance = Provenance {
        published_unix_millis: installation.clock.unix_millis(),
        published_by: arguments.actor.name(),
        published_from: None,
    };
    let publication = oci::pull(&arguments.reference, &arguments.registry, specified, provenance).await?;
    let published = installation.registry.publish_for(&publication, &arguments.targets).await?;
    published::report(global, &published)
}
