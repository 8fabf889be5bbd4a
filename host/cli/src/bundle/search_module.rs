//! Where the search module is.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// Beside this program, as in an installation.
const BESIDE: &str = "quidditch-search.wasm";
/// In cargo's target folder, where this program lies in a folder of the profile.
const BUILT: &str = "spin/search.wasm";

/// The search module: the file that is given, or the one that belongs to this program.
pub(super) fn read(given: Option<&Path>) -> Result<Vec<u8>> {
    let path = match given {
        Some(path) => path.to_owned(),
        None => find()?,
    };
    fs::read(&path).with_context(|| format!("cannot read the search module {}", path.display()))
}

fn find() -> Result<PathBuf> {
    let program = env::current_exe().context("cannot tell where this program is")?;
    let folder = program.parent().unwrap_or(Path::new("."));
    let beside = folder.join(BESIDE);
    let built = folder.parent().unwrap_or(folder).join(BUILT);
    match [&beside, &built].into_iter().find(|path| path.is_file()) {
        Some(path) => Ok(path.clone()),
        None => bail!(
            "there is no search module, neither {} nor {}: build it with `cargo xtask package spin`, and name it with --app",
            beside.display(),
            built.display()
        ),
    }
}
