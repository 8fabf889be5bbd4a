//! Rust for WebAssembly from Debian's packages, for machines where rustup cannot download anything.
//!
//! Debian 12 has a package of a newer Rust, with its sources. The standard library for WebAssembly is built from these and installed
//! once; afterwards `cargo build --target` works as usual, with link-time optimisation.

use std::ffi::OsString;
use std::path::Path;

use anyhow::{Context, Result};
use xshell::{Shell, cmd};

use crate::debian_packages::install_debian_packages;
use crate::rust_targets::{TARGETS, has_targets, sysroot};

const BIN: &str = "/usr/bin";
const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";
const PACKAGES: [&str; 8] =
    ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "lld-19", "clang-19", "llvm-19", "wasi-libc"];
const LIBC: &str = "/usr/lib/wasm32-wasi";

/// Whether it is installed with the standard library for all targets.
pub(crate) fn is_ready(sh: &Shell) -> bool {
    Path::new(RUSTC).exists() && sysroot(sh, RUSTC).is_ok_and(|sysroot| has_targets(&sysroot))
}

/// Installs the packages and builds the standard library. Needs root, and takes a few minutes.
pub(crate) fn install(sh: &Shell) -> Result<()> {
    install_debian_packages(sh, &PACKAGES)?;
    let linker = Path::new(BIN).join("wasm-ld");
    if !linker.exists() {
        cmd!(sh, "ln -s wasm-ld-19 {linker}").run()?;
    }
    let sysroot = sysroot(sh, RUSTC)?;
    for target in TARGETS {
        build_standard_library(sh, &sysroot, target)
            .with_context(|| format!("cannot build Rust's library for {target}"))?;
    }
    complete_libc(sh, &sysroot)
}

/// The environment variables with which cargo uses it.
pub(crate) fn environment() -> [(&'static str, OsString); 3] {
    let mut path = OsString::from(BIN);
    if let Some(rest) = std::env::var_os("PATH") {
        path.push(":");
        path.push(rest);
    }
    [("PATH", path), ("RUSTC", RUSTC.into()), ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld".into())]
}

/// Builds an empty crate together with the standard library, and installs the latter.
fn build_standard_library(sh: &Shell, sysroot: &Path, target: &str) -> Result<()> {
    let folder = sh.create_temp_dir()?;
    let _folder = sh.push_dir(folder.path());
    sh.write_file("Cargo.toml", "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n")?;
    sh.write_file("src/lib.rs", "")?;
    let _unstable = sh.push_env("RUSTC_BOOTSTRAP", "1");
    let _bitcode = sh.push_env("RUSTFLAGS", "-Cembed-bitcode=yes"); // lets functions use link-time optimisation
    let _target = sh.push_env("CARGO_TARGET_DIR", folder.path().join("target"));
    let _rustc = sh.push_env("RUSTC", RUSTC);
    cmd!(sh, "{CARGO} build --release --target {target} -Zbuild-std=std,panic_abort,proc_macro").run()?;

    let library = sysroot.join("lib/rustlib").join(target).join("lib");
    sh.create_dir(&library)?;
    for file in sh.read_dir(folder.path().join("target").join(target).join("release/deps"))? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".rlib") && !name.starts_with("libempty-") {
            sh.copy_file(&file, library.join(name))?;
        }
    }
    Ok(())
}

/// Installs the C library for the WASI target. It is too old to have the thread functions that the standard library links to, so
/// they are added: creating a thread fails.
fn complete_libc(sh: &Shell, sysroot: &Path) -> Result<()> {
    const NO_THREADS: &str = "
        int pthread_create(void *a, const void *b, void *c, void *d) { return 6; /* EAGAIN */ }
        int pthread_detach(void *a) { return 0; }
        int pthread_join(void *a, void **b) { return 0; }
        int pthread_attr_init(void *a) { return 0; }
        int pthread_attr_setstacksize(void *a, unsigned long b) { return 0; }
        int pthread_attr_destroy(void *a) { return 0; }
    ";
    let folder = sysroot.join("lib/rustlib/wasm32-wasip2/lib/self-contained");
    sh.create_dir(&folder)?;
    for name in ["crt1-command.o", "crt1-reactor.o", "libc.a"] {
        sh.copy_file(Path::new(LIBC).join(name), folder.join(name))?;
    }
    let scratch = sh.create_temp_dir()?;
    let (source, object) = (scratch.path().join("no_threads.c"), scratch.path().join("no_threads.o"));
    let archive = folder.join("libc.a");
    sh.write_file(&source, NO_THREADS)?;
    cmd!(sh, "clang-19 --target=wasm32-wasi -O2 -c {source} -o {object}").run()?;
    cmd!(sh, "llvm-ar-19 r {archive} {object}").run()?;
    Ok(())
}
