//! The targets of WebAssembly, and whether a compiler has them.

use std::path::{Path, PathBuf};

use anyhow::Result;
use xshell::{Shell, cmd};

/// The targets of functions (`wasm32-unknown-unknown`) and of the search component (`wasm32-wasip2`).
pub(crate) const TARGETS: [&str; 2] = ["wasm32-unknown-unknown", "wasm32-wasip2"];

/// The folder that has a compiler's standard libraries.
pub(crate) fn sysroot(sh: &Shell, rustc: &str) -> Result<PathBuf> {
    Ok(cmd!(sh, "{rustc} --print sysroot").quiet().read()?.into())
}

/// Whether the standard library is installed for every target.
pub(crate) fn has_targets(sysroot: &Path) -> bool {
    TARGETS.iter().all(|target| {
        let library = sysroot.join("lib/rustlib").join(target).join("lib");
        library.read_dir().is_ok_and(|mut files| {
            files.any(|file| file.is_ok_and(|file| file.file_name().to_string_lossy().starts_with("libstd-")))
        })
    })
}
