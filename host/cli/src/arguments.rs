//! Arguments that all commands share.

use std::path::PathBuf;

use anyhow::{Context, Result};
use quidditch_storage::StoreUrl;

use crate::key_folder::KeyFolder;

/// Options of every command.
#[derive(clap::Args)]
pub(crate) struct Global {
    /// Store of indices and functions: a folder, or s3://BUCKET/PREFIX
    #[arg(long, value_name = "URL", env = "QUIDDITCH_STORE", default_value = "./.quidditch", global = true)]
    pub(crate) store: String,
    /// Print JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Use only functions that a key of the key folder has signed
    #[arg(long, env = "QUIDDITCH_REQUIRE_SIGNATURES", global = true)]
    pub(crate) require_signatures: bool,
    /// Folder of keys; by default `quidditch/keys` in the folder of the user's settings, such as ~/.config
    #[arg(long, value_name = "DIR", env = "QUIDDITCH_KEYS", global = true)]
    pub(crate) keys: Option<PathBuf>,
    /// Log more to standard error (repeatable)
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub(crate) verbose: u8,
}

impl Global {
    /// What `--store` names.
    pub(crate) fn store_url(&self) -> Result<StoreUrl> {
        self.store.parse().with_context(|| format!("invalid store [{}]", self.store))
    }

    /// The folder of keys.
    pub(crate) fn key_folder(&self) -> KeyFolder {
        match &self.keys {
            Some(folder) => KeyFolder::Named(folder.clone()),
            None => KeyFolder::of_user(),
        }
    }
}
