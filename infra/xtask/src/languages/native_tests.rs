//! Tests of SDKs and example functions in their own language, which need neither a component nor the engine.

use anyhow::Result;
use quidditch_authoring::{Language, is_installed};
use xshell::{Shell, cmd};

use crate::workspace::root;

/// The modules of Go that have tests.
const IN_GO: [&str; 3] = ["udfs/sdk/go", "udfs/examples/business_hours", "udfs/examples/json_path"];

/// Runs them in the languages that are installed, and says which it skips.
pub(super) fn run(sh: &Shell) -> Result<()> {
    if is_installed(Language::Go) {
        for module in IN_GO {
            let _folder = sh.push_dir(root().join(module));
            cmd!(sh, "go test ./...").run()?;
        }
    } else {
        println!("skipped: the tests of the SDK and the examples in Go, as it is not installed");
    }
    if is_installed(Language::JavaScript) {
        let _folder = sh.push_dir(root().join("udfs/sdk/javascript"));
        cmd!(sh, "node --test").run()?;
    } else {
        println!("skipped: the tests of the SDK for JavaScript, as Node.js is not installed");
    }
    Ok(())
}
