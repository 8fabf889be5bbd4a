//! `quidditch udf pull`.

use anyhow::Result;
use quidditch_oci::Reference;

use super::published::PublishingArguments;
use crate::arguments::Global;
use crate::oci::{self, Names, PullOptions};
use crate::outcome::Outcome;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Component in an OCI registry, by tag or digest, such as ghcr.io/team/number_range:1.0.0
    reference: Reference,
    /// Name of the function; by default the last part of the repository
    #[arg(long)]
    name: Option<String>,
    /// Semantic version; by default the tag, or else the version in the component's metadata
    #[arg(long = "version", value_name = "VERSION")]
    version_number: Option<String>,
    #[command(flatten)]
    pull: PullOptions,
    #[command(flatten)]
    publishing: PublishingArguments,
}

pub(super) async fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    let installation = arguments.publishing.open(global)?;
    let specified = Names { name: arguments.name.clone(), version: arguments.version_number.clone() };
    let provenance = arguments.publishing.provenance(&installation, None);
    let publication = oci::pull(&arguments.reference, &arguments.pull, specified, provenance).await?;
    let published = installation.registry.publish_for(&publication, &arguments.publishing.targets).await?;
    arguments.publishing.report(global, &published)
}
