//! The settings of the app, which are Spin's variables. `docs/spin.md` describes them.

use std::fmt::{self, Display};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use quidditch_storage::{BucketUrl, StoreUrl};

/// The variables that are read.
pub(crate) const NAMES: [&str; 11] = [
    "store",
    "aws_region",
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "aws_endpoint_url",
    "snapshot_seconds",
    "memory_cache_bytes",
    "timeout_ms",
    "function_time_ms",
    "product_header",
];

/// The settings of the app.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Where the indices are stored.
    pub(crate) store: StoreSettings,
    /// The time after which an open index is checked for changes. 10 s: about 260,000 requests per month for an index in use.
    pub(crate) snapshot_max_age: Duration,
    /// Maximum bytes of the cache in memory. 64 MiB: an instance is small and may live for one request only.
    pub(crate) memory_cache_bytes: u64,
    /// Maximum duration of a search, after which it returns the hits found so far. 10 s: clients do not wait longer.
    pub(crate) timeout: Duration,
    /// Time budget of all functions of one request; `None` for the engine's default.
    pub(crate) function_time: Option<Duration>,
    /// Whether responses have the header that Elasticsearch's own clients require. Off: it would claim to be Elasticsearch.
    pub(crate) product_header: bool,
}

/// Where the indices are stored.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum StoreSettings {
    /// In a folder of the app.
    Files(PathBuf),
    /// In S3.
    S3(Bucket),
}

/// A bucket and how to access it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Bucket {
    /// `s3://BUCKET` or `s3://BUCKET/PREFIX`.
    pub(crate) url: BucketUrl,
    pub(crate) region: Option<String>,
    pub(crate) endpoint: Option<String>,
    /// The keys for signing requests; `None` for a public bucket.
    pub(crate) keys: Option<Keys>,
}

/// The keys for signing requests.
#[derive(PartialEq, Eq)]
pub(crate) struct Keys {
    pub(crate) access_key: String,
    pub(crate) secret_key: String,
    pub(crate) session_token: Option<String>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Keys").field("access_key", &self.access_key).finish_non_exhaustive()
    }
}

/// A variable is missing or has an invalid value.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("variable {variable} {reason}")]
pub(crate) struct SettingsError {
    variable: &'static str,
    reason: String,
}

impl Settings {
    /// Reads the settings from variables and their values. An empty variable counts as not set.
    pub(crate) fn from_variables(given: &[(&str, String)]) -> Result<Self, SettingsError> {
        let given = Given(given);
        Ok(Settings {
            store: store(&given)?,
            snapshot_max_age: Duration::from_secs(given.parsed("snapshot_seconds")?.unwrap_or(10)),
            memory_cache_bytes: given.parsed("memory_cache_bytes")?.unwrap_or(64 << 20),
            timeout: Duration::from_millis(given.parsed("timeout_ms")?.unwrap_or(10_000)),
            function_time: given.parsed("function_time_ms")?.map(Duration::from_millis),
            product_header: given.parsed("product_header")?.unwrap_or(false),
        })
    }
}

fn store(given: &Given<'_>) -> Result<StoreSettings, SettingsError> {
    let error = |problem: String| {
        let expected = "s3://BUCKET/PREFIX, or the absolute path of files that ship with the app";
        SettingsError { variable: "store", reason: format!("{problem} (expected: {expected})") }
    };
    match given.parsed("store")?.ok_or_else(|| error("is not set".to_owned()))? {
        StoreUrl::S3(url) => {
            let (region, endpoint) = (given.text("aws_region"), given.text("aws_endpoint_url"));
            Ok(StoreSettings::S3(Bucket { url, region, endpoint, keys: keys(given)? }))
        }
        StoreUrl::Folder(path) if path.has_root() => Ok(StoreSettings::Files(path)),
        StoreUrl::Folder(path) => Err(error(format!("has the invalid value [{}]", path.display()))),
    }
}

fn keys(given: &Given<'_>) -> Result<Option<Keys>, SettingsError> {
    let missing = |variable, other| SettingsError { variable, reason: format!("is not set, but {other} is") };
    match (given.text("aws_access_key_id"), given.text("aws_secret_access_key")) {
        (Some(access_key), Some(secret_key)) => {
            Ok(Some(Keys { access_key, secret_key, session_token: given.text("aws_session_token") }))
        }
        (Some(_), None) => Err(missing("aws_secret_access_key", "aws_access_key_id")),
        (None, Some(_)) => Err(missing("aws_access_key_id", "aws_secret_access_key")),
        (None, None) if given.text("aws_session_token").is_some() => {
            Err(missing("aws_access_key_id", "aws_session_token"))
        }
        (None, None) => Ok(None),
    }
}

/// The variables that are set.
struct Given<'a>(&'a [(&'a str, String)]);

impl Given<'_> {
    fn text(&self, name: &str) -> Option<String> {
        let (_, value) = self.0.iter().find(|(given, _)| *given == name)?;
        Some(value.trim()).filter(|value| !value.is_empty()).map(str::to_owned)
    }

    fn parsed<T: FromStr<Err: Display>>(&self, variable: &'static str) -> Result<Option<T>, SettingsError> {
        let Some(text) = self.text(variable) else { return Ok(None) };
        text.parse()
            .map(Some)
            .map_err(|error| SettingsError { variable, reason: format!("has the invalid value [{text}]: {error}") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[(&'static str, &str)]) -> Result<Settings, SettingsError> {
        assert!(given.iter().all(|(name, _)| NAMES.contains(name)));
        let given: Vec<_> = given.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Settings::from_variables(&given)
    }

    fn refusal(given: &[(&'static str, &str)]) -> String {
        read(given).expect_err("refused").to_string()
    }

    #[test]
    fn only_the_store_is_required() {
        let expected = Settings {
            store: StoreSettings::Files("/store".into()),
            snapshot_max_age: Duration::from_secs(10),
            memory_cache_bytes: 64 * 1024 * 1024,
            timeout: Duration::from_secs(10),
            function_time: None,
            product_header: false,
        };
        assert_eq!(read(&[("store", "/store"), ("aws_region", ""), ("timeout_ms", " ")]), Ok(expected));
    }

    #[test]
    fn all_settings_can_be_set() {
        let expected = Settings {
            store: StoreSettings::S3(Bucket {
                url: "s3://bucket/prefix".parse().expect("valid"),
                region: Some("eu-west-1".to_owned()),
                endpoint: Some("https://s3.example.com".to_owned()),
                keys: Some(Keys {
                    access_key: "key".to_owned(),
                    secret_key: "secret".to_owned(),
                    session_token: Some("token".to_owned()),
                }),
            }),
            snapshot_max_age: Duration::ZERO,
            memory_cache_bytes: 1_000,
            timeout: Duration::from_millis(1_500),
            function_time: Some(Duration::from_millis(200)),
            product_header: true,
        };
        let given = [
            ("store", "s3://bucket/prefix"),
            ("aws_region", "eu-west-1"),
            ("aws_access_key_id", "key"),
            ("aws_secret_access_key", "secret"),
            ("aws_session_token", "token"),
            ("aws_endpoint_url", "https://s3.example.com"),
            ("snapshot_seconds", "0"),
            ("memory_cache_bytes", "1000"),
            ("timeout_ms", "1500"),
            ("function_time_ms", "200"),
            ("product_header", "true"),
        ];
        assert_eq!(read(&given), Ok(expected));
    }

    #[test]
    fn errors_name_the_variable() {
        insta::assert_snapshot!(refusal(&[]), @"variable store is not set (expected: s3://BUCKET/PREFIX, or the absolute path of files that ship with the app)");
        insta::assert_snapshot!(refusal(&[("store", "https://x")]), @"variable store has the invalid value [https://x]: unknown scheme [https], expected a folder path, file:///FOLDER or s3://BUCKET/PREFIX");
        insta::assert_snapshot!(refusal(&[("store", "store")]), @"variable store has the invalid value [store] (expected: s3://BUCKET/PREFIX, or the absolute path of files that ship with the app)");
        insta::assert_snapshot!(refusal(&[("store", "s3://bucket"), ("aws_access_key_id", "x")]), @"variable aws_secret_access_key is not set, but aws_access_key_id is");
        insta::assert_snapshot!(refusal(&[("store", "s3://bucket"), ("aws_secret_access_key", "x")]), @"variable aws_access_key_id is not set, but aws_secret_access_key is");
        insta::assert_snapshot!(refusal(&[("store", "s3://bucket"), ("aws_session_token", "x")]), @"variable aws_access_key_id is not set, but aws_session_token is");
        insta::assert_snapshot!(refusal(&[("store", "/s"), ("timeout_ms", "10s")]), @"variable timeout_ms has the invalid value [10s]: invalid digit found in string");
    }

    #[test]
    fn every_variable_is_documented() {
        let page = include_str!("../../../docs/spin.md");
        let (_, variables) = page.split_once("\n## Variables\n").expect("the page has the section");
        let (variables, _) = variables.split_once("\n## ").expect("another section follows");
        for name in NAMES {
            assert!(variables.contains(&format!("`{name}`")), "{name}");
        }
        assert_eq!(
            variables.lines().filter(|line| line.starts_with("| `")).count(),
            NAMES.len() - 1,
            "two share a row"
        );
    }

    #[test]
    fn secrets_are_not_shown() {
        let settings =
            read(&[("store", "s3://bucket"), ("aws_access_key_id", "key"), ("aws_secret_access_key", "hidden")]);
        assert!(!format!("{settings:?}").contains("hidden"));
    }
}
