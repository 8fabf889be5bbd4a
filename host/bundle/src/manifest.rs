//! `spin.toml`.

/// Where the app's indices are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Files {
    /// In a store that is reached over the network.
    None,
    /// In the folder `store` beside the manifest, which is shipped with the app.
    Shipped,
}

/// The manifest of an app whose component is `app.wasm`.
pub fn spin_manifest(_store: &str, _files: Files) -> String {
    String::new()
}
