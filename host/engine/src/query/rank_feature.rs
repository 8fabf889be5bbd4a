//! `{"rank_feature": {"field": "f", "saturation": {"pivot": 8}}}`: documents that have a feature, scored by a function of its value.

mod curve;
mod feature_scores;

use quidditch_index::format::feature_term;
use quidditch_index::{FeatureForm, Field, FieldKind, ScoreImpact, feature_from_bits, feature_in_term, feature_prefix};
use tantivy::Term;
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;

use crate::Error;
use crate::clause::Clause;
use crate::json::{ErrorKind, Node, ParseError};
use crate::plan::{Planned, Planner};
use crate::request::{Parser, take_boost};
use crate::scores::{Scores, Scoring};
use crate::stages::{BoostMode, FunctionScores, MAX_BOOST, ScoreMode, WeightedFunction};
use crate::terms::{PatternTerms, TermMatcher};
use crate::warmup::TermUse;
use curve::{Curve, CurveRequest, QUERY};
use feature_scores::FeatureScores;

/// All values that a feature can have.
const MAX_VALUES: usize = 1 << 16;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let as_object = |error: ParseError| error.of_kind(ErrorKind::Object);
    let mut fields = node.fields()?;
    let field = fields.take("field").map(|field| field.text().map(str::to_owned)).transpose().map_err(as_object)?;
    let curve = CurveRequest::take(&mut fields, node)?;
    let boost = take_boost(&mut fields).map_err(|error| error.inside(ErrorKind::Object))?;
    fields.finish(QUERY).map_err(as_object)?;
    let Some(field) = field else {
        return Err(node.mistake(ErrorKind::Argument, format!("{QUERY} requires [field]")));
    };
    Ok(Box::new(RankFeature { field, curve, boost }))
}

struct RankFeature {
    /// The name of a field, or that of a field of many features and, behind a point, the name of a feature.
    field: String,
    curve: CurveRequest,
    boost: f32,
}

/// A feature of the index.
struct Feature<'p> {
    field: &'p Field,
    name: &'p str,
    impact: ScoreImpact,
}

impl Clause for RankFeature {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let scoring = scoring.boosted(self.boost)?;
        let Some(feature) = self.feature(planner)? else { return Ok(Planned::none()) };
        self.curve.check(feature.impact).map_err(Error::Query)?;
        let term = Term::from_field_text(feature.field.tantivy_field(), &feature_term(feature.name));
        let mut planned = Planned::constant(Box::new(TermQuery::new(term, IndexRecordOption::Basic)), scoring.boost());
        if scoring.scores == Scores::Ignored {
            return Ok(planned);
        }
        let curve = match self.curve.without_values() {
            Some(curve) => curve,
            None => Curve::Saturation { pivot: average(&feature, planner)? },
        };
        planner.warmup.column(feature.field.name());
        let (column, prefix) = (feature.field.name().to_owned(), feature_prefix(feature.name));
        let function = WeightedFunction {
            filter: None,
            function: Some(Box::new(FeatureScores { column, prefix, curve })),
            weight: 1.0,
        };
        planned.stages.push(Box::new(FunctionScores {
            functions: [function].into(),
            score_mode: ScoreMode::First,
            boost_mode: BoostMode::Replace,
            max_boost: MAX_BOOST,
            boost: scoring.boost(),
        }));
        Ok(planned)
    }
}

impl RankFeature {
    /// `None` if the index does not have it.
    fn feature<'p>(&'p self, planner: &'p Planner<'_>) -> Result<Option<Feature<'p>>, Error> {
        let found = match planner.field(&self.field) {
            Some(field) => Some((field, "", FeatureForm::One)),
            None => self
                .field
                .rsplit_once('.')
                .and_then(|(around, name)| Some((planner.field(around)?, name, FeatureForm::Many))),
        };
        match found {
            None => Ok(None),
            Some((field, name, wanted)) => match field.kind() {
                FieldKind::RankFeature { form: FeatureForm::One, impact } if wanted == FeatureForm::One => {
                    Ok(Some(Feature { field, name, impact: *impact }))
                }
                // Clients expect the functions to be applied to the inverse values as they are.
                FieldKind::RankFeature { form: FeatureForm::Many, .. } if wanted == FeatureForm::Many => {
                    Ok(Some(Feature { field, name, impact: ScoreImpact::Positive }))
                }
                // The name of a sub-field that the mapping does not have.
                _ if wanted == FeatureForm::Many => Ok(None),
                kind => Err(Error::Query(format!(
                    "{QUERY} only works on [rank_feature] fields and features of [rank_features] fields, not [{}]",
                    kind.type_name()
                ))),
            },
        }
    }
}

/// About the geometric mean of all values, as clients expect it: that of their bits. In a dry run it is announced, and any number.
fn average(feature: &Feature<'_>, planner: &Planner<'_>) -> Result<f32, Error> {
    let prefix = feature_prefix(feature.name);
    let field = feature.field.tantivy_field();
    let terms = PatternTerms { field, matcher: TermMatcher::prefix(&prefix), limit: MAX_VALUES };
    let found = planner.pattern_terms(feature.field, terms, TermUse::default())?;
    let (mut bits, mut documents) = (0, 0);
    for term in found.iter().flatten() {
        let Some(text) = term.term.value().as_str().map(str::to_owned) else { continue };
        if let Some(value) = feature_in_term(text.as_bytes(), &prefix) {
            bits += u64::from(value) * term.documents;
            documents += term.documents;
        }
    }
    // Each value has 16 bits, and so does their average.
    Ok(feature_from_bits(bits.checked_div(documents).unwrap_or(1) as u16))
}
