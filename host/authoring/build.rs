//! Builds the crate again when a file of a template or SDK is added or removed: the compiler sees only changed ones.

fn main() {
    for folder in ["templates", "../../udfs/sdk"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
