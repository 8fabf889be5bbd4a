//! Compares what the SDK says about the contract with `wit/`.

use std::path::Path;
use std::{env, fs};

use wit_component::{StringEncoding, metadata};
use wit_parser::Resolve;

const WIT: &str = "../../../wit";

/// `UPDATE_WORLDS=1 cargo test --package quidditch-udf --test contract` writes them after a change of the contract.
#[test]
fn the_encoded_worlds_are_those_of_the_contract() {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(Path::new(WIT)).expect("a WIT package");
    for name in ["filter-udf", "scorer-udf", "values-udf"] {
        let world = resolve.select_world(&[package], Some(name)).expect("a world");
        let encoded = metadata::encode(&resolve, world, StringEncoding::UTF8, None, false).expect("an encoding");
        let file = Path::new("worlds").join(name).with_extension("bin");
        if env::var_os("UPDATE_WORLDS").is_some() {
            fs::write(&file, &encoded).expect("written");
        }
        assert!(fs::read(&file).expect("read") == encoded, "{} is not up to date", file.display());
    }
}

/// Attributes accept only literals, so the names of the contract cannot be constants.
#[test]
fn exported_and_imported_names_have_the_version_of_the_contract() {
    let contract = fs::read_to_string(Path::new(WIT).join("udf.wit")).expect("the contract");
    let package = contract.lines().next().and_then(|line| line.strip_prefix("package quidditch:udf@"));
    let version = package.and_then(|line| line.strip_suffix(';')).expect("the contract has a version");
    for source in [include_str!("../src/export.rs"), include_str!("../src/log.rs")] {
        let versions: Vec<&str> =
            source.split("quidditch:udf/").skip(1).filter_map(|name| Some(name.split_once('@')?.1)).collect();
        let is_current = |rest: &str| rest.strip_prefix(version).is_some_and(|rest| rest.starts_with(['#', '"']));
        assert!(!versions.is_empty() && versions.iter().all(|rest| is_current(rest)), "{version}");
    }
}
