//! Reports failed initialisations to Lambda, which shows them in its metrics and does not wait for a timeout.

use std::env;

use anyhow::{Result, anyhow};
use http::{Method, Uri};
use lambda_runtime::Diagnostic;
use lambda_runtime_api_client::body::Body;
use lambda_runtime_api_client::{PooledClient, build_request};

/// The environment variable with the address of the runtime API. Not set outside of Lambda.
const RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";
const PATH: &str = "/2018-06-01/runtime/init/error";

/// The result of an initialisation; if it failed, the error is reported to Lambda first.
pub(crate) async fn reporting_errors<T>(initialisation: impl Future<Output = Result<T>>) -> Result<T> {
    let result = initialisation.await;
    if let Err(error) = &result
        && let Err(failure) = report(error).await
    {
        // Logging may not be initialised yet. Lambda adds standard error to the log.
        eprintln!("cannot report the failed initialisation to Lambda: {failure:#}");
    }
    result
}

async fn report(error: &anyhow::Error) -> Result<()> {
    let Ok(address) = env::var(RUNTIME_API) else { return Ok(()) };
    let diagnostic = Diagnostic { error_type: "InitializationFailed".to_owned(), error_message: format!("{error:#}") };
    let request = build_request()
        .method(Method::POST)
        .uri(Uri::from_static(PATH))
        .header("lambda-runtime-function-error-type", "Runtime.InitError")
        .body(Body::from(serde_json::to_vec(&diagnostic)?))?;
    let client = PooledClient::builder().with_endpoint(address.parse()?).build();
    let response = client.call(request).await.map_err(|error| anyhow!(error))?;
    anyhow::ensure!(response.status().is_success(), "the runtime API responded with {}", response.status());
    Ok(())
}
