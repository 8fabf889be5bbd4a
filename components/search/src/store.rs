//! Opens the store.

use std::sync::Arc;

use quidditch_clock::Clock;
use quidditch_storage::{
    LocalFolder, S3Credentials, S3Reader, S3ReaderParts, S3ReaderSettings, SettingLabels, Storage, StorageError,
    resilient,
};

use crate::settings::{Bucket, StoreSettings};
use crate::wasi_http::WasiHttp;

/// The names of the settings of a bucket, for error messages.
const LABELS: SettingLabels = SettingLabels {
    region: "aws_region",
    credentials: "the variables aws_access_key_id and aws_secret_access_key",
    permissions: "s3:GetObject",
};

/// Opens the store, read-only, with retries for transient errors.
pub(crate) fn open(settings: &StoreSettings, clock: &Arc<dyn Clock>) -> Result<Arc<dyn Storage>, StorageError> {
    match settings {
        StoreSettings::Files(folder) => Ok(Arc::new(LocalFolder::new(folder))),
        StoreSettings::S3(bucket) => {
            let parts = S3ReaderParts { client: Arc::new(WasiHttp), clock: Arc::clone(clock) };
            let single = S3Reader::new(bucket.url.clone(), reader_settings(bucket), parts)?;
            Ok(resilient(Arc::new(single), Arc::clone(clock)))
        }
    }
}

fn reader_settings(bucket: &Bucket) -> S3ReaderSettings {
    let credentials = bucket.keys.as_ref().map(|keys| S3Credentials {
        access_key: keys.access_key.clone(),
        secret_key: keys.secret_key.clone(),
        session_token: keys.session_token.clone(),
    });
    let (endpoint, region) = (bucket.endpoint.clone(), bucket.region.clone());
    S3ReaderSettings { endpoint, region, credentials, ..S3ReaderSettings::new(LABELS) }
}
