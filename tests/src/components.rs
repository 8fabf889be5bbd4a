//! The example functions, built by `cargo xtask components`.

use std::env;
use std::path::PathBuf;

use bytes::Bytes;

/// Names of the example functions. Each is published as version 1.0.0.
pub const EXAMPLES: [&str; 6] =
    ["number_range", "string_distance", "geo_distance", "custom_score", "haversine", "weekday"];

/// The component of an example function.
pub fn component(name: &str) -> Bytes {
    let path = components_directory().join(name).with_extension("wasm");
    match std::fs::read(&path) {
        Ok(bytes) => bytes.into(),
        Err(error) => panic!(
            "the component {} cannot be read ({error}): run `cargo xtask test`, which builds the components first, or \
             `cargo xtask components` once",
            path.display()
        ),
    }
}

/// The folder of the components: `QUIDDITCH_COMPONENTS`, or `components` in cargo's target folder.
pub fn components_directory() -> PathBuf {
    env::var_os("QUIDDITCH_COMPONENTS").map_or_else(|| target_directory().join("components"), PathBuf::from)
}

/// Cargo's target folder, which contains this program.
pub fn target_directory() -> PathBuf {
    let program = env::current_exe().expect("the system knows its programs");
    // Cargo marks the folder for backup programs. Below it are a folder for the profile and perhaps one for the target.
    let marked = program.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
    let folder = marked.or_else(|| program.ancestors().nth(3)).expect("cargo builds into target/<profile>/deps");
    folder.to_owned()
}
