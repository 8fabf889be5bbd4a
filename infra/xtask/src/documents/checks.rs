//! Checks of blocks that are compared with a file instead of being run.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::Value as Json;

use crate::workspace::root;

/// Checks that a script is that of a scenario, which other tests run and compare with OpenSearch.
pub(super) fn is_scenario(name: &str, script: &str) -> Result<()> {
    let file = root().join("tests/scenarios/migration").join(name).join("request.json");
    let request = fs::read_to_string(&file).with_context(|| format!("no scenario [{name}]"))?;
    let request: Json = serde_json::from_str(&request)?;
    ensure!(has_source(&request, script.trim_end()), "the scenario [{name}] has another script");
    Ok(())
}

fn has_source(json: &Json, source: &str) -> bool {
    match json {
        Json::Object(object) => {
            object.get("source").is_some_and(|found| found == source)
                || object.values().any(|value| has_source(value, source))
        }
        Json::Array(items) => items.iter().any(|item| has_source(item, source)),
        _ => false,
    }
}

/// Checks that all that is set in a block of Terraform are variables of the module.
pub(super) fn has_only_variables(text: &str) -> Result<()> {
    let variables = fs::read_to_string(root().join("infra/terraform/variables.tf"))?;
    for line in text.lines().filter(|line| line.starts_with("  ")) {
        let Some((name, _)) = line.split_once('=') else { continue };
        let name = name.trim();
        ensure!(
            name == "source" || variables.contains(&format!("variable \"{name}\"")),
            "the Terraform module has no variable [{name}]"
        );
    }
    Ok(())
}
