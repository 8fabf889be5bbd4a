//! Error responses of S3.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};

/// The id that S3 gives to a request.
const REQUEST_ID: &str = "4442587FB7D0A2F9";

/// An error document as S3 sends it, with its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorResponse {
    status: StatusCode,
    code: &'static str,
    message: &'static str,
    headers: HeaderMap,
}

impl ErrorResponse {
    /// A response with any status, code and message.
    ///
    /// # Panics
    /// If the status does not have three digits.
    pub fn new(status: u16, code: &'static str, message: &'static str) -> Self {
        let status = StatusCode::from_u16(status).expect("a status has three digits");
        ErrorResponse { status, code, message, headers: HeaderMap::new() }
    }

    /// 500: the request can be retried.
    pub fn internal_error() -> Self {
        Self::new(500, "InternalError", "We encountered an internal error. Please try again.")
    }

    /// 503: too many requests. Without `retry_after`, the response does not say how long to wait.
    pub fn slow_down(retry_after: Option<Duration>) -> Self {
        let response = Self::new(503, "SlowDown", "Please reduce your request rate.");
        match retry_after {
            Some(time) => response.header(header::RETRY_AFTER, HeaderValue::from(time.as_secs())),
            None => response,
        }
    }

    /// 403: the credentials are valid, but a permission is missing.
    pub fn access_denied() -> Self {
        Self::new(403, "AccessDenied", "Access Denied")
    }

    /// 404: the bucket does not exist.
    pub fn no_such_bucket() -> Self {
        Self::new(404, "NoSuchBucket", "The specified bucket does not exist")
    }

    /// 403: the clocks of client and server disagree.
    pub fn clock_skew() -> Self {
        Self::new(
            403,
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
        )
    }

    /// 301: the bucket is in another region.
    ///
    /// # Panics
    /// If the region is not valid in a header.
    pub fn permanent_redirect(region: &str) -> Self {
        let message = "The bucket you are attempting to access must be addressed using the specified endpoint.";
        let region = HeaderValue::from_str(region).expect("names of regions are valid in headers");
        Self::new(301, "PermanentRedirect", message).header(HeaderName::from_static("x-amz-bucket-region"), region)
    }

    /// 403: the access key does not exist.
    pub fn invalid_access_key() -> Self {
        Self::new(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
    }

    /// 409: another conditional write of the same key is in progress.
    pub fn conflict() -> Self {
        let message = "The conditional request cannot succeed due to a conflicting operation against this resource.";
        Self::new(409, "ConditionalRequestConflict", message)
    }

    /// The response with another header.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    pub(crate) fn to_response(&self) -> Response<Bytes> {
        let document = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message>\
             <RequestId>{REQUEST_ID}</RequestId></Error>",
            self.code, self.message
        );
        let mut response = Response::new(Bytes::from(document));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers.clone();
        response.headers_mut().insert("x-amz-request-id", HeaderValue::from_static(REQUEST_ID));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
        response
    }
}
