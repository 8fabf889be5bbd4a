//! The client that speaks with S3.

use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{Builder, Credentials, Region, StalledStreamProtectionConfig};
use aws_smithy_http_client::tls;

use super::address::REGION_OF_OTHERS;
use super::bucket_url::BucketUrl;
use super::settings::S3Settings;
use crate::StorageError;

/// Connections that were idle for longer are closed. The other side closes them, too, some time or other, and a program that
/// was suspended in between would learn of it from a request that fails.
const IDLE_CONNECTION: Duration = Duration::from_secs(20);

/// Makes the client. Reads the environment and the profile, and asks the machine's role for what they leave open.
pub(super) async fn client(url: &BucketUrl, settings: &S3Settings) -> Result<Client, StorageError> {
    let timeouts = TimeoutConfig::builder().connect_timeout(settings.connect_timeout).build();
    let http = aws_smithy_http_client::Builder::new().pool_idle_timeout(IDLE_CONNECTION);
    let tls = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring);
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http.tls_provider(tls).build_https())
        // One layer retries, and one measures time: those around this storage.
        .retry_config(RetryConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .timeout_config(timeouts);
    if let Some(endpoint) = &settings.endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    if let Some(region) = &settings.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(keys) = &settings.credentials {
        let (access, secret, token) = (&keys.access_key, &keys.secret_key, &keys.session_token);
        loader = loader.credentials_provider(Credentials::new(access, secret, token.clone(), None, "settings"));
    }
    let shared = loader.load().await;

    let has_endpoint = shared.endpoint_url().is_some() || std::env::var_os("AWS_ENDPOINT_URL_S3").is_some();
    let region = match shared.region() {
        Some(region) => region.clone(),
        None if has_endpoint => Region::from_static(REGION_OF_OTHERS),
        None => {
            return Err(StorageError::Misconfigured {
                store: url.to_string(),
                advice: "set AWS_REGION to the region of the bucket".to_owned(),
                source: "there is no region in the settings, the environment or the profile".into(),
            });
        }
    };
    Ok(Client::from_conf(Builder::from(&shared).region(region).force_path_style(has_endpoint).build()))
}
