//! `docvalue_fields`: the values of a field in its column.

use quidditch_function::{Column, ColumnKind, ColumnRequest, Values};
use quidditch_index::{DateFormat, DateResolution, Field, FieldKind, float_text, ip_text, unsigned_in_order};
use serde_json::{Value as Json, json};

use super::fetch_context::FetchContext;
use super::field_value::date_format;
use crate::Error;
use crate::aggregations::DecimalFormat;
use crate::columns::{ColumnSource, ComputedField, PointSource};
use crate::request::FieldPattern;

/// A format with this name is that of the mapping.
const MAPPING_FORMAT: &str = "use_field_mapping";

/// The values of a field in its column.
pub(super) struct ColumnValue {
    pub(super) name: String,
    pub(super) read: Read,
    shown: Shown,
}

/// What is read.
pub(super) enum Read {
    /// The `_id` of the document.
    Id,
    /// The name of the index.
    Index,
    Column(ColumnSource),
    /// The columns of latitudes and longitudes that a script computes, in the same order.
    ComputedPoint(ColumnSource, ColumnSource),
    /// The columns of latitudes and longitudes, in the same order.
    Point(ColumnSource, ColumnSource),
}

/// How a value is shown.
enum Shown {
    /// As its type is in JSON.
    Plain,
    Date(DateFormat),
    /// Of nanoseconds.
    DateNanos(DateFormat),
    /// Minus 2^63.
    Unsigned,
    Decimal(DecimalFormat),
    /// The usual form of an address, which only computed columns do not have yet.
    Address,
}

impl Shown {
    fn for_dates(resolution: DateResolution, format: DateFormat) -> Self {
        match resolution {
            DateResolution::Millis => Shown::Date(format),
            DateResolution::Nanos => Shown::DateNanos(format),
        }
    }
}

impl ColumnValue {
    /// A field without a mapping; `None` if it is none.
    pub(super) fn metadata(pattern: &FieldPattern) -> Result<Option<Self>, Error> {
        let name = pattern.pattern.as_str();
        let read = match name {
            "_id" => Read::Id,
            "_index" => Read::Index,
            "_source" | "_field_names" | "_seq_no" | "_version" | "_routing" | "_ignored" => {
                return Err(Error::shard_argument(format!("Fielddata is not supported on field [{name}]")));
            }
            _ => return Ok(None),
        };
        if pattern.format.as_deref().is_some_and(|format| format != MAPPING_FORMAT) {
            return Err(no_format(name, name));
        }
        Ok(Some(ColumnValue { name: name.to_owned(), read, shown: Shown::Plain }))
    }

    /// `shown_name` is that of the field, or of an alias.
    pub(super) fn new(
        shown_name: &str,
        field: &Field,
        pattern: &FieldPattern,
        context: &FetchContext<'_, '_>,
    ) -> Result<Self, Error> {
        let name = field.name();
        let format = pattern.format.as_deref().filter(|format| *format != MAPPING_FORMAT);
        let kind = match field.kind() {
            FieldKind::Boolean => ColumnKind::Booleans,
            FieldKind::Date { .. } => ColumnKind::Dates,
            kind if kind.is_integer() => ColumnKind::Integers,
            kind if kind.is_float() || *kind == FieldKind::GeoPoint => ColumnKind::Floats,
            _ => ColumnKind::Texts,
        };
        let column = |field: String| {
            ColumnSource::find(context.mapping(), &ColumnRequest { field, kind }, &context.shared.memory)
                .map_err(|error| Error::shard_argument(error.to_string()))
        };
        let read = match (field.kind(), ColumnSource::exact(field, &context.shared.memory)) {
            (_, Some(exact)) => Read::Column(exact),
            (FieldKind::GeoPoint, None) => Read::Point(
                column(format!("{name}.lat"))?.in_index_order(),
                column(format!("{name}.lon"))?.in_index_order(),
            ),
            _ => Read::Column(column(name.to_owned())?),
        };
        Ok(ColumnValue { name: shown_name.to_owned(), read, shown: shown(field, kind, format)? })
    }

    /// The values of a field that the request computes.
    pub(super) fn computed(
        computed: &ComputedField,
        pattern: &FieldPattern,
        context: &FetchContext<'_, '_>,
    ) -> Result<Self, Error> {
        let (field, kind) = (&computed.field, computed.column.kind());
        let format = pattern.format.as_deref().filter(|format| *format != MAPPING_FORMAT);
        let source = ColumnSource::computed(&computed.column, kind, &context.shared.memory);
        let source = source.expect("a column can be read as what it is");
        Ok(ColumnValue {
            name: field.name().to_owned(),
            read: Read::Column(source),
            shown: shown(field, kind, format)?,
        })
    }

    /// The points of a field that the request computes.
    pub(super) fn computed_points(name: &str, points: &PointSource, pattern: &FieldPattern) -> Result<Self, Error> {
        if pattern.format.is_some() {
            return Err(no_format(name, "geo_point"));
        }
        let PointSource { lat, lon } = points.clone();
        Ok(ColumnValue { name: name.to_owned(), read: Read::ComputedPoint(lat, lon), shown: Shown::Plain })
    }

    /// The values of a column that has one document.
    pub(super) fn values(&self, column: &Column) -> Vec<Json> {
        match &column.values {
            Values::Booleans(values) => values.iter().map(|value| Json::Bool(*value != 0)).collect(),
            Values::Integers(values) => values.iter().map(|value| self.integer(*value)).collect(),
            Values::Floats(values) => values.iter().map(|value| self.float(*value)).collect(),
            Values::Texts(dictionary) => {
                // Keywords are a set: equal values are shown once.
                let mut codes = dictionary.codes.clone();
                codes.dedup();
                let text = |code: u32| dictionary.text(code).unwrap_or_default();
                match self.shown {
                    Shown::Address => codes.into_iter().map(|code| Json::from(ip_text(text(code)))).collect(),
                    _ => codes.into_iter().map(|code| Json::from(text(code))).collect(),
                }
            }
        }
    }

    fn integer(&self, value: i64) -> Json {
        match &self.shown {
            Shown::Plain | Shown::Address => Json::from(value),
            Shown::Date(format) => Json::String(format.format(value)),
            Shown::DateNanos(format) => Json::String(format.format_nanos(value)),
            Shown::Unsigned => Json::from(unsigned_in_order(value)),
            Shown::Decimal(format) => Json::String(format.format(value as f64)),
        }
    }

    fn float(&self, value: f64) -> Json {
        match &self.shown {
            Shown::Decimal(format) => Json::String(format.format(value)),
            _ => Json::from(value),
        }
    }
}

/// How the values of a field are shown. `kind` is the type of its column.
fn shown(field: &Field, kind: ColumnKind, format: Option<&str>) -> Result<Shown, Error> {
    let name = field.name();
    Ok(match (field.kind(), format) {
        (FieldKind::Date { format, resolution }, None) => Shown::for_dates(*resolution, format.clone()),
        (FieldKind::Date { resolution, .. }, Some(text)) => Shown::for_dates(*resolution, date_format(name, text)?),
        (FieldKind::UnsignedLong, _) => Shown::Unsigned,
        (FieldKind::Ip, None) => Shown::Address,
        (_, None) => Shown::Plain,
        (_, Some(text))
            if matches!(kind, ColumnKind::Integers | ColumnKind::Floats) && field.column_name().is_some() =>
        {
            let format = DecimalFormat::parse(text).ok_or_else(|| {
                let example = "a pattern such as [0.00] or [#,##0.#]";
                Error::shard_argument(format!("[format] of the number field [{name}] must be {example}, got [{text}]"))
            })?;
            Shown::Decimal(format)
        }
        (kind, Some(_)) => return Err(no_format(name, kind.type_name())),
    })
}

/// The points of one document that a script computes, as objects in their order.
pub(super) fn computed_points(lats: &Column, lons: &Column) -> Vec<Json> {
    let (Values::Floats(lats), Values::Floats(lons)) = (&lats.values, &lons.values) else { return Vec::new() };
    lats.iter().zip(lons).map(|(lat, lon)| json!({ "lat": lat, "lon": lon })).collect()
}

/// The points of one document, as texts.
pub(super) fn points(lats: &Column, lons: &Column) -> Vec<Json> {
    let (Values::Floats(lats), Values::Floats(lons)) = (&lats.values, &lons.values) else { return Vec::new() };
    let mut points: Vec<(u32, u32)> =
        lats.iter().zip(lons).map(|(lat, lon)| (cell(*lat, 180.0), cell(*lon, 360.0))).collect();
    // As signed latitudes, and then as unsigned longitudes.
    points.sort_unstable_by_key(|(lat, lon)| (lat.cast_signed(), *lon));
    let shown = |(lat, lon): (u32, u32)| {
        Json::String(format!("{}, {}", float_text(corner(lat, 180.0)), float_text(corner(lon, 360.0))))
    };
    points.into_iter().map(shown).collect()
}

/// Clients know the coordinates in columns as the corner of one of 2^32 cells: the number of the cell, as 32 bits with a sign.
fn cell(degrees: f64, range: f64) -> u32 {
    let size = range / 4_294_967_296.0;
    let highest = f64::from(i32::MAX);
    ((degrees / size).floor().min(highest) as i32).cast_unsigned()
}

fn corner(cell: u32, range: f64) -> f64 {
    f64::from(cell.cast_signed()) * (range / 4_294_967_296.0)
}

fn no_format(name: &str, kind: &str) -> Error {
    Error::shard_argument(format!("Field [{name}] of type [{kind}] does not support custom formats"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_corners_of_cells_in_their_order() {
        let column =
            |values: &[f64]| Column { values: Values::Floats(values.to_vec()), starts: vec![0, values.len() as u32] };
        assert_eq!(
            points(&column(&[52.5, 1.5]), &column(&[13.4, 2.5])),
            [json!("1.4999999944120646, 2.4999999348074198"), json!("52.49999997206032, 13.399999989196658")]
        );
        assert_eq!(points(&column(&[90.0, -90.0]), &column(&[180.0, -180.0])).len(), 2);
    }
}
