//! How an answer is sent: its media type, which parts of it, and its layout.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};

use crate::answer::{Answer, Content};
use crate::error::ApiError;
use crate::filter_path::FilterPath;
use crate::media_type::MediaType;
use crate::parameters::Parameters;
use crate::pretty::pretty;
use crate::settings::Settings;

const PRODUCT: HeaderName = HeaderName::from_static("x-elastic-product");

/// How an answer is sent.
pub(crate) struct Presentation {
    media_type: MediaType,
    /// Whether the request is a `HEAD` request.
    head_only: bool,
    product_header: bool,
    is_pretty: bool,
    filter_path: Option<FilterPath>,
}

impl Presentation {
    /// The presentation that method and headers ask for.
    pub(crate) fn new<B>(request: &Request<B>, settings: &Settings) -> Self {
        Presentation {
            media_type: MediaType::for_response(request.headers()),
            head_only: request.method() == Method::HEAD,
            product_header: settings.product_header,
            is_pretty: false,
            filter_path: None,
        }
    }

    /// Takes the URL parameters that every request may have.
    pub(crate) fn take_parameters(&mut self, parameters: &mut Parameters) -> Result<(), ApiError> {
        self.is_pretty = parameters.take_flag("pretty")?;
        // Adds human-readable forms of numbers. No response has any, so it changes nothing.
        parameters.take_flag("human")?;
        // Adds stack traces to errors. No error has any.
        parameters.take_flag("error_trace")?;
        self.filter_path = parameters.take("filter_path")?.map(|text| FilterPath::parse(&text)).transpose()?;
        Ok(())
    }

    /// The response to send. `filter_path` does not apply to errors.
    pub(crate) fn response(&self, answer: Answer) -> Response<Bytes> {
        let Answer { status, headers, content, .. } = answer;
        let (content_type, text) = match content {
            Content::Text(text) => ("text/plain; charset=UTF-8".to_owned(), text),
            Content::Json(json) => (self.media_type.header(), self.format(json, status)),
        };
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = status;
        *response.headers_mut() = self.headers(headers, &content_type);
        if self.head_only {
            response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(text.len()));
        } else {
            *response.body_mut() = Bytes::from(text);
        }
        response
    }

    fn headers(&self, mut headers: HeaderMap, content_type: &str) -> HeaderMap {
        let content_type = HeaderValue::from_str(content_type).expect("a media type is visible ASCII");
        headers.insert(CONTENT_TYPE, content_type);
        if self.product_header {
            headers.insert(PRODUCT, HeaderValue::from_static("Elasticsearch"));
        }
        headers
    }

    fn format(&self, json: String, status: StatusCode) -> String {
        let json = match &self.filter_path {
            Some(filter) if status.is_success() => filter.apply(&json).expect("an answer is JSON"),
            _ => json,
        };
        if self.is_pretty { pretty(&json) } else { json }
    }
}
