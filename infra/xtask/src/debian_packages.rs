//! Debian packages.

use std::path::Path;

use anyhow::Result;
use xshell::{Shell, cmd};

/// Whether this is a Debian machine and we are root.
pub(crate) fn may_install_debian_packages() -> bool {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|owner| std::os::unix::fs::MetadataExt::uid(&owner) == 0);
    is_root && Path::new("/etc/debian_version").exists() && Path::new("/usr/bin/apt-get").exists()
}

/// Installs Debian packages.
pub(crate) fn install_debian_packages(sh: &Shell, packages: &[&str]) -> Result<()> {
    let _frontend = sh.push_env("DEBIAN_FRONTEND", "noninteractive");
    cmd!(sh, "apt-get update -q").run()?;
    cmd!(sh, "apt-get install -q -y --no-install-recommends {packages...}").run()?;
    Ok(())
}
