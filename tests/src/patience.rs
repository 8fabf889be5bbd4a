//! How long tests wait for other processes: a request that is never answered must fail its test, not stop the whole run.

use std::time::Duration;

use reqwest::Client;

/// Long enough for any answer, even on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A client whose requests fail after [`PATIENCE`].
pub fn http_client() -> Client {
    Client::builder().timeout(PATIENCE).build().expect("the options are valid")
}
