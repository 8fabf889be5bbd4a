//! Answers the requests of Spin.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Request, Response, StatusCode};
use quidditch_service::{Service, error_response, read_body};
use spin_sdk::http::{FullBody, IntoResponse};
use spin_sdk::{http_service, variables};

use crate::app::AppError;
use crate::settings::{self, Settings, SettingsError};
use crate::{app, log};

/// The service of this instance.
static SERVICE: OnceLock<Arc<Service>> = OnceLock::new();

#[http_service]
async fn handle(request: spin_sdk::http::Request) -> impl IntoResponse {
    with_length(answer(request).await).map(FullBody::new)
}

/// Adds the header `content-length`. Without it, the host sends the body in chunks, and the client receives the last chunk only after
/// a delayed acknowledgement, 40 ms later.
fn with_length(mut response: Response<Bytes>) -> Response<Bytes> {
    let bytes = response.body().len();
    // The response to a `HEAD` request already has the length of the body that `GET` would return.
    response.headers_mut().entry(CONTENT_LENGTH).or_insert(HeaderValue::from(bytes));
    response
}

async fn answer(request: spin_sdk::http::Request) -> Response<Bytes> {
    let service = match service().await {
        Ok(service) => service,
        Err(error) => {
            let error: &(dyn std::error::Error + 'static) = &error;
            tracing::error!(error, "the app is not configured");
            let reason = "the app is not configured; see its log";
            return error_response(StatusCode::INTERNAL_SERVER_ERROR, "not_set_up_exception", reason);
        }
    };
    let (parts, body) = request.into_parts();
    match read_body(body, service.settings().body_bytes).await {
        Ok(body) => service.handle(Request::from_parts(parts, body)).await,
        Err(error) => {
            tracing::debug!(%error, "truncated request body");
            let reason = format!("truncated request body: {error}");
            error_response(StatusCode::BAD_REQUEST, "illegal_argument_exception", &reason)
        }
    }
}

/// Why the app cannot answer requests.
#[derive(Debug, thiserror::Error)]
enum SetupError {
    #[error("cannot read the variable {name}")]
    Variable { name: &'static str, source: variables::Error },
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    App(#[from] AppError),
}

/// The service of this instance. Concurrent requests may construct several; the first one is kept.
async fn service() -> Result<Arc<Service>, SetupError> {
    log::start();
    if let Some(service) = SERVICE.get() {
        return Ok(Arc::clone(service));
    }
    let mut given = Vec::new();
    for name in settings::NAMES {
        match variables::get(name).await {
            Ok(value) => given.push((name, value)),
            Err(variables::Error::Undefined(_)) => {}
            Err(source) => return Err(SetupError::Variable { name, source }),
        }
    }
    let settings = Settings::from_variables(&given)?;
    let service = app::service(&settings)?;
    Ok(Arc::clone(SERVICE.get_or_init(|| Arc::new(service))))
}
