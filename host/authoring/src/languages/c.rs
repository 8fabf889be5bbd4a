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

const WASI_SDK_PATH: &str = "set WASI_SDK_PATH to the folder of a WASI SDK (https://github.com/WebAssembly/wasi-sdk), or unset it \
                             to use the clang on PATH";

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
        if let Some(sdk) = env::var_os("WASI_SDK_PATH") {
            return CToolchain::of_sdk(Path::new(&sdk));
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

    fn of_sdk(sdk: &Path) -> Result<Self, AuthoringError> {
        let [clang, linker, sysroot] = ["bin/clang", "bin/wasm-ld", "share/wasi-sysroot"].map(|part| sdk.join(part));
        if let Some(missing) = [&clang, &linker, &sysroot].into_iter().find(|part| !part.exists()) {
            return Err(AuthoringError::ToolMissing { tool: missing.display().to_string(), install: WASI_SDK_PATH });
        }
        Ok(CToolchain { clang, linker, sysroot: Some(sysroot) })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_no_wasi_sdk_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let error = || {
            let error = CToolchain::of_sdk(folder.path()).expect_err("it is no SDK").to_string();
            error.replace(folder.path().to_str().expect("UTF-8"), "FOLDER")
        };
        insta::assert_snapshot!(error(), @"FOLDER/bin/clang not found: set WASI_SDK_PATH to the folder of a WASI SDK (https://github.com/WebAssembly/wasi-sdk), or unset it to use the clang on PATH");
        fs::create_dir_all(folder.path().join("bin")).expect("created");
        fs::write(folder.path().join("bin/clang"), "").expect("written");
        fs::write(folder.path().join("bin/wasm-ld"), "").expect("written");
        insta::assert_snapshot!(error(), @"FOLDER/share/wasi-sysroot not found: set WASI_SDK_PATH to the folder of a WASI SDK (https://github.com/WebAssembly/wasi-sdk), or unset it to use the clang on PATH");
        fs::create_dir_all(folder.path().join("share/wasi-sysroot")).expect("created");
        assert_eq!(CToolchain::of_sdk(folder.path()).expect("an SDK").compiler(), folder.path().join("bin/clang"));
    }
}
