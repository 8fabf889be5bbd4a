//! Writes `spin.toml`, the manifest of an app for Spin.

use std::fmt::Write;

/// Where the indices of an app are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppStore {
    /// In the folder `store` next to the manifest, which ships with the app.
    Files,
    /// In S3, unless the app's variables are set to something else.
    S3 {
        /// `s3://BUCKET` or `s3://BUCKET/PREFIX`.
        url: String,
        /// The region of the bucket, if it is known.
        region: Option<String>,
        /// URL of the service, if it is not AWS.
        endpoint: Option<String>,
    },
    /// Not known yet: it must be set when the app is started.
    Unknown,
}

/// The folder where the app sees its files.
const FILES: &str = "/store";

/// Whether Spin may show the value of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sensitivity {
    Plain,
    Secret,
}

use Sensitivity::{Plain, Secret};

/// All variables except `store`. An empty value means that the variable is not set.
const VARIABLES: [(&str, Sensitivity); 10] = [
    ("aws_region", Plain),
    ("aws_endpoint_url", Plain),
    ("aws_access_key_id", Secret),
    ("aws_secret_access_key", Secret),
    ("aws_session_token", Secret),
    ("snapshot_seconds", Plain),
    ("memory_cache_bytes", Plain),
    ("timeout_ms", Plain),
    ("function_time_ms", Plain),
    ("product_header", Plain),
];

/// The manifest of an app whose component is `app.wasm`.
pub fn spin_manifest(store: &AppStore) -> String {
    let (region, endpoint) = match store {
        AppStore::S3 { region, endpoint, .. } => (region.as_deref(), endpoint.as_deref()),
        AppStore::Files | AppStore::Unknown => (None, None),
    };
    let store_default = match store {
        AppStore::Files => format!("default = {}", quoted(FILES)),
        AppStore::S3 { url, .. } => format!("default = {}", quoted(url)),
        AppStore::Unknown => "required = true".to_owned(),
    };
    let mut variables = format!("store = {{ {store_default} }}\n");
    let mut passed_on = "store = \"{{ store }}\"\n".to_owned();
    for (name, sensitivity) in VARIABLES {
        let default = match name {
            "aws_region" => region,
            "aws_endpoint_url" => endpoint,
            _ => None,
        };
        let secret = match sensitivity {
            Plain => "",
            Secret => ", secret = true",
        };
        writeln!(variables, "{name} = {{ default = {}{secret} }}", quoted(default.unwrap_or_default()))
            .expect("writing to a string cannot fail");
        writeln!(passed_on, "{name} = \"{{{{ {name} }}}}\"").expect("writing to a string cannot fail");
    }
    let hosts = match (store, endpoint) {
        (AppStore::Files, _) => String::new(),
        (_, Some(endpoint)) => quoted(origin(endpoint)),
        (_, None) => quoted(aws_hosts(region)),
    };
    let files = match store {
        AppStore::Files => format!("files = [{{ source = \"store\", destination = {} }}]\n", quoted(FILES)),
        AppStore::S3 { .. } | AppStore::Unknown => String::new(),
    };
    format!(
        r#"spin_manifest_version = 2

[application]
name = "quidditch"
version = "{version}"
description = "Full-text search with filters and scorers of your own"

[variables]
{variables}
[[trigger.http]]
route = "/..."
component = "search"

[component.search]
source = "app.wasm"
allowed_outbound_hosts = [{hosts}]
{files}
[component.search.variables]
{passed_on}"#,
        version = env!("CARGO_PKG_VERSION"),
    )
}

/// The hosts of S3 at AWS.
fn aws_hosts(region: Option<&str>) -> &'static str {
    match region {
        Some(region) if region.starts_with("cn-") => "https://*.amazonaws.com.cn",
        _ => "https://*.amazonaws.com",
    }
}

/// A URL without its path, which Spin does not accept in a list of hosts.
fn origin(url: &str) -> &str {
    let start = url.find("://").map_or(0, |colon| colon + 3);
    let end = url[start..].find('/').map_or(url.len(), |slash| start + slash);
    &url[..end]
}

/// Quotes a TOML string.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            control if control.is_control() => {
                write!(quoted, "\\u{:04X}", u32::from(control)).expect("writing to a string cannot fail");
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_with_files_may_send_no_requests() {
        insta::assert_snapshot!(spin_manifest(&AppStore::Files), @r#"
        spin_manifest_version = 2

        [application]
        name = "quidditch"
        version = "0.1.0"
        description = "Full-text search with filters and scorers of your own"

        [variables]
        store = { default = "/store" }
        aws_region = { default = "" }
        aws_endpoint_url = { default = "" }
        aws_access_key_id = { default = "", secret = true }
        aws_secret_access_key = { default = "", secret = true }
        aws_session_token = { default = "", secret = true }
        snapshot_seconds = { default = "" }
        memory_cache_bytes = { default = "" }
        timeout_ms = { default = "" }
        function_time_ms = { default = "" }
        product_header = { default = "" }

        [[trigger.http]]
        route = "/..."
        component = "search"

        [component.search]
        source = "app.wasm"
        allowed_outbound_hosts = []
        files = [{ source = "store", destination = "/store" }]

        [component.search.variables]
        store = "{{ store }}"
        aws_region = "{{ aws_region }}"
        aws_endpoint_url = "{{ aws_endpoint_url }}"
        aws_access_key_id = "{{ aws_access_key_id }}"
        aws_secret_access_key = "{{ aws_secret_access_key }}"
        aws_session_token = "{{ aws_session_token }}"
        snapshot_seconds = "{{ snapshot_seconds }}"
        memory_cache_bytes = "{{ memory_cache_bytes }}"
        timeout_ms = "{{ timeout_ms }}"
        function_time_ms = "{{ function_time_ms }}"
        product_header = "{{ product_header }}"
        "#);
    }

    #[test]
    fn all_variables_that_the_app_reads_are_declared() {
        let settings = include_str!("../../../components/search/src/settings.rs");
        let (_, names) = settings.split_once("NAMES: [&str; ").expect("the list of names");
        let (names, _) = names.split_once("];").expect("the end of the list");
        let mut read: Vec<&str> = names.split('"').skip(1).step_by(2).collect();
        let mut passed_on: Vec<&str> = VARIABLES.iter().map(|(name, _)| *name).chain(["store"]).collect();
        read.sort_unstable();
        passed_on.sort_unstable();
        assert_eq!(passed_on, read);
    }

    #[test]
    fn a_bucket_is_declared_with_its_region_and_endpoint_if_known() {
        let lines = |store: &AppStore| {
            let manifest = spin_manifest(store);
            let shown = ["store = {", "aws_region = {", "aws_endpoint_url = {", "allowed_outbound_hosts", "files"];
            let lines = manifest.lines().filter(|line| shown.iter().any(|start| line.starts_with(start)));
            lines.collect::<Vec<_>>().join("\n")
        };
        let url = "s3://bucket/store".to_owned();
        let aws = AppStore::S3 { url: url.clone(), region: Some("eu-west-1".to_owned()), endpoint: None };
        insta::assert_snapshot!(lines(&aws), @r#"
        store = { default = "s3://bucket/store" }
        aws_region = { default = "eu-west-1" }
        aws_endpoint_url = { default = "" }
        allowed_outbound_hosts = ["https://*.amazonaws.com"]
        "#);
        let china = AppStore::S3 { url: url.clone(), region: Some("cn-north-1".to_owned()), endpoint: None };
        assert!(
            lines(&china).contains(r#"allowed_outbound_hosts = ["https://*.amazonaws.com.cn"]"#),
            "{}",
            lines(&china)
        );
        let other = AppStore::S3 { url, region: None, endpoint: Some("http://127.0.0.1:9000/s3/".to_owned()) };
        insta::assert_snapshot!(lines(&other), @r#"
        store = { default = "s3://bucket/store" }
        aws_region = { default = "" }
        aws_endpoint_url = { default = "http://127.0.0.1:9000/s3/" }
        allowed_outbound_hosts = ["http://127.0.0.1:9000"]
        "#);
        insta::assert_snapshot!(lines(&AppStore::Unknown), @r#"
        store = { required = true }
        aws_region = { default = "" }
        aws_endpoint_url = { default = "" }
        allowed_outbound_hosts = ["https://*.amazonaws.com"]
        "#);
    }

    #[test]
    fn special_characters_are_quoted() {
        assert_eq!(quoted("a\"b\\c\nd"), "\"a\\\"b\\\\c\\u000Ad\"");
    }
}
