//! What the headers of a response warn of.

use http::HeaderMap;
use http::header::WARNING;
use percent_encoding::percent_decode_str;

use crate::table::printable;

/// The texts of the headers `Warning`, of the form `299 AGENT "TEXT"`.
pub(super) fn warnings(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(WARNING).iter().filter_map(|value| value.to_str().ok());
    values.filter_map(|value| Some(text(value.split_once('"')?.1.strip_suffix('"')?))).collect()
}

/// A text without backslashes that escape, and with its percent signs decoded.
fn text(quoted: &str) -> String {
    let mut text = String::with_capacity(quoted.len());
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        text.extend(if character == '\\' { characters.next() } else { Some(character) });
    }
    printable(&percent_decode_str(&text).decode_utf8_lossy())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn texts_are_read_as_they_were_written() {
        let mut headers = HeaderMap::new();
        headers.append(WARNING, HeaderValue::from_static(r#"299 OpenSearch-2.19.0-unknown "use \"g\" %C3%BC 50 %25""#));
        headers.append(WARNING, HeaderValue::from_static(r#"299 - "a\\b%1Bc""#));
        headers.append(WARNING, HeaderValue::from_static("299"));
        assert_eq!(warnings(&headers), ["use \"g\" ü 50 %", "a\\b c"]);
    }
}
