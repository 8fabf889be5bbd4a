//! HTTP requests of the app's own, sent by the host.

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use quidditch_storage::{HttpBody, HttpClient, HttpError};
use spin_sdk::http::FromResponse;
use spin_sdk::wasip3::http::client;
use spin_sdk::wasip3::http::types::{ErrorCode, Headers, Request as WasiRequest};
use spin_sdk::wasip3::wit_future;

/// WASI's outgoing HTTP.
#[derive(Debug)]
pub(crate) struct WasiHttp;

#[async_trait(?Send)]
impl HttpClient for WasiHttp {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<HttpBody>, HttpError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let answer = client::send(without_body(&request)?).await.map_err(|error| failure(error, &host))?;
        let (head, body) = Response::from_response(answer)?.into_parts();
        Ok(Response::from_parts(head, Box::pin(async { Ok(body.collect().await?.to_bytes()) })))
    }
}

fn failure(error: ErrorCode, host: &str) -> HttpError {
    match error {
        ErrorCode::HttpRequestDenied => HttpError::Denied {
            advice: format!("the app may not send requests to {host}; name it in allowed_outbound_hosts of spin.toml"),
            source: error.into(),
        },
        other => other.into(),
    }
}

/// The request as WASI has it, without a body: with one, even an empty one, it would be sent in chunks, which S3 refuses.
fn without_body(request: &Request<Bytes>) -> Result<WasiRequest, HttpError> {
    let headers = request.headers().iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
    let headers = Headers::from_list(&headers.collect::<Vec<_>>())?;
    let (_, no_trailers) = wit_future::new(|| Ok(None));
    let (made, _) = WasiRequest::new(headers, None, no_trailers, None);
    let refused = |part: &str| HttpError::Denied {
        advice: "check the variable aws_endpoint_url".to_owned(),
        source: format!("the host does not take the {part} of {}", request.uri()).into(),
    };
    let uri = request.uri();
    made.set_method(&request.method().clone().into()).map_err(|()| refused("method"))?;
    made.set_scheme(uri.scheme().map(Into::into).as_ref()).map_err(|()| refused("scheme"))?;
    made.set_authority(uri.authority().map(|authority| authority.as_str())).map_err(|()| refused("host"))?;
    made.set_path_with_query(uri.path_and_query().map(|path| path.as_str())).map_err(|()| refused("path"))?;
    Ok(made)
}
