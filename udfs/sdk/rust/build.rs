//! Encodes the worlds of `wit/`. A function carries the world of each of its roles in a custom section, where the tools that make
//! components look for them; they combine several.

use std::path::{Path, PathBuf};
use std::{env, error, fs};

use wit_component::{StringEncoding, metadata};
use wit_parser::Resolve;

const WIT: &str = "../../../wit";

fn main() -> Result<(), Box<dyn error::Error>> {
    println!("cargo::rerun-if-changed={WIT}");
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(Path::new(WIT))?;
    let target = PathBuf::from(env::var("OUT_DIR")?);
    for name in ["filter-udf", "scorer-udf", "values-udf"] {
        let world = resolve.select_world(&[package], Some(name))?;
        fs::write(target.join(name), metadata::encode(&resolve, world, StringEncoding::UTF8, None, false)?)?;
    }
    Ok(())
}
