//! The header `Origin`: which web page a browser sends a request for.
//!
//! A page of anybody can make the browser of a person on this machine send requests to `127.0.0.1`. It cannot read the answers, but its
//! requests must not change anything.

use std::net::IpAddr;

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, Uri};

/// Which pages may change something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TrustedPages {
    /// Those of this server.
    OfThisServer,
    /// The same, if they name it by an address or as `localhost`. Any other name could be one of somebody else that leads here.
    OfThisServerByAddress,
}

/// The page, if it may not change anything. Programs other than browsers send no `Origin`.
pub(super) fn foreign_page(headers: &HeaderMap, trusted: TrustedPages) -> Option<String> {
    let origin = String::from_utf8_lossy(headers.get(ORIGIN)?.as_bytes()).into_owned();
    let page = origin.parse::<Uri>().ok().and_then(|uri| uri.authority().cloned());
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let is_trusted = page.is_some_and(|page| {
        let is_this_server = host.is_some_and(|host| host.eq_ignore_ascii_case(page.as_str()));
        is_this_server && (trusted == TrustedPages::OfThisServer || is_address(page.host()))
    });
    (!is_trusted).then_some(origin)
}

fn is_address(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_foreign(origin: Option<&str>, host: &str, trusted: TrustedPages) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().expect("ASCII"));
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().expect("ASCII"));
        }
        foreign_page(&headers, trusted).is_some()
    }

    #[test]
    fn pages_of_others_are_foreign() {
        use TrustedPages::{OfThisServer, OfThisServerByAddress};
        for trusted in [OfThisServer, OfThisServerByAddress] {
            assert!(!is_foreign(None, "127.0.0.1:9200", trusted));
            assert!(!is_foreign(Some("http://127.0.0.1:9200"), "127.0.0.1:9200", trusted));
            assert!(!is_foreign(Some("http://[::1]:9200"), "[::1]:9200", trusted));
            assert!(!is_foreign(Some("http://localhost:9200"), "LOCALHOST:9200", trusted));
            assert!(is_foreign(Some("https://example.org"), "127.0.0.1:9200", trusted));
            assert!(is_foreign(Some("http://localhost:3000"), "localhost:9200", trusted));
            assert!(is_foreign(Some("null"), "localhost:9200", trusted));
        }
        // A name of somebody else that leads to this machine.
        assert!(is_foreign(Some("http://example.org:9200"), "example.org:9200", OfThisServerByAddress));
        assert!(!is_foreign(Some("http://example.org:9200"), "example.org:9200", OfThisServer));
    }
}
