//! Rust: a package with a `cdylib`, and `package.metadata.quidditch.roles` in its `Cargo.toml`.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::AuthoringError;
use crate::options::{Made, Names, Options};
use crate::project::Project;
use crate::tool::Tool;

const INSTALL: &str = "install Rust with rustup (https://rustup.rs), and `rustup target add wasm32-unknown-unknown`";

/// Modules for this target import nothing of a system.
const TARGET: &str = "wasm32-unknown-unknown";

/// Always calls cargo, which knows what has changed.
pub(super) fn make(project: &Project, options: &Options) -> Result<Made, AuthoringError> {
    let name = &project.about.name;
    let profile = &options.cargo_profile;
    // Only the `cdylib`: if an `rlib` is built as well, cargo does not use link-time optimisation.
    let cargo = Tool::new("cargo", INSTALL).in_folder(&project.folder);
    let mut cargo = options.cargo_environment.iter().fold(cargo, |cargo, (name, value)| cargo.env(name, value));
    if options.names == Names::Keep {
        let profile = profile.to_uppercase().replace('-', "_");
        cargo = cargo
            .env(&format!("CARGO_PROFILE_{profile}_STRIP"), "none")
            .env(&format!("CARGO_PROFILE_{profile}_DEBUG"), "line-tables-only");
    }
    let messages = cargo
        .args(["rustc", "--quiet", "--package", name, "--profile", profile, "--target", TARGET])
        // Errors and warnings stay texts.
        .args(["--message-format", "json-render-diagnostics"])
        .args(["--lib", "--crate-type", "cdylib"])
        .read(options.report)?;
    let manifest = project.source.canonicalize().map_err(AuthoringError::file("read", &project.source))?;
    let module = module(&messages, &manifest).ok_or_else(|| AuthoringError::Project {
        path: project.source.clone(),
        reason: "cargo built it, and does not say where the module is: check `cargo --version`".to_owned(),
    })?;
    Ok(Made::Module(fs::read(&module).map_err(AuthoringError::file("read", module))?))
}

/// What cargo says on a line of its standard output.
#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Message {
    CompilerArtifact {
        manifest_path: PathBuf,
        filenames: Vec<PathBuf>,
    },
    #[serde(other)]
    Other,
}

/// The module that was made of a package. Its file is called like the library, which may have another name than the package.
fn module(messages: &str, manifest: &Path) -> Option<PathBuf> {
    let module = |line: &str| match serde_json::from_str(line).ok()? {
        Message::CompilerArtifact { manifest_path, filenames } if manifest_path == manifest => {
            filenames.into_iter().find(|file| file.extension().is_some_and(|extension| extension == "wasm"))
        }
        _ => None,
    };
    messages.lines().find_map(module)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_is_that_of_the_library_of_the_package() {
        // What cargo 1.95 prints, shortened.
        let messages = r#"
            {"reason":"compiler-artifact","package_id":"a","manifest_path":"/home/ada/dependency/Cargo.toml","target":{"kind":["cdylib"]},"filenames":["/home/ada/target/deps/dependency.wasm"],"fresh":false}
            {"reason":"build-script-executed","package_id":"b","linked_libs":[],"env":[]}
            {"reason":"compiler-artifact","package_id":"b","manifest_path":"/home/ada/at_least/Cargo.toml","target":{"kind":["custom-build"]},"filenames":["/home/ada/target/build/build-script-build"],"fresh":true}
            {"reason":"compiler-artifact","package_id":"b","manifest_path":"/home/ada/at_least/Cargo.toml","target":{"kind":["cdylib"],"name":"minimum"},"filenames":["/home/ada/target/minimum.wasm"],"executable":null,"fresh":true}
            {"reason":"build-finished","success":true}"#;
        let module = |manifest: &str| module(messages, Path::new(manifest));
        assert_eq!(module("/home/ada/at_least/Cargo.toml"), Some("/home/ada/target/minimum.wasm".into()));
        assert_eq!(module("/home/ada/other/Cargo.toml"), None);
    }
}
