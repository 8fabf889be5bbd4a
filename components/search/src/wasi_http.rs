//! Outgoing HTTP requests, sent by the host.

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::BodyExt;
use quidditch_storage::{HttpBody, HttpClient, HttpError};
use spin_sdk::http::FromResponse;
use spin_sdk::wasip3::http::client;
use spin_sdk::wasip3::http::types::{ErrorCode, Headers, Request as WasiRequest};
use spin_sdk::wasip3::wit_future;

/// An HTTP client that uses WASI.
#[derive(Debug)]
pub(crate) struct WasiHttp;

#[async_trait(?Send)]
impl HttpClient for WasiHttp {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<HttpBody>, HttpError> {
        let response = client::send(without_body(&request)?).await;
        let response = response.map_err(|error| failure(error, request.uri()))?;
        let (head, body) = Response::from_response(response)?.into_parts();
        Ok(Response::from_parts(head, Box::pin(async { Ok(body.collect().await?.to_bytes()) })))
    }
}

fn failure(error: ErrorCode, uri: &Uri) -> HttpError {
    match error {
        ErrorCode::HttpRequestDenied => HttpError::Denied {
            advice: format!(
                "the app may not send requests there; add {} to allowed_outbound_hosts in spin.toml",
                origin(uri)
            ),
            source: error.into(),
        },
        other => other.into(),
    }
}

/// Scheme, host and port, as Spin expects them in `allowed_outbound_hosts`.
fn origin(uri: &Uri) -> String {
    let scheme = uri.scheme_str().unwrap_or("https");
    let port = uri.port_u16().unwrap_or(if scheme == "http" { 80 } else { 443 });
    format!("{scheme}://{}:{port}", uri.host().unwrap_or_default())
}

/// Converts the request, without a body: even an empty one would be sent in chunks, which S3 rejects.
fn without_body(request: &Request<Bytes>) -> Result<WasiRequest, HttpError> {
    let headers = request.headers().iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
    let headers = Headers::from_list(&headers.collect::<Vec<_>>())?;
    let (_, no_trailers) = wit_future::new(|| Ok(None));
    let (converted, _) = WasiRequest::new(headers, None, no_trailers, None);
    let refused = |part: &str| HttpError::Denied {
        advice: "check the variable aws_endpoint_url".to_owned(),
        source: format!("the host rejects the {part} of {}", request.uri()).into(),
    };
    let uri = request.uri();
    converted.set_method(&request.method().clone().into()).map_err(|()| refused("method"))?;
    converted.set_scheme(uri.scheme().map(Into::into).as_ref()).map_err(|()| refused("scheme"))?;
    converted.set_authority(uri.authority().map(|authority| authority.as_str())).map_err(|()| refused("host"))?;
    converted.set_path_with_query(uri.path_and_query().map(|path| path.as_str())).map_err(|()| refused("path"))?;
    Ok(converted)
}
