//! `cargo xtask package spin`: the search component, which `quidditch bundle` makes Spin apps of.

use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use quidditch_authoring::replace_file;
use wasm_metadata::{AddMetadata, AddMetadataField, Description, Version};
use xshell::{Shell, cmd};

use crate::build::PROFILE_FOLDER;
use crate::setup::RustToolchain;
use crate::workspace::Workspace;

/// Most bytes of the search component: it is compiled where it runs.
const MOST_BYTES: usize = 12_000_000;
/// Most bytes of it compressed, as it is downloaded.
const MOST_BYTES_COMPRESSED: usize = 4_000_000;

/// The file next to `quidditch` that `quidditch bundle` looks for.
pub(crate) const SEARCH_COMPONENT: &str = "quidditch-search.wasm";

const PACKAGE: &str = "quidditch-spin";
const TARGET: &str = "wasm32-wasip2";
/// Each bundle makes a component of the module, with more in it than the linker knows of.
const NO_COMPONENT: &str = "link-arg=--skip-wit-component";

/// Builds it where a `quidditch` without an installation looks for it, and prints its size.
pub(super) fn run(sh: &Shell) -> Result<()> {
    let workspace = Workspace::load(sh)?;
    let path = packaged(&workspace);
    build(sh, &workspace, "spin", &path)?;
    let module = fs::read(&path)?;
    let compressed = compressed(&module)?;
    let sizes = [("", module.len(), MOST_BYTES), (" compressed", compressed.len(), MOST_BYTES_COMPRESSED)];
    for (how, bytes, most) in sizes {
        ensure!(bytes <= most, "{}{how} is {bytes} bytes, at most {most} are allowed", path.display());
    }
    let (raw, compressed) = (module.len() as f64 / 1e6, compressed.len() as f64 / 1e6);
    println!("{} ({raw:.1} MB, compressed {compressed:.1} MB)", path.display());
    Ok(())
}

/// The variable with the file that [`build_for_tests`] takes instead of building.
pub(crate) const BUILT_COMPONENT: &str = "QUIDDITCH_SEARCH_COMPONENT";

/// Where [`run`] builds it.
pub(crate) fn packaged(workspace: &Workspace) -> PathBuf {
    workspace.target_directory.join("spin/search.wasm")
}

/// Builds the one that the tests run, unless [`BUILT_COMPONENT`] says where there is one: larger and slower than what is deployed, and built
/// in a fraction of the time. It is next to the `quidditch` of the same build, as in an installation.
pub(crate) fn build_for_tests(sh: &Shell) -> Result<()> {
    let workspace = Workspace::load(sh)?;
    let path = workspace.target_directory.join(PROFILE_FOLDER).join(SEARCH_COMPONENT);
    match env::var_os(BUILT_COMPONENT) {
        Some(built) => {
            let module = fs::read(&built).with_context(|| format!("cannot read {}", built.display()))?;
            sh.create_dir(path.parent().expect("a file is in a folder"))?;
            Ok(replace_file(&path, &module)?)
        }
        None => build(sh, &workspace, "spin-test", &path),
    }
}

fn build(sh: &Shell, workspace: &Workspace, profile: &str, path: &Path) -> Result<()> {
    {
        let _toolchain = RustToolchain::ensure(sh)?.activate(sh);
        let linking = ["-C", NO_COMPONENT];
        cmd!(sh, "cargo rustc --package {PACKAGE} --profile {profile} --target {TARGET} -- {linking...}").run()?;
    }
    let built: PathBuf = [TARGET, profile, "quidditch_spin.wasm"].iter().collect();
    let built = workspace.target_directory.join(built);
    let module = fs::read(&built).with_context(|| format!("cannot read {}", built.display()))?;
    let about = workspace.packages.iter().find(|package| package.name == PACKAGE);
    let about = about.with_context(|| format!("{PACKAGE} is not in the workspace"))?;
    let mut metadata = AddMetadata::default();
    metadata.name = AddMetadataField::Set(about.name.clone());
    metadata.version = AddMetadataField::Set(Version::new(about.version.clone()));
    metadata.description = AddMetadataField::Set(Description::new(about.description.clone().unwrap_or_default()));
    sh.create_dir(path.parent().expect("a file is in a folder"))?;
    Ok(replace_file(path, &metadata.to_wasm(&module)?)?)
}

fn compressed(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
