//! The command line.

use std::path::PathBuf;
use std::time::Duration;

/// Runs a Spin app, as `spin up` would.
#[derive(clap::Parser)]
pub(crate) struct Arguments {
    /// The component of the app
    pub(crate) app: PathBuf,
    /// A variable of the app; repeatable
    #[arg(long = "variable", value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) variables: Vec<(String, String)>,
    /// A folder that the app can read, and its path in the app; repeatable
    #[arg(long = "files", value_name = "FOLDER=PATH", value_parser = pair)]
    pub(crate) files: Vec<(String, String)>,
    /// A folder for compiled components, which later processes load
    #[arg(long, value_name = "FOLDER")]
    pub(crate) cache: Option<PathBuf>,
    /// A fixed time for the app, in milliseconds since the Unix epoch; by default the current time
    #[arg(long, value_name = "MILLIS")]
    pub(crate) wall_clock: Option<u64>,
    /// Maximum number of requests per instance
    #[arg(long, default_value_t = 128)]
    pub(crate) requests_per_instance: usize,
    /// Maximum number of concurrent requests per instance
    #[arg(long, default_value_t = 16)]
    pub(crate) concurrent_requests: usize,
    /// Timeout of a request, in seconds; by default none. It does not interrupt the app while it computes
    #[arg(long, value_parser = seconds)]
    pub(crate) request_timeout: Option<Duration>,
    /// A host that the app may send requests to, as SCHEME://HOST:PORT; repeatable; by default any
    #[arg(long = "allowed-outbound-host", value_name = "ORIGIN")]
    pub(crate) allowed_outbound_hosts: Option<Vec<String>>,
}

fn pair(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("`=` is missing")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn seconds(text: &str) -> Result<Duration, std::num::ParseIntError> {
    text.parse().map(Duration::from_secs)
}
