//! The URLs of a bucket and its objects.

use http::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::bucket_url::BucketUrl;
use super::reader_settings::S3ReaderSettings;
use crate::StorageError;

/// The region for services other than AWS if none is set: they accept any.
pub(super) const DEFAULT_REGION: &str = "us-east-1";

/// All but the characters that signatures leave unencoded.
const ENCODED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// The same in paths.
const ENCODED_IN_PATHS: AsciiSet = ENCODED.remove(b'/');

/// The URL of a bucket, without a slash at the end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address(String);

impl Address {
    /// The URL of a bucket, and the region for signatures.
    pub(super) fn find(url: &BucketUrl, settings: &S3ReaderSettings) -> Result<(Self, String), StorageError> {
        let bucket = url.bucket();
        if let Some(endpoint) = &settings.endpoint {
            let base = base(endpoint).ok_or_else(|| StorageError::Misconfigured {
                store: url.to_string(),
                advice: "set the endpoint to a URL such as https://s3.example.com".to_owned(),
                source: format!("the endpoint is [{endpoint}]").into(),
            })?;
            let region = settings.region.as_deref().unwrap_or(DEFAULT_REGION);
            return Ok((Address(format!("{base}/{bucket}")), region.to_owned()));
        }
        let Some(region) = &settings.region else {
            return Err(StorageError::Misconfigured {
                store: url.to_string(),
                advice: format!("set {} to the region of the bucket", settings.labels.region),
                source: "no region in the settings".into(),
            });
        };
        let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        // The certificate of AWS does not cover names with more dots.
        let url = if bucket.contains('.') {
            format!("https://s3.{region}.{domain}/{bucket}")
        } else {
            format!("https://{bucket}.s3.{region}.{domain}")
        };
        Ok((Address(url), region.clone()))
    }

    /// The URL of an object, from its key in the bucket.
    pub(super) fn object(&self, key: &str) -> String {
        format!("{}/{}", self.0, utf8_percent_encode(key, &ENCODED_IN_PATHS))
    }

    /// The URL of a page of a listing.
    pub(super) fn listing(&self, prefix: &str, delimiter: Option<&str>, token: Option<&str>) -> String {
        let mut url = format!("{}/?list-type=2&prefix={}", self.0, utf8_percent_encode(prefix, &ENCODED));
        for (name, value) in [("delimiter", delimiter), ("continuation-token", token)] {
            if let Some(value) = value {
                url += &format!("&{name}={}", utf8_percent_encode(value, &ENCODED));
            }
        }
        url
    }
}

/// An endpoint without a slash at the end, and without the scheme's default port, which signatures leave out.
fn base(endpoint: &str) -> Option<String> {
    let uri = endpoint.parse::<Uri>().ok()?;
    let scheme = uri.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https"))?;
    let authority = uri.authority()?.as_str();
    if uri.query().is_some() || endpoint.contains('#') || authority.contains('@') {
        return None;
    }
    let default_port = if scheme == "http" { ":80" } else { ":443" };
    let authority = authority.strip_suffix(default_port).unwrap_or(authority);
    Some(format!("{scheme}://{authority}{}", uri.path().trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SettingLabels;

    fn settings(endpoint: Option<&str>, region: Option<&str>) -> S3ReaderSettings {
        let labels = SettingLabels { region: "the region", credentials: "the keys", permissions: "s3:GetObject" };
        let (endpoint, region) = (endpoint.map(str::to_owned), region.map(str::to_owned));
        S3ReaderSettings { endpoint, region, ..S3ReaderSettings::new(labels) }
    }

    fn find(url: &str, endpoint: Option<&str>, region: Option<&str>) -> String {
        match Address::find(&url.parse().expect("a bucket"), &settings(endpoint, region)) {
            Ok((Address(url), region)) => format!("{url} in {region}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn buckets_are_hosts_on_aws_and_paths_elsewhere() {
        let (local, eu) = (Some("http://127.0.0.1:9000/"), Some("eu-west-1"));
        insta::assert_snapshot!(find("s3://bucket/x", None, eu), @"https://bucket.s3.eu-west-1.amazonaws.com in eu-west-1");
        insta::assert_snapshot!(find("s3://my.bucket", None, eu), @"https://s3.eu-west-1.amazonaws.com/my.bucket in eu-west-1");
        insta::assert_snapshot!(find("s3://bucket", None, Some("cn-north-1")), @"https://bucket.s3.cn-north-1.amazonaws.com.cn in cn-north-1");
        insta::assert_snapshot!(find("s3://bucket/x", local, None), @"http://127.0.0.1:9000/bucket in us-east-1");
        insta::assert_snapshot!(find("s3://bucket/x", local, eu), @"http://127.0.0.1:9000/bucket in eu-west-1");
        insta::assert_snapshot!(find("s3://bucket", Some("https://host:443/s3/"), None), @"https://host/s3/bucket in us-east-1");
        insta::assert_snapshot!(find("s3://bucket", Some("http://host/storage/v1/s3"), None), @"http://host/storage/v1/s3/bucket in us-east-1");
        insta::assert_snapshot!(find("s3://bucket", Some("http://host:443"), None), @"http://host:443/bucket in us-east-1");
        insta::assert_snapshot!(find("s3://bucket", Some("http://host:80"), None), @"http://host/bucket in us-east-1");
    }

    #[test]
    fn incomplete_settings_are_explained() {
        insta::assert_snapshot!(find("s3://bucket/x", None, None), @"cannot use s3://bucket/x: set the region to the region of the bucket");
        for endpoint in
            ["", "minio:9000", "ftp://host", "http://", "http://host/?a", "http://host/#a", "http://me@host"]
        {
            assert!(
                find("s3://bucket/x", Some(endpoint), None).contains("set the endpoint to a URL such as"),
                "{endpoint}"
            );
        }
    }

    #[test]
    fn special_characters_of_keys_are_encoded() {
        let address = Address("http://host/bucket".to_owned());
        assert_eq!(address.object("a b/größe+1?.json"), "http://host/bucket/a%20b/gr%C3%B6%C3%9Fe%2B1%3F.json");
        assert_eq!(
            address.listing("a/b&", Some("/"), Some("1=")),
            "http://host/bucket/?list-type=2&prefix=a%2Fb%26&delimiter=%2F&continuation-token=1%3D"
        );
    }
}
