//! The server that tests talk to.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use crate::empty_folder::make_empty_folder;

/// `quidditch serve` on a free port.
pub(crate) struct Server {
    process: Child,
    pub(crate) url: String,
}

impl Server {
    /// Starts it over an empty store, in place of what may be there.
    pub(crate) fn start_empty(quidditch: &Path, store: &Path, options: &[&OsStr]) -> Result<Self> {
        make_empty_folder(store)?;
        Self::start(quidditch, store, options)
    }

    /// Starts it over a store.
    pub(crate) fn start(quidditch: &Path, store: &Path, options: &[&OsStr]) -> Result<Self> {
        let mut command = Command::new(quidditch);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--product-header"])
            .args(options)
            .env("QUIDDITCH_STORE", store)
            .stdout(Stdio::piped());
        let mut process = command.spawn().context("cannot start quidditch serve")?;
        let stdout = process.stdout.take().context("its output is a pipe")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let url = line.trim().strip_prefix("listening on ").context("quidditch serve does not listen")?.to_owned();
        Ok(Server { process, url })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
