//! The workspace: its root and its packages.

use std::env;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use anyhow::{Context, Result};
use serde::Deserialize;
use xshell::{Shell, cmd};

/// The root of the repository.
///
/// Taken from cargo at run time: at build time the path may have been that of another clone with the same target folder.
pub(crate) fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let given = env::var_os(CRATE_FOLDER).or_else(|| env::var_os(XTASK_FOLDER));
        let crate_folder = given.map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        // Not canonicalized, since it is compared with paths that cargo prints.
        crate_folder.ancestors().nth(2).expect("xtask is two folders deep").to_owned()
    });
    &ROOT
}

/// The folder of the crate that cargo runs a program or a build script of.
const CRATE_FOLDER: &str = "CARGO_MANIFEST_DIR";

/// Its name in the program of [`run_without_package`].
const XTASK_FOLDER: &str = "QUIDDITCH_XTASK_FOLDER";

/// Restarts this program without the variables that describe its package, which `cargo run` sets; returns if they are not set.
///
/// `cargo` passes them on to build scripts, and some dependencies declare that they depend on them: these would be compiled again
/// for each clone, and whenever `cargo` is called directly.
pub(crate) fn run_without_package() -> Result<()> {
    let Some(crate_folder) = env::var_os(CRATE_FOLDER) else { return Ok(()) };
    let mut program = Command::new(env::current_exe()?);
    program.args(env::args_os().skip(1)).env(XTASK_FOLDER, crate_folder);
    for (name, _) in env::vars_os() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|start| name.to_string_lossy().starts_with(start)) {
            program.env_remove(&name);
        }
    }
    Err(program.exec()).context("cannot start this program again")
}

/// The output of `cargo metadata`.
#[derive(Deserialize)]
pub(crate) struct Workspace {
    pub(crate) target_directory: PathBuf,
    pub(crate) packages: Vec<Package>,
}

/// A package of the workspace.
#[derive(Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) description: Option<String>,
    pub(crate) dependencies: Vec<Dependency>,
}

/// A dependency of a package, as declared in its manifest.
#[derive(Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// `dev` or `build`; `None` for a normal dependency.
    pub(crate) kind: Option<String>,
}

impl Workspace {
    /// Runs `cargo metadata`.
    pub(crate) fn load(sh: &Shell) -> Result<Self> {
        let json = cmd!(sh, "cargo metadata --no-deps --format-version 1").quiet().read()?;
        serde_json::from_str(&json).context("cannot parse the output of cargo metadata")
    }
}
