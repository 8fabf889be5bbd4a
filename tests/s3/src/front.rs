//! Applies the conditions to requests and responses, between a connection and the S3 operations.

use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use bytes::Bytes;
use http::{HeaderValue, Method, Response, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use s3s::service::S3Service;
use tokio::time::sleep;

use crate::body::{ResponseBody, Sending, read_slowly};
use crate::conditions::Treatment;
use crate::{Control, EntityTags, Fault, Request};

/// Responds to requests according to the conditions.
#[derive(Debug, Clone)]
pub(crate) struct Front {
    pub(crate) service: S3Service,
    pub(crate) control: Arc<Control>,
}

impl Front {
    /// Responds to one request. An error ends the connection, with a reset if `reset` is set then.
    pub(crate) async fn respond(
        &self,
        request: http::Request<Incoming>,
        reset: &AtomicBool,
    ) -> io::Result<Response<ResponseBody>> {
        let is_head = request.method() == Method::HEAD;
        let (number, treatment) = self.control.arrived(Request::new(&request));
        sleep(treatment.latency).await;
        let mut response = match &treatment.fault {
            Some(Fault::Reset) => return Err(reset_now(reset)),
            Some(Fault::Respond(response)) => response.to_response(),
            _ => self.carry_out(request, treatment.bytes_per_second).await?,
        };
        if treatment.fault == Some(Fault::LoseResponse) {
            return Err(reset_now(reset));
        }
        if let Some(Fault::Stall(time)) = treatment.fault {
            sleep(time).await;
        }
        if self.control.entity_tags() == EntityTags::Weak {
            weaken_entity_tag(&mut response);
        }
        if treatment.fault == Some(Fault::NoContinuationToken) {
            response = response.map(|body| without_continuation_token(&body));
        }
        if treatment.fault == Some(Fault::WrongContentRange) {
            shift_content_range(&mut response);
        }
        // A response to HEAD has the length of a body, but no body.
        let body = if is_head { Bytes::new() } else { body(&mut response, &treatment) };
        self.control.responded(number, response.status().as_u16(), body.len() as u64);
        Ok(response.map(|_| sending(&treatment).body(body)))
    }

    async fn carry_out(
        &self,
        request: http::Request<Incoming>,
        bytes_per_second: Option<u64>,
    ) -> io::Result<Response<Bytes>> {
        let request = match bytes_per_second {
            Some(rate) => {
                let (parts, body) = request.into_parts();
                http::Request::from_parts(parts, s3s::Body::from(read_slowly(body, rate).await?))
            }
            None => request.map(s3s::Body::from),
        };
        let response = self.service.call(request).await.map_err(|error| io::Error::other(format!("{error:?}")))?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        Ok(Response::from_parts(parts, body))
    }
}

fn reset_now(reset: &AtomicBool) -> io::Error {
    reset.store(true, Relaxed);
    io::ErrorKind::ConnectionReset.into()
}

/// The bytes to send, with their number in the header.
fn body(response: &mut Response<Bytes>, treatment: &Treatment) -> Bytes {
    let mut body = response.body().clone();
    if let Some(Fault::Truncate { by }) = treatment.fault {
        body.truncate(body.len().saturating_sub(by));
    }
    response.headers_mut().remove(header::TRANSFER_ENCODING);
    if response.status().as_u16() != 204 {
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    body
}

fn sending(treatment: &Treatment) -> Sending {
    let sending = Sending { bytes_per_second: treatment.bytes_per_second, ..Sending::default() };
    match treatment.fault {
        Some(Fault::Cut { after }) => Sending { cut: Some(after), ..sending },
        Some(Fault::StallBody { after, time }) => Sending { stall: Some((after, time)), ..sending },
        _ => sending,
    }
}

fn without_continuation_token(page: &Bytes) -> Bytes {
    let page = String::from_utf8_lossy(page);
    let token = page.find("<NextContinuationToken>").zip(page.find("</NextContinuationToken>"));
    match token {
        Some((start, end)) => Bytes::from([&page[..start], &page[end + "</NextContinuationToken>".len()..]].concat()),
        None => Bytes::from(page.into_owned()),
    }
}

fn weaken_entity_tag(response: &mut Response<Bytes>) {
    if let Some(strong) = response.headers().get(header::ETAG) {
        let weak = [b"W/", strong.as_bytes()].concat();
        let weak = HeaderValue::from_bytes(&weak).expect("a valid header with two more letters is valid");
        response.headers_mut().insert(header::ETAG, weak);
    }
}

fn shift_content_range(response: &mut Response<Bytes>) {
    let value = response.headers().get(header::CONTENT_RANGE).and_then(|value| value.to_str().ok());
    if let Some((Range { start, end }, size)) = value.and_then(parse_content_range) {
        let shifted = format!("bytes {}-{}/{size}", start + 1, end + 1);
        let shifted = HeaderValue::from_str(&shifted).expect("digits are valid in headers");
        response.headers_mut().insert(header::CONTENT_RANGE, shifted);
    }
}

/// The first and last byte, and the size of the object.
fn parse_content_range(value: &str) -> Option<(Range<u64>, &str)> {
    let (range, size) = value.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    Some((first.parse().ok()?..last.parse().ok()?, size))
}
