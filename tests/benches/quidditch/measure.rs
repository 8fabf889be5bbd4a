//! Measures times with criterion, and collects rows.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use criterion::Criterion;
use quidditch_tests::target_directory;
use serde_json::Value as Json;

use crate::row::{Row, table};

/// How long each time is measured. All rows together take some minutes; measuring longer changes only the last digit.
const MEASUREMENT: Duration = Duration::from_millis(1_500);
const WARM_UP: Duration = Duration::from_millis(400);
const SAMPLES: usize = 20;
/// How often a value and its baseline are measured alternately; the best result counts. Other load on the machine can only slow
/// them down, and rarely affects all measurements.
const TURNS: u32 = 3;

/// Measures the selected rows.
pub(crate) struct Bench {
    /// Parts of names; empty selects all rows.
    names: Vec<String>,
    /// The address of a server to compare with.
    pub(crate) peer: Option<String>,
    criterion: Criterion,
    times: PathBuf,
    rows: Vec<Row>,
}

impl Bench {
    pub(crate) fn new(names: Vec<String>, peer: Option<String>) -> Self {
        let times = target_directory().join("criterion");
        let criterion = Criterion::default()
            .output_directory(&times)
            .measurement_time(MEASUREMENT)
            .warm_up_time(WARM_UP)
            .sample_size(SAMPLES)
            .nresamples(10_000);
        Bench { names, peer, criterion, times, rows: Vec::new() }
    }

    /// Whether one of these rows is selected; otherwise their setup can be skipped.
    pub(crate) fn wants(&self, rows: &[&str]) -> bool {
        let is_wanted = |row: &&str| self.names.iter().any(|name| row.contains(name.as_str()));
        self.names.is_empty() || rows.iter().any(is_wanted)
    }

    /// The median time of a call, in nanoseconds.
    pub(crate) fn nanoseconds(&mut self, name: &str, mut call: impl FnMut()) -> f64 {
        self.criterion.bench_function(name, |bencher| bencher.iter(&mut call));
        let path = self.times.join(name).join("new/estimates.json");
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let estimates: Json = serde_json::from_str(&text).expect("criterion writes JSON");
        estimates["median"]["point_estimate"].as_f64().expect("criterion estimates the median")
    }

    /// The times of a call and of its baseline, in nanoseconds.
    pub(crate) fn compare(&mut self, name: &str, mut call: impl FnMut(), mut baseline: impl FnMut()) -> (f64, f64) {
        let (mut of_call, mut of_baseline) = (f64::INFINITY, f64::INFINITY);
        self.criterion = std::mem::take(&mut self.criterion).measurement_time(MEASUREMENT / TURNS);
        for _ in 0..TURNS {
            of_call = of_call.min(self.nanoseconds(name, &mut call));
            of_baseline = of_baseline.min(self.nanoseconds(&format!("{name}_baseline"), &mut baseline));
        }
        self.criterion = std::mem::take(&mut self.criterion).measurement_time(MEASUREMENT);
        (of_call, of_baseline)
    }

    /// Records a row, if it is selected.
    pub(crate) fn row(&mut self, row: Row) {
        if self.wants(&[&row.name]) {
            self.rows.push(row);
        }
    }

    /// Prints the table and writes `bench.json`.
    pub(crate) fn finish(self) {
        let json = serde_json::to_string_pretty(&self.rows).expect("rows are numbers and texts");
        let path = target_directory().join("bench.json");
        fs::write(&path, json + "\n").unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        println!("\n{}\nwritten to {}", table(&self.rows), path.display());
    }
}

/// The median.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
