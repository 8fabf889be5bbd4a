//! The command line.

use std::path::PathBuf;
use std::time::Duration;

/// Runs a Spin component, as `spin up` would.
#[derive(clap::Parser)]
pub(crate) struct Arguments {
    /// The component
    pub(crate) app: PathBuf,
    /// A variable of the app; repeatable
    #[arg(long = "variable", value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) variables: Vec<(String, String)>,
    /// A folder that the app sees, read-only, and where it sees it; repeatable
    #[arg(long = "files", value_name = "FOLDER=PATH", value_parser = pair)]
    pub(crate) files: Vec<(String, String)>,
    /// The time that it always is, in milliseconds since the Unix epoch; by default the time that it is
    #[arg(long, value_name = "MILLIS")]
    pub(crate) wall_clock: Option<u64>,
    /// Requests that one instance answers, one after another or at a time
    #[arg(long, default_value_t = 128)]
    pub(crate) requests_per_instance: usize,
    /// Requests that one instance answers at a time
    #[arg(long, default_value_t = 16)]
    pub(crate) concurrent_requests: usize,
    /// Seconds after which a request is given up
    #[arg(long, default_value = "30", value_parser = seconds)]
    pub(crate) request_timeout: Duration,
}

fn pair(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("there is no `=` in it")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn seconds(text: &str) -> Result<Duration, std::num::ParseIntError> {
    text.parse().map(Duration::from_secs)
}
