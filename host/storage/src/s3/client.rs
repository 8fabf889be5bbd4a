//! AWS's client.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{Builder, Credentials, Region, StalledStreamProtectionConfig};
use aws_smithy_http_client::tls;
use aws_types::service_config::ServiceConfigKey;

use super::address::DEFAULT_REGION;
use super::bucket_url::BucketUrl;
use super::settings::S3Settings;
use crate::StorageError;

/// Connections that were idle for longer are closed. The server closes idle connections, too, and a program that was suspended
/// in the meantime would notice only by a failing request.
const IDLE_CONNECTION: Duration = Duration::from_secs(20);

/// Makes the client. Settings that are `None` are taken from the environment, the profile or the role of the machine.
pub(super) async fn client(url: &BucketUrl, settings: &S3Settings) -> Result<Client, StorageError> {
    let timeouts = TimeoutConfig::builder().connect_timeout(settings.connect_timeout).build();
    let http = aws_smithy_http_client::Builder::new().pool_idle_timeout(IDLE_CONNECTION);
    let tls = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring);
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http.tls_provider(tls).build_https())
        // The wrappers of this storage retry, and `S3Storage` limits the time of an attempt.
        .retry_config(RetryConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .timeout_config(timeouts);
    if let Some(region) = &settings.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(keys) = &settings.credentials {
        let (access, secret, token) = (&keys.access_key, &keys.secret_key, &keys.session_token);
        loader = loader.credentials_provider(Credentials::new(access, secret, token.clone(), None, "settings"));
    }
    let shared = loader.load().await;

    let endpoint = settings.endpoint.clone().or_else(|| configured_endpoint(&shared));
    let region = match shared.region() {
        Some(region) => region.clone(),
        None if endpoint.is_some() => Region::from_static(DEFAULT_REGION),
        None => {
            return Err(StorageError::Misconfigured {
                store: url.to_string(),
                advice: "set AWS_REGION to the region of the bucket".to_owned(),
                source: "no region in the settings, the environment or the profile".into(),
            });
        }
    };
    let mut builder = Builder::from(&shared).region(region).force_path_style(endpoint.is_some());
    builder.set_endpoint_url(endpoint.map(with_final_slash));
    Ok(Client::from_conf(builder.build()))
}

/// The endpoint in the environment or the profile: that of S3, or else that of all services.
fn configured_endpoint(shared: &SdkConfig) -> Option<String> {
    let key =
        ServiceConfigKey::builder().service_id("S3").env("AWS_ENDPOINT_URL").profile("endpoint_url").build().ok()?;
    let for_s3 = shared.service_config().and_then(|config| config.load_config(key));
    for_s3.or_else(|| shared.endpoint_url().map(str::to_owned))
}

/// The client appends the bucket to the endpoint as it is.
fn with_final_slash(endpoint: String) -> String {
    if endpoint.ends_with('/') { endpoint } else { format!("{endpoint}/") }
}
