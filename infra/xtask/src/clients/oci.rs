//! The tests with an OCI registry, and with other tools that push to it and pull from it.

use std::path::Path;

use anyhow::{Context, Result};
use xshell::{Shell, cmd};

use super::installed::runs;
use crate::go_tools::GoTool;
use crate::workspace::root;
use crate::{components, package};

const ORAS: GoTool = GoTool { package: "oras.land/oras/cmd/oras", version: "v1.3.6" };

const REGISTRY: GoTool = GoTool { package: "github.com/distribution/distribution/v3/cmd/registry", version: "v3.0.0" };

/// The function that is pushed and pulled.
const FUNCTION: &str = "number_range";

pub(super) fn run(sh: &Shell, quidditch: &Path) -> Result<()> {
    if !runs(sh, "go version") {
        println!("skipped: the tests with an OCI registry, as go, with which it is installed, is not installed");
        return Ok(());
    }
    let (oras, registry) = (ORAS.ensure(sh)?, REGISTRY.ensure(sh)?);
    // Bundles are made with it.
    package::build_search_component_for_tests(sh)?;
    let functions = components::build_all(sh)?;
    let function = functions.iter().find(|built| built.name == FUNCTION);
    let function = function.with_context(|| format!("function [{FUNCTION}] not found"))?;
    let _tests = sh.push_dir(root().join("tests/clients/oci"));
    cmd!(sh, "go test -count=1 ./...")
        .env("QUIDDITCH", quidditch)
        .env("ORAS", oras)
        .env("REGISTRY", registry)
        .env("COMPONENT", &function.path)
        .run()?;
    Ok(())
}
