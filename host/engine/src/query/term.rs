//! `{"term": {"field": "value"}}`: documents that have exactly this value.

use std::ops::Bound;
use std::sync::Arc;

use quidditch_index::{Field, FieldKind, FieldValue, RangeEdge, RangeOptions, ip_range};
use serde_json::Value as Json;
use tantivy::Term;
use tantivy::query::{Query, TermQuery};
use tantivy::schema::IndexRecordOption;

use super::computed;
use super::metadata_field::{MetadataField, ignored_term};
use super::range;
use super::range_bound::bound;
use super::related_ranges::{RelatedRanges, Relation};
use super::term_pattern::{LetterCase, PatternOptions, TermPattern};
use crate::Error;
use crate::clause::{Clause, TermTest, TextMatches};
use crate::json::{ErrorKind, Node, ParseError};
use crate::plan::{Planned, Planner, Pruner};
use crate::request::{Parser, field_name, take_boost};
use crate::scores::Scoring;
use crate::terms::Expression;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let (field, body) = node.only_entry("[term] query")?;
    let field = field_name(field, node)?.to_owned();
    if !body.is_object() {
        let value = scalar(&body)?;
        return Ok(Box::new(TermClause { field, value, case: LetterCase::Sensitive, boost: 1.0 }));
    }
    let mut fields = body.fields()?;
    let value = scalar(&fields.required_or(ErrorKind::Argument, "value", "[term] query")?)?;
    let boost = take_boost(&mut fields)?;
    let case = LetterCase::take(&mut fields)?;
    fields.finish("[term] query")?;
    Ok(Box::new(TermClause { field, value, case, boost }))
}

fn scalar(node: &Node<'_>) -> Result<Json, ParseError> {
    match node.json() {
        value if is_scalar(value) => Ok(value.clone()),
        Json::Null => Err(node.mistake(ErrorKind::Argument, "[term] query requires a value, found null")),
        _ => Err(node.error("[term] query accepts one value, use [terms] for several")),
    }
}

fn is_scalar(value: &Json) -> bool {
    value.is_string() || value.is_number() || value.is_boolean()
}

struct TermClause {
    field: String,
    value: Json,
    case: LetterCase,
    boost: f32,
}

impl Clause for TermClause {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let scoring = scoring.boosted(self.boost)?;
        if self.case == LetterCase::Insensitive {
            return self.plan_in_any_case(planner, scoring);
        }
        if let Some(field) = planner.computed(&self.field) {
            return computed::one_of(planner, field, std::slice::from_ref(&self.value), scoring);
        }
        let lookup = Lookup::new(planner, &self.field, &self.value)?;
        Ok(lookup.map_or_else(Planned::none, |lookup| lookup.plan(planner, scoring)))
    }

    fn may_match(&self, pruner: &Pruner<'_>) -> bool {
        self.case == LetterCase::Insensitive || may_match(pruner, &self.field, &self.value)
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        if self.case == LetterCase::Insensitive {
            if let Some(field) = planner.field(&self.field)
                && let Ok(text) = field.text(&self.value)
            {
                let text = text.to_lowercase();
                let is_same = move |term: &str| term.to_lowercase() == text;
                matches.test(&self.field, TermTest::Passes(Arc::new(is_same)));
            }
            return Ok(());
        }
        add_text_match(planner, &self.field, &self.value, matches);
        Ok(())
    }

    fn description(&self) -> String {
        format!("{}:{}", self.field, text_of(&self.value))
    }
}

impl TermClause {
    /// Documents that have the value in any case. All score the same.
    fn plan_in_any_case(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let field = match planner.computed(&self.field) {
            Some(computed) if *computed.field.kind() == FieldKind::Boolean => {
                return computed::one_of(planner, computed, std::slice::from_ref(&self.value), scoring);
            }
            Some(computed) => &computed.field,
            None => match planner.field(&self.field) {
                Some(field) => field,
                None => return Ok(Planned::none()),
            },
        };
        match field.kind() {
            FieldKind::Text { .. } | FieldKind::Keyword { .. } | FieldKind::FlatObject => {
                let text = field.text(&self.value).map_err(|error| Planner::value_error(&error))?;
                let expression = Expression::text(&text, self.case);
                TermPattern::new("term", &self.field, &expression, String::new(), PatternOptions::default())
                    .plan(planner, scoring)
            }
            FieldKind::Boolean => {
                let lookup = Lookup::new(planner, &self.field, &self.value)?;
                let planned = lookup.map_or_else(Planned::none, |lookup| lookup.plan(planner, Scoring::FILTER));
                Ok(planned.with_constant(scoring.boost()))
            }
            kind => Err(Error::Query(format!(
                "[{}] field which is of type [{}], does not support case insensitive term queries",
                self.field,
                kind.type_name()
            ))),
        }
    }
}

/// A value as text, without quotation marks.
pub(super) fn text_of(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Adds a value of a `text` or `keyword` field to what a query matches.
pub(super) fn add_text_match(planner: &Planner<'_>, field: &str, value: &Json, matches: &mut TextMatches) {
    let Some(field) = planner.field(field) else { return };
    if let Ok(Some(FieldValue::Text(text))) = field.query_value(value, planner.now_millis) {
        matches.term(field.name(), text);
    }
}

/// Whether a split may have a value.
pub(super) fn may_match(pruner: &Pruner<'_>, field: &str, value: &Json) -> bool {
    // Of the other fields without a mapping, planning knows what they match.
    let is_metadata = field != "_id" && MetadataField::find(field).is_some();
    is_metadata || pruner.may_have_value(field, value)
}

/// What a value is in the index.
pub(super) enum Lookup<'a> {
    /// A text or a keyword: its rarity in the field counts.
    Text(&'a Field, Term),
    /// A boolean: its rarity counts, too.
    Boolean(&'a Field, Term),
    /// A number: all score the same.
    Number(&'a Field, Term),
    /// An id, an address: all score the same.
    Exact(Term),
    /// The name of the index.
    AllDocuments,
    /// Ranges that contain the value.
    Ranges(RelatedRanges),
    /// A date, which may be written as a whole day or year, or a network of addresses.
    Between(Box<dyn Query>),
}

impl<'a> Lookup<'a> {
    /// What to look for; `None` where no document can have the value.
    pub(super) fn new(planner: &'a Planner<'_>, field_name: &str, json: &Json) -> Result<Option<Self>, Error> {
        let Some(field) = planner.field(field_name) else { return Self::in_metadata(planner, field_name, json) };
        match field.kind() {
            FieldKind::GeoPoint => {
                Err(Error::Query(format!("field [{field_name}] is a geo_point, use a [geo_distance] query")))
            }
            FieldKind::Date { .. } => {
                let options = RangeOptions { now_millis: planner.now_millis, ..RangeOptions::default() };
                let lower = bound(field, Some(&(RangeEdge::GreaterOrEqual, json.clone())), &options)?;
                let upper = bound(field, Some(&(RangeEdge::LessOrEqual, json.clone())), &options)?;
                let (lower, upper) = (range::terms(field, lower), range::terms(field, upper));
                Ok(Some(Lookup::Between(range::between(planner, field, lower, upper))))
            }
            FieldKind::Range(range_type) => {
                let options = RangeOptions { now_millis: planner.now_millis, ..RangeOptions::default() };
                let (lower, upper) =
                    ((RangeEdge::GreaterOrEqual, json.clone()), (RangeEdge::LessOrEqual, json.clone()));
                let ends = (Some(&lower), Some(&upper));
                let related = RelatedRanges::plan(planner, field, range_type, ends, (Relation::Intersects, &options))?;
                Ok(related.map(Lookup::Ranges))
            }
            FieldKind::Binary => Err(Error::Query("Binary fields do not support searching".to_owned())),
            FieldKind::Percolator => {
                let reason = "Percolator fields are not searchable directly, use a percolate query instead".to_owned();
                Err(Error::Query(reason))
            }
            kind @ FieldKind::RankFeature { .. } => {
                Err(Error::Query(format!("Queries on [{}] fields are not supported", kind.type_name())))
            }
            FieldKind::FlatObject => {
                let text = field.text(json).map_err(|error| Planner::value_error(&error))?;
                Ok(Some(Lookup::Text(field, field.flat_term(field_name, &text))))
            }
            FieldKind::Ip if json.as_str().is_some_and(|text| text.contains('/')) => {
                let text = json.as_str().unwrap_or_default();
                let Some(network) = ip_range(text) else {
                    return Err(Error::Query(format!("field [{field_name}] is an ip, and [{text}] is not a network")));
                };
                let (first, last) = network.into_inner();
                let bound = |address| range::terms(field, Bound::Included(FieldValue::Text(address)));
                Ok(Some(Lookup::Between(range::between(planner, field, bound(first), bound(last)))))
            }
            _ => {
                let value =
                    field.query_value(json, planner.now_millis).map_err(|error| Planner::value_error(&error))?;
                Ok(value.and_then(|value| {
                    let term = field.term(&value)?;
                    Some(match value {
                        FieldValue::Text(_) if !field.scores_equally() => Lookup::Text(field, term),
                        FieldValue::Boolean(_) => Lookup::Boolean(field, term),
                        FieldValue::Text(_) => Lookup::Exact(term),
                        _ => Lookup::Number(field, term),
                    })
                }))
            }
        }
    }

    fn in_metadata(planner: &Planner<'_>, field_name: &str, json: &Json) -> Result<Option<Self>, Error> {
        let text = json.as_str().map_or_else(|| json.to_string(), str::to_owned);
        match MetadataField::find(field_name) {
            Some(MetadataField::Id) => {
                Ok(Some(Lookup::Exact(Term::from_field_text(planner.snapshot.id_field(), &text))))
            }
            Some(MetadataField::Ignored) => Ok(Some(Lookup::Exact(ignored_term(planner, &text)))),
            Some(MetadataField::Index) => Ok((text == planner.snapshot.name()).then_some(Lookup::AllDocuments)),
            Some(MetadataField::Numbered | MetadataField::Unsearchable) => {
                Err(MetadataField::not_searchable(field_name))
            }
            Some(MetadataField::Absent) | None => Ok(None),
        }
    }

    pub(super) fn plan(self, planner: &Planner<'_>, scoring: Scoring) -> Planned {
        let boost = scoring.boost();
        match self {
            Lookup::Text(field, term) | Lookup::Boolean(field, term) => {
                Planned::scored(planner.scored_term(field, term, scoring))
            }
            Lookup::Number(field, term) => {
                let value = Bound::Included(term);
                Planned::constant(range::between(planner, field, value.clone(), value), boost)
            }
            Lookup::Exact(term) => Planned::constant(Box::new(TermQuery::new(term, IndexRecordOption::Basic)), boost),
            Lookup::AllDocuments => Planned::all(boost),
            Lookup::Ranges(related) => related.into_planned(scoring),
            Lookup::Between(query) => Planned::constant(query, boost),
        }
    }
}
