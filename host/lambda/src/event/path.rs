//! Paths of events, which are encoded by some senders and decoded by others.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What is encoded in a path that arrives encoded: what no path may contain.
const NOT_IN_PATHS: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'?').add(b'`').add(b'{').add(b'}');

/// What is encoded in a path that arrives decoded.
const NOT_IN_DECODED_PATHS: &AsciiSet = &NOT_IN_PATHS.add(b'%');

/// What is encoded in an id.
const NOT_IN_IDS: &AsciiSet = &NOT_IN_DECODED_PATHS.add(b'/');

/// What precedes an id in a path.
const DOCUMENT: &str = "/_doc/";

/// Whether paths arrive as they were sent, or decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PathEncoding {
    /// As they were sent: function URLs, REST APIs and load balancers.
    Encoded,
    /// Decoded: HTTP APIs.
    Decoded,
}

impl PathEncoding {
    /// The encoding of format 2.0, by the domain name that the request was sent to. Programs that imitate Lambda on a
    /// developer's machine imitate function URLs.
    pub(super) fn from_domain(domain: Option<&str>) -> Self {
        let host = domain.map(|domain| domain.split(':').next().unwrap_or_default());
        match host {
            Some(host) if host.contains('.') && !host.contains(".lambda-url.") && host != "127.0.0.1" => {
                PathEncoding::Decoded
            }
            _ => PathEncoding::Encoded,
        }
    }
}

/// An event's path as a client encodes it. In a decoded path, all that follows `/{index}/_doc/` is the id.
pub(super) fn encoded_path(path: &str, encoding: PathEncoding) -> String {
    let encode = |text: &str, set| utf8_percent_encode(text, set).to_string();
    if encoding == PathEncoding::Encoded {
        return encode(path, NOT_IN_PATHS);
    }
    match path.split_once(DOCUMENT) {
        Some((index, id)) if index.matches('/').count() == 1 => {
            encode(index, NOT_IN_DECODED_PATHS) + DOCUMENT + &encode(id, NOT_IN_IDS)
        }
        _ => encode(path, NOT_IN_DECODED_PATHS),
    }
}

/// Removes the stage, which API Gateway puts in front of paths unless it is the default stage.
pub(super) fn without_stage<'a>(path: &'a str, stage: Option<&str>) -> &'a str {
    let rest = stage.and_then(|stage| path.strip_prefix('/')?.strip_prefix(stage));
    match rest {
        Some("") => "/",
        Some(rest) if rest.starts_with('/') => rest,
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_removed() {
        for (path, stage, expected) in [
            ("/prod/cities", Some("prod"), "/cities"),
            ("/prod", Some("prod"), "/"),
            ("/prod/", Some("prod"), "/"),
            ("/production/x", Some("prod"), "/production/x"),
            ("/cities", Some("$default"), "/cities"),
            ("/prod", None, "/prod"),
        ] {
            assert_eq!(without_stage(path, stage), expected);
        }
    }

    #[test]
    fn decoded_paths_are_encoded_again() {
        let decoded = |path| encoded_path(path, PathEncoding::Decoded);
        assert_eq!(decoded("/a/_doc/50%"), "/a/_doc/50%25");
        assert_eq!(decoded("/a/_doc/50%25"), "/a/_doc/50%2525");
        assert_eq!(decoded("/a/_doc/x/y/_doc/z?"), "/a/_doc/x%2Fy%2F_doc%2Fz%3F");
        assert_eq!(decoded("/a/b/_doc/x/y"), "/a/b/_doc/x/y", "no such route");
        assert_eq!(decoded("/_udf/ä"), "/_udf/%C3%A4");
        assert_eq!(encoded_path("/a/_doc/50%25%2F x", PathEncoding::Encoded), "/a/_doc/50%25%2F%20x");
    }

    #[test]
    fn only_function_urls_and_imitations_keep_paths_encoded() {
        let encoding = |domain| PathEncoding::from_domain(Some(domain));
        for domain in ["u.lambda-url.eu-central-1.on.aws", "localhost:9000", "127.0.0.1:9100"] {
            assert_eq!(encoding(domain), PathEncoding::Encoded, "{domain}");
        }
        for domain in ["x.execute-api.eu-central-1.amazonaws.com", "search.example.com"] {
            assert_eq!(encoding(domain), PathEncoding::Decoded, "{domain}");
        }
        assert_eq!(PathEncoding::from_domain(None), PathEncoding::Encoded);
    }
}
