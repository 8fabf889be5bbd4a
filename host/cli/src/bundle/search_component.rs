//! Finds the search component.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// Name of the file next to this program, in an installation.
const INSTALLED: &str = "quidditch-search.wasm";
/// Path of the file in cargo's target folder, which contains this program in a folder named after the profile.
const BUILT: &str = "spin/search.wasm";

/// Reads the search component from `path`, or else the one that belongs to this program.
pub(super) fn read(path: Option<&Path>) -> Result<Vec<u8>> {
    let path = match path {
        Some(path) => path.to_owned(),
        None => find()?,
    };
    fs::read(&path).with_context(|| format!("cannot read the search component {}", path.display()))
}

fn find() -> Result<PathBuf> {
    let program = env::current_exe().context("cannot determine the path of this program")?;
    let folder = program.parent().unwrap_or(Path::new("."));
    let installed = folder.join(INSTALLED);
    let built = folder.parent().unwrap_or(folder).join(BUILT);
    match [&installed, &built].into_iter().find(|path| path.is_file()) {
        Some(path) => Ok(path.clone()),
        None => bail!(
            "search component not found at {} or {}; build it with `cargo xtask package spin`, or specify it with --app",
            installed.display(),
            built.display()
        ),
    }
}
