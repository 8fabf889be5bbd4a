//! Rust: a package with a `cdylib`, and `package.metadata.quidditch.roles` in its `Cargo.toml`.

use std::fs;

use crate::cargo::{cargo, target_directory};
use crate::error::AuthoringError;
use crate::options::{Made, Names, Options};
use crate::project::Project;

/// Modules for this target import nothing of a system.
const TARGET: &str = "wasm32-unknown-unknown";

/// Always calls cargo, which knows what has changed.
pub(super) fn make(project: &Project, options: &Options) -> Result<Made, AuthoringError> {
    let name = &project.about.name;
    let profile = &options.cargo_profile;
    // Only the `cdylib`: if an `rlib` is built as well, cargo does not use link-time optimisation.
    let variables = options.cargo_environment.iter();
    let mut cargo = variables.fold(cargo(&project.folder), |cargo, (name, value)| cargo.env(name, value));
    if options.names == Names::Keep {
        let profile = profile.to_uppercase().replace('-', "_");
        cargo = cargo
            .env(&format!("CARGO_PROFILE_{profile}_STRIP"), "none")
            .env(&format!("CARGO_PROFILE_{profile}_DEBUG"), "line-tables-only");
    }
    cargo
        .args(["rustc", "--quiet", "--package", name, "--profile", profile, "--target", TARGET])
        .args(["--lib", "--crate-type", "cdylib"])
        .run(options.report)?;
    let folder = if profile == "dev" { "debug" } else { profile };
    let target = target_directory(&project.folder)?.join(TARGET).join(folder);
    let module = target.join(name).with_extension("wasm");
    Ok(Made::Module(fs::read(&module).map_err(AuthoringError::file("read", module))?))
}
