//! The URL of a collector.

use std::str::FromStr;

use http::Uri;

/// The base URL of a collector.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Endpoint(Uri);

/// A text that is not a URL of a collector.
#[derive(Debug, thiserror::Error)]
pub(super) enum InvalidEndpoint {
    #[error("the OTLP endpoint [{0}] is not the URL of a collector, such as http://127.0.0.1:4318")]
    NoUrl(String),
    /// Its text is not repeated.
    #[error("the URL of the OTLP endpoint must not contain a user or a password: use OTEL_EXPORTER_OTLP_HEADERS")]
    Credentials,
}

impl FromStr for Endpoint {
    type Err = InvalidEndpoint;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains('@') {
            return Err(InvalidEndpoint::Credentials);
        }
        let invalid = || InvalidEndpoint::NoUrl(text.to_owned());
        let uri: Uri = text.parse().map_err(|_| invalid())?;
        let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
        if is_http && uri.query().is_none() { Ok(Endpoint(uri)) } else { Err(invalid()) }
    }
}

impl Endpoint {
    /// Where traces are sent, as OTLP specifies it.
    pub(super) fn traces_url(&self) -> String {
        format!("{}/v1/traces", self.0.to_string().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_have_a_path_of_their_own() {
        let url = |text: &str| text.parse::<Endpoint>().expect("valid").traces_url();
        assert_eq!(url("http://127.0.0.1:4318"), "http://127.0.0.1:4318/v1/traces");
        assert_eq!(url("https://collector.example/otlp/"), "https://collector.example/otlp/v1/traces");
    }

    #[test]
    fn what_is_not_the_url_of_a_collector_is_an_error() {
        for text in
            ["127.0.0.1:4318", "collector", "grpc://a:4317", "http://", "/v1/traces", "http://a/?b", "http://a b"]
        {
            assert!(text.parse::<Endpoint>().is_err(), "{text}");
        }
        insta::assert_snapshot!(
            "https://user:secret@collector".parse::<Endpoint>().expect_err("a password"),
            @"the URL of the OTLP endpoint must not contain a user or a password: use OTEL_EXPORTER_OTLP_HEADERS"
        );
        insta::assert_snapshot!(
            "localhost:4318".parse::<Endpoint>().expect_err("no scheme"),
            @"the OTLP endpoint [localhost:4318] is not the URL of a collector, such as http://127.0.0.1:4318"
        );
    }
}
