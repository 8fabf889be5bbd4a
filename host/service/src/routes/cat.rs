//! `/_cat/indices`: a table of the indices, for humans and scripts.

use quidditch_index::{IndexError, IndexSummary, summarize_indices};
use serde_json::{Map, Value as Json};

use crate::Service;
use crate::accepted_parameters::take_list_parameters;
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;

/// The columns. Numbers are right-aligned.
const COLUMNS: [(&str, Align); 9] = [
    ("health", Align::Left),
    ("status", Align::Left),
    ("index", Align::Left),
    ("pri", Align::Right),
    ("rep", Align::Right),
    ("docs.count", Align::Right),
    ("docs.deleted", Align::Right),
    ("store.size", Align::Right),
    ("splits", Align::Right),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Align {
    Left,
    Right,
}

/// The format of sizes.
#[derive(Clone, Copy)]
enum Sizes {
    Bytes,
    Human,
}

/// Whether the table starts with the names of the columns.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Header {
    Shown,
    Hidden,
}

/// Lists all indices.
pub(crate) async fn cat_indices(service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let header = if call.parameters.take_flag("v")? { Header::Shown } else { Header::Hidden };
    let columns = parse_columns(call.parameters.take("h")?)?;
    let sizes = match call.parameters.take("bytes")?.as_deref() {
        None => Sizes::Human,
        Some("b") => Sizes::Bytes,
        Some(other) => return Err(unsupported("bytes", other, "b")),
    };
    let as_json = match call.parameters.take("format")?.as_deref() {
        None | Some("text") => false,
        Some("json") => true,
        Some(other) => return Err(unsupported("format", other, "text], [json")),
    };
    take_list_parameters(&mut call.parameters)?;
    call.finish()?;

    let mut rows = Vec::new();
    for (name, summary) in summarize_indices(service.snapshots.reader().storage()).await? {
        rows.push(row(name, summary, sizes)?);
    }
    Ok(if as_json { Answer::json(&objects(&columns, rows)) } else { Answer::text(table(&columns, &rows, header)) })
}

fn unsupported(parameter: &str, value: &str, supported: &str) -> ApiError {
    ApiError::Argument(format!("parameter [{parameter}] must be one of [{supported}], but is [{value}]"))
}

/// Indices into [`COLUMNS`] of the requested columns.
fn parse_columns(names: Option<String>) -> Result<Vec<usize>, ApiError> {
    let Some(names) = names else { return Ok((0..COLUMNS.len()).collect()) };
    let column = |name: &str| {
        COLUMNS.iter().position(|(known, _)| *known == name).ok_or_else(|| {
            let known = COLUMNS.map(|(known, _)| known).join("], [");
            ApiError::Argument(format!("unknown column [{name}] in parameter [h]; supported: [{known}]"))
        })
    };
    names.split(',').map(|name| column(name.trim())).collect()
}

/// The row of an index, with a cell for each of [`COLUMNS`].
fn row(name: String, summary: Result<IndexSummary, IndexError>, sizes: Sizes) -> Result<Vec<String>, ApiError> {
    let summary = match summary {
        Ok(summary) => summary,
        Err(IndexError::Damaged { object, reason }) => {
            tracing::error!(index = name, object, %reason, "an index is damaged");
            let mut row = vec!["red".to_owned(), "open".to_owned(), name];
            row.resize(COLUMNS.len(), String::new());
            return Ok(row);
        }
        Err(error) => return Err(error.into()),
    };
    Ok(vec![
        "green".to_owned(),
        "open".to_owned(),
        name,
        "1".to_owned(),
        "0".to_owned(),
        summary.documents.to_string(),
        summary.deleted.to_string(),
        size(summary.bytes, sizes),
        summary.splits.to_string(),
    ])
}

/// A size as clients expect it: `512b`, `1.5kb`, `20mb`. Units are powers of 1,024.
fn size(bytes: u64, sizes: Sizes) -> String {
    const UNITS: [&str; 4] = ["kb", "mb", "gb", "tb"];
    if matches!(sizes, Sizes::Bytes) {
        return bytes.to_string();
    }
    if bytes < 1024 {
        return format!("{bytes}b");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    // Rounded down, so that a size is never overstated.
    let tenths = (value * 10.0).floor() / 10.0;
    format!("{tenths}{}", UNITS[unit])
}

fn objects(columns: &[usize], rows: Vec<Vec<String>>) -> Vec<Map<String, Json>> {
    let object = |row: Vec<String>| {
        columns.iter().map(|column| (COLUMNS[*column].0.to_owned(), Json::from(row[*column].as_str()))).collect()
    };
    rows.into_iter().map(object).collect()
}

fn table(columns: &[usize], rows: &[Vec<String>], header: Header) -> String {
    let names: Vec<String> = COLUMNS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut lines: Vec<&Vec<String>> = rows.iter().collect();
    if header == Header::Shown {
        lines.insert(0, &names);
    }
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = columns.iter().map(|column| width(*column)).collect();
    let mut text = String::new();
    for line in lines {
        let cells = columns.iter().zip(&widths).map(|(column, width)| match COLUMNS[*column].1 {
            Align::Left => format!("{:<width$}", line[*column]),
            Align::Right => format!("{:>width$}", line[*column]),
        });
        let cells: Vec<String> = cells.collect();
        text.push_str(cells.join(" ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use quidditch_index::{Damage, Mapping};

    use super::*;

    #[test]
    fn damaged_indices_are_red() {
        let summary = IndexSummary {
            name: "a".to_owned(),
            documents: 7,
            deleted: 2,
            splits: 3,
            bytes: 2_048,
            retired: 1,
            mapping: Mapping::default(),
        };
        let damaged = IndexError::damaged("b/manifest.json", Damage::corrupt("not JSON"));
        let rows = [("a", Ok(summary)), ("b", Err(damaged))];
        let rows = rows.map(|(name, summary)| row(name.to_owned(), summary, Sizes::Human).expect("a row"));
        let all: Vec<usize> = (0..COLUMNS.len()).collect();
        insta::assert_snapshot!(table(&all, &rows, Header::Shown), @r"
        health status index pri rep docs.count docs.deleted store.size splits
        green  open   a       1   0          7            2        2kb      3
        red    open   b
        ");
    }

    #[test]
    fn sizes_are_short() {
        let human = |bytes| size(bytes, Sizes::Human);
        assert_eq!([human(0), human(1_023), human(1_024)], ["0b", "1023b", "1kb"]);
        assert_eq!([human(1_536), human((1 << 20) - 1), human(1 << 20)], ["1.5kb", "1023.9kb", "1mb"]);
        assert_eq!(human(u64::MAX), "16777216tb");
        assert_eq!(size(1_536, Sizes::Bytes), "1536");
    }
}
