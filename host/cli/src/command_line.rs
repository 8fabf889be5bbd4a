//! The command line.

use crate::arguments::Global;
use crate::{alias, bundle, compiler, credential, index, key, script, search, serve, udf};

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

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Create, fill, inspect, maintain and delete indices
    #[command(subcommand)]
    Index(index::Command),
    /// Give indices other names, which can be moved to other indices at once
    #[command(subcommand)]
    Alias(alias::Command),
    /// Search an index
    Search(search::Arguments),
    /// Publish, inspect and test functions
    #[command(subcommand)]
    Udf(udf::Command),
    /// Make and trust the keys that sign functions
    #[command(subcommand)]
    Key(key::Command),
    /// Store, list and delete scripts
    #[command(subcommand)]
    Script(script::Command),
    /// Build a Spin app with functions linked into it
    Bundle(bundle::Arguments),
    /// Make tokens and hashes of passwords, for servers that others can reach
    #[command(subcommand)]
    Credential(credential::Command),
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
