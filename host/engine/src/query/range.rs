//! `{"range": {"field": {"gte": 1, "lt": 2}}}`: documents that have a value in a range.

use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use quidditch_index::{
    DateError, DateFormat, Field, FieldKind, FieldValue, RangeEdge, RangeOptions, RangeType, TimeZone,
};
use serde_json::Value as Json;
use tantivy::Term;
use tantivy::query::{Query, RangeQuery};

use super::computed;
use super::exists::Exists;
use super::matched_terms::has_positions;
use super::metadata_field::MetadataField;
use super::numbers_in::NumbersIn;
use super::range_bound::bound;
use super::related_ranges::{RelatedRanges, Relation};
use super::rewrite::MAX_TERMS;
use crate::Error;
use crate::clause::{Clause, MatchedTerms, TermTest, TextMatches};
use crate::columns::NumberRanges;
use crate::json::{Case, ErrorKind, Node, ParseError, Words};
use crate::plan::{Planned, Planner, Pruner};
use crate::request::{Parser, boost, field_name};
use crate::scores::Scoring;
use crate::terms::TermMatcher;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let (field, body) = node.only_entry("[range] query")?;
    let mut range = Range {
        field: field_name(field, node)?.to_owned(),
        lower: None,
        upper: None,
        format: None,
        time_zone: TimeZone::default(),
        relation: Relation::default(),
        boost: 1.0,
    };
    if body.json().is_null() {
        return Err(body.mistake(ErrorKind::Argument, "[range] query requires an object with bounds"));
    }
    let mut ends = Ends::default();
    for (key, value) in body.fields()?.entries() {
        match key {
            _ if ends.take(key, &value)? => {}
            "format" => {
                let text = value.scalar()?;
                let format = DateFormat::parse(&text);
                // Where it is one for other servers, it matters only once the field is known to be a date.
                if let Err(error) = &format
                    && !DateFormat::is_known_to_java(&text)
                {
                    return Err(value.mistake(ErrorKind::Argument, error.to_string()));
                }
                range.format = Some(format);
            }
            "time_zone" => range.time_zone = time_zone(&value)?,
            // With single values, the relations are the same.
            "relation" => range.relation = RELATIONS.read(&value)?,
            "boost" => range.boost = boost(&value)?,
            "_name" => drop(value.scalar()?),
            _ => return Err(value.error(format!("[range] query does not support [{key}]"))),
        }
    }
    (range.lower, range.upper) = ends.into_bounds();
    Ok(Box::new(range))
}

const RELATIONS: Words<Relation> = Words {
    key: "relation",
    case: Case::Any,
    error: ErrorKind::Argument,
    words: &[("within", Relation::Within), ("contains", Relation::Contains), ("intersects", Relation::Intersects)],
};

pub(super) fn time_zone(node: &Node<'_>) -> Result<TimeZone, ParseError> {
    let name = node.text()?;
    TimeZone::parse(name).ok_or_else(|| {
        let reason =
            format!("unknown [time_zone] [{name}], use an offset such as [+01:00] or a name such as [Europe/Berlin]");
        node.mistake(ErrorKind::Argument, reason)
    })
}

/// One end of a range.
pub(super) type End = (RangeEdge, Json);

/// The ends of a range while its keys are read. Clients know several ways to write them, and expect that the last key wins.
struct Ends {
    lower: Json,
    upper: Json,
    includes_lower: bool,
    includes_upper: bool,
}

impl Default for Ends {
    fn default() -> Self {
        Ends { lower: Json::Null, upper: Json::Null, includes_lower: true, includes_upper: true }
    }
}

impl Ends {
    /// Takes a key if it is about an end; `null` means that it has no bound.
    fn take(&mut self, key: &str, value: &Node<'_>) -> Result<bool, ParseError> {
        match key {
            "from" => self.lower = end(value)?,
            "to" => self.upper = end(value)?,
            "include_lower" => self.includes_lower = value.boolean()?,
            "include_upper" => self.includes_upper = value.boolean()?,
            "gt" => (self.lower, self.includes_lower) = (end(value)?, false),
            "gte" => (self.lower, self.includes_lower) = (end(value)?, true),
            "lt" => (self.upper, self.includes_upper) = (end(value)?, false),
            "lte" => (self.upper, self.includes_upper) = (end(value)?, true),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn into_bounds(self) -> (Option<End>, Option<End>) {
        let lower = if self.includes_lower { RangeEdge::GreaterOrEqual } else { RangeEdge::Greater };
        let upper = if self.includes_upper { RangeEdge::LessOrEqual } else { RangeEdge::Less };
        let bound = |edge, value: Json| if value.is_null() { None } else { Some((edge, value)) };
        (bound(lower, self.lower), bound(upper, self.upper))
    }
}

/// Whether other values are bounds depends on the type of the field.
fn end(value: &Node<'_>) -> Result<Json, ParseError> {
    if value.is_object() {
        return Err(value.error("a bound of a [range] query must not be an object"));
    }
    Ok(value.json().clone())
}

pub(super) struct Range {
    pub(super) field: String,
    pub(super) lower: Option<End>,
    pub(super) upper: Option<End>,
    pub(super) format: Option<Result<DateFormat, DateError>>,
    pub(super) time_zone: TimeZone,
    pub(super) relation: Relation,
    pub(super) boost: f32,
}

impl Clause for Range {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let boosted = scoring.boosted(self.boost)?;
        if self.has_no_bounds() {
            let is_known = planner.computed(&self.field).is_some()
                || planner.field(&self.field).is_some()
                || MetadataField::find(&self.field).is_some();
            let exists = Exists { field: self.field.clone(), boost: self.boost };
            return if is_known { exists.plan(planner, scoring) } else { Ok(Planned::none()) };
        }
        let scoring = boosted;
        if let Some(field) = planner.computed(&self.field) {
            return Ok(computed::in_range(field, self.bounds(&field.field, planner.now_millis)?, scoring));
        }
        let Some(field) = planner.field(&self.field) else {
            if MetadataField::find(&self.field).is_some() {
                return Err(Error::Query(format!("field [{}] does not support range queries", self.field)));
            }
            return Ok(Planned::none());
        };
        if matches!(field.kind(), FieldKind::GeoPoint) {
            return Err(Error::Query(format!(
                "field [{0}] is a geo_point and has no order, use a [geo_distance] query, or [{0}.lat] and [{0}.lon] in a function",
                self.field
            )));
        }
        if field.completion_options().is_some() {
            return Err(Error::Query(format!(
                "Field [{}] of type [completion] does not support range queries",
                self.field
            )));
        }
        if let FieldKind::Range(range_type) = field.kind() {
            let options = self.options(field, planner.now_millis)?;
            let ends = (self.lower.as_ref(), self.upper.as_ref());
            let related = RelatedRanges::plan(planner, field, range_type, ends, (self.relation, &options))?;
            return Ok(related.map_or_else(Planned::none, |related| related.into_planned(scoring)));
        }
        if matches!(field.kind(), FieldKind::Binary | FieldKind::Percolator | FieldKind::RankFeature { .. }) {
            return Err(Error::Query(format!(
                "Field [{}] of type [{}] does not support range queries",
                self.field,
                field.kind().type_name()
            )));
        }
        let (lower, upper) = self.bounds(field, planner.now_millis)?;
        if matches!(field.kind(), FieldKind::FlatObject) {
            let (lower, upper) = flat_terms(field, &self.field, lower, upper);
            planner.warmup.term_range(&lower, &upper);
            return Ok(Planned::constant(Box::new(RangeQuery::new(lower, upper)), scoring.boost()));
        }
        if matches!(field.kind(), FieldKind::Boolean) {
            return Ok(plan_boolean(planner, field, (&lower, &upper), scoring));
        }
        let (lower, upper) = (terms(field, lower), terms(field, upper));
        Ok(Planned::constant(between(planner, field, lower, upper), scoring.boost()))
    }

    fn may_match(&self, pruner: &Pruner<'_>) -> bool {
        if pruner.computed.get(&self.field).is_some() {
            return true;
        }
        let Some(field) = pruner.field(&self.field) else {
            // All documents have some of the fields that no mapping has.
            return self.has_no_bounds() && MetadataField::find(&self.field).is_some();
        };
        if matches!(field.kind(), FieldKind::Range(_)) {
            return true;
        }
        let bounds = self.bounds(field, pruner.now_millis);
        // Planning says what is wrong with bounds that cannot be read.
        bounds.map_or(true, |(lower, upper)| pruner.may_have(field, &lower, &upper))
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        let Some(field) = planner.field(&self.field) else { return Ok(()) };
        if !matches!(field.kind(), FieldKind::Text { .. } | FieldKind::Keyword { .. }) {
            return Ok(());
        }
        let (lower, upper) = self.texts(planner, field)?;
        if (&lower, &upper) != (&Bound::Unbounded, &Bound::Unbounded) {
            let is_inside = move |term: &str| {
                let ends = [&lower, &upper].map(|end| end.as_ref().map(String::as_str));
                RangeBounds::<str>::contains(&(ends[0], ends[1]), term)
            };
            matches.test(&self.field, TermTest::Passes(Arc::new(is_inside)));
        }
        Ok(())
    }

    fn term_pattern(&self, planner: &Planner<'_>) -> Result<Option<MatchedTerms>, Error> {
        let Some(field) = planner.field(&self.field) else { return Ok(None) };
        let matcher = match has_positions(field) {
            true => {
                let (lower, upper) = self.texts(planner, field)?;
                TermMatcher::Range(lower.map(String::into_bytes), upper.map(String::into_bytes))
            }
            false => TermMatcher::Range(Bound::Unbounded, Bound::Unbounded),
        };
        MatchedTerms::in_text(planner, &self.field, "range", matcher, MAX_TERMS + 1)
    }

    fn description(&self) -> String {
        format!("range of the field {}", self.field)
    }
}

impl Range {
    /// Then it is a search for any value.
    fn has_no_bounds(&self) -> bool {
        self.lower.is_none() && self.upper.is_none()
    }

    /// The bounds of a `text` or a `keyword`.
    fn texts(&self, planner: &Planner<'_>, field: &Field) -> Result<(Bound<String>, Bound<String>), Error> {
        let options = self.options(field, planner.now_millis)?;
        let text = |end: &Option<End>| {
            Ok::<_, Error>(bound(field, end.as_ref(), &options)?.map(|value| match value {
                FieldValue::Text(text) => text,
                _ => String::new(),
            }))
        };
        Ok((text(&self.lower)?, text(&self.upper)?))
    }

    /// The ends, as values of a field.
    fn bounds(&self, field: &Field, now_millis: i64) -> Result<(Bound<FieldValue>, Bound<FieldValue>), Error> {
        let options = self.options(field, now_millis)?;
        Ok((bound(field, self.lower.as_ref(), &options)?, bound(field, self.upper.as_ref(), &options)?))
    }

    /// How the ends are read as values of a field.
    fn options(&self, field: &Field, now_millis: i64) -> Result<RangeOptions, Error> {
        let is_date = matches!(field.kind(), FieldKind::Date { .. } | FieldKind::Range(RangeType::Date(_)));
        let format = match self.format.clone().transpose() {
            Err(error) if is_date => return Err(Planner::value_error(&field.error(error))),
            format => format.unwrap_or(None),
        };
        Ok(RangeOptions { now_millis, format, time_zone: self.time_zone.clone() })
    }
}

/// A range of booleans: `false` is less than `true`. If only one of them is in the range, it scores as a `term` query for it.
fn plan_boolean(
    planner: &Planner<'_>,
    field: &Field,
    (lower, upper): (&Bound<FieldValue>, &Bound<FieldValue>),
    scoring: Scoring,
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
        (true, true) => super::exists::plan(planner, field.name(), scoring),
        (_, value) => {
            let term = field.term(&FieldValue::Boolean(value)).expect("a boolean has a term");
            Planned::scored(planner.scored_term(field, term, scoring))
        }
    }
}

/// The ends of a range of the values at a path in a `flat_object`: all of them begin with the path.
fn flat_terms(
    field: &Field,
    name: &str,
    lower: Bound<FieldValue>,
    upper: Bound<FieldValue>,
) -> (Bound<Term>, Bound<Term>) {
    let prefix = field.flat_prefix(name);
    let term = |text: &str| Term::from_field_text(field.tantivy_field(), text);
    let end = |bound: Bound<FieldValue>| {
        bound.map(|value| match value {
            FieldValue::Text(text) => field.flat_term(name, &text),
            _ => term(&prefix),
        })
    };
    let (lower, upper) = (end(lower), end(upper));
    // The character after the one that ends the path.
    let mut behind = prefix.clone();
    let last = behind.pop().unwrap_or_default();
    behind.extend(char::from_u32(u32::from(last) + 1));
    let lower = if lower == Bound::Unbounded { Bound::Included(term(&prefix)) } else { lower };
    let upper = if upper == Bound::Unbounded { Bound::Excluded(term(&behind)) } else { upper };
    (lower, upper)
}

/// Documents that have a value from one term of a field to another.
pub(super) fn between(planner: &Planner<'_>, field: &Field, lower: Bound<Term>, upper: Bound<Term>) -> Box<dyn Query> {
    match (field.kind(), field.exact_column().or(field.column_name())) {
        (FieldKind::Text { .. }, _) | (_, None) => planner.warmup.term_range(&lower, &upper),
        (FieldKind::Keyword { .. } | FieldKind::Ip, Some(column)) => planner.warmup.column(column),
        (_, Some(column)) => {
            let range = NumberRanges::between(column, &lower, &upper);
            planner.warmup.number_ranges(range.clone());
            return Box::new(NumbersIn::range(range, RangeQuery::new(lower, upper)));
        }
    }
    Box::new(RangeQuery::new(lower, upper))
}

/// Documents that have one of several values of a field of numbers.
pub(super) fn one_of<'a>(
    planner: &Planner<'_>,
    field: &Field,
    values: impl Iterator<Item = &'a Term>,
) -> Box<dyn Query> {
    let column = field.exact_column().unwrap_or(field.name());
    let values = NumberRanges::of_terms(column, values);
    planner.warmup.number_ranges(values.clone());
    Box::new(NumbersIn::values(values))
}

/// One end of a range, as tantivy wants it.
pub(super) fn terms(field: &Field, bound: Bound<FieldValue>) -> Bound<Term> {
    bound.map(|value| field.term(&value).expect("a bound has the field's own kind"))
}
