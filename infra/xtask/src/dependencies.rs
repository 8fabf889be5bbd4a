//! Checks what the dependencies are: `deny.toml` has the rules.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::tools::Tool;

const CARGO_DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };

/// Checks licences, banned and duplicate packages, and where packages come from.
pub(crate) fn check(sh: &Shell) -> Result<()> {
    let deny = CARGO_DENY.ensure(sh)?;
    cmd!(sh, "{deny} --locked check --hide-inclusion-graph licenses bans sources").run()?;
    Ok(())
}
