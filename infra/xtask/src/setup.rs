//! `cargo xtask setup`: installs the toolchains that build WebAssembly.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use xshell::{Shell, cmd};

use crate::c_toolchain::CToolchain;
use crate::debian_rust;

/// The targets of functions (`wasm32-unknown-unknown`) and of the search component (`wasm32-wasip2`).
pub(crate) const TARGETS: [&str; 2] = ["wasm32-unknown-unknown", "wasm32-wasip2"];

/// Installs what is missing, and prints which toolchains are used.
pub(crate) fn run(sh: &Shell) -> Result<()> {
    println!("Rust for WebAssembly: {}", RustToolchain::ensure(sh)?.describe());
    println!("C for WebAssembly: {}", CToolchain::ensure(sh)?.describe());
    Ok(())
}

/// A Rust toolchain that has the standard library for [`TARGETS`].
pub(crate) enum RustToolchain {
    /// The one that built this program.
    Default,
    /// Debian's, in addition to the one that built this program.
    Debian,
}

impl RustToolchain {
    /// Finds it, or installs it.
    pub(crate) fn ensure(sh: &Shell) -> Result<Self> {
        if has_targets(&sysroot(sh, "rustc")?) {
            return Ok(RustToolchain::Default);
        }
        if debian_rust::is_ready(sh) {
            return Ok(RustToolchain::Debian);
        }
        let [functions, app] = TARGETS;
        if cmd!(sh, "rustup target add {functions} {app}").run().is_ok() {
            return Ok(RustToolchain::Default);
        }
        if may_install_debian_packages() {
            println!("rustup cannot add the WebAssembly targets: using Debian's Rust for them");
            debian_rust::install(sh)?;
            return Ok(RustToolchain::Debian);
        }
        bail!(
            "Rust for WebAssembly not found: run `rustup target add {functions} {app}`, or, on Debian 12 without access to Rust's \
             servers, run this command as root to install Debian's packages"
        )
    }

    /// Makes cargo, called through `sh`, build with it until the returned value is dropped.
    #[must_use]
    pub(crate) fn activate<'sh>(&self, sh: &'sh Shell) -> Vec<xshell::PushEnv<'sh>> {
        match self {
            RustToolchain::Default => Vec::new(),
            RustToolchain::Debian => debian_rust::environment().map(|(name, value)| sh.push_env(name, value)).into(),
        }
    }

    fn describe(&self) -> &'static str {
        match self {
            RustToolchain::Default => "the default toolchain",
            RustToolchain::Debian => "Debian's packages",
        }
    }
}

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
