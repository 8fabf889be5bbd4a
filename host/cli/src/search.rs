//! `quidditch search`.

mod hits;

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::{Method, Request, Uri};
use quidditch_engine::{Engine, Limits};
use serde_json::Value as Json;

use crate::arguments::Global;
use crate::installation::Installation;
use crate::outcome::Outcome;
use crate::output::print;
use crate::text_argument::read_text;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Name of the index
    index: String,
    /// The request as JSON, @FILE, or - for standard input; by default all documents
    #[arg(default_value = "", hide_default_value = true)]
    body: String,
}

/// Asks the same service that `serve` does, so the answer is the same.
pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<Outcome> {
    let body = read_text(&arguments.body)?;
    let installation = Installation::open(global, None)?;
    let engine = Engine::new(Limits::default(), installation.clock.clone());
    let service = installation.service(engine, false);

    // A name that cannot stand in a URL is no index's name, but the service shall be the one to say so.
    let uri = Uri::builder().path_and_query(format!("/{}/_search", percent_encoded(&arguments.index)));
    let mut request = Request::new(Bytes::from(body));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = uri.build().context("cannot make a request of this name")?;
    let response = service.handle(request).await;

    let text = std::str::from_utf8(response.body()).context("the answer is not text")?;
    if global.json {
        print(text)?;
        return Ok(if response.status().is_success() { Outcome::Done } else { Outcome::Failed });
    }
    let json: Json = serde_json::from_str(text).context("the answer is not JSON")?;
    if !response.status().is_success() {
        bail!("{}", hits::error(&json));
    }
    print(&hits::text(&json))?;
    Ok(Outcome::Done)
}

fn percent_encoded(name: &str) -> String {
    let encoded = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    name.bytes().map(encoded).collect()
}
