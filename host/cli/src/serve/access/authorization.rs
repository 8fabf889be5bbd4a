//! The header `Authorization`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;

/// How a caller shows who they are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Authorization {
    Bearer(String),
    Basic { name: String, password: String },
}

impl Authorization {
    /// Reads the header; `None` if there is none, or none that can be read.
    pub(super) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let (scheme, value) = headers.get(AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
        let value = value.trim();
        if scheme.eq_ignore_ascii_case("bearer") {
            return Some(Authorization::Bearer(value.to_owned()));
        }
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = String::from_utf8(STANDARD.decode(value).ok()?).ok()?;
        let (name, password) = decoded.split_once(':')?;
        Some(Authorization::Basic { name: name.to_owned(), password: password.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_passwords_are_read() {
        let read = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, text.parse().expect("ASCII"));
            Authorization::from_headers(&headers)
        };
        assert_eq!(read("bearer abc"), Some(Authorization::Bearer("abc".to_owned())));
        let ada = Authorization::Basic { name: "ada".to_owned(), password: "a:b".to_owned() };
        assert_eq!(read("Basic YWRhOmE6Yg=="), Some(ada));
        for bad in ["Bearer", "Digest abc", "Basic abc", "Basic YWRh", "abc"] {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert_eq!(Authorization::from_headers(&HeaderMap::new()), None);
    }
}
