//! `{"nested": {"path": "comments", "query": {...}, "score_mode": "avg"}}`: documents with nested objects that match a query.

use std::sync::Arc;

use crate::Error;
use crate::clause::{Clause, NestedQuery, TextMatches};
use crate::explain::Explainer;
use crate::explanation::Explanation;
use crate::json::{Case, ErrorKind, Fields, Node, ParseError, Words};
use crate::nested::{ChildScores, ParentJoin, block};
use crate::plan::{Planned, Planner, Pruner, UnmappedField};
use crate::request::{NestedInnerHits, Parser, take_boost};
use crate::scores::{Scores, Scoring};

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let mut fields = node.fields()?;
    let query = fields.take("query");
    // Those of the queries inside are inside of its own, or nowhere.
    let around = std::mem::take(&mut parser.inner_hits);
    let query = query.map(|query| parser.query(&query)).transpose()?;
    let inside = std::mem::replace(&mut parser.inner_hits, around);
    let inner_hits = fields.take("inner_hits");
    let (path, score_mode, unmapped, boost) = parse_options(&mut fields)?;
    let required = |key| node.mistake(ErrorKind::Argument, format!("[nested] requires '{key}' field"));
    let path = path.ok_or_else(|| required("path"))?;
    let query: Arc<dyn Clause> = query.ok_or_else(|| required("query"))?.into();
    if let Some(inner_hits) = inner_hits {
        let objects = NestedQuery { path: path.clone(), query: Arc::clone(&query), unmapped };
        let parsed = NestedInnerHits::parse(&inner_hits, objects, inside, parser)?;
        parser.inner_hits.push(parsed);
    }
    fields.finish("[nested] query")?;
    Ok(Box::new(Nested { objects: NestedQuery { path, query, unmapped }, score_mode, boost }))
}

type Options = (Option<String>, ChildScores, UnmappedField, f32);

fn parse_options(fields: &mut Fields<'_>) -> Result<Options, ParseError> {
    let path = fields.nullable("path", |node| node.scalar().map(String::from))?;
    let score_mode = fields.nullable("score_mode", score_mode)?.unwrap_or(ChildScores::Average);
    let unmapped = fields.optional("ignore_unmapped", UnmappedField::parse)?.unwrap_or(UnmappedField::Fails);
    Ok((path, score_mode, unmapped, take_boost(fields)?))
}

fn score_mode(node: &Node<'_>) -> Result<ChildScores, ParseError> {
    // As a text, whatever it is.
    let mode = node.scalar()?;
    let unknown = || node.mistake(ErrorKind::Argument, format!("No score mode for child query [{mode}] found"));
    let found = SCORE_MODES.words.iter().find(|(name, _)| *name == mode);
    found.map(|(_, mode)| *mode).ok_or_else(unknown)
}

const SCORE_MODES: Words<ChildScores> = Words {
    key: "score_mode",
    case: Case::Exact,
    error: ErrorKind::Argument,
    words: &[
        ("none", ChildScores::None),
        ("avg", ChildScores::Average),
        ("max", ChildScores::Max),
        ("min", ChildScores::Min),
        ("sum", ChildScores::Sum),
    ],
};

struct Nested {
    objects: NestedQuery,
    score_mode: ChildScores,
    boost: f32,
}

impl Clause for Nested {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let scoring = scoring.boosted(self.boost)?;
        let Some(scope) = self.objects.scope(planner)? else { return Ok(Planned::none()) };
        let children = planner.within(scope, || self.objects.plan(planner, self.scoring_of_objects(scoring)))?;
        let parents = planner.scope_documents(planner.scope.get());
        let join = Box::new(ParentJoin::new(children, parents, self.score_mode));
        Ok(match self.score_mode {
            ChildScores::None => Planned::constant(join, 0.0),
            _ => Planned::scored(join),
        })
    }

    fn may_match(&self, pruner: &Pruner<'_>) -> bool {
        self.objects.query.may_match(pruner)
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        match self.objects.scope(planner)? {
            Some(scope) => planner.within(scope, || self.objects.query.text_matches(planner, matches)),
            None => Ok(()),
        }
    }

    fn explain(&self, explainer: &Explainer<'_>, scoring: Scoring) -> Result<Explanation, Error> {
        let no_match = || Ok(Explanation::no_match("Not a match", Vec::new()));
        let Some(score) = explainer.score(&|planner| self.plan(planner, scoring), scoring.scores)? else {
            return no_match();
        };
        let planner = explainer.planner();
        let Some(scope) = self.objects.scope(&planner)? else { return no_match() };
        let parents = planner.scope_documents(planner.scope.get()).of(explainer.segment)?;
        let objects = planner.scope_documents(scope).of(explainer.segment)?;
        let range = block(&parents, explainer.doc);
        let inner = self.scoring_of_objects(scoring.boosted(self.boost)?);
        let (mut matching, mut best): (usize, Option<Explanation>) = (0, None);
        for doc in objects.in_range(range.clone()) {
            let explanation = self.objects.query.explain(&Explainer { doc, scope, ..*explainer }, inner)?;
            if explanation.is_match() {
                matching += 1;
                if best.as_ref().is_none_or(|best| explanation.score() > best.score()) {
                    best = Some(explanation);
                }
            }
        }
        let mode = match self.score_mode {
            ChildScores::None => "None",
            ChildScores::Average => "Avg",
            ChildScores::Max => "Max",
            ChildScores::Min => "Min",
            ChildScores::Sum => "Total",
        };
        let description = format!(
            "Score based on {matching} child docs in range from {} to {}, using score mode {mode}",
            range.start,
            range.end.saturating_sub(1)
        );
        let score = if scoring.scores == Scores::Needed { score } else { 0.0 };
        Ok(Explanation::matching(score, description, best.into_iter().collect()))
    }

    fn description(&self) -> String {
        format!("ToParentBlockJoinQuery ({})", self.objects.query.description())
    }
}

impl Nested {
    fn scoring_of_objects(&self, scoring: Scoring) -> Scoring {
        match self.score_mode {
            ChildScores::None => Scoring::FILTER,
            _ => scoring,
        }
    }
}
