//! How long tests wait for other processes: a request that is never answered must fail its test, not stop the whole run.

use std::time::Duration;

use reqwest::Client;

/// Long enough for any answer, even on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A client whose requests fail after [`PATIENCE`].
pub fn http_client() -> Client {
    // `oci-client` compiles reqwest with TLS, without a provider. An error is that another test has set it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().timeout(PATIENCE).build().expect("the options are valid")
}
