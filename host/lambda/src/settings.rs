//! Settings of both Lambda functions. `docs/deploy.md` lists them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use quidditch_function::name_and_version;
use quidditch_registry::Trust;
use quidditch_storage::BucketUrl;
use quidditch_supervision::DisabledFunction;
use tracing::level_filters::LevelFilter;

use crate::environment::{Environment, EnvironmentError};

const MAX_SPLIT_MEMORY_BYTES: u64 = 256 << 20;
const STORE: &str = "QUIDDITCH_STORE";
const EXPECTED_STORE: &str = "the URL of the store, such as s3://bucket/prefix";

/// Settings of the search function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SearchSettings {
    /// URL of the store. Always a bucket: the folders of a function are empty when it starts.
    pub(crate) store: BucketUrl,
    /// Indices to open during initialisation.
    pub(crate) indices: Vec<String>,
    /// User functions to load during initialisation, with or without a version.
    pub(crate) functions: Vec<(String, Option<String>)>,
    /// User functions that are not called.
    pub(crate) disabled_functions: Vec<DisabledFunction>,
    /// Whose user functions run.
    pub(crate) trust: Trust,
    /// How long a snapshot, or the list of a function's versions, is used before the store is asked again. 10 s: about
    /// 260,000 requests to the store per month for an index in use, which cost ten cents.
    pub(crate) snapshot_max_age: Duration,
    /// Maximum size of the memory cache. A quarter of the memory: user functions may need as much again.
    pub(crate) memory_cache_bytes: u64,
    /// Maximum memory for one request. Half of the memory: a quarter is for the cache, and a quarter for the program, the open
    /// indices, and what is not counted.
    pub(crate) request_memory_bytes: u64,
    /// Maximum size of the cache for which documents filter functions keep; 0 for none. A sixteenth of the memory: a filter takes a
    /// byte for four documents.
    pub(crate) filter_cache_bytes: u64,
    /// Folder and maximum size of the disk cache. Three quarters of the free space: nothing else is stored there.
    pub(crate) disk_cache: Option<(PathBuf, u64)>,
    /// Time limit of a search, which then returns the hits found so far. 10 s: few users wait longer.
    pub(crate) timeout: Duration,
    /// Whether responses have the header that Elasticsearch's own clients require. No: this is not Elasticsearch.
    pub(crate) product_header: bool,
    /// Minimum level of logged events.
    pub(crate) log_level: LevelFilter,
    /// Settings of the metrics.
    pub(crate) metrics: MetricsSettings,
}

/// Settings of the indexing function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IndexSettings {
    /// URL of the store. Always a bucket: the folders of a function are empty when it starts.
    pub(crate) store: BucketUrl,
    /// Memory for the split that is being written. A quarter of the memory, since a split that is finished is in memory
    /// twice; at most 256 MiB, which results in splits that are worth a request.
    pub(crate) split_memory_bytes: usize,
    /// How HTTP requests are answered; `None` if they are not.
    pub(crate) writing: Option<WritingSettings>,
    /// Minimum level of logged events.
    pub(crate) log_level: LevelFilter,
    /// Settings of the metrics.
    pub(crate) metrics: MetricsSettings,
}

/// How the indexing function answers HTTP requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WritingSettings {
    /// Maximum size of the memory cache. An eighth of the memory: what is read is mostly what was just written.
    pub(crate) memory_cache_bytes: u64,
    /// Maximum memory for what a request reads. A quarter of the memory: the rest is for what it writes, and for merging.
    pub(crate) request_memory_bytes: u64,
    /// Whether requests may yank and try functions, and change stored scripts, all of which the search function runs. No: whoever may
    /// write documents need not be allowed to decide what runs.
    pub(crate) publishing: bool,
    /// As of [`SearchSettings`].
    pub(crate) trust: Trust,
    /// Time limit of a request that only reads. 10 s, as that of a search.
    pub(crate) timeout: Duration,
    /// As of [`SearchSettings`].
    pub(crate) product_header: bool,
}

/// Names under which metrics are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MetricsSettings {
    /// Namespace in CloudWatch. `Quidditch` by default.
    pub(crate) namespace: String,
    /// Name of the Lambda function, which is the dimension `FunctionName`.
    pub(crate) function_name: String,
}

impl SearchSettings {
    pub(crate) fn read(environment: &Environment) -> Result<Self, EnvironmentError> {
        let snapshot_seconds = environment.parsed("QUIDDITCH_SNAPSHOT_SECONDS")?.unwrap_or(10);
        let functions = environment.list("QUIDDITCH_FUNCTIONS");
        Ok(SearchSettings {
            store: environment.required(STORE, EXPECTED_STORE)?,
            indices: environment.list("QUIDDITCH_INDICES"),
            functions: functions.iter().map(|function| owned(name_and_version(function))).collect(),
            disabled_functions: environment.parsed_list("QUIDDITCH_DISABLED_FUNCTIONS")?,
            trust: trust(environment)?,
            snapshot_max_age: Duration::from_secs(snapshot_seconds),
            memory_cache_bytes: memory_cache_bytes(environment)?,
            request_memory_bytes: memory_bytes(environment)? / 2,
            filter_cache_bytes: match environment.parsed("QUIDDITCH_FILTER_CACHE_BYTES")? {
                Some(bytes) => bytes,
                None => memory_bytes(environment)? / 16,
            },
            disk_cache: disk_cache(environment)?,
            timeout: timeout(environment)?,
            product_header: product_header(environment)?,
            log_level: log_level(environment)?,
            metrics: MetricsSettings::read(environment),
        })
    }
}

impl IndexSettings {
    pub(crate) fn read(environment: &Environment) -> Result<Self, EnvironmentError> {
        Ok(IndexSettings {
            store: environment.required(STORE, EXPECTED_STORE)?,
            split_memory_bytes: (memory_bytes(environment)? / 4).min(MAX_SPLIT_MEMORY_BYTES) as usize,
            writing: match environment.parsed("QUIDDITCH_WRITES")? {
                Some(true) => Some(WritingSettings::read(environment)?),
                Some(false) | None => None,
            },
            log_level: log_level(environment)?,
            metrics: MetricsSettings::read(environment),
        })
    }
}

impl WritingSettings {
    fn read(environment: &Environment) -> Result<Self, EnvironmentError> {
        let memory = memory_bytes(environment)?;
        Ok(WritingSettings {
            memory_cache_bytes: memory / 8,
            request_memory_bytes: memory / 4,
            publishing: environment.parsed("QUIDDITCH_PUBLISHING")?.unwrap_or(false),
            trust: trust(environment)?,
            timeout: timeout(environment)?,
            product_header: product_header(environment)?,
        })
    }
}

impl MetricsSettings {
    fn read(environment: &Environment) -> Self {
        let or = |name, default: &str| environment.text(name).unwrap_or_else(|| default.to_owned());
        MetricsSettings {
            namespace: or("QUIDDITCH_METRICS_NAMESPACE", "Quidditch"),
            function_name: or("AWS_LAMBDA_FUNCTION_NAME", "quidditch"),
        }
    }
}

/// Only signed ahead-of-time code runs, unless the settings say otherwise: it is native code, and this program cannot compile
/// components itself.
fn trust(environment: &Environment) -> Result<Trust, EnvironmentError> {
    Ok(Trust {
        keys: environment.parsed_list("QUIDDITCH_TRUSTED_KEYS")?,
        require_signatures: environment.parsed("QUIDDITCH_REQUIRE_SIGNATURES")?.unwrap_or(false),
        unsigned_code: environment.parsed("QUIDDITCH_UNSIGNED_CODE")?.unwrap_or(false),
    })
}

fn timeout(environment: &Environment) -> Result<Duration, EnvironmentError> {
    Ok(Duration::from_millis(environment.parsed("QUIDDITCH_TIMEOUT_MS")?.unwrap_or(10_000)))
}

fn product_header(environment: &Environment) -> Result<bool, EnvironmentError> {
    Ok(environment.parsed("QUIDDITCH_PRODUCT_HEADER")?.unwrap_or(false))
}

fn log_level(environment: &Environment) -> Result<LevelFilter, EnvironmentError> {
    Ok(environment.parsed("QUIDDITCH_LOG")?.unwrap_or(LevelFilter::INFO))
}

fn owned((name, version): (&str, Option<&str>)) -> (String, Option<String>) {
    (name.to_owned(), version.map(str::to_owned))
}

fn memory_cache_bytes(environment: &Environment) -> Result<u64, EnvironmentError> {
    if let Some(bytes) = environment.parsed("QUIDDITCH_MEMORY_CACHE_BYTES")? {
        return Ok(bytes);
    }
    Ok(memory_bytes(environment)? / 4)
}

/// The memory of the Lambda function.
fn memory_bytes(environment: &Environment) -> Result<u64, EnvironmentError> {
    // Lambda's MB are MiB. Its smallest function has 128.
    let memory_mb: u64 = environment.parsed("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")?.unwrap_or(128);
    Ok(memory_mb << 20)
}

fn disk_cache(environment: &Environment) -> Result<Option<(PathBuf, u64)>, EnvironmentError> {
    let temporary = environment.text("TMPDIR").map_or_else(|| PathBuf::from("/tmp"), PathBuf::from);
    let bytes = match environment.parsed("QUIDDITCH_DISK_CACHE_BYTES")? {
        Some(bytes) => bytes,
        None => free_bytes(&temporary) / 4 * 3,
    };
    Ok((bytes > 0).then(|| (temporary.join("quidditch-cache"), bytes)))
}

/// Free space of a file system; 0 if it cannot be determined.
fn free_bytes(folder: &Path) -> u64 {
    rustix::fs::statvfs(folder).map_or(0, |system| system.f_bavail.saturating_mul(system.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_store_is_required() {
        let environment = &[("QUIDDITCH_STORE", "s3://bucket/p"), ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769")];
        let settings = SearchSettings::read(&Environment::from_pairs(environment)).expect("valid");
        let disk_cache = settings.disk_cache.clone();
        assert!(disk_cache.is_none_or(|(folder, bytes)| folder == Path::new("/tmp/quidditch-cache") && bytes > 0));
        assert_eq!(settings.memory_cache_bytes, 1769 * 1024 * 1024 / 4);
        assert_eq!(settings.request_memory_bytes, 1769 * 1024 * 1024 / 2);
        assert_eq!((settings.snapshot_max_age, settings.timeout), (Duration::from_secs(10), Duration::from_secs(10)));
        assert_eq!((settings.indices, settings.functions, settings.log_level), (vec![], vec![], LevelFilter::INFO));
        assert_eq!(settings.trust, Trust::default());
        assert_eq!((settings.product_header, settings.metrics.namespace.as_str()), (false, "Quidditch"));
    }

    #[test]
    fn the_memory_of_splits_depends_on_the_memory_of_the_function() {
        let split_memory = |variables| {
            let environment = Environment::from_pairs(variables);
            IndexSettings::read(&environment).expect("valid").split_memory_bytes >> 20
        };
        const STORE: (&str, &str) = ("QUIDDITCH_STORE", "s3://bucket/p");
        const SMALL: &[(&str, &str)] = &[STORE, ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")];
        const LARGE: &[(&str, &str)] = &[STORE, ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "2048")];
        assert_eq!((split_memory(SMALL), split_memory(LARGE)), (128, 256));
    }

    #[test]
    fn writes_are_off_unless_they_are_switched_on() {
        let writing = |variables| IndexSettings::read(&Environment::from_pairs(variables)).expect("valid").writing;
        assert_eq!(writing(&[("QUIDDITCH_STORE", "s3://bucket/p")]), None);
        assert_eq!(writing(&[("QUIDDITCH_STORE", "s3://bucket/p"), ("QUIDDITCH_WRITES", "false")]), None);
        let on = writing(&[
            ("QUIDDITCH_STORE", "s3://bucket/p"),
            ("QUIDDITCH_WRITES", "true"),
            ("QUIDDITCH_TIMEOUT_MS", "1500"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "2048"),
        ]);
        let expected = WritingSettings {
            memory_cache_bytes: 256 << 20,
            request_memory_bytes: 512 << 20,
            publishing: false,
            trust: Trust::default(),
            timeout: Duration::from_millis(1_500),
            product_header: false,
        };
        assert_eq!(on, Some(expected));
        let publishing = writing(&[
            ("QUIDDITCH_STORE", "s3://bucket/p"),
            ("QUIDDITCH_WRITES", "true"),
            ("QUIDDITCH_PUBLISHING", "true"),
        ]);
        assert!(publishing.is_some_and(|writing| writing.publishing));
    }

    #[test]
    fn all_settings_are_read() {
        let settings = SearchSettings::read(&Environment::from_pairs(&[
            ("QUIDDITCH_STORE", "s3://bucket/p"),
            ("QUIDDITCH_INDICES", "cities, books,"),
            ("QUIDDITCH_FUNCTIONS", "f,g@1.2.3"),
            ("QUIDDITCH_DISABLED_FUNCTIONS", "h, f@1.0.0"),
            ("QUIDDITCH_TRUSTED_KEYS", "ed25519:Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="),
            ("QUIDDITCH_REQUIRE_SIGNATURES", "true"),
            ("QUIDDITCH_UNSIGNED_CODE", "true"),
            ("QUIDDITCH_SNAPSHOT_SECONDS", "0"),
            ("QUIDDITCH_MEMORY_CACHE_BYTES", "1000"),
            ("QUIDDITCH_FILTER_CACHE_BYTES", "2000"),
            ("QUIDDITCH_DISK_CACHE_BYTES", "0"),
            ("QUIDDITCH_TIMEOUT_MS", "1500"),
            ("QUIDDITCH_PRODUCT_HEADER", "true"),
            ("QUIDDITCH_LOG", "warn"),
            ("QUIDDITCH_METRICS_NAMESPACE", "Shop"),
            ("AWS_LAMBDA_FUNCTION_NAME", "shop-search"),
        ]));
        let expected = SearchSettings {
            store: "s3://bucket/p".parse().expect("valid"),
            indices: vec!["cities".to_owned(), "books".to_owned()],
            functions: vec![("f".to_owned(), None), ("g".to_owned(), Some("1.2.3".to_owned()))],
            disabled_functions: ["h", "f@1.0.0"].map(|text| text.parse().expect("a function")).to_vec(),
            trust: Trust {
                keys: vec!["ed25519:Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=".parse().expect("a key")],
                require_signatures: true,
                unsigned_code: true,
            },
            snapshot_max_age: Duration::ZERO,
            memory_cache_bytes: 1_000,
            request_memory_bytes: 64 << 20,
            filter_cache_bytes: 2_000,
            disk_cache: None,
            timeout: Duration::from_millis(1_500),
            product_header: true,
            log_level: LevelFilter::WARN,
            metrics: MetricsSettings { namespace: "Shop".to_owned(), function_name: "shop-search".to_owned() },
        };
        assert_eq!(settings, Ok(expected));
    }

    #[test]
    fn errors_name_the_variable() {
        let error =
            |variables| SearchSettings::read(&Environment::from_pairs(variables)).expect_err("invalid").to_string();
        insta::assert_snapshot!(error(&[]), @"environment variable QUIDDITCH_STORE is not set (expected: the URL of the store, such as s3://bucket/prefix)");
        insta::assert_snapshot!(error(&[("QUIDDITCH_STORE", "bucket/prefix")]), @"environment variable QUIDDITCH_STORE has the invalid value [bucket/prefix]: expected s3://BUCKET or s3://BUCKET/PREFIX");
        insta::assert_snapshot!(error(&[("QUIDDITCH_STORE", "/var/store")]), @"environment variable QUIDDITCH_STORE has the invalid value [/var/store]: expected s3://BUCKET or s3://BUCKET/PREFIX");
        insta::assert_snapshot!(error(&[("QUIDDITCH_STORE", "arn:aws:s3:::bucket")]), @"environment variable QUIDDITCH_STORE has the invalid value [arn:aws:s3:::bucket]: expected s3://BUCKET or s3://BUCKET/PREFIX");
        insta::assert_snapshot!(error(&[("QUIDDITCH_STORE", "s3://bucket"), ("QUIDDITCH_DISABLED_FUNCTIONS", "f,g@")]), @"environment variable QUIDDITCH_DISABLED_FUNCTIONS has the invalid value [g@]: [g@] names no function; expected NAME or NAME@VERSION");
        insta::assert_snapshot!(error(&[("QUIDDITCH_STORE", "s3://bucket"), ("QUIDDITCH_TRUSTED_KEYS", "ed25519:AA")]), @"environment variable QUIDDITCH_TRUSTED_KEYS has the invalid value [ed25519:AA]: invalid public key [ed25519:AA], must be `ed25519:` and the 44 characters of Base64 that `quidditch key list` prints");
        insta::assert_snapshot!(error(&[("QUIDDITCH_STORE", "s3://bucket"), ("QUIDDITCH_TIMEOUT_MS", "10s")]), @"environment variable QUIDDITCH_TIMEOUT_MS has the invalid value [10s]: invalid digit found in string");
        insta::assert_snapshot!(error(&[("QUIDDITCH_STORE", "s3://bucket"), ("QUIDDITCH_LOG", "loud")]), @r#"environment variable QUIDDITCH_LOG has the invalid value [loud]: error parsing level filter: expected one of "off", "error", "warn", "info", "debug", "trace", or a number 0-5"#);
    }
}
