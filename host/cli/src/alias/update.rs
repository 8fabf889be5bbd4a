//! `quidditch alias update`.

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::Request;
use quidditch_engine::{Engine, Limits};
use serde_json::Value as Json;

use super::list;
use crate::arguments::Global;
use crate::error_response::error_text;
use crate::installation::Installation;
use crate::outcome::Outcome;
use crate::text_argument::read_text;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Actions as in the body of OpenSearch's `POST /_aliases`: JSON, @FILE, or - for standard input
    #[arg(value_name = "ACTIONS")]
    actions: String,
}

/// Calls the same service as `serve`, so that the actions mean the same.
pub(super) async fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    let body = read_text(&arguments.actions)?;
    let installation = Installation::open(global, None)?;
    let engine = Engine::new(Limits::default(), installation.clock.clone());
    let service = installation.service(engine, installation.service_settings());
    let service = service.with_writes(Arc::new(installation.writes()));
    let request = Request::post("/_aliases").body(Bytes::from(body)).context("cannot make a request of the actions")?;
    let response = service.handle(request).await;
    if !response.status().is_success() {
        let json: Json = serde_json::from_slice(response.body()).context("the response is not JSON")?;
        bail!("{}", error_text(&json));
    }
    list::run(global, &installation.storage).await
}
