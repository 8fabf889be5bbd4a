//! Metrics in CloudWatch's embedded metric format: log lines that CloudWatch extracts metrics from. `docs/deploy.md` lists
//! them.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::StatusCode;
use quidditch_engine::Profile;
use quidditch_service::Measurements;
use quidditch_storage::Counts;
use serde::Serialize;

use crate::settings::MetricsSettings;

/// Writes metrics to standard output.
pub(crate) struct Metrics {
    settings: MetricsSettings,
}

/// Figures of an answered request.
pub(crate) struct RequestFigures {
    pub(crate) status: StatusCode,
    /// Time from the event to the answer.
    pub(crate) elapsed: Duration,
    /// Requests to the store in this time.
    pub(crate) storage: Counts,
    pub(crate) measurements: Measurements,
}

/// One log line.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(rename = "_aws")]
    metadata: Metadata<'a>,
    #[serde(rename = "FunctionName")]
    function_name: &'a str,
    #[serde(rename = "Function", skip_serializing_if = "Option::is_none")]
    function: Option<&'a str>,
    #[serde(flatten)]
    values: BTreeMap<&'static str, f64>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata<'a> {
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

/// A value of a metric.
struct Sample {
    name: &'static str,
    unit: &'static str,
    value: f64,
}

impl Sample {
    fn count(name: &'static str, count: u64) -> Self {
        Sample { name, unit: "Count", value: count as f64 }
    }

    fn millis(name: &'static str, nanos: u64) -> Self {
        Sample { name, unit: "Milliseconds", value: nanos as f64 / 1e6 }
    }
}

impl Metrics {
    pub(crate) fn new(settings: &MetricsSettings) -> Self {
        Metrics { settings: settings.clone() }
    }

    /// Writes the lines of a request to standard output.
    pub(crate) fn print(&self, figures: &RequestFigures) {
        #[expect(clippy::disallowed_methods, reason = "only for the metrics")]
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let timestamp = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        let mut lines = self.lines(figures, timestamp).join("\n");
        lines.push('\n');
        // Failing to write a log must not fail the request.
        let _ = std::io::stdout().lock().write_all(lines.as_bytes());
    }

    fn lines(&self, figures: &RequestFigures, timestamp: u64) -> Vec<String> {
        let mut lines = vec![self.line(timestamp, None, &request_samples(figures))];
        for (name, samples) in function_samples(&figures.measurements) {
            lines.push(self.line(timestamp, Some(name), &samples));
        }
        lines
    }

    fn line(&self, timestamp: u64, function: Option<&str>, samples: &[Sample]) -> String {
        let dimensions: &[&str] = if function.is_some() { &["FunctionName", "Function"] } else { &["FunctionName"] };
        let metrics = samples.iter().map(|sample| Metric { name: sample.name, unit: sample.unit }).collect();
        let directive = Directive { namespace: &self.settings.namespace, dimensions: [dimensions], metrics };
        let line = Line {
            metadata: Metadata { timestamp, cloud_watch_metrics: [directive] },
            function_name: &self.settings.function_name,
            function,
            values: samples.iter().map(|sample| (sample.name, sample.value)).collect(),
        };
        serde_json::to_string(&line).expect("a line serialises without errors")
    }
}

fn request_samples(figures: &RequestFigures) -> Vec<Sample> {
    let RequestFigures { status, elapsed, storage, measurements } = figures;
    let mut samples = vec![
        Sample::count("Requests", 1),
        Sample::count("Errors", u64::from(status.is_server_error())),
        Sample { name: "Latency", unit: "Milliseconds", value: elapsed.as_secs_f64() * 1e3 },
        Sample::count("StorageGets", storage.gets),
        Sample { name: "StorageBytes", unit: "Bytes", value: storage.bytes_read as f64 },
    ];
    let profiles = &measurements.profiles;
    if !profiles.is_empty() {
        let sum = |figure: fn(&Profile) -> u64| profiles.iter().map(figure).sum::<u64>();
        samples.extend([
            Sample::millis("PlanLatency", sum(|profile| profile.time_in_nanos.plan)),
            Sample::millis("WarmLatency", sum(|profile| profile.time_in_nanos.warm)),
            Sample::millis("ExecuteLatency", sum(|profile| profile.time_in_nanos.execute)),
            Sample::millis("FetchLatency", sum(|profile| profile.time_in_nanos.fetch)),
            Sample::count("CacheHits", sum(|profile| profile.storage.cache_hits)),
        ]);
    }
    samples
}

/// Sums over all clauses that call the same user function.
#[derive(Default)]
struct FunctionFigures {
    calls: u64,
    documents: u64,
    nanos: u64,
    errors: u64,
}

/// Samples for each user function of a request, by name.
fn function_samples(measurements: &Measurements) -> BTreeMap<&str, [Sample; 4]> {
    let mut by_name: BTreeMap<&str, FunctionFigures> = BTreeMap::new();
    for function in measurements.profiles.iter().flat_map(|profile| &profile.functions) {
        let figures = by_name.entry(function.name.as_str()).or_default();
        figures.calls += function.calls;
        figures.documents += function.documents;
        figures.nanos += function.time_in_nanos;
        figures.errors += u64::from(function.failed_documents > 0);
    }
    if let Some(failed) = &measurements.failed_function {
        by_name.entry(failed.name.as_str()).or_default().errors += 1;
    }
    let samples = |figures: FunctionFigures| {
        [
            Sample::count("FunctionCalls", figures.calls),
            Sample::count("FunctionDocuments", figures.documents),
            Sample::millis("FunctionTime", figures.nanos),
            Sample::count("FunctionErrors", figures.errors),
        ]
    };
    by_name.into_iter().map(|(name, figures)| (name, samples(figures))).collect()
}

#[cfg(test)]
mod tests {
    use quidditch_function::FunctionId;

    use super::*;

    fn lines(status: StatusCode, measurements: Measurements) -> String {
        let settings = MetricsSettings { namespace: "Shop".to_owned(), function_name: "shop-search".to_owned() };
        let storage = Counts { gets: 2, bytes_read: 300, ..Counts::default() };
        let figures = RequestFigures { status, elapsed: Duration::from_micros(4_500), storage, measurements };
        let lines = Metrics::new(&settings).lines(&figures, 1_700_000_000_000);
        let pretty = |line: &String| format!("{:#}", serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
        lines.iter().map(pretty).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_request_is_one_line() {
        insta::assert_snapshot!(lines(StatusCode::OK, Measurements::default()), @r#"
        {
          "_aws": {
            "Timestamp": 1700000000000,
            "CloudWatchMetrics": [
              {
                "Namespace": "Shop",
                "Dimensions": [
                  [
                    "FunctionName"
                  ]
                ],
                "Metrics": [
                  {
                    "Name": "Requests",
                    "Unit": "Count"
                  },
                  {
                    "Name": "Errors",
                    "Unit": "Count"
                  },
                  {
                    "Name": "Latency",
                    "Unit": "Milliseconds"
                  },
                  {
                    "Name": "StorageGets",
                    "Unit": "Count"
                  },
                  {
                    "Name": "StorageBytes",
                    "Unit": "Bytes"
                  }
                ]
              }
            ]
          },
          "FunctionName": "shop-search",
          "Errors": 0.0,
          "Latency": 4.5,
          "Requests": 1.0,
          "StorageBytes": 300.0,
          "StorageGets": 2.0
        }
        "#);
    }

    #[test]
    fn each_function_is_a_line() {
        let failed_function = Some(FunctionId::new("f", "1.0.0"));
        let measurements = Measurements { failed_function, ..Measurements::default() };
        insta::assert_snapshot!(lines(StatusCode::SERVICE_UNAVAILABLE, measurements), @r#"
        {
          "_aws": {
            "Timestamp": 1700000000000,
            "CloudWatchMetrics": [
              {
                "Namespace": "Shop",
                "Dimensions": [
                  [
                    "FunctionName"
                  ]
                ],
                "Metrics": [
                  {
                    "Name": "Requests",
                    "Unit": "Count"
                  },
                  {
                    "Name": "Errors",
                    "Unit": "Count"
                  },
                  {
                    "Name": "Latency",
                    "Unit": "Milliseconds"
                  },
                  {
                    "Name": "StorageGets",
                    "Unit": "Count"
                  },
                  {
                    "Name": "StorageBytes",
                    "Unit": "Bytes"
                  }
                ]
              }
            ]
          },
          "FunctionName": "shop-search",
          "Errors": 1.0,
          "Latency": 4.5,
          "Requests": 1.0,
          "StorageBytes": 300.0,
          "StorageGets": 2.0
        }
        {
          "_aws": {
            "Timestamp": 1700000000000,
            "CloudWatchMetrics": [
              {
                "Namespace": "Shop",
                "Dimensions": [
                  [
                    "FunctionName",
                    "Function"
                  ]
                ],
                "Metrics": [
                  {
                    "Name": "FunctionCalls",
                    "Unit": "Count"
                  },
                  {
                    "Name": "FunctionDocuments",
                    "Unit": "Count"
                  },
                  {
                    "Name": "FunctionTime",
                    "Unit": "Milliseconds"
                  },
                  {
                    "Name": "FunctionErrors",
                    "Unit": "Count"
                  }
                ]
              }
            ]
          },
          "FunctionName": "shop-search",
          "Function": "f",
          "FunctionCalls": 0.0,
          "FunctionDocuments": 0.0,
          "FunctionErrors": 1.0,
          "FunctionTime": 0.0
        }
        "#);
    }
}
