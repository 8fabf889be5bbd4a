//! A bucket, read through any HTTP client.

#[cfg(all(test, not(target_family = "wasm")))]
mod tests;

use std::fmt;
use std::future::Future;
use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG, RANGE};
use http::{HeaderMap, Method, Request, Response, StatusCode};

use super::address::Address;
use super::bucket_url::BucketUrl;
use super::content_range::check_content_range;
use super::entity_tag::version;
use super::error_response::ErrorResponse;
use super::http_client::HttpError;
use super::reader_settings::{S3ReaderParts, S3ReaderSettings};
use super::signing::signed;
use super::transport_fault::TransportFault;
use super::within::within;
use super::xml::{ListingPage, error_document, listing_page};
use crate::storage::folder_prefix;
use crate::{BoxError, Entry, MAX_KEY_BYTES, Object, Precondition, Storage, StorageError, Version};

/// A bucket in S3, or in a compatible service, with an optional prefix for all keys; read-only.
///
/// It replaces [`S3Storage`](crate::S3Storage) where AWS's client does not run. Every call makes one attempt of limited time:
/// use it with [`resilient`](crate::resilient()). Writes fail with [`StorageError::Failed`].
pub struct S3Reader {
    url: BucketUrl,
    address: Address,
    region: String,
    settings: S3ReaderSettings,
    parts: S3ReaderParts,
}

impl S3Reader {
    /// The store at a URL. Sends nothing yet.
    ///
    /// # Errors
    /// [`StorageError::Misconfigured`] if the endpoint is not a URL, or there is neither a region nor an endpoint.
    pub fn new(url: BucketUrl, settings: S3ReaderSettings, parts: S3ReaderParts) -> Result<Self, StorageError> {
        let (address, region) = Address::find(&url, &settings)?;
        Ok(S3Reader { url, address, region, settings, parts })
    }

    /// Sends a request once. Returns the response whatever its status is.
    async fn send(&self, key: &str, request: Request<Bytes>) -> Result<Response<Bytes>, StorageError> {
        let request = match &self.settings.credentials {
            Some(credentials) => signed(request, credentials, &self.region, self.parts.clock.now())
                .map_err(|source| StorageError::Failed { key: key.to_owned(), source })?,
            None => request,
        };
        let is_head = request.method() == Method::HEAD;
        let S3ReaderSettings { attempt_timeout, min_bytes_per_second, .. } = self.settings;
        let start = self.parts.clock.monotonic();
        let response = self.within(start, attempt_timeout, key, self.parts.client.send(request)).await?;
        let (head, body) = response.into_parts();
        // A response to HEAD has the length of a body, but no body.
        let expected = if is_head { None } else { content_length(&head.headers) };
        let seconds_for_bytes = expected.unwrap_or(0) as f64 / min_bytes_per_second.max(1) as f64;
        let timeout = attempt_timeout + Duration::from_secs_f64(seconds_for_bytes);
        let body = self.within(start, timeout, key, body).await?;
        match expected {
            Some(expected) if expected != body.len() as u64 => {
                Err(TransportFault::wrong_length(expected, body.len() as u64).into_error(key))
            }
            _ => Ok(Response::from_parts(head, body)),
        }
    }

    /// The same, but a response without success is an error.
    async fn succeed(&self, key: &str, request: Request<Bytes>) -> Result<Response<Bytes>, StorageError> {
        let response = self.send(key, request).await?;
        if response.status().is_success() { Ok(response) } else { Err(self.error(key, &response)) }
    }

    /// Waits for a part of a response, until `timeout` has passed since `start`.
    async fn within<T>(
        &self,
        start: Duration,
        timeout: Duration,
        key: &str,
        response: impl Future<Output = Result<T, HttpError>>,
    ) -> Result<T, StorageError> {
        let remaining = (start + timeout).saturating_sub(self.parts.clock.monotonic());
        match within(&*self.parts.clock, remaining, response).await {
            Some(Ok(response)) => Ok(response),
            Some(Err(HttpError::Failed(source))) => Err(TransportFault::Connection(source).into_error(key)),
            Some(Err(HttpError::Denied { advice, source })) => {
                Err(StorageError::Misconfigured { store: self.url.to_string(), advice, source })
            }
            None => Err(TransportFault::TimedOut(timeout).into_error(key)),
        }
    }

    fn error(&self, key: &str, response: &Response<Bytes>) -> StorageError {
        let document = error_document(response.body());
        let response = ErrorResponse {
            status: response.status().as_u16(),
            code: document.code.as_deref(),
            message: document.message.as_deref(),
            request_id: header(response.headers(), "x-amz-request-id"),
            bucket_region: header(response.headers(), "x-amz-bucket-region"),
            retry_after: header(response.headers(), "retry-after"),
        };
        response.into_error(&self.url, key, &self.settings.labels)
    }

    fn request(&self, method: Method, key: &str) -> Result<Request<Bytes>, StorageError> {
        let uri = self.address.object(&self.url.object(key)?);
        request(method, uri).map_err(|source| StorageError::Failed { key: key.to_owned(), source })
    }

    /// The error of a read of a range that the object does not contain.
    async fn invalid_range(&self, key: &str, range: Range<u64>) -> StorageError {
        match self.head(key).await {
            Ok(Entry { size, .. }) if range.start < range.end && range.end <= size => {
                // It was replaced by a larger one after the range was requested.
                let (requested, received) = (format!("{range:?}"), "no such range".to_owned());
                TransportFault::WrongBytes { requested, received }.into_error(key)
            }
            Ok(Entry { size, .. }) => StorageError::InvalidRange { key: key.to_owned(), range, size },
            Err(error) => error,
        }
    }

    /// All pages of a listing.
    async fn pages(&self, prefix: &str, delimiter: Option<&str>) -> Result<Vec<ListingPage>, StorageError> {
        let mut pages: Vec<ListingPage> = Vec::new();
        if prefix.len() > MAX_KEY_BYTES {
            return Ok(pages);
        }
        loop {
            let token = pages.last().and_then(|page| page.next_continuation_token.as_deref());
            let uri = self.address.listing(&self.url.prefix(prefix), delimiter, token);
            let request =
                request(Method::GET, uri).map_err(|source| StorageError::Failed { key: prefix.to_owned(), source })?;
            let response = self.succeed(prefix, request).await?;
            let malformed = |error| TransportFault::Malformed(error).into_error(prefix);
            let page = listing_page(response.body()).map_err(|error| malformed(error.into()))?;
            let (is_truncated, has_token) = (page.is_truncated, page.next_continuation_token.is_some());
            pages.push(page);
            match (is_truncated, has_token) {
                (false, _) => return Ok(pages),
                (true, true) => {}
                (true, false) => return Err(malformed(super::NO_CONTINUATION_TOKEN.into())),
            }
        }
    }

    fn read_only(key: &str) -> StorageError {
        StorageError::Failed { key: key.to_owned(), source: "read-only store".into() }
    }
}

#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
impl Storage for S3Reader {
    async fn get(&self, key: &str) -> Result<Object, StorageError> {
        let response = self.succeed(key, self.request(Method::GET, key)?).await?;
        Ok(Object { version: version(key, header(response.headers(), ETAG.as_str()))?, bytes: response.into_body() })
    }

    async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Bytes, StorageError> {
        let mut request = self.request(Method::GET, key)?;
        if range.start >= range.end {
            return Err(self.invalid_range(key, range).await);
        }
        let length = range.end - range.start;
        let bytes = format!("bytes={}-{}", range.start, range.end - 1);
        request.headers_mut().insert(RANGE, bytes.parse().expect("digits are valid in a header"));
        let response = self.send(key, request).await?;
        if response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
            return Err(self.invalid_range(key, range).await);
        }
        if !response.status().is_success() {
            return Err(self.error(key, &response));
        }
        check_content_range(key, &range, header(response.headers(), CONTENT_RANGE.as_str()))?;
        let received = response.body().len() as u64;
        if received != length {
            return Err(TransportFault::wrong_length(length, received).into_error(key));
        }
        Ok(response.into_body())
    }

    async fn put(&self, key: &str, _: Bytes, _: Precondition) -> Result<Version, StorageError> {
        Err(Self::read_only(key))
    }

    async fn head(&self, key: &str) -> Result<Entry, StorageError> {
        let response = self.succeed(key, self.request(Method::HEAD, key)?).await?;
        let no_size =
            || StorageError::Failed { key: key.to_owned(), source: "the response has no Content-Length".into() };
        let size = content_length(response.headers()).ok_or_else(no_size)?;
        Ok(Entry { key: key.to_owned(), size, version: version(key, header(response.headers(), ETAG.as_str()))? })
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Entry>, StorageError> {
        let mut entries = Vec::new();
        for object in self.pages(prefix, None).await?.into_iter().flat_map(|page| page.contents) {
            // Other programs may store objects in the bucket whose keys are not valid here.
            let Some(key) = self.url.key(&object.key) else { continue };
            let version = version(key, object.etag.as_deref())?;
            entries.push(Entry { key: key.to_owned(), size: object.size, version });
        }
        // Directory buckets do not sort their listings.
        entries.sort_unstable_by(|left, right| left.key.cmp(&right.key));
        Ok(entries)
    }

    async fn list_folders(&self, folder: &str) -> Result<Vec<String>, StorageError> {
        let prefix = folder_prefix(folder);
        let pages = self.pages(&prefix, Some("/")).await?;
        let folders = pages.into_iter().flat_map(|page| page.common_prefixes);
        let names = folders.filter_map(|folder| {
            let key = self.url.key(folder.prefix.strip_suffix('/')?)?;
            Some(key.strip_prefix(&prefix)?.to_owned())
        });
        let mut names: Vec<_> = names.collect();
        names.sort_unstable();
        Ok(names)
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        Err(Self::read_only(key))
    }
}

impl fmt::Debug for S3Reader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("S3Reader");
        debug.field("url", &self.url).field("settings", &self.settings).finish_non_exhaustive()
    }
}

fn request(method: Method, uri: String) -> Result<Request<Bytes>, BoxError> {
    Ok(Request::builder().method(method).uri(uri).body(Bytes::new())?)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    header(headers, CONTENT_LENGTH.as_str())?.parse().ok()
}
