//! A bucket that is read by [`S3Reader`] through an ordinary HTTP client, and written by AWS's own.

#![deny(clippy::missing_trait_methods)]

use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

use quidditch_clock::SystemClock;
use quidditch_storage::{
    BucketUrl, Entry, HttpBody, HttpClient, HttpError, Object, Precondition, S3Reader, S3ReaderParts, S3ReaderSettings,
    S3Settings, S3Storage, SettingLabels, Storage, StorageError, Version,
};

#[derive(Debug)]
struct Reqwest(reqwest::Client);

#[async_trait]
impl HttpClient for Reqwest {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<HttpBody>, HttpError> {
        let response = self.0.execute(request.try_into()?).await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body: HttpBody = Box::pin(async { Ok(response.bytes().await?) });
        let mut converted = Response::new(body);
        *converted.status_mut() = status;
        *converted.headers_mut() = headers;
        Ok(converted)
    }
}

#[derive(Debug)]
pub(crate) struct HttpReader {
    reader: S3Reader,
    writer: S3Storage,
}

impl HttpReader {
    pub(crate) fn new(url: BucketUrl, settings: S3Settings) -> Self {
        let labels = SettingLabels { region: "the region", credentials: "the keys", permissions: "s3:GetObject" };
        let (endpoint, region) = (settings.endpoint.clone(), settings.region.clone());
        let credentials = settings.credentials.clone();
        let reader_settings = S3ReaderSettings { endpoint, region, credentials, ..S3ReaderSettings::new(labels) };
        // `oci-client` compiles reqwest with TLS, without a provider. An error is that another test has set it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
        let parts = S3ReaderParts {
            client: Arc::new(Reqwest(client.expect("a client"))),
            clock: Arc::new(SystemClock::default()),
        };
        let writer = S3Storage::new(url.clone(), settings, parts.clock.clone());
        HttpReader { reader: S3Reader::new(url, reader_settings, parts).expect("a store"), writer }
    }
}

#[async_trait]
impl Storage for HttpReader {
    async fn get(&self, key: &str) -> Result<Object, StorageError> {
        self.reader.get(key).await
    }

    async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Bytes, StorageError> {
        self.reader.get_range(key, range).await
    }

    async fn put(&self, key: &str, bytes: Bytes, precondition: Precondition) -> Result<Version, StorageError> {
        let refused = self.reader.put(key, bytes.clone(), precondition.clone()).await;
        assert!(matches!(refused, Err(StorageError::Failed { .. })), "{refused:?}");
        self.writer.put(key, bytes, precondition).await
    }

    async fn head(&self, key: &str) -> Result<Entry, StorageError> {
        self.reader.head(key).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Entry>, StorageError> {
        self.reader.list(prefix).await
    }

    async fn list_in_parts(&self, prefix: &str, splits: &[String]) -> Result<Vec<Entry>, StorageError> {
        self.reader.list_in_parts(prefix, splits).await
    }

    async fn list_folders(&self, folder: &str) -> Result<Vec<String>, StorageError> {
        self.reader.list_folders(folder).await
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        assert!(matches!(self.reader.delete(key).await, Err(StorageError::Failed { .. })));
        self.writer.delete(key).await
    }
}
