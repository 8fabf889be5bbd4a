//! Takes the files of the playground, which `cargo xtask playground` builds, into the program.

use std::env;
use std::fs;
use std::io;
use std::path::PathBuf;

/// As `src/serve/playground.rs` lists them.
const FILES: [&str; 3] = ["index.html", "playground.js", "playground.css"];

fn main() -> io::Result<()> {
    let variable = |name: &str| env::var_os(name).map(PathBuf::from).expect("cargo sets it");
    let (built, out) = (variable("CARGO_MANIFEST_DIR").join("playground/dist"), variable("OUT_DIR"));
    println!("cargo::rerun-if-changed={}", built.display());
    for file in FILES {
        // An empty file says that the page was not built.
        let content = match fs::read(built.join(file)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            content => content?,
        };
        fs::write(out.join(file), content)?;
    }
    Ok(())
}
