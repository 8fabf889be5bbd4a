//! C, with clang.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::AuthoringError;
use crate::options::{Made, Names, Options};
use crate::project::Project;
use crate::tool::{Tool, on_path};

/// The packages of Debian that have what is needed.
pub const C_PACKAGES_OF_DEBIAN: [&str; 3] = ["clang-19", "lld-19", "wasi-libc"];

const INSTALL: &str = "install the WASI SDK (https://github.com/WebAssembly/wasi-sdk) and set WASI_SDK_PATH to its folder, or \
                       install clang with the wasm32 target, wasm-ld and wasi-libc (Debian: apt-get install clang-19 lld-19 \
                       wasi-libc)";

/// clang with the wasm32 target, its linker, and a C library.
#[derive(Debug, Clone)]
pub struct CToolchain {
    clang: PathBuf,
    linker: PathBuf,
    /// The folder of headers and libraries; Debian's clang finds them without it.
    sysroot: Option<PathBuf>,
}

impl CToolchain {
    /// Finds the WASI SDK in `WASI_SDK_PATH`, or clang on `PATH`.
    ///
    /// # Errors
    /// [`AuthoringError::ToolMissing`], which says what to install.
    pub fn find() -> Result<Self, AuthoringError> {
        let missing =
            || AuthoringError::ToolMissing { tool: "C compiler for WebAssembly".to_owned(), install: INSTALL };
        if let Some(sdk) = env::var_os("WASI_SDK_PATH").map(PathBuf::from) {
            let found = CToolchain {
                clang: sdk.join("bin/clang"),
                linker: sdk.join("bin/wasm-ld"),
                sysroot: Some(sdk.join("share/wasi-sysroot")),
            };
            return if found.clang.exists() { Ok(found) } else { Err(missing()) };
        }
        if !Path::new("/usr/include/wasm32-wasi").exists() {
            return Err(missing());
        }
        let find = |clang: &str| {
            let clang = on_path(clang)?;
            let targets = Tool::new(&clang, INSTALL).arg("--print-targets").read(|_| ()).ok()?;
            let suffix = clang.file_name()?.to_str()?.trim_start_matches("clang").to_owned();
            let linker = on_path(&format!("wasm-ld{suffix}")).or_else(|| on_path("wasm-ld"))?;
            targets.contains("wasm32").then_some(CToolchain { clang, linker, sysroot: None })
        };
        ["clang-19", "clang", "clang-18", "clang-20", "clang-21"].into_iter().find_map(find).ok_or_else(missing)
    }

    /// The path of the compiler.
    pub fn compiler(&self) -> &Path {
        &self.clang
    }

    fn clang(&self) -> Tool {
        let sysroot = self.sysroot.iter().map(|sysroot| format!("--sysroot={}", sysroot.display()));
        Tool::new(&self.clang, INSTALL).args(["--target=wasm32-wasi"]).args(sysroot).args(["-std=c17", "-mbulk-memory"])
    }
}

pub(super) fn make(project: &Project, options: &Options) -> Result<Made, AuthoringError> {
    let toolchain = CToolchain::find()?;
    let sdk = &project.sdk;
    let (object, module) = (options.work.join("function.o"), options.work.join("module.wasm"));
    // The source has the loop over a batch: optimize for speed. The rest runs once for each batch: optimize for size.
    let (debug, strip) = if options.names == Names::Remove { (None, Some("-Wl,-s")) } else { (Some("-g"), None) };
    toolchain
        .clang()
        .arg("-I")
        .arg(sdk)
        // What a failed assertion says is shown to callers.
        .arg(format!("-ffile-prefix-map={}/=", project.folder.components().as_path().display()))
        .args(["-O2", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror", "-c", "-o"])
        .arg(&object)
        .args(debug)
        .arg(&project.source)
        .run(options.report)?;
    toolchain
        .clang()
        .arg("-I")
        .arg(sdk)
        .args(["-Oz", "-mexec-model=reactor", "-nostartfiles", "-nodefaultlibs"])
        .arg(format!("-fuse-ld={}", toolchain.linker.display()))
        // With the stack first, an overflow traps and does not overwrite data.
        .args(["-Wl,--no-entry,--gc-sections,--stack-first"])
        .args(strip)
        .arg("-o")
        .arg(&module)
        .arg(&object)
        .arg(sdk.join("quidditch.c"))
        .arg(sdk.join("allocator.c"))
        .args(["-lm", "-lc"])
        .run(options.report)?;
    Ok(Made::Module(fs::read(&module).map_err(AuthoringError::file("read", module))?))
}
