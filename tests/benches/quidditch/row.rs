//! Results: a row for each measurement.

use std::fmt;

use serde::Serialize;

/// A measured value with its baseline and goal.
#[derive(Clone, Serialize)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) unit: &'static str,
    pub(crate) value: f64,
    /// The baseline, in the same unit and from the same run.
    pub(crate) baseline: Option<f64>,
    /// Value / baseline.
    pub(crate) ratio: Option<f64>,
    /// The goal, as text.
    pub(crate) goal: Option<String>,
    pub(crate) met: Option<bool>,
}

/// A goal.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    /// Below a value, in the row's unit.
    Below(f64),
    /// At least a value, in the row's unit.
    AtLeast(f64),
    /// At least a multiple of the baseline.
    RatioAtLeast(f64),
    /// At most a value, in the row's unit.
    AtMost(f64),
    /// At most a multiple of the baseline.
    RatioAtMost(f64),
    /// At most a difference to the baseline.
    AboveBaselineAtMost(f64),
}

impl fmt::Display for Goal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Goal::Below(most) => write!(formatter, "< {most}"),
            Goal::AtLeast(least) => write!(formatter, ">= {least}"),
            Goal::RatioAtLeast(least) => write!(formatter, ">= {least} x baseline"),
            Goal::AtMost(most) => write!(formatter, "<= {most}"),
            Goal::RatioAtMost(most) => write!(formatter, "<= {most} x baseline"),
            Goal::AboveBaselineAtMost(most) => write!(formatter, "<= baseline + {most}"),
        }
    }
}

impl Row {
    /// A value without baseline and goal.
    pub(crate) fn new(name: impl Into<String>, unit: &'static str, value: f64) -> Self {
        Row { name: name.into(), unit, value, baseline: None, ratio: None, goal: None, met: None }
    }

    pub(crate) fn against(self, baseline: f64) -> Self {
        Row { baseline: Some(baseline), ratio: Some(self.value / baseline), ..self }
    }

    pub(crate) fn goal(self, goal: Goal) -> Self {
        let baseline = || self.baseline.expect("a goal against a baseline is set after the baseline");
        let met = match goal {
            Goal::Below(most) => self.value < most,
            Goal::AtLeast(least) => self.value >= least,
            Goal::RatioAtLeast(least) => self.value >= least * baseline(),
            Goal::AtMost(most) => self.value <= most,
            Goal::RatioAtMost(most) => self.value <= most * baseline(),
            Goal::AboveBaselineAtMost(most) => self.value <= baseline() + most,
        };
        Row { goal: Some(goal.to_string()), met: Some(met), ..self }
    }
}

/// Formats rows as a table.
pub(crate) fn table(rows: &[Row]) -> String {
    let number = |value: f64| match value.abs() {
        size if size >= 1_000.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    };
    let optional = |value: Option<f64>| value.map(number).unwrap_or_default();
    let header = ["name", "unit", "value", "baseline", "ratio", "goal", "met"].map(str::to_owned);
    let cells = rows.iter().map(|row| {
        let met = row.met.map(|met| if met { "yes" } else { "NO" }).unwrap_or_default();
        let goal = row.goal.clone().unwrap_or_default();
        let (value, baseline, ratio) = (number(row.value), optional(row.baseline), optional(row.ratio));
        [row.name.clone(), row.unit.to_owned(), value, baseline, ratio, goal, met.to_owned()]
    });
    let lines: Vec<[String; 7]> = std::iter::once(header).chain(cells).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 7] = std::array::from_fn(width);
    let is_number = |column: usize| (2..5).contains(&column);
    let mut text = String::new();
    for line in &lines {
        for (column, cell) in line.iter().enumerate() {
            let width = widths[column];
            let padded = if is_number(column) { format!("{cell:>width$}  ") } else { format!("{cell:<width$}  ") };
            text.push_str(&padded);
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}
