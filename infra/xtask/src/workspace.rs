//! Where things are.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use anyhow::{Context, Result};
use serde::Deserialize;
use xshell::{Shell, cmd};

/// The root of the repository.
///
/// Cargo says at run time where this crate is. What it said at build time may be another clone with the same build folder.
pub(crate) fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let crate_folder =
            env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        // As cargo itself writes paths, since they are compared.
        crate_folder.ancestors().nth(2).expect("xtask lies two folders deep").to_owned()
    });
    &ROOT
}

/// What `cargo metadata` says of the workspace.
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
    pub(crate) license: Option<String>,
    pub(crate) authors: Vec<String>,
    pub(crate) manifest_path: PathBuf,
    /// The table `package.metadata`.
    pub(crate) metadata: Option<serde_json::Value>,
    pub(crate) dependencies: Vec<Dependency>,
}

/// A dependency of a package, as its manifest gives it.
#[derive(Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// `dev` or `build`; `None` for all else.
    pub(crate) kind: Option<String>,
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn load(sh: &Shell) -> Result<Self> {
        let json = cmd!(sh, "cargo metadata --no-deps --format-version 1").quiet().read()?;
        serde_json::from_str(&json).context("cannot read what cargo metadata says")
    }
}
