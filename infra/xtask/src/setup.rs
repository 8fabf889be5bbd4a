//! `cargo xtask setup`: the toolchains that build WebAssembly.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use xshell::{Shell, cmd};

use crate::c_toolchain::CToolchain;
use crate::debian_rust;

/// What functions (`wasm32-unknown-unknown`) and the Spin app (`wasm32-wasip2`) are built for.
pub(crate) const TARGETS: [&str; 2] = ["wasm32-unknown-unknown", "wasm32-wasip2"];

/// Brings what is missing, and says what is there.
pub(crate) fn run(sh: &Shell) -> Result<()> {
    println!("Rust for WebAssembly: {}", RustToolchain::ensure(sh)?.describe());
    println!("C for WebAssembly: {}", CToolchain::ensure(sh)?.describe());
    Ok(())
}

/// A Rust that has the standard library of [`TARGETS`].
pub(crate) enum RustToolchain {
    /// The one that built this program.
    Default,
    /// Debian's, beside the one that built this program.
    Debian,
}

impl RustToolchain {
    /// Finds it, or brings it.
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
            println!("rustup cannot add the WebAssembly targets here; taking Debian's Rust for them instead");
            debian_rust::install(sh)?;
            return Ok(RustToolchain::Debian);
        }
        bail!(
            "there is no Rust for WebAssembly: run `rustup target add {functions} {app}` where the network allows it; \
             on Debian 12 run this as root instead, and it installs Debian's packages"
        )
    }

    /// Makes cargo, called through `sh`, build with it until what this gives is dropped.
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

/// Where a compiler keeps its standard libraries.
pub(crate) fn sysroot(sh: &Shell, rustc: &str) -> Result<PathBuf> {
    Ok(cmd!(sh, "{rustc} --print sysroot").quiet().read()?.into())
}

/// Whether the standard library of every target is there.
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
