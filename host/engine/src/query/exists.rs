//! `{"exists": {"field": "f"}}`: documents that have a value in a field, anywhere in an object, or in one of the fields that a
//! pattern such as `f*` matches.

use quidditch_index::{FeatureForm, Field, FieldKind, matches_pattern};
use tantivy::Term;
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;

use super::computed;
use super::metadata_field::{MetadataField, ignored_term};
use super::term_set::TermSet;
use crate::Error;
use crate::clause::Clause;
use crate::json::{Node, ParseError};
use crate::plan::{Planned, Planner};
use crate::request::{Parser, field_name, take_boost};
use crate::scores::Scoring;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let mut fields = node.fields()?;
    let field = fields.required("field", "[exists] query")?;
    let field = field_name(&field.scalar()?, &field)?.to_owned();
    let boost = take_boost(&mut fields)?;
    fields.finish("[exists] query")?;
    Ok(Box::new(Exists { field, boost }))
}

pub(super) struct Exists {
    /// The name of a field or an object, or a pattern of names.
    pub(super) field: String,
    pub(super) boost: f32,
}

impl Clause for Exists {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let scoring = scoring.boosted(self.boost)?;
        if let Some(field) = planner.computed(&self.field) {
            return Ok(computed::exists(field, scoring));
        }
        if self.field.contains('*') {
            return self.plan_pattern(planner, scoring);
        }
        match MetadataField::find(&self.field) {
            None => match planner.field(&self.field).map(Field::kind) {
                Some(FieldKind::RankFeature { form: FeatureForm::Many, .. }) => {
                    Err(Error::Query("[rank_features] fields do not support [exists] queries".to_owned()))
                }
                _ => Ok(plan(planner, &self.field, scoring)),
            },
            Some(MetadataField::Id | MetadataField::Index | MetadataField::Numbered) => {
                Ok(Planned::all(scoring.boost()))
            }
            Some(MetadataField::Ignored) => {
                let term = TermQuery::new(ignored_term(planner, ""), IndexRecordOption::Basic);
                Ok(Planned::constant(Box::new(term), scoring.boost()))
            }
            Some(MetadataField::Absent) => Ok(Planned::none()),
            Some(MetadataField::Unsearchable) => Err(MetadataField::not_searchable(&self.field)),
        }
    }

    fn description(&self) -> String {
        format!("ConstantScore(FieldExistsQuery [field={}])", self.field)
    }
}

impl Exists {
    /// Documents that have a value in one of the fields whose names match.
    fn plan_pattern(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let matches = |name: &str| matches_pattern(&self.field, name);
        let mut metadata: Vec<_> = MetadataField::all().filter(|(name, _)| matches(name)).collect();
        metadata.retain(|(_, field)| !matches!(field, MetadataField::Absent | MetadataField::Ignored));
        if let Some((name, _)) = metadata.iter().find(|(_, field)| *field == MetadataField::Unsearchable) {
            return Err(Error::Query(format!(
                "the pattern [{}] of an [exists] query matches [{name}], which is not searchable",
                self.field
            )));
        }
        if !metadata.is_empty() {
            return Ok(Planned::all(scoring.boost()));
        }
        let names = planner.mapping().fields().iter().map(|field| field.name()).filter(|name| matches(name));
        let terms: Vec<Term> =
            names.map(|name| Term::from_field_text(planner.snapshot.field_names_field(), name)).collect();
        planner.expand(terms.len())?;
        if terms.is_empty() {
            return Ok(Planned::none());
        }
        Ok(Planned::constant(Box::new(TermSet::new(terms)), scoring.boost()))
    }
}

/// Documents that have a value in `field`.
pub(super) fn plan(planner: &Planner<'_>, field: &str, scoring: Scoring) -> Planned {
    if let Some(term) = planner.field(field).and_then(|flat| flat.flat_path_term(field)) {
        return Planned::constant(Box::new(TermQuery::new(term, IndexRecordOption::Basic)), scoring.boost());
    }
    // An alias is another name of a field.
    let field = planner.field(field).map_or(field, |field| field.name());
    let term = Term::from_field_text(planner.snapshot.field_names_field(), field);
    Planned::constant(Box::new(TermQuery::new(term, IndexRecordOption::Basic)), scoring.boost())
}
