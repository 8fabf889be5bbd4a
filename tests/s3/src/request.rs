//! The log of requests.

use std::ops::Range;

use http::{Method, Uri, header};

/// The operation of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Reading an object or a range.
    Get,
    /// Reading the metadata of an object.
    Head,
    /// Writing a whole object.
    Put,
    /// Deleting an object.
    Delete,
    /// Reading a page of a listing.
    List,
    /// Creating an upload in parts.
    CreateUpload,
    /// Writing a part.
    UploadPart,
    /// Completing an upload.
    CompleteUpload,
    /// Aborting an upload.
    AbortUpload,
    /// Anything else.
    Other,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The operation.
    pub operation: Operation,
    /// The bucket.
    pub bucket: String,
    /// The key; for listings the prefix.
    pub key: String,
    /// The requested range, if any.
    pub range: Option<Range<u64>>,
    /// Whether it is a listing's second or later page, which can only be requested after the one before.
    pub is_next_page: bool,
    /// Status of the response; `None` if there is none, or not yet.
    pub status: Option<u16>,
    /// Size of the body of the response.
    pub bytes: u64,
}

impl Request {
    pub(crate) fn new<B>(request: &http::Request<B>) -> Self {
        let (bucket, key) = bucket_and_key(request.uri());
        let query: Vec<(String, String)> = request
            .uri()
            .query()
            .map(|query| form_urlencoded::parse(query.as_bytes()).into_owned().collect())
            .unwrap_or_default();
        let parameter = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value);
        let has = |name| parameter(name).is_some();
        let operation = match *request.method() {
            Method::GET if key.is_empty() => Operation::List,
            Method::GET => Operation::Get,
            Method::HEAD => Operation::Head,
            Method::PUT if has("partNumber") => Operation::UploadPart,
            Method::PUT => Operation::Put,
            Method::POST if has("uploads") => Operation::CreateUpload,
            Method::POST if has("uploadId") => Operation::CompleteUpload,
            Method::DELETE if has("uploadId") => Operation::AbortUpload,
            Method::DELETE => Operation::Delete,
            _ => Operation::Other,
        };
        let key = if operation == Operation::List { parameter("prefix").cloned().unwrap_or_default() } else { key };
        let range = request.headers().get(header::RANGE).and_then(|range| parse_range(range.to_str().ok()?));
        Request { operation, bucket, key, range, is_next_page: has("continuation-token"), status: None, bytes: 0 }
    }
}

fn bucket_and_key(uri: &Uri) -> (String, String) {
    let path = uri.path().trim_start_matches('/');
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    (decode(bucket), decode(key))
}

fn parse_range(header: &str) -> Option<Range<u64>> {
    let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
    Some(first.parse().ok()?..last.parse::<u64>().ok()? + 1)
}
