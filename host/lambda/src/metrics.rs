//! Metrics in CloudWatch's embedded format: lines of the log that CloudWatch makes metrics of. `docs/deploy.md` lists them.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::StatusCode;
use quidditch_engine::Profile;
use quidditch_service::Measurements;
use quidditch_storage::Counts;
use serde::Serialize;

use crate::settings::MetricsSettings;

/// Writes the lines.
pub(crate) struct Metrics {
    settings: MetricsSettings,
}

/// What is known of a request that was answered.
pub(crate) struct RequestFigures {
    pub(crate) status: StatusCode,
    /// From the event to the answer.
    pub(crate) elapsed: Duration,
    /// What was asked of the store meanwhile.
    pub(crate) storage: Counts,
    pub(crate) measurements: Measurements,
}

/// One line.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(rename = "_aws")]
    about: About<'a>,
    #[serde(rename = "FunctionName")]
    function_name: &'a str,
    #[serde(rename = "Function", skip_serializing_if = "Option::is_none")]
    function: Option<&'a str>,
    #[serde(flatten)]
    values: BTreeMap<&'static str, f64>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct About<'a> {
    /// Milliseconds since the Unix epoch.
    timestamp: u64,
    cloud_watch_metrics: [Directive<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive<'a> {
    namespace: &'a str,
    dimensions: [&'static [&'static str]; 1],
    metrics: Vec<Metric>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric {
    name: &'static str,
    unit: &'static str,
}

/// A metric's name, its unit and its value.
type Value = (&'static str, &'static str, f64);

const COUNT: &str = "Count";
const MILLISECONDS: &str = "Milliseconds";

impl Metrics {
    pub(crate) fn new(settings: &MetricsSettings) -> Self {
        Metrics { settings: settings.clone() }
    }

    /// Writes the lines of a request on standard output.
    pub(crate) fn print(&self, figures: &RequestFigures) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let timestamp = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        let mut lines = self.lines(figures, timestamp).join("\n");
        lines.push('\n');
        // A log that cannot be written must not fail a request.
        let _ = std::io::stdout().lock().write_all(lines.as_bytes());
    }

    fn lines(&self, figures: &RequestFigures, timestamp: u64) -> Vec<String> {
        let mut lines = vec![self.line(timestamp, None, &of_request(figures))];
        for (name, values) in of_functions(&figures.measurements) {
            lines.push(self.line(timestamp, Some(name), &values));
        }
        lines
    }

    fn line(&self, timestamp: u64, function: Option<&str>, values: &[Value]) -> String {
        let dimensions: &[&str] = if function.is_some() { &["FunctionName", "Function"] } else { &["FunctionName"] };
        let metrics = values.iter().map(|(name, unit, _)| Metric { name, unit }).collect();
        let directive = Directive { namespace: &self.settings.namespace, dimensions: [dimensions], metrics };
        let line = Line {
            about: About { timestamp, cloud_watch_metrics: [directive] },
            function_name: &self.settings.function_name,
            function,
            values: values.iter().map(|(name, _, value)| (*name, *value)).collect(),
        };
        serde_json::to_string(&line).expect("its keys are texts")
    }
}

fn of_request(figures: &RequestFigures) -> Vec<Value> {
    let errors = if figures.status.is_server_error() { 1.0 } else { 0.0 };
    let mut values = vec![
        ("Requests", COUNT, 1.0),
        ("Errors", COUNT, errors),
        ("Latency", MILLISECONDS, figures.elapsed.as_secs_f64() * 1e3),
        ("StorageGets", COUNT, figures.storage.gets as f64),
        ("StorageBytes", "Bytes", figures.storage.bytes_read as f64),
    ];
    if let Some(Profile { time_in_nanos: times, storage, .. }) = &figures.measurements.profile {
        values.extend([
            ("PlanLatency", MILLISECONDS, millis(times.plan)),
            ("WarmLatency", MILLISECONDS, millis(times.warm)),
            ("ExecuteLatency", MILLISECONDS, millis(times.execute)),
            ("FetchLatency", MILLISECONDS, millis(times.fetch)),
            ("CacheHits", COUNT, storage.cache_hits as f64),
        ]);
    }
    values
}

/// The user functions of a request, each once even where several clauses call it.
fn of_functions(measurements: &Measurements) -> BTreeMap<&str, Vec<Value>> {
    let mut figures: BTreeMap<&str, (u64, u64, u64, f64)> = BTreeMap::new();
    for function in measurements.profile.iter().flat_map(|profile| &profile.functions) {
        let (calls, documents, nanos, _) = figures.entry(function.name.as_str()).or_default();
        *calls += function.calls;
        *documents += function.documents;
        *nanos += function.time_in_nanos;
    }
    if let Some(failed) = &measurements.failed_function {
        figures.entry(failed.name.as_str()).or_default().3 = 1.0;
    }
    let values = |(calls, documents, nanos, errors)| {
        vec![
            ("FunctionCalls", COUNT, calls as f64),
            ("FunctionDocuments", COUNT, documents as f64),
            ("FunctionTime", MILLISECONDS, millis(nanos)),
            ("FunctionErrors", COUNT, errors),
        ]
    };
    figures.into_iter().map(|(name, figures)| (name, values(figures))).collect()
}

fn millis(nanos: u64) -> f64 {
    nanos as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use quidditch_function::FunctionId;

    use super::*;

    fn lines(status: StatusCode, measurements: Measurements) -> String {
        let settings = MetricsSettings { namespace: "Shop".to_owned(), function_name: "shop-search".to_owned() };
        let storage = Counts { gets: 2, bytes_read: 300, ..Counts::default() };
        let figures = RequestFigures { status, elapsed: Duration::from_micros(4_500), storage, measurements };
        Metrics::new(&settings).lines(&figures, 1_700_000_000_000).join("\n")
    }

    #[test]
    fn a_request_is_one_line() {
        insta::assert_snapshot!(lines(StatusCode::OK, Measurements::default()), @r#"{"_aws":{"Timestamp":1700000000000,"CloudWatchMetrics":[{"Namespace":"Shop","Dimensions":[["FunctionName"]],"Metrics":[{"Name":"Requests","Unit":"Count"},{"Name":"Errors","Unit":"Count"},{"Name":"Latency","Unit":"Milliseconds"},{"Name":"StorageGets","Unit":"Count"},{"Name":"StorageBytes","Unit":"Bytes"}]}]},"FunctionName":"shop-search","Errors":0.0,"Latency":4.5,"Requests":1.0,"StorageBytes":300.0,"StorageGets":2.0}"#);
    }

    #[test]
    fn each_function_is_another() {
        let failed_function = Some(FunctionId::new("f", "1.0.0"));
        let measurements = Measurements { profile: None, failed_function };
        insta::assert_snapshot!(lines(StatusCode::SERVICE_UNAVAILABLE, measurements), @r#"
        {"_aws":{"Timestamp":1700000000000,"CloudWatchMetrics":[{"Namespace":"Shop","Dimensions":[["FunctionName"]],"Metrics":[{"Name":"Requests","Unit":"Count"},{"Name":"Errors","Unit":"Count"},{"Name":"Latency","Unit":"Milliseconds"},{"Name":"StorageGets","Unit":"Count"},{"Name":"StorageBytes","Unit":"Bytes"}]}]},"FunctionName":"shop-search","Errors":1.0,"Latency":4.5,"Requests":1.0,"StorageBytes":300.0,"StorageGets":2.0}
        {"_aws":{"Timestamp":1700000000000,"CloudWatchMetrics":[{"Namespace":"Shop","Dimensions":[["FunctionName","Function"]],"Metrics":[{"Name":"FunctionCalls","Unit":"Count"},{"Name":"FunctionDocuments","Unit":"Count"},{"Name":"FunctionTime","Unit":"Milliseconds"},{"Name":"FunctionErrors","Unit":"Count"}]}]},"FunctionName":"shop-search","Function":"f","FunctionCalls":0.0,"FunctionDocuments":0.0,"FunctionErrors":1.0,"FunctionTime":0.0}
        "#);
    }
}
