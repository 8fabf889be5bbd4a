//! What the tests share.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use quidditch_clock::SystemClock;
use quidditch_storage::{
    Precondition, RetrySettings, Retrying, S3Credentials, S3Settings, S3Storage, Storage, Version,
};
use quidditch_test_s3::S3Server;

/// Timeout of an attempt: long enough for this machine, short enough for tests that wait for it.
pub(crate) const ATTEMPT: Duration = Duration::from_millis(500);

pub(crate) fn settings(server: &S3Server) -> S3Settings {
    S3Settings {
        endpoint: Some(server.endpoint()),
        region: Some(server.region().to_owned()),
        credentials: Some(S3Credentials {
            access_key: server.access_key().to_owned(),
            secret_key: server.secret_key().to_owned(),
            session_token: None,
        }),
        attempt_timeout: ATTEMPT,
        part_retries: quick_retries(),
        ..S3Settings::default()
    }
}

pub(crate) fn quick_retries() -> RetrySettings {
    RetrySettings { attempts: 3, initial_backoff: Duration::from_millis(1), ..RetrySettings::default() }
}

/// The server's bucket, with one attempt for every call.
pub(crate) fn single(settings: S3Settings) -> S3Storage {
    bucket("s3://quidditch/store", settings)
}

pub(crate) fn bucket(url: &str, settings: S3Settings) -> S3Storage {
    S3Storage::new(url.parse().expect("a valid URL"), settings, Arc::new(SystemClock::default()))
}

/// The server's bucket, with up to three attempts for every call.
pub(crate) fn retrying(settings: S3Settings) -> Retrying {
    Retrying::new(Arc::new(single(settings)), quick_retries(), Arc::new(SystemClock::default()))
}

pub(crate) async fn put(storage: &dyn Storage, key: &str, bytes: impl Into<Bytes>) -> Version {
    storage.put(key, bytes.into(), Precondition::None).await.expect("written")
}

/// An error with its causes, as a log would show it.
pub(crate) fn chain(error: impl Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text += &format!("\n  {cause}");
        next = cause.source();
    }
    text
}
