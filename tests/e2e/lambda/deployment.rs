//! `docs/deploy.md` agrees with the Terraform module.

use std::fs;
use std::path::Path;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of all blocks of a type.
fn blocks(file: &str, kind: &str) -> Vec<String> {
    let text = read(file);
    let names = text.lines().filter_map(|line| line.strip_prefix(kind)?.strip_prefix(" \"")?.split('"').next());
    names.map(str::to_owned).collect()
}

/// The names in the first column of the tables of a section.
fn documented(section: &str) -> Vec<String> {
    let text = read("docs/deploy.md");
    let (_, text) = text.split_once(&format!("\n## {section}\n")).expect("there is such a section");
    let text = text.split("\n## ").next().expect("the section");
    let cells = text.lines().filter_map(|line| line.strip_prefix("| `")?.split(" |").next());
    let names = cells.flat_map(|cell| cell.split(", ").map(|name| name.trim_matches('`').to_owned()));
    names.collect()
}

#[test]
fn exactly_the_variables_and_outputs_of_the_module_are_documented() {
    for (file, kind, section) in [
        ("infra/terraform/variables.tf", "variable", "Variables of the module"),
        ("infra/terraform/outputs.tf", "output", "Outputs of the module"),
    ] {
        let (mut declared, mut documented) = (blocks(file, kind), documented(section));
        assert!(declared.len() > 10, "{file} was not read");
        declared.sort_unstable();
        documented.sort_unstable();
        assert_eq!(declared, documented, "{file} and the section {section:?} of docs/deploy.md");
    }
}

#[test]
fn exactly_the_settings_of_the_functions_are_documented() {
    let settings = read("host/lambda/src/settings.rs");
    for name in documented("Settings of the functions") {
        assert!(settings.contains(&format!("\"{name}\"")), "no function reads {name}");
    }
    let read_by_functions = settings.split('"').filter(|part| part.starts_with("QUIDDITCH_"));
    let documented = documented("Settings of the functions");
    for name in read_by_functions {
        assert!(documented.iter().any(|known| known == name), "{name} is not documented");
    }
}
