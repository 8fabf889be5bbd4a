//! How an answer is sent: as what kind of text, which parts of it, laid out how.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response};

use crate::answer::{Answer, Content};
use crate::errors::ApiError;
use crate::filter_path::FilterPath;
use crate::media_type::MediaType;
use crate::parameters::Parameters;
use crate::pretty::pretty;

const PRODUCT: HeaderName = HeaderName::from_static("x-elastic-product");

/// How an answer is sent.
pub(crate) struct Presentation {
    media_type: MediaType,
    /// Whether only the head of the answer is wanted.
    head_only: bool,
    product_header: bool,
    is_pretty: bool,
    filter_path: Option<FilterPath>,
}

impl Presentation {
    /// What a request's head says.
    pub(crate) fn new(request: &Request<Bytes>, product_header: bool) -> Self {
        Presentation {
            media_type: MediaType::of_answer(request.headers()),
            head_only: request.method() == Method::HEAD,
            product_header,
            is_pretty: false,
            filter_path: None,
        }
    }

    /// Takes the parameters that every request may have.
    pub(crate) fn take_parameters(&mut self, parameters: &mut Parameters) -> Result<(), ApiError> {
        self.is_pretty = parameters.take_flag("pretty")?;
        // Numbers for people beside numbers for machines: no answer has any.
        parameters.take_flag("human")?;
        self.filter_path = parameters.take("filter_path")?.map(|text| FilterPath::parse(&text));
        Ok(())
    }

    /// The answer as it goes out. Errors are sent whole, whatever `filter_path` says.
    pub(crate) fn response(&self, answer: Answer) -> Response<Bytes> {
        let Answer { status, headers, content, .. } = answer;
        let (content_type, text) = match content {
            Content::Text(text) => ("text/plain; charset=UTF-8".to_owned(), text),
            Content::Json(json) => (self.media_type.header(), self.lay_out(json, status.is_success())),
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

    fn lay_out(&self, json: String, is_success: bool) -> String {
        let json = match &self.filter_path {
            Some(filter) if is_success => filter.apply(&json).expect("an answer is JSON"),
            _ => json,
        };
        if self.is_pretty { pretty(&json) } else { json }
    }
}
