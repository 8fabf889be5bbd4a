//! A C compiler for WebAssembly.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use xshell::{Cmd, Shell, cmd};

use crate::debian_packages::{install_debian_packages, may_install_debian_packages};

/// clang with the wasm32 target, its linker, and a C library.
pub(crate) struct CToolchain {
    clang: PathBuf,
    linker: PathBuf,
    /// The folder of headers and libraries; Debian's clang finds them without it.
    sysroot: Option<PathBuf>,
}

const PACKAGES: [&str; 3] = ["clang-19", "lld-19", "wasi-libc"];

impl CToolchain {
    /// Finds it, or installs it on Debian.
    pub(crate) fn ensure(sh: &Shell) -> Result<Self> {
        if let Some(found) = Self::find(sh) {
            return Ok(found);
        }
        if may_install_debian_packages() {
            install_debian_packages(sh, &PACKAGES)?;
            if let Some(found) = Self::find(sh) {
                return Ok(found);
            }
        }
        bail!(
            "C compiler for WebAssembly not found: install the WASI SDK and set WASI_SDK_PATH to its folder, or install clang with \
             the wasm32 target, wasm-ld and wasi-libc (Debian: apt-get install {})",
            PACKAGES.join(" ")
        )
    }

    fn find(sh: &Shell) -> Option<Self> {
        if let Some(sdk) = env::var_os("WASI_SDK_PATH").map(PathBuf::from) {
            let found = CToolchain {
                clang: sdk.join("bin/clang"),
                linker: sdk.join("bin/wasm-ld"),
                sysroot: Some(sdk.join("share/wasi-sysroot")),
            };
            return found.clang.exists().then_some(found);
        }
        if !Path::new("/usr/include/wasm32-wasi").exists() {
            return None;
        }
        ["clang-19", "clang", "clang-18", "clang-20", "clang-21"].iter().find_map(|clang| {
            let clang = on_path(clang)?;
            let targets = cmd!(sh, "{clang} --print-targets").quiet().ignore_stderr().read().ok()?;
            let suffix = clang.file_name()?.to_str()?.trim_start_matches("clang").to_owned();
            let linker = on_path(&format!("wasm-ld{suffix}")).or_else(|| on_path("wasm-ld"))?;
            targets.contains("wasm32").then_some(CToolchain { clang, linker, sysroot: None })
        })
    }

    /// Compiles a C source and links it with the generated sources and objects, whose folder also has the headers, to a
    /// module. The module imports functions of WASI only if the source uses them.
    pub(crate) fn build(&self, sh: &Shell, source: &Path, generated: &[PathBuf; 2], module: &Path) -> Result<()> {
        let object = module.with_extension("o");
        // The source has the loop over a batch: optimize for speed. The rest runs once for each batch: optimize for size.
        let headers = generated[0].parent().expect("a file is in a folder");
        self.clang(sh)
            .arg("-I")
            .arg(headers)
            .args(["-O2", "-Wall", "-Wextra", "-Werror", "-c", "-o"])
            .arg(&object)
            .arg(source)
            .run()?;
        self.clang(sh)
            .args(["-Oz", "-mexec-model=reactor", "-nostartfiles", "-nodefaultlibs"])
            .arg(format!("-fuse-ld={}", self.linker.display()))
            .args(["-Wl,--no-entry,--gc-sections,-s", "-o"])
            .arg(module)
            .arg(&object)
            .args(generated)
            .args(["udfs/sdk/c/allocator.c", "-lm", "-lc"])
            .run()?;
        Ok(())
    }

    fn clang<'sh>(&self, sh: &'sh Shell) -> Cmd<'sh> {
        let clang = &self.clang;
        let sysroot = self.sysroot.iter().map(|sysroot| format!("--sysroot={}", sysroot.display()));
        cmd!(sh, "{clang} --target=wasm32-wasi {sysroot...} -std=c17 -mbulk-memory").quiet()
    }

    pub(crate) fn describe(&self) -> String {
        self.clang.display().to_string()
    }
}

fn on_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())
}
