//! A C compiler for WebAssembly.

use anyhow::Result;
use quidditch_authoring::{AuthoringError, C_PACKAGES_OF_DEBIAN, CToolchain};
use xshell::Shell;

use crate::debian_packages::{install_debian_packages, may_install_debian_packages};

/// Finds a C compiler for WebAssembly, or installs it on Debian.
pub(crate) fn ensure_c(sh: &Shell) -> Result<CToolchain> {
    match CToolchain::find() {
        Err(AuthoringError::ToolMissing { .. }) if may_install_debian_packages() => {
            install_debian_packages(sh, &C_PACKAGES_OF_DEBIAN)?;
            Ok(CToolchain::find()?)
        }
        found => Ok(found?),
    }
}
