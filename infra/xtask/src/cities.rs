//! The index of the demo and of tests: 25,000 cities.

use std::path::Path;

use anyhow::Result;
use xshell::{Shell, cmd};

/// Makes the index `cities` in the store that the environment names.
pub(crate) fn index_cities(sh: &Shell, quidditch: &Path) -> Result<()> {
    cmd!(sh, "{quidditch} index create cities --mapping tests/data/cities.mapping.json").run()?;
    cmd!(sh, "{quidditch} index add cities tests/data/cities.ndjson.gz").run()?;
    Ok(())
}
