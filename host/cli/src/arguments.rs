//! Arguments that all commands share.

use anyhow::{Context, Result};
use quidditch_storage::StoreUrl;

/// Options of every command.
#[derive(clap::Args)]
pub(crate) struct Global {
    /// Store of indices and functions: a folder, or s3://BUCKET/PREFIX
    #[arg(long, value_name = "URL", env = "QUIDDITCH_STORE", default_value = "./.quidditch", global = true)]
    pub(crate) store: String,
    /// Print JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Log more to standard error (repeatable)
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub(crate) verbose: u8,
}

impl Global {
    /// What `--store` names.
    pub(crate) fn store_url(&self) -> Result<StoreUrl> {
        self.store.parse().with_context(|| format!("invalid store [{}]", self.store))
    }
}
