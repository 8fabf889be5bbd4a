//! The XML documents of S3's responses.

use serde::Deserialize;

/// A page of a listing.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListingPage {
    /// Required, so that no other document is taken for an empty page.
    pub(super) is_truncated: bool,
    #[serde(default)]
    pub(super) contents: Vec<ListedObject>,
    #[serde(default)]
    pub(super) common_prefixes: Vec<CommonPrefix>,
    /// For the next page, if there is one.
    pub(super) next_continuation_token: Option<String>,
}

/// An object on a page.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListedObject {
    pub(super) key: String,
    pub(super) size: u64,
    #[serde(rename = "ETag")]
    pub(super) etag: Option<String>,
}

/// A folder on a page.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CommonPrefix {
    pub(super) prefix: String,
}

/// An error document.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ErrorDocument {
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
}

/// Parses a page. Keys are not checked: other programs may store objects with any keys.
pub(super) fn listing_page(body: &[u8]) -> Result<ListingPage, quick_xml::DeError> {
    quick_xml::de::from_reader(body)
}

/// Parses an error document. The result is empty if it is not XML: proxies send errors in HTML.
pub(super) fn error_document(body: &[u8]) -> ErrorDocument {
    quick_xml::de::from_reader(body).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_objects_folders_and_a_next_page() {
        let page = listing_page(
            br#"<?xml version="1.0" encoding="UTF-8"?>
            <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
                <Name>bucket</Name><KeyCount>3</KeyCount><IsTruncated>true</IsTruncated>
                <Contents><Key>a &amp; b</Key><LastModified>2024-06-15T12:00:00.000Z</LastModified><ETag>&quot;1&quot;</ETag><Size>5</Size></Contents>
                <Contents><Key>c</Key><Size>0</Size><StorageClass>STANDARD</StorageClass></Contents>
                <CommonPrefixes><Prefix>d/</Prefix></CommonPrefixes>
                <NextContinuationToken>1/x==</NextContinuationToken>
            </ListBucketResult>"#,
        );
        let object = |key: &str, size, etag: Option<&str>| ListedObject {
            key: key.to_owned(),
            size,
            etag: etag.map(str::to_owned),
        };
        let expected = ListingPage {
            is_truncated: true,
            contents: vec![object("a & b", 5, Some("\"1\"")), object("c", 0, None)],
            common_prefixes: vec![CommonPrefix { prefix: "d/".to_owned() }],
            next_continuation_token: Some("1/x==".to_owned()),
        };
        assert_eq!(page.expect("a page"), expected);
        let empty =
            listing_page(b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>").expect("a page");
        assert_eq!((empty.is_truncated, empty.contents, empty.common_prefixes), (false, vec![], vec![]));
        for other in ["<html>", "<html></html>", "<Error><Code>InternalError</Code></Error>", "<ListBucketResult/>"] {
            assert!(listing_page(other.as_bytes()).is_err(), "{other}");
        }
    }

    #[test]
    fn error_documents_may_be_empty() {
        let document = error_document(b"<Error><Code>NoSuchKey</Code><Message>gone</Message><Key>a</Key></Error>");
        assert_eq!((document.code.as_deref(), document.message.as_deref()), (Some("NoSuchKey"), Some("gone")));
        for other in [&b""[..], b"<html><body>Bad Gateway<br></body></html>", b"\xff"] {
            assert_eq!(error_document(other), ErrorDocument::default());
        }
    }
}
