//! `{"range": {"field": {"gte": 1, "lt": 2}}}`: documents that have a value in a range.

use std::ops::Bound;

use quidditch_index::{DateFormat, Field, FieldKind, FieldValue, RangeEdge, RangeOptions};
use serde_json::Value as Json;
use tantivy::Term;
use tantivy::query::{RangeQuery, TermQuery};
use tantivy::schema::IndexRecordOption;

use super::clause::Clause;
use super::parser::{Parser, take_boost};
use crate::Error;
use crate::json::{Node, ParseError};
use crate::plan::{Planned, Planner, Pruner};
use crate::scores::Scores;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let (field, body) = node.only_entry("[range] query")?;
    let mut fields = body.fields()?;
    let mut edge = |inclusive: (&'static str, RangeEdge), exclusive: (&'static str, RangeEdge)| match (
        fields.take_nullable(inclusive.0),
        fields.take_nullable(exclusive.0),
    ) {
        (Some(_), Some(other)) => {
            Err(other.error(format!("[range] query has both [{}] and [{}]", inclusive.0, exclusive.0)))
        }
        (Some(bound), None) => Ok(Some((inclusive.1, bound.json().clone()))),
        (None, Some(bound)) => Ok(Some((exclusive.1, bound.json().clone()))),
        (None, None) => Ok(None),
    };
    let lower = edge(("gte", RangeEdge::GreaterOrEqual), ("gt", RangeEdge::Greater))?;
    let upper = edge(("lte", RangeEdge::LessOrEqual), ("lt", RangeEdge::Less))?;
    let format = fields.optional("format", Node::text)?.map(DateFormat::parse).transpose();
    let format = format.map_err(|error| body.error(error.to_string()))?;
    let offset_seconds = fields.optional("time_zone", |node| {
        let zone = node.text()?;
        quidditch_index::parse_time_zone(zone)
            .ok_or_else(|| node.error(format!("unknown [time_zone] [{zone}], use an offset such as [+01:00]")))
    })?;
    let boost = take_boost(&mut fields)?;
    fields.finish("[range] query")?;
    let offset_seconds = offset_seconds.unwrap_or(0);
    Ok(Box::new(Range { field: field.to_owned(), lower, upper, format, offset_seconds, boost }))
}

struct Range {
    field: String,
    lower: Option<(RangeEdge, Json)>,
    upper: Option<(RangeEdge, Json)>,
    format: Option<DateFormat>,
    offset_seconds: i32,
    boost: f32,
}

impl Clause for Range {
    fn plan(&self, planner: &Planner<'_>, _: Scores) -> Result<Planned, Error> {
        let Some(field) = planner.field(&self.field) else { return Ok(Planned::none()) };
        if matches!(field.kind(), FieldKind::GeoPoint) {
            return Err(Error::Query(format!(
                "field [{0}] is a geo_point and has no order, use a [geo_distance] query, or [{0}.lat] and [{0}.lon] in a function",
                self.field
            )));
        }
        let options = self.options(planner.now_millis);
        let lower = bound(field, self.lower.as_ref(), &options)?;
        let upper = bound(field, self.upper.as_ref(), &options)?;
        if matches!(field.kind(), FieldKind::Boolean) {
            return Ok(self.plan_boolean(planner, field, &lower, &upper));
        }
        let (lower, upper) = (terms(field, lower), terms(field, upper));
        if matches!((&lower, &upper), (Bound::Unbounded, Bound::Unbounded)) {
            return Ok(super::exists::plan(planner, &self.field, self.boost));
        }
        match field.kind() {
            FieldKind::Text { .. } => planner.warmup.term_range(&lower, &upper),
            _ => planner.will_read_column(field),
        }
        Ok(Planned::constant(Box::new(RangeQuery::new(lower, upper)), self.boost))
    }

    fn may_match(&self, pruner: &Pruner<'_>) -> bool {
        let options = self.options(pruner.now_millis);
        let Some(field) = pruner.mapping.field(&self.field) else { return false };
        let bounds = bound(field, self.lower.as_ref(), &options).and_then(|lower| {
            let upper = bound(field, self.upper.as_ref(), &options)?;
            Ok((lower, upper))
        });
        // Planning says what is wrong with bounds that cannot be read.
        bounds.map_or(true, |(lower, upper)| pruner.may_have(field, &lower, &upper))
    }
}

impl Range {
    /// A range of booleans: `false` is less than `true`.
    fn plan_boolean(
        &self,
        planner: &Planner<'_>,
        field: &Field,
        lower: &Bound<FieldValue>,
        upper: &Bound<FieldValue>,
    ) -> Planned {
        let is_inside = |value: bool| {
            let from = match lower {
                Bound::Included(FieldValue::Boolean(bound)) => value >= *bound,
                Bound::Excluded(FieldValue::Boolean(bound)) => value & !bound,
                _ => true,
            };
            let to = match upper {
                Bound::Included(FieldValue::Boolean(bound)) => value <= *bound,
                Bound::Excluded(FieldValue::Boolean(bound)) => !value & bound,
                _ => true,
            };
            from && to
        };
        match (is_inside(false), is_inside(true)) {
            (false, false) => Planned::none(),
            (true, true) => super::exists::plan(planner, &self.field, self.boost),
            (_, value) => {
                let term = field.term(&FieldValue::Boolean(value)).expect("a boolean has a term");
                Planned::constant(Box::new(TermQuery::new(term, IndexRecordOption::Basic)), self.boost)
            }
        }
    }

    fn options(&self, now_millis: i64) -> RangeOptions {
        RangeOptions { now_millis, format: self.format.clone(), offset_seconds: self.offset_seconds }
    }
}

/// One end of a range, as tantivy wants it.
pub(super) fn terms(field: &Field, bound: Bound<FieldValue>) -> Bound<Term> {
    bound.map(|value| field.term(&value).expect("a bound has the field's own kind"))
}

/// One end of a range.
pub(super) fn bound(
    field: &Field,
    edge: Option<&(RangeEdge, Json)>,
    options: &RangeOptions,
) -> Result<Bound<FieldValue>, Error> {
    let Some((edge, json)) = edge else { return Ok(Bound::Unbounded) };
    field.range_bound(*edge, json, options).map_err(|error| Planner::value_error(&error))
}
