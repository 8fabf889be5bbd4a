//! `cargo xtask demo`: indexing and searching real data.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use xshell::{Shell, cmd};

use crate::cities::index_cities;
use crate::empty_folder::make_empty_folder;
use crate::playground::Page;
use crate::workspace::{Workspace, root};
use crate::{build, components, playground};

/// Index the cities, publish the functions, search, and serve
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Exit instead of serving
    #[arg(long)]
    once: bool,
}

/// The port that search clients connect to by default.
const LISTEN: &str = "127.0.0.1:9200";

pub(crate) fn run(sh: &Shell, arguments: &Arguments) -> Result<()> {
    let functions = components::build_demo(sh)?;
    let page = playground::build_if_possible(sh);
    let quidditch = build::program(sh, "quidditch")?;
    let store = Workspace::load(sh)?.target_directory.join("demo");
    make_empty_folder(&store)?;
    let _store = sh.push_env("QUIDDITCH_STORE", &store);

    title("25,000 cities become an index");
    index_cities(sh, &quidditch)?;
    cmd!(sh, "{quidditch} index list").run()?;

    title("Seven functions are published");
    for function in &functions {
        let path = &function.path;
        cmd!(sh, "{quidditch} udf publish {path}").run()?;
    }
    cmd!(sh, "{quidditch} udf list").run()?;

    println!(
        "\nThe times below are those of a build for development: an installed program (`cargo install --path host/cli`) is faster."
    );
    for request in requests()? {
        let name = request.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        title(&name.replace('-', " "));
        println!("{}", fs::read_to_string(&request)?.trim_end());
        let body = format!("@{}", request.display());
        cmd!(sh, "{quidditch} search cities {body}").run()?;
    }
    if arguments.once {
        return Ok(());
    }

    title("The same over HTTP, until Ctrl-C");
    println!("Try, in another terminal:\n");
    println!("  curl 'http://{LISTEN}/_cat/indices?v'");
    println!("  curl 'http://{LISTEN}/_udf/geo_distance?pretty'");
    for request in requests()? {
        let request = request.strip_prefix(root()).unwrap_or(&request).display().to_string();
        println!("  curl -H 'Content-Type: application/json' 'http://{LISTEN}/cities/_search?pretty' -d @{request}");
    }
    let options: &[&str] = match page {
        Page::Built => {
            println!("\nor open http://{LISTEN}/_playground/ in a browser.");
            &["--playground"]
        }
        Page::Missing => &[],
    };
    println!();
    cmd!(sh, "{quidditch} serve --listen {LISTEN} {options...}").run()?;
    Ok(())
}

/// The searches of the demo, in order.
fn requests() -> Result<Vec<std::path::PathBuf>> {
    let folder = Path::new(root()).join("infra/xtask/demo");
    let mut requests = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        requests.push(entry?.path());
    }
    requests.sort();
    Ok(requests)
}

fn title(text: &str) {
    println!("\n== {text} ==\n");
}
