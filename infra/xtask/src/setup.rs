//! `cargo xtask setup`: installs the toolchains that build WebAssembly.

use std::ffi::OsString;

use anyhow::{Result, bail};
use xshell::{Shell, cmd};

use crate::c_toolchain::ensure_c;
use crate::debian_packages::may_install_debian_packages;
use crate::debian_rust;
use crate::rust_targets::{TARGETS, has_targets, sysroot};

/// Installs what is missing, and prints which toolchains are used.
pub(crate) fn run(sh: &Shell) -> Result<()> {
    println!("Rust for WebAssembly: {}", RustToolchain::ensure(sh)?.describe());
    println!("C for WebAssembly: {}", ensure_c(sh)?.compiler().display());
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

    /// The variables with which cargo uses it.
    pub(crate) fn environment(&self) -> Vec<(&'static str, OsString)> {
        match self {
            RustToolchain::Default => Vec::new(),
            RustToolchain::Debian => debian_rust::environment().into(),
        }
    }

    /// Makes cargo, called through `sh`, build with it until the returned value is dropped.
    #[must_use]
    pub(crate) fn activate<'sh>(&self, sh: &'sh Shell) -> Vec<xshell::PushEnv<'sh>> {
        self.environment().into_iter().map(|(name, value)| sh.push_env(name, value)).collect()
    }

    fn describe(&self) -> &'static str {
        match self {
            RustToolchain::Default => "the default toolchain",
            RustToolchain::Debian => "Debian's packages",
        }
    }
}
