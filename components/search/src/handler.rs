//! From the request that Spin hands over to the answer that it takes back.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Request, Response, StatusCode};
use quidditch_service::{Service, read_body};
use serde_json::json;
use spin_sdk::http::{FullBody, IntoResponse};
use spin_sdk::{http_service, variables};

use crate::settings::{self, Settings};
use crate::{app, log};

/// What answers, as long as the instance lives.
static SERVICE: OnceLock<Arc<Service>> = OnceLock::new();

#[http_service]
async fn handle(request: spin_sdk::http::Request) -> impl IntoResponse {
    answer(request).await.map(FullBody::new)
}

async fn answer(request: spin_sdk::http::Request) -> Response<Bytes> {
    let service = match service().await {
        Ok(service) => service,
        Err(reason) => {
            tracing::error!(reason, "the app is not set up");
            let reason = "the app is not set up, its log says what is missing";
            return problem(StatusCode::INTERNAL_SERVER_ERROR, "not_set_up_exception", reason);
        }
    };
    let (parts, body) = request.into_parts();
    match read_body(body, service.settings().body_bytes).await {
        Ok(body) => service.handle(Request::from_parts(parts, body)).await,
        Err(error) => {
            tracing::debug!(%error, "a body ended early");
            let reason = format!("the request did not arrive whole: {error}");
            problem(StatusCode::BAD_REQUEST, "illegal_argument_exception", &reason)
        }
    }
}

/// The service of this instance. Requests that come together may each make one; the first is kept.
async fn service() -> Result<Arc<Service>, String> {
    log::start();
    if let Some(service) = SERVICE.get() {
        return Ok(Arc::clone(service));
    }
    let mut given = Vec::new();
    for name in settings::NAMES {
        match variables::get(name).await {
            Ok(value) => given.push((name, value)),
            Err(variables::Error::Undefined(_)) => {}
            Err(error) => return Err(format!("the variable {name} cannot be read: {error}")),
        }
    }
    let settings = Settings::read(&given).map_err(|error| error.to_string())?;
    let made = app::service(&settings).map_err(|error| error.to_string())?;
    Ok(Arc::clone(SERVICE.get_or_init(|| Arc::new(made))))
}

/// An error in the shape of all others.
fn problem(status: StatusCode, kind: &str, reason: &str) -> Response<Bytes> {
    let cause = json!({ "type": kind, "reason": reason });
    let body = json!({ "error": { "root_cause": [cause], "type": kind, "reason": reason }, "status": status.as_u16() });
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    response
}
