//! The contract with functions, `wit/udf.wit`, and the worlds that functions implement.

use anyhow::Result;
use quidditch_function::Roles;
use wit_parser::{Resolve, WorldId};

const UDF_WIT: &str = include_str!("../../../wit/udf.wit");

/// The name of the world of a project. Names in generated bindings contain it.
pub(crate) const WORLD: &str = "function";

/// The contract in WIT, with a world named [`WORLD`] that exports the interfaces of these roles.
pub(crate) fn wit(roles: Roles) -> String {
    let exports: String = roles.iter().map(|role| format!("  export {};\n", role.name())).collect();
    format!("{UDF_WIT}\nworld {WORLD} {{\n  import log;\n  export metadata;\n{exports}}}\n")
}

/// The parsed contract, and the world of these roles.
pub(crate) fn resolve(roles: Roles) -> Result<(Resolve, WorldId)> {
    resolve_world(&wit(roles), WORLD)
}

/// The parsed contract, and a world that imports the log and nothing else.
pub(crate) fn resolve_log() -> Result<(Resolve, WorldId)> {
    resolve_world(&format!("{UDF_WIT}\nworld only-log {{\n  import log;\n}}\n"), "only-log")
}

fn resolve_world(wit: &str, name: &str) -> Result<(Resolve, WorldId)> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("udf.wit", wit)?;
    let world = resolve.select_world(&[package], Some(name))?;
    Ok((resolve, world))
}
