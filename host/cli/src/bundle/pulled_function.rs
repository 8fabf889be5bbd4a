//! A function that a bundle takes from an OCI registry.

use std::sync::Arc;

use anyhow::{Context, Result};
use quidditch_bundle::BundledFunction;
use quidditch_clock::Clock;
use quidditch_function::Provenance;
use quidditch_oci::Reference;
use quidditch_registry::{Registry, Settings};
use quidditch_storage::MemoryStorage;
use serde_json::json;

use crate::installation::loader;
use crate::oci::{self, Names, PullOptions};

/// Pulls it. It is published, with all checks, in a store that only this command has: the one of the command does not change.
pub(super) async fn pull(function: &str, options: &PullOptions, clock: &Arc<dyn Clock>) -> Result<BundledFunction> {
    let reference: Reference = function.parse().with_context(|| format!("invalid reference [{function}]"))?;
    let provenance = Provenance { published_unix_millis: clock.unix_millis(), ..Provenance::default() };
    let publication = oci::pull(&reference, options, Names::default(), provenance).await?;
    let storage = Arc::new(MemoryStorage::new());
    let registry = Registry::new(storage, loader(None)?, Settings::default(), Arc::clone(clock));
    let record = registry.publish(&publication).await?.record;
    Ok(BundledFunction {
        id: record.id().to_string(),
        record: json!(record).to_string(),
        component: publication.component.into(),
    })
}
