//! Reading a bucket of S3 over any HTTP client.

#[cfg(all(test, not(target_family = "wasm")))]
mod tests;

use std::fmt;
use std::future::Future;
use std::ops::Range;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::future::{Either, select};
use http::header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG, RANGE};
use http::{HeaderMap, Method, Request, Response, StatusCode};

use super::address::Address;
use super::bucket_url::BucketUrl;
use super::content_range::check_content_range;
use super::credentials::{S3Credentials, SettingLabels};
use super::http_client::{HttpClient, HttpError};
use super::refusal::{ErrorResponse, TransportFault, refused};
use super::signing::signed;
use super::xml::{ListingPage, error_document, listing_page};
use crate::storage::folder_prefix;
use crate::{Entry, MAX_KEY_BYTES, Object, Precondition, Storage, StorageError, Version};
use quidditch_clock::Clock;

/// How a bucket is reached for reading, and how patiently.
#[derive(Debug, Clone)]
pub struct S3ReaderSettings {
    /// URL of the service. With one, the bucket is named in the path, as services other than AWS want it, and the region may be
    /// left out.
    pub endpoint: Option<String>,
    /// The region that the bucket is in.
    pub region: Option<String>,
    /// The key that signs the requests. Without one they are not signed: a bucket that everybody may read needs none.
    pub credentials: Option<S3Credentials>,
    /// Longest time for one attempt, beside the time that its bytes may take. 10 seconds: answers begin after 20 to 200 ms,
    /// rare ones after a few seconds.
    pub attempt_timeout: Duration,
    /// What an attempt may take longer for its bytes: so many in a second. 1 MiB: a single connection carries some 50.
    pub min_bytes_per_second: u64,
    /// What the settings are called where they are made.
    pub names: SettingLabels,
}

impl S3ReaderSettings {
    /// A bucket that everybody may read, until more is said.
    pub fn new(names: SettingLabels) -> Self {
        S3ReaderSettings {
            endpoint: None,
            region: None,
            credentials: None,
            attempt_timeout: Duration::from_secs(10),
            min_bytes_per_second: 1024 * 1024,
            names,
        }
    }
}

/// What an [`S3Reader`] works with.
pub struct S3ReaderParts {
    /// Speaks with S3.
    pub client: Arc<dyn HttpClient>,
    /// Measures how long responses take, and tells the time that signatures contain.
    pub clock: Arc<dyn Clock>,
}

/// Objects in a bucket of S3, or of a service that speaks S3, under an optional prefix; to be read, not written.
///
/// It is what [`S3Storage`](crate::S3Storage) is to readers, for where AWS's client does not run. Every call makes one attempt of
/// limited time: wrap it in [`Retrying`](crate::Retrying). Writing is [`StorageError::Failed`].
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
    /// [`StorageError::Misconfigured`] if the endpoint is not a URL, or neither a region nor an endpoint says where the bucket is.
    pub fn new(url: BucketUrl, settings: S3ReaderSettings, parts: S3ReaderParts) -> Result<Self, StorageError> {
        let (address, region) = Address::find(&url, &settings)?;
        Ok(S3Reader { url, address, region, settings, parts })
    }

    /// Sends a request with one attempt, and gives the answer, whatever it says.
    async fn send(&self, key: &str, request: Request<Bytes>) -> Result<Response<Bytes>, StorageError> {
        let request = match &self.settings.credentials {
            Some(credentials) => signed(request, credentials, &self.region, self.parts.clock.now())
                .map_err(|source| StorageError::Failed { key: key.to_owned(), source })?,
            None => request,
        };
        let is_head = request.method() == Method::HEAD;
        let S3ReaderSettings { attempt_timeout, min_bytes_per_second, .. } = self.settings;
        let begin = self.parts.clock.monotonic();
        let answer = self.within(begin, attempt_timeout, key, self.parts.client.send(request)).await?;
        let (head, body) = answer.into_parts();
        // An answer to HEAD announces what it does not bring.
        let announced = if is_head { None } else { content_length(&head.headers) };
        let for_bytes = announced.unwrap_or(0) as f64 / min_bytes_per_second.max(1) as f64;
        let whole = attempt_timeout + Duration::from_secs_f64(for_bytes);
        let body = self.within(begin, whole, key, body).await?;
        let sent = body.len() as u64;
        if let Some(announced) = announced.filter(|announced| *announced != sent) {
            let (asked, sent) = (format!("{announced} bytes"), format!("{sent} bytes"));
            return Err(TransportFault::OtherBytes { asked, sent }.into_error(key));
        }
        Ok(Response::from_parts(head, body))
    }

    /// The same, where only success will do.
    async fn succeed(&self, key: &str, request: Request<Bytes>) -> Result<Response<Bytes>, StorageError> {
        let answer = self.send(key, request).await?;
        if answer.status().is_success() { Ok(answer) } else { Err(self.refused(key, &answer)) }
    }

    /// What comes of HTTP, if it comes within a time of the beginning.
    async fn within<T>(
        &self,
        begin: Duration,
        time: Duration,
        key: &str,
        answer: impl Future<Output = Result<T, HttpError>>,
    ) -> Result<T, StorageError> {
        let left = (begin + time).saturating_sub(self.parts.clock.monotonic());
        match select(pin!(answer), self.parts.clock.sleep(left)).await {
            Either::Left((Ok(answer), _)) => Ok(answer),
            Either::Left((Err(HttpError::Failed(source)), _)) => {
                Err(TransportFault::Connection(source).into_error(key))
            }
            Either::Left((Err(HttpError::Denied { advice, source }), _)) => {
                Err(StorageError::Misconfigured { store: self.url.to_string(), advice, source })
            }
            Either::Right(((), _)) => Err(TransportFault::TimedOut(time).into_error(key)),
        }
    }

    fn refused(&self, key: &str, answer: &Response<Bytes>) -> StorageError {
        let document = error_document(answer.body());
        let answered = ErrorResponse {
            status: answer.status().as_u16(),
            code: document.code.as_deref(),
            message: document.message.as_deref(),
            request_id: header(answer.headers(), "x-amz-request-id"),
            bucket_region: header(answer.headers(), "x-amz-bucket-region"),
            retry_after: header(answer.headers(), "retry-after"),
        };
        refused(&self.url, key, &self.settings.names, answered)
    }

    fn request(&self, method: Method, key: &str) -> Result<Request<Bytes>, StorageError> {
        let uri = self.address.object(&self.url.object(key)?);
        request(method, uri).map_err(|source| StorageError::Failed { key: key.to_owned(), source })
    }

    /// The size of an object that does not hold a range.
    async fn invalid_range(&self, key: &str, range: Range<u64>) -> StorageError {
        match self.head(key).await {
            Ok(Entry { size, .. }) if range.start < range.end && range.end <= size => {
                // It was replaced by a larger one after it was asked for the range.
                let (asked, sent) = (format!("{range:?}"), "no such range".to_owned());
                TransportFault::OtherBytes { asked, sent }.into_error(key)
            }
            Ok(Entry { size, .. }) => StorageError::InvalidRange { key: key.to_owned(), range, size },
            Err(error) => error,
        }
    }

    /// All pages of a listing, one after the other.
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
            let answer = self.succeed(prefix, request).await?;
            let garbled = |error| TransportFault::Garbled(error).into_error(prefix);
            let page = listing_page(answer.body()).map_err(|error| garbled(error.into()))?;
            let (is_truncated, has_token) = (page.is_truncated, page.next_continuation_token.is_some());
            pages.push(page);
            match (is_truncated, has_token) {
                (false, _) => return Ok(pages),
                (true, true) => {}
                (true, false) => return Err(garbled("a page has no end and no next page".into())),
            }
        }
    }

    fn only_reads(key: &str) -> StorageError {
        StorageError::Failed { key: key.to_owned(), source: "this program only reads from S3".into() }
    }
}

#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
impl Storage for S3Reader {
    async fn get(&self, key: &str) -> Result<Object, StorageError> {
        let answer = self.succeed(key, self.request(Method::GET, key)?).await?;
        Ok(Object { version: version(key, header(answer.headers(), ETAG.as_str()))?, bytes: answer.into_body() })
    }

    async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Bytes, StorageError> {
        let mut request = self.request(Method::GET, key)?;
        if range.start >= range.end {
            return Err(self.invalid_range(key, range).await);
        }
        let length = range.end - range.start;
        let bytes = format!("bytes={}-{}", range.start, range.end - 1);
        request.headers_mut().insert(RANGE, bytes.parse().expect("digits are a header's value"));
        let answer = self.send(key, request).await?;
        if answer.status() == StatusCode::RANGE_NOT_SATISFIABLE {
            return Err(self.invalid_range(key, range).await);
        }
        if !answer.status().is_success() {
            return Err(self.refused(key, &answer));
        }
        check_content_range(key, &range, header(answer.headers(), CONTENT_RANGE.as_str()))?;
        let sent = answer.body().len() as u64;
        if sent != length {
            let (asked, sent) = (format!("{length} bytes"), format!("{sent} bytes"));
            return Err(TransportFault::OtherBytes { asked, sent }.into_error(key));
        }
        Ok(answer.into_body())
    }

    async fn put(&self, key: &str, _: Bytes, _: Precondition) -> Result<Version, StorageError> {
        Err(Self::only_reads(key))
    }

    async fn head(&self, key: &str) -> Result<Entry, StorageError> {
        let answer = self.succeed(key, self.request(Method::HEAD, key)?).await?;
        let no_size = || StorageError::Failed { key: key.to_owned(), source: "S3 sent no size".into() };
        let size = content_length(answer.headers()).ok_or_else(no_size)?;
        Ok(Entry { key: key.to_owned(), size, version: version(key, header(answer.headers(), ETAG.as_str()))? })
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Entry>, StorageError> {
        let mut entries = Vec::new();
        for object in self.pages(prefix, None).await?.into_iter().flat_map(|page| page.contents) {
            // Others may keep objects in the bucket whose keys are none of ours.
            let Some(key) = self.url.key(&object.key) else { continue };
            let version = version(key, object.etag.as_deref())?;
            entries.push(Entry { key: key.to_owned(), size: object.size, version });
        }
        // Directory buckets list in no order.
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
        Err(Self::only_reads(key))
    }
}

impl fmt::Debug for S3Reader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("S3Reader");
        debug.field("url", &self.url).field("settings", &self.settings).finish_non_exhaustive()
    }
}

fn request(method: Method, uri: String) -> Result<Request<Bytes>, Box<dyn std::error::Error + Send + Sync>> {
    Ok(Request::builder().method(method).uri(uri).body(Bytes::new())?)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    header(headers, CONTENT_LENGTH.as_str())?.parse().ok()
}

fn version(key: &str, etag: Option<&str>) -> Result<Version, StorageError> {
    let no_tag = || StorageError::Failed { key: key.to_owned(), source: "S3 sent no entity tag".into() };
    etag.map(Version::new).ok_or_else(no_tag)
}
