//! `cargo xtask components`: builds the example functions.

use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{env, fs};

use anyhow::{Context, Result, ensure};
use wit_bindgen_core::{Files, wit_parser::Resolve};
use xshell::{Shell, cmd};

use crate::c_toolchain::CToolchain;
use crate::component::{finish, from_module, write_whole};
use crate::manifest::{Manifest, Source, find_all};
use crate::setup::RustToolchain;
use crate::workspace::{Workspace, root};

/// Maximum size in bytes of a component that is written by hand: small enough to be read by humans.
const MOST_BYTES_WAT: u64 = 4 * 1024;
/// Maximum size in bytes of any other component: loading a function must not slow down a cold start.
const MOST_BYTES: u64 = 20 * 1024;

/// A component that can be published.
pub(crate) struct Built {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) path: PathBuf,
    /// In bytes.
    pub(crate) size: u64,
}

/// Builds all example functions, and prints their sizes.
pub(crate) fn run(sh: &Shell) -> Result<()> {
    for built in build_all(sh)? {
        println!("{:<16} {:<8} {:>6} bytes  {}", built.name, built.version, built.size, built.path.display());
    }
    Ok(())
}

/// Builds the example functions that have changed; fails if one is larger than its limit.
pub(crate) fn build_all(sh: &Shell) -> Result<Vec<Built>> {
    let workspace = Workspace::load(sh)?;
    let folder = workspace.target_directory.join("components");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let manifests = find_all(&root().join("udfs/examples"), &workspace)?;
    let builder = Builder { sh, target: workspace.target_directory, wit: root().join("wit") };
    manifests.iter().map(|manifest| builder.build(manifest, &folder)).collect()
}

struct Builder<'sh> {
    sh: &'sh Shell,
    target: PathBuf,
    wit: PathBuf,
}

impl Builder<'_> {
    fn build(&self, manifest: &Manifest, folder: &Path) -> Result<Built> {
        let about = &manifest.about;
        let path = folder.join(&about.name).with_extension("wasm");
        self.build_to(manifest, &path).with_context(|| format!("cannot build {}", about.name))?;
        let size = fs::metadata(&path)?.len();
        let most = match manifest.source {
            Source::Wat(_) => MOST_BYTES_WAT,
            Source::Rust | Source::C(_) => MOST_BYTES,
        };
        ensure!(size <= most, "component {} is {size} bytes, at most {most} are allowed", about.name);
        Ok(Built { name: about.name.clone(), version: about.version.clone(), path, size })
    }

    fn build_to(&self, manifest: &Manifest, path: &Path) -> Result<()> {
        let Manifest { about, world, source } = manifest;
        let component = match source {
            Source::Rust => {
                let module = self.rust_module(&about.name)?;
                if is_newer(path, &[&module, &env::current_exe()?])? {
                    return Ok(());
                }
                from_module(&fs::read(&module)?)?
            }
            Source::C(file) | Source::Wat(file) if self.is_up_to_date(path, file)? => return Ok(()),
            Source::C(file) => from_module(&self.c_module(&about.name, file, world)?)?,
            Source::Wat(file) => wat::parse_file(file)?,
        };
        write_whole(path, &finish(&component, about, &self.wit, world)?)
    }

    /// Always calls cargo, which knows what has changed.
    fn rust_module(&self, package: &str) -> Result<PathBuf> {
        let sh = self.sh;
        let _toolchain = RustToolchain::ensure(sh)?.activate(sh);
        let target = &self.target;
        // Only the `cdylib`: if an `rlib` is built as well, cargo does not use link-time optimisation.
        cmd!(
            sh,
            "cargo rustc --quiet --profile component --target wasm32-unknown-unknown --target-dir {target}
            --package {package} --crate-type cdylib"
        )
        .quiet()
        .run()?;
        Ok(target.join("wasm32-unknown-unknown/component").join(package).with_extension("wasm"))
    }

    fn c_module(&self, name: &str, file: &Path, world: &str) -> Result<Vec<u8>> {
        let toolchain = CToolchain::ensure(self.sh)?;
        let folder = self.target.join("bindings").join(name);
        fs::create_dir_all(&folder)?;
        for (generated, content) in c_bindings(&self.wit, world)?.iter() {
            fs::write(folder.join(generated), content)?;
        }
        let world = world.replace('-', "_");
        // The object has the name of the world in a custom section.
        let generated = [format!("{world}.c"), format!("{world}_component_type.o")].map(|name| folder.join(name));
        let module = folder.join(name).with_extension("wasm");
        toolchain.build(self.sh, file, &generated, &module)?;
        Ok(fs::read(module)?)
    }

    fn is_up_to_date(&self, path: &Path, source: &Path) -> Result<bool> {
        let builder = env::current_exe()?;
        let wit = self.wit.join("udf.wit");
        let allocator = root().join("udfs/sdk/c/allocator.c");
        is_newer(path, &[source, &source.with_file_name("function.toml"), &allocator, &wit, &builder])
    }
}

/// The sources that connect a C function to the canonical ABI.
fn c_bindings(wit: &Path, world: &str) -> Result<Files> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(wit)?;
    let world = resolve.select_world(&[package], Some(world))?;
    let mut files = Files::default();
    wit_bindgen_c::Opts::default().build().generate(&mut resolve, world, &mut files)?;
    Ok(files)
}

/// Whether `path` exists and was changed after all `inputs`.
fn is_newer(path: &Path, inputs: &[&Path]) -> Result<bool> {
    let Ok(made) = modified(path) else { return Ok(false) };
    for input in inputs {
        if modified(input)? >= made {
            return Ok(false);
        }
    }
    Ok(true)
}

fn modified(path: &Path) -> Result<SystemTime> {
    fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .with_context(|| format!("cannot look at {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_or_older_is_built_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let (input, output) = (folder.path().join("input"), folder.path().join("output"));
        fs::write(&input, "").expect("written");
        assert!(!is_newer(&output, &[&input]).expect("no error"));
        let file = fs::File::create(&output).expect("created");
        file.set_modified(modified(&input).expect("there") + std::time::Duration::from_secs(1)).expect("set");
        assert!(is_newer(&output, &[&input]).expect("no error"));
        file.set_modified(modified(&input).expect("there")).expect("set");
        assert!(!is_newer(&output, &[&input]).expect("no error"));
        assert!(is_newer(&output, &[&folder.path().join("nothing")]).is_err());
    }
}
