//! The folder of a Spin app.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use quidditch_bundle::{AppStore, spin_manifest};
use quidditch_indexing::copy_index;
use quidditch_storage::{LocalFolder, Storage, StoreUrl};

use crate::arguments::Global;
use crate::installation::Installation;

/// An app on disk.
pub(super) struct WrittenApp {
    /// The path of the component.
    pub(super) component: PathBuf,
    /// Whether a manifest already existed. It is kept, as it may have been edited.
    pub(super) kept_manifest: bool,
}

/// Writes the component, the manifest and the indices that ship with the app.
pub(super) async fn write_folder(
    folder: &Path,
    app: &[u8],
    installation: &Installation,
    global: &Global,
    indices: &[String],
) -> Result<WrittenApp> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let store = folder.join("store");
    if !indices.is_empty() {
        ensure!(!store.exists(), "{} already exists; remove it so that no stale files ship", store.display());
    }
    let local = Arc::new(LocalFolder::new(&store));
    let shipped: Arc<dyn Storage> = local.clone();
    for index in indices {
        copy_index(&installation.storage, &shipped, index).await?;
    }
    // An app only reads, so it needs no lock.
    local.remove_lock().with_context(|| format!("cannot remove the lock file in {}", store.display()))?;
    let component = folder.join("app.wasm");
    write_file(&component, app)?;
    let manifest = folder.join("spin.toml");
    let kept_manifest = manifest.exists();
    if !kept_manifest {
        write_file(&manifest, spin_manifest(&app_store(global, indices)?).as_bytes())?;
    }
    Ok(WrittenApp { component, kept_manifest })
}

/// Where the app finds its indices: in the same store as this command, if an app can reach it.
fn app_store(global: &Global, indices: &[String]) -> Result<AppStore> {
    if !indices.is_empty() {
        return Ok(AppStore::Files);
    }
    let StoreUrl::S3(bucket) = global.store_url()? else { return Ok(AppStore::Unknown) };
    let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    Ok(AppStore::S3 {
        url: bucket.to_string(),
        region: variable("AWS_REGION"),
        endpoint: variable("AWS_ENDPOINT_URL_S3").or_else(|| variable("AWS_ENDPOINT_URL")),
    })
}

/// Writes a file of an app.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}
