//! Tables: columns, which of them are shown, their order and their format.

use quidditch_index::matches_pattern;
use serde_json::{Map, Value as Json};

use super::size::SizeUnit;
use crate::answer::Answer;
use crate::error::ApiError;
use crate::parameters::Parameters;

/// A column of a table.
pub(super) struct Column {
    pub(super) name: &'static str,
    /// Other names of it.
    pub(super) short: &'static [&'static str],
    pub(super) summary: &'static str,
    pub(super) shown: Shown,
}

/// When a column is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Always,
    /// If the request asks for it.
    OnDemand,
}

/// A column that is shown by default.
pub(super) const fn column(name: &'static str, short: &'static [&'static str], summary: &'static str) -> Column {
    Column { name, short, summary, shown: Shown::Always }
}

/// A column that is shown if the request asks for it.
pub(super) const fn more(name: &'static str, short: &'static [&'static str], summary: &'static str) -> Column {
    Column { name, short, summary, shown: Shown::OnDemand }
}

/// A value of a table.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub(super) enum Cell {
    /// Unknown, as for an index that is damaged.
    Nothing,
    Text(String),
    Number(u64),
    Size(u64),
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Cell::Text(text.into())
    }

    fn shown(&self, unit: SizeUnit) -> String {
        match self {
            Cell::Nothing => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Number(number) => number.to_string(),
            Cell::Size(bytes) => unit.text(*bytes),
        }
    }

    fn is_number(&self) -> bool {
        matches!(self, Cell::Number(_) | Cell::Size(_))
    }
}

/// What a request asks of a table.
pub(super) struct TableRequest {
    columns: &'static [Column],
    /// The columns that are shown, by their numbers.
    selected: Vec<usize>,
    order: Vec<(usize, Direction)>,
    has_header: bool,
    format: Format,
    unit: SizeUnit,
    wants_help: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Ascending,
    Descending,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Text,
    Json,
}

impl TableRequest {
    /// Takes the parameters that all tables have.
    pub(super) fn take(parameters: &mut Parameters, columns: &'static [Column]) -> Result<Self, ApiError> {
        let format = match parameters.take("format")?.as_deref() {
            None | Some("text") => Format::Text,
            Some("json") => Format::Json,
            Some(other) => {
                let reason = format!("parameter [format] must be one of [text], [json], but is [{other}]");
                return Err(ApiError::Argument(reason));
            }
        };
        if let Some(unit) = parameters.take("time")?
            && !["d", "h", "m", "s", "ms", "micros", "nanos"].contains(&unit.as_str())
        {
            let reason = "parameter [time] must be one of [d], [h], [m], [s], [ms], [micros], [nanos]";
            return Err(ApiError::Argument(format!("{reason}, but is [{unit}]")));
        }
        let unit = parameters.take("bytes")?;
        Ok(TableRequest {
            columns,
            selected: select(columns, parameters.take("h")?.as_deref())?,
            order: parameters.take("s")?.map_or(Ok(Vec::new()), |text| order(columns, &text))?,
            has_header: parameters.take_flag("v")?,
            format,
            unit: unit.map_or(Ok(SizeUnit::Human), |unit| SizeUnit::parse(&unit))?,
            wants_help: parameters.take_flag("help")?,
        })
    }

    /// The description of the columns, if the request asks for it.
    pub(super) fn help(&self) -> Option<Answer> {
        if !self.wants_help {
            return None;
        }
        let row = |column: &Column| vec![column.name.to_owned(), column.short.join(","), column.summary.to_owned()];
        let rows: Vec<Vec<String>> = self.columns.iter().map(row).collect();
        Some(Answer::text(aligned(&rows, &[false; 3], " | ")))
    }

    /// Without the column of this name, unless the request has chosen the columns.
    pub(super) fn without(mut self, name: &str) -> Self {
        self.selected.retain(|number| self.columns[*number].name != name);
        self
    }

    /// The table with these rows, which have a cell for each column.
    pub(super) fn answer(&self, mut rows: Vec<Vec<Cell>>) -> Answer {
        rows.sort_by(|left, right| {
            let orders = self.order.iter().map(|(column, direction)| {
                let order = left[*column].partial_cmp(&right[*column]).unwrap_or(std::cmp::Ordering::Equal);
                if *direction == Direction::Ascending { order } else { order.reverse() }
            });
            orders.into_iter().find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
        });
        match self.format {
            Format::Json => Answer::json(&rows.iter().map(|row| self.object(row)).collect::<Vec<_>>()),
            Format::Text => Answer::text(self.text(&rows)),
        }
    }

    fn object(&self, row: &[Cell]) -> Map<String, Json> {
        let entry = |number: &usize| {
            let value = match &row[*number] {
                Cell::Nothing => Json::Null,
                cell => cell.shown(self.unit).into(),
            };
            (self.columns[*number].name.to_owned(), value)
        };
        self.selected.iter().map(entry).collect()
    }

    fn text(&self, rows: &[Vec<Cell>]) -> String {
        let line = |row: &Vec<Cell>| self.selected.iter().map(|number| row[*number].shown(self.unit)).collect();
        let mut lines: Vec<Vec<String>> = rows.iter().map(line).collect();
        if self.has_header {
            lines.insert(0, self.selected.iter().map(|number| self.columns[*number].name.to_owned()).collect());
        }
        let is_number = |number: &usize| rows.iter().any(|row| row[*number].is_number());
        let numbers: Vec<bool> = self.selected.iter().map(is_number).collect();
        aligned(&lines, &numbers, " ")
    }
}

/// The numbers of the columns that a list of names and patterns selects; without one, those that are shown by default.
fn select(columns: &[Column], names: Option<&str>) -> Result<Vec<usize>, ApiError> {
    let Some(names) = names else {
        return Ok((0..columns.len()).filter(|number| columns[*number].shown == Shown::Always).collect());
    };
    let mut selected = Vec::new();
    for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let before = selected.len();
        if name.contains('*') {
            selected.extend((0..columns.len()).filter(|number| matches_pattern(name, columns[*number].name)));
        } else {
            selected.extend(find(columns, name));
        }
        if selected.len() == before {
            return Err(unknown(columns, name, "h"));
        }
    }
    Ok(selected)
}

fn order(columns: &[Column], text: &str) -> Result<Vec<(usize, Direction)>, ApiError> {
    let level = |part: &str| {
        let (name, direction) = match part.trim().rsplit_once(':') {
            Some((name, "desc")) => (name, Direction::Descending),
            Some((name, "asc")) => (name, Direction::Ascending),
            _ => (part.trim(), Direction::Ascending),
        };
        Ok((find(columns, name).ok_or_else(|| unknown(columns, name, "s"))?, direction))
    };
    text.split(',').map(level).collect()
}

fn find(columns: &[Column], name: &str) -> Option<usize> {
    columns.iter().position(|column| column.name == name || column.short.contains(&name))
}

fn unknown(columns: &[Column], name: &str, parameter: &str) -> ApiError {
    let known: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let known = known.join("], [");
    ApiError::Argument(format!("unknown column [{name}] in parameter [{parameter}]; supported: [{known}]"))
}

/// Lines whose cells stand below each other; numbers are right-aligned.
fn aligned(lines: &[Vec<String>], numbers: &[bool], separator: &str) -> String {
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..numbers.len()).map(width).collect();
    let mut text = String::new();
    for line in lines {
        let cells = line.iter().zip(numbers.iter().zip(&widths)).map(|(cell, (is_number, width))| {
            if *is_number { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        text.push_str(cells.collect::<Vec<_>>().join(separator).trim_end());
        text.push('\n');
    }
    text
}
