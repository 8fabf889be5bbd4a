//! The command line.

use anyhow::{Context, Result};
use quidditch_storage::StoreUrl;

use crate::{bundle, compiler, index, search, serve, udf};

const EXIT_CODES: &str = "\
Exit codes:
  0  success
  1  failure, or problems found
  2  invalid usage
  3  partial success: documents were skipped";

/// Full-text search with user-defined filters and scorers
#[derive(clap::Parser)]
#[command(name = "quidditch", version, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

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

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Create, fill, inspect, maintain and delete indices
    #[command(subcommand)]
    Index(index::Command),
    /// Search an index
    Search(search::Arguments),
    /// Publish, inspect and test functions
    #[command(subcommand)]
    Udf(udf::Command),
    /// Build a Spin app with functions linked into it
    Bundle(bundle::Arguments),
    /// Serve the HTTP API
    Serve(serve::Arguments),
    /// Compile the component on standard input within limits
    #[command(hide = true)]
    CompileComponent(compiler::Arguments),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Arguments::command().debug_assert();
    }
}
