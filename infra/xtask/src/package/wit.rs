//! `cargo xtask package wit`: the contract with functions as one file, for the tools of every language.

use std::path::Path;

use anyhow::{Context, Result};
use quidditch_authoring::replace_file;
use wit_parser::Resolve;
use xshell::Shell;

use crate::workspace::{Workspace, root};

/// The file, in cargo's target folder.
const FILE: &str = "wit/quidditch-udf.wasm";

/// Builds it, and prints what is in it.
pub(super) fn run(sh: &Shell) -> Result<()> {
    let (path, contract) = (Workspace::load(sh)?.target_directory.join(FILE), root().join("wit"));
    sh.create_dir(path.parent().expect("a file is in a folder"))?;
    replace_file(&path, &encoded(&contract)?)?;
    println!("{} ({})", path.display(), name(&contract)?);
    Ok(())
}

/// The package of a folder in the binary form of WIT, which is itself a component.
fn encoded(folder: &Path) -> Result<Vec<u8>> {
    let mut resolve = Resolve::default();
    let (package, _) =
        resolve.push_dir(folder).with_context(|| format!("{} is not a WIT package", folder.display()))?;
    wit_component::encode(&resolve, package, false)
}

/// The name and version of the package of a folder.
fn name(folder: &Path) -> Result<String> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(folder)?;
    Ok(resolve.packages[package].name.to_string())
}

#[cfg(test)]
mod tests {
    use wit_component::DecodedWasm;

    use super::*;

    #[test]
    fn what_is_in_the_file_is_the_contract() {
        let folder = root().join("wit");
        let DecodedWasm::WitPackage(read, package) =
            wit_component::decode(&encoded(&folder).expect("it is encoded")).expect("it is WebAssembly")
        else {
            panic!("it is not a package");
        };
        let mut written = Resolve::default();
        let (contract, _) = written.push_dir(&folder).expect("it is WIT");
        let (read, written) = (&read.packages[package], &written.packages[contract]);
        assert_eq!(read.name, written.name);
        assert_eq!(read.worlds.keys().collect::<Vec<_>>(), written.worlds.keys().collect::<Vec<_>>());
        assert_eq!(read.interfaces.keys().collect::<Vec<_>>(), written.interfaces.keys().collect::<Vec<_>>());
        assert_eq!(read.docs.contents, written.docs.contents);
        assert_eq!(name(&folder).expect("it has a name"), read.name.to_string());
    }
}
