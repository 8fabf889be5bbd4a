//! The command line.

use anyhow::{Context, Result};
use quidditch_storage::StoreUrl;

use crate::{bundle, compiler, index, search, serve, udf};

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed, or found something wrong
  2  wrong usage
  3  partly done: documents were skipped";

/// Full-text search with filters and scorers of your own.
#[derive(clap::Parser)]
#[command(name = "quidditch", version, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(clap::Args)]
pub(crate) struct Global {
    /// Where indices and functions are: a folder, or s3://BUCKET/PREFIX
    #[arg(long, value_name = "URL", env = "QUIDDITCH_STORE", default_value = "./.quidditch", global = true)]
    pub(crate) store: String,
    /// Print JSON, for programs
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Say more on standard error; twice for even more
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
    /// Make, fill, look at, tidy up and delete indices
    #[command(subcommand)]
    Index(index::Command),
    /// Search an index
    Search(search::Arguments),
    /// Publish, look at and try functions
    #[command(subcommand)]
    Udf(udf::Command),
    /// Put a Spin app together, with functions linked into it
    Bundle(bundle::Arguments),
    /// Answer searches over HTTP
    Serve(serve::Arguments),
    /// Compile the component on standard input, within limits
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
