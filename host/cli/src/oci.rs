//! Functions in OCI registries.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use quidditch_function::Provenance;
use quidditch_oci::{CosignKey, PulledComponent, Reference, RegistryClient, SCHEME, Transport};
use quidditch_registry::Publication;
use quidditch_sandbox::{SandboxLimits, package};

/// How a command reaches a registry.
#[derive(clap::Args)]
pub(crate) struct RegistryOptions {
    /// Reach the OCI registry over HTTP, which anyone on the way can read and change; on this machine, HTTP is the default
    #[arg(long)]
    plain_http: bool,
}

impl RegistryOptions {
    /// The registry of a reference.
    pub(crate) fn client(&self, reference: &Reference) -> Result<RegistryClient> {
        let transport = if self.plain_http { Transport::Plain } else { Transport::Secure };
        Ok(RegistryClient::new(reference, transport)?)
    }
}

/// How a command pulls components.
#[derive(clap::Args)]
pub(crate) struct PullOptions {
    #[command(flatten)]
    registry: RegistryOptions,
    /// Public key of cosign, as in cosign.pub: a component from an OCI registry must be signed by it, or by another one that is
    /// specified (repeatable)
    #[arg(long = "cosign-key", value_name = "FILE")]
    cosign_keys: Vec<PathBuf>,
}

impl PullOptions {
    /// Whether components must be signed with cosign.
    pub(crate) fn require_cosign(&self) -> bool {
        !self.cosign_keys.is_empty()
    }

    /// The keys that must have signed a component, or none if it needs no signature.
    fn keys(&self) -> Result<Vec<CosignKey>> {
        let keys = self.cosign_keys.iter().map(|file| CosignKey::read(file));
        Ok(keys.collect::<Result<_, _>>()?)
    }
}

/// The reference with its scheme, as records have it.
pub(crate) fn url(reference: &Reference) -> String {
    format!("{SCHEME}{reference}")
}

/// What a pulled component is published as, if not as its reference says.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) name: Option<String>,
    pub(crate) version: Option<String>,
}

/// Pulls a component to publish it. The name and version that were specified come first, then those in the reference: a component must
/// not choose whose place it takes. The version in its metadata is taken if there is no other. `published_from` of the provenance becomes
/// the reference with the digest.
pub(crate) async fn pull(
    reference: &Reference,
    options: &PullOptions,
    specified: Names,
    provenance: Provenance,
) -> Result<Publication> {
    if reference.tag().is_none() && !reference.has_digest() {
        bail!("{reference} has neither a tag nor a digest; specify {reference}:TAG or {reference}@DIGEST");
    }
    let keys = options.keys()?;
    let client = options.registry.client(reference)?;
    let PulledComponent { component, pinned } = client.pull(SandboxLimits::default().component_bytes, &keys).await?;
    let name = specified.name.unwrap_or_else(|| reference.name().to_owned());
    let version = specified.version.or_else(|| reference.version()).or_else(|| package(&component).version);
    Ok(Publication {
        name,
        version: version
            .with_context(|| format!("{reference} has no version in its tag or metadata; specify --version"))?,
        component,
        provenance: Provenance { published_from: Some(url(&pinned)), ..provenance },
    })
}
