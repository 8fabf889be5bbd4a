//! Where the values of a combination come from.

use std::cmp::Ordering;

use quidditch_function::ColumnKind;
use quidditch_index::ip_term;
use serde_json::Value as Json;
use tantivy::{i64_to_u64, u64_to_f64, u64_to_i64};

use super::super::date_interval::{DateInterval, parse_offset};
use super::super::decimal_json::decimal_json;
use super::super::failure;
use super::super::gathered::Repeats;
use super::super::kind::Kind;
use super::super::options::FieldOptions;
use super::super::order::parse_direction;
use super::super::partial::KeyPart;
use super::super::reader::float_bits;
use super::super::rounding::Rounding;
use super::super::source::{MixedNumbers, Source, Taken, check_classes};
use super::super::time_zone;
use super::super::value_format::ValueFormat;
use crate::Error;
use crate::json::{ErrorKind, Node, ParseError};
use crate::plan::Planner;
use crate::request::{Direction, Parser};

/// A source, as it is parsed.
pub(super) struct SourceRequest {
    pub(super) name: String,
    options: FieldOptions,
    values: ValuesRequest,
    direction: Direction,
    /// Whether documents without a value are in buckets, and where these come.
    missing: Option<MissingOrder>,
}

enum ValuesRequest {
    Terms,
    Histogram { interval: f64 },
    DateHistogram { interval: DateInterval, offset: i64 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MissingOrder {
    First,
    Last,
}

impl SourceRequest {
    /// Parses `{"name": {"terms": {"field": ...}}}`.
    pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Self, ParseError> {
        let (name, body) = node.only_entry("a source")?;
        let (kind, body) = body.only_entry("a source")?;
        let what = format!("[{kind}] source");
        let mut fields = body.fields()?;
        let (options, values) = match kind {
            "terms" => {
                let options = FieldOptions::take(&mut fields, &what, ColumnKind::Texts, parser)?;
                (options, ValuesRequest::Terms)
            }
            "histogram" => {
                let interval = fields.required("interval", &what)?;
                let width = interval.number()?;
                if width <= 0.0 {
                    let reason = format!("[interval] must be greater than 0, got [{width}]");
                    return Err(interval.mistake(ErrorKind::Argument, reason));
                }
                let options = FieldOptions::take(&mut fields, &what, ColumnKind::Floats, parser)?;
                (options, ValuesRequest::Histogram { interval: width })
            }
            "date_histogram" => {
                let interval = DateInterval::take(&body, &mut fields, &what)?;
                let offset = fields.optional("offset", parse_offset)?.unwrap_or(0);
                let options =
                    FieldOptions::take(&mut fields, &what, ColumnKind::Dates, parser)?.with_time_zone(&mut fields)?;
                (options, ValuesRequest::DateHistogram { interval, offset })
            }
            other => {
                let reason = format!("[{other}] is not a source: it must be terms, histogram or date_histogram");
                return Err(body.error(reason).inside(ErrorKind::Object));
            }
        };
        if options.missing.is_some() {
            return Err(body.error(format!("{what} does not support [missing]: use [missing_bucket]")));
        }
        let direction = fields.optional("order", parse_direction)?.unwrap_or(Direction::Ascending);
        let default_order = if direction == Direction::Ascending { MissingOrder::First } else { MissingOrder::Last };
        let order = fields.optional("missing_order", |node| match node.text()? {
            "first" => Ok(MissingOrder::First),
            "last" => Ok(MissingOrder::Last),
            "default" => Ok(default_order),
            other => Err(node.error(format!("[missing_order] must be [first], [last] or [default], got [{other}]"))),
        })?;
        let has_missing = fields.optional("missing_bucket", Node::boolean)?.unwrap_or(false);
        fields.finish(&what)?;
        let missing = has_missing.then(|| order.unwrap_or(default_order));
        Ok(SourceRequest { name: name.to_owned(), options, values, direction, missing })
    }

    pub(super) fn plan(&self, planner: &Planner<'_>) -> Result<ValueSource, Error> {
        let find = |taken| Source::plan(planner, &self.options, taken);
        let (source, values) = match &self.values {
            ValuesRequest::Terms => {
                check_classes(planner, &self.name, &self.options.field, MixedNumbers::Fail)?;
                (find(Taken::values("composite"))?, Values::Terms)
            }
            ValuesRequest::Histogram { interval } => {
                (find(Taken::numbers("histogram"))?, Values::Numbers { interval: *interval })
            }
            ValuesRequest::DateHistogram { interval, offset } => {
                let zone = self.options.time_zone.clone().unwrap_or_default().rules();
                let rounding = Rounding::new(*interval, &zone, *offset);
                (find(Taken::dates("date_histogram"))?, Values::Dates(rounding))
            }
        };
        Ok(ValueSource {
            name: self.name.clone(),
            // Only what the request asks for: dates are milliseconds otherwise.
            has_format: self.options.format.is_some(),
            source,
            values,
            direction: self.direction,
            missing: self.missing,
            // Clients expect each one to count.
            repeats: Repeats::Keep,
        })
    }
}

/// A source, checked against the mapping.
pub(in super::super) struct ValueSource {
    pub(super) name: String,
    pub(super) source: Source,
    pub(super) values: Values,
    has_format: bool,
    pub(super) direction: Direction,
    pub(super) missing: Option<MissingOrder>,
    /// How a number counts that a document has several times.
    pub(super) repeats: Repeats,
}

/// What the values of a source are.
pub(super) enum Values {
    Terms,
    /// Rounded down to a multiple.
    Numbers {
        interval: f64,
    },
    /// Rounded down to the beginning of an interval.
    Dates(Rounding),
}

impl ValueSource {
    /// All values of a field, in ascending order, each once.
    pub(in super::super) fn of_terms(
        planner: &Planner<'_>,
        options: &FieldOptions,
        type_name: &str,
    ) -> Result<Self, Error> {
        check_classes(planner, type_name, &options.field, MixedNumbers::Fail)?;
        Ok(ValueSource {
            name: options.field.clone(),
            has_format: true,
            source: Source::plan(planner, options, Taken::values(type_name))?,
            values: Values::Terms,
            direction: Direction::Ascending,
            missing: None,
            repeats: Repeats::Drop,
        })
    }

    /// Whether values are floats; otherwise they are integers or texts.
    pub(super) fn has_floats(&self) -> bool {
        match self.values {
            Values::Terms => self.source.has_floats(),
            Values::Numbers { .. } => true,
            Values::Dates(_) => false,
        }
    }

    /// The column, if the values are keywords in ascending order, and documents without one are in no bucket.
    pub(super) fn ascending_keywords(&self) -> Option<&str> {
        let is_ascending = self.direction == Direction::Ascending && self.missing.is_none();
        let are_keywords = matches!(self.values, Values::Terms) && self.source.kind == Kind::Text;
        self.source.stored().filter(|_| is_ascending && are_keywords)
    }

    pub(in super::super) fn compare(&self, a: &KeyPart, b: &KeyPart) -> Ordering {
        let missing = if self.missing == Some(MissingOrder::Last) { Ordering::Greater } else { Ordering::Less };
        match (a, b) {
            (KeyPart::Missing, KeyPart::Missing) => Ordering::Equal,
            (KeyPart::Missing, _) => missing,
            (_, KeyPart::Missing) => missing.reverse(),
            (KeyPart::Bits(a), KeyPart::Bits(b)) => self.direction.apply(a.cmp(b)),
            (KeyPart::Text(a), KeyPart::Text(b)) => self.direction.apply(a.cmp(b)),
            (KeyPart::Bits(_), KeyPart::Text(_)) => Ordering::Less,
            (KeyPart::Text(_), KeyPart::Bits(_)) => Ordering::Greater,
        }
    }

    /// A value as the response shows it.
    pub(in super::super) fn json(&self, part: &KeyPart) -> Json {
        let bits = match part {
            KeyPart::Missing => return Json::Null,
            KeyPart::Text(text) => return Json::String(self.source.format.text_key(text.clone())),
            KeyPart::Bits(bits) => *bits,
        };
        if self.has_floats() {
            return decimal_json(u64_to_f64(bits));
        }
        let integer = u64_to_i64(bits);
        match (&self.source.format, self.has_format) {
            (ValueFormat::Boolean, _) if matches!(self.values, Values::Terms) => Json::Bool(integer != 0),
            (format @ ValueFormat::Date(..), true) => format.text(integer as f64).map_or(Json::Null, Json::String),
            _ => integer.into(),
        }
    }

    /// A value of `after`.
    pub(super) fn read_after(&self, json: Option<&Json>, planner: &Planner<'_>) -> Result<KeyPart, Error> {
        let name = &self.name;
        let Some(json) = json else { return Err(failure::argument(format!("[after] has no value for [{name}]"))) };
        let number = || {
            let number = json.as_str().map_or_else(|| json.as_f64(), |text| text.parse().ok());
            number.ok_or_else(|| failure::number_format(format!("[{name}] in [after] must be a number, got [{json}]")))
        };
        match (json, &self.source.format) {
            (Json::Null, _) if self.missing.is_some() => Ok(KeyPart::Missing),
            (Json::Null, _) => Err(failure::argument(format!("[{name}] in [after] must not be null"))),
            (Json::String(text), ValueFormat::Ip) => {
                let address = ip_term(text).map(KeyPart::Text);
                address.ok_or_else(|| failure::argument(format!("'{text}' is not an IP string literal.")))
            }
            (Json::String(text), _) if self.source.kind == Kind::Text => Ok(KeyPart::Text(text.clone())),
            (other, _) if self.source.kind == Kind::Text => {
                Err(failure::argument(format!("[{name}] in [after] must be a string, got [{other}]")))
            }
            (Json::Bool(value), ValueFormat::Boolean) => Ok(KeyPart::Bits(i64_to_u64(i64::from(*value)))),
            (Json::String(text), ValueFormat::Date(format, zone)) if self.has_format => {
                let millis = time_zone::read_date(text, format, zone, planner.now_millis)?;
                Ok(KeyPart::Bits(i64_to_u64(millis)))
            }
            _ if self.has_floats() => Ok(KeyPart::Bits(float_bits(number()?))),
            (Json::Number(integer), _) if integer.is_i64() => {
                Ok(KeyPart::Bits(i64_to_u64(integer.as_i64().unwrap_or(0))))
            }
            _ => Ok(KeyPart::Bits(i64_to_u64(number()? as i64))),
        }
    }
}

/// The order of two keys, by the orders of their sources.
pub(in super::super) fn compare(sources: &[ValueSource], a: &[KeyPart], b: &[KeyPart]) -> Ordering {
    let parts = sources.iter().zip(a.iter().zip(b));
    parts.map(|(source, (a, b))| source.compare(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}
