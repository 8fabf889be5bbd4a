//! `cargo xtask package spin`: the search module, which `quidditch bundle` makes Spin apps of.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use wasm_metadata::{AddMetadata, AddMetadataField, Description, Version};
use xshell::{Shell, cmd};

use crate::component::write_whole;
use crate::setup::RustToolchain;
use crate::workspace::Workspace;

/// Most bytes of the module: it is compiled where it runs.
const MODULE_BYTES: usize = 8_000_000;
/// Most bytes of it compressed: as it is fetched.
const COMPRESSED_BYTES: usize = 4_000_000;

const PACKAGE: &str = "quidditch-spin";
/// Each bundle makes a component of the module, with more in it than the linker knows of.
const NO_COMPONENT: &str = "link-arg=--skip-wit-component";

/// Builds it and says how large it is.
pub(super) fn run(sh: &Shell) -> Result<()> {
    let path = build(sh)?;
    let module = fs::read(&path)?;
    let compressed = compressed(&module)?;
    for (what, bytes, most) in [("", module.len(), MODULE_BYTES), ("compressed, ", compressed.len(), COMPRESSED_BYTES)]
    {
        ensure!(bytes < most, "{what}{} would have {bytes} bytes, and is to have less than {most}", path.display());
    }
    let (raw, compressed) = (module.len() as f64 / 1e6, compressed.len() as f64 / 1e6);
    println!("{} ({raw:.1} MB, compressed {compressed:.1} MB)", path.display());
    Ok(())
}

/// Builds it where `quidditch bundle` looks for it.
pub(crate) fn build(sh: &Shell) -> Result<PathBuf> {
    let workspace = Workspace::load(sh)?;
    {
        let _toolchain = RustToolchain::ensure(sh)?.activate(sh);
        cmd!(sh, "cargo rustc --package {PACKAGE} --profile spin --target wasm32-wasip2 -- -C {NO_COMPONENT}").run()?;
    }
    let built = workspace.target_directory.join("wasm32-wasip2/spin/quidditch_spin.wasm");
    let module = fs::read(&built).with_context(|| format!("cannot read {}", built.display()))?;
    let about = workspace.packages.iter().find(|package| package.name == PACKAGE);
    let about = about.with_context(|| format!("{PACKAGE} is not in the workspace"))?;
    let mut metadata = AddMetadata::default();
    metadata.name = AddMetadataField::Set(about.name.clone());
    metadata.version = AddMetadataField::Set(Version::new(about.version.clone()));
    metadata.description = AddMetadataField::Set(Description::new(about.description.clone().unwrap_or_default()));
    let path = workspace.target_directory.join("spin/search.wasm");
    sh.create_dir(workspace.target_directory.join("spin"))?;
    write_whole(&path, &metadata.to_wasm(&module)?)?;
    Ok(path)
}

/// Builds what the end-to-end tests and the benchmarks run: the module, and the host that takes Spin's place. The host is built
/// by itself: together with the sandbox it would switch on features of wasmtime that slow that down.
pub(crate) fn build_with_host(sh: &Shell) -> Result<()> {
    build(sh)?;
    cmd!(sh, "cargo build --package quidditch-test-spin").run()?;
    Ok(())
}

fn compressed(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
