//! `docs/deploy.md` agrees with the Terraform module.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use quidditch_tests::{LambdaFunction, LambdaStore, RuntimeApi};

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The commands of a section, each on one line.
fn commands(section: &str) -> Vec<String> {
    let text = read("docs/deploy.md").replace("\\\n", "");
    let (_, text) = text.split_once(&format!("\n## {section}\n")).expect("there is such a section");
    let text = text.split("\n## ").next().expect("the section");
    text.lines().filter_map(|line| line.strip_prefix("$ ")).map(str::to_owned).collect()
}

/// A runtime API and a store of the tests stand in for cargo-lambda and for the commands that start servers.
#[test]
fn the_function_runs_without_an_account_as_documented() {
    let commands = commands("Trying it without an account");
    let store = LambdaStore::new();
    for command in commands.iter().filter_map(|command| command.strip_prefix("quidditch ")) {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
        let command = command.replace("tests/data", data.to_str().expect("UTF-8"));
        store.succeed(&command.split(' ').collect::<Vec<_>>());
    }
    let start = commands.iter().find(|command| command.ends_with("./bootstrap")).expect("it is started");
    let api = Arc::new(RuntimeApi::start());
    let start = start.replace("127.0.0.1:9100", &api.address());
    let variables: Vec<(&str, &str)> = start.split_whitespace().filter_map(|word| word.split_once('=')).collect();
    assert_eq!(variables.len(), 5, "{start}");
    let process = store.start_on(&api, LambdaFunction::Search, &variables);
    process.wait_until_ready();
    let curl = commands.iter().find_map(|command| command.strip_prefix("curl ")).expect("it is called");
    let (_, target) = curl.split_once("/lambda-url/search").expect("the URL of cargo-lambda");
    let answer = process.send("GET", target, &[], b"");
    let answer = String::from_utf8(answer.body).expect("UTF-8");
    assert!(read("docs/deploy.md").contains(&format!("{curl}\n{answer}\n")), "{answer}");
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
