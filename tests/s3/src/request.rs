//! Requests that arrived.

use std::ops::Range;

use http::{Method, Uri, header};

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// An object, or a range of it.
    Get,
    /// What there is to know about an object.
    Head,
    /// Writing an object at once.
    Put,
    /// Removing an object.
    Delete,
    /// A page of a listing.
    List,
    /// Beginning an upload in parts.
    CreateUpload,
    /// Writing a part.
    UploadPart,
    /// Making an object of the parts.
    CompleteUpload,
    /// Giving the parts up.
    AbortUpload,
    /// Anything else.
    Other,
}

/// A request that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What it asks for.
    pub operation: Operation,
    /// The bucket.
    pub bucket: String,
    /// The key; of a listing, the prefix.
    pub key: String,
    /// The bytes that it asks for, if not for all.
    pub range: Option<Range<u64>>,
    /// Status of the answer. `None`: none was given, or not yet.
    pub status: Option<u16>,
    /// Bytes in the body of the answer.
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
        Request { operation, bucket, key, range, status: None, bytes: 0 }
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
