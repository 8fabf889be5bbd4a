//! `quidditch search`.

mod hits;
mod warnings;

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::{Method, Request, Uri};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use quidditch_engine::{Engine, Limits};
use quidditch_writes::MemoryIndexer;
use serde_json::Value as Json;

use crate::arguments::Global;
use crate::error_response::error_text;
use crate::installation::Installation;
use crate::outcome::Outcome;
use crate::output::print;
use crate::text_argument::read_text;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Name of the index
    index: String,
    /// Search request: JSON, @FILE, or - for standard input; by default, all documents match
    #[arg(default_value = "", hide_default_value = true)]
    body: String,
}

/// Calls the same service as `serve`, so that the response is the same.
pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<Outcome> {
    let body = read_text(&arguments.body)?;
    let installation = Installation::open(global, None)?;
    let indexer = Arc::new(MemoryIndexer::new(&installation.clock));
    let engine = Engine::new(Limits::default(), installation.clock.clone()).with_document_indexer(indexer);
    let service = installation.service(engine, installation.service_settings());

    // Encoded, any text is a valid path segment; the service reports invalid names.
    let index = utf8_percent_encode(&arguments.index, NON_ALPHANUMERIC);
    let uri = Uri::builder().path_and_query(format!("/{index}/_search"));
    let mut request = Request::new(Bytes::from(body));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = uri.build().context("invalid index name in URL")?;
    let response = service.handle(request).await;
    for warning in warnings::warnings(response.headers()) {
        eprintln!("warning: {warning}");
    }

    let text = std::str::from_utf8(response.body()).context("the response is not UTF-8")?;
    if global.json {
        print(text)?;
        return Ok(if response.status().is_success() { Outcome::Done } else { Outcome::Failed });
    }
    let json: Json = serde_json::from_str(text).context("the response is not JSON")?;
    if !response.status().is_success() {
        bail!("{}", error_text(&json));
    }
    print(&hits::text(&json))?;
    Ok(Outcome::Done)
}
