//! `{"intervals": {"field": {"match": {"query": "some text", "max_gaps": 2}}}}`: documents with short parts that have certain words.

mod parse;
mod rule;
mod text;

use quidditch_index::{Field, FieldKind};

use super::fuzziness::FuzzyOptions;
use super::matched_terms::has_positions;
use super::term_pattern::{LetterCase, PatternError, PatternOptions, TermPattern};
use super::{prefix, wildcard};
use crate::Error;
use crate::clause::{Clause, MatchedTerms, TermTest, TextMatches};
use crate::plan::{Planned, Planner};
use crate::scores::{Intervals, PositionQuery, Scoring, Shape, TooManyAlternatives};
use crate::terms::TermMatcher;
use rule::{Arrangement, FilterRelation, IntervalsQuery, Mode, Pattern, Rule, RuleKind};

pub(super) use parse::parse;

impl From<TooManyAlternatives> for Error {
    fn from(error: TooManyAlternatives) -> Self {
        Error::Query(error.to_string())
    }
}

impl From<PatternError> for Error {
    fn from(error: PatternError) -> Self {
        Error::Query(error.to_string())
    }
}

impl Clause for IntervalsQuery {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let scoring = scoring.boosted(self.boost)?;
        let Some(field) = planner.field(&self.field) else { return Ok(Planned::none()) };
        let Some(intervals) = self.rule.build(planner, text_field(field)?)? else { return Ok(Planned::none()) };
        let query = PositionQuery::new(planner.snapshot, field, Shape::Intervals(intervals), scoring.boost());
        Ok(Planned::scored(Box::new(query)))
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        match planner.field(&self.field) {
            Some(field) => self.rule.text_matches(planner, field, matches),
            None => Ok(()),
        }
    }
}

/// A field that has intervals.
fn text_field(field: &Field) -> Result<&Field, Error> {
    if has_positions(field) {
        return Ok(field);
    }
    let (name, kind) = (field.name(), field.kind().type_name());
    Err(Error::Query(format!(
        "Can only use interval queries on text fields - not on [{name}] which is of type [{kind}]"
    )))
}

impl Rule {
    /// `None` if nothing can match, as the index does not have a field.
    fn build(&self, planner: &Planner<'_>, field: &Field) -> Result<Option<Intervals>, Error> {
        let built = match &self.kind {
            RuleKind::Match { text, analyzer, use_field, arrangement } => {
                let Some(own) = self.own_field(planner, field, use_field.as_deref())? else { return Ok(None) };
                // An analyzer that the index does not have counts as none, as clients expect it.
                let tokens = planner.snapshot.analyze_as(own, analyzer.as_deref(), text);
                planner.expand(tokens.len())?;
                text::intervals(own, tokens, *arrangement)?
            }
            RuleKind::AllOf { rules, arrangement } => {
                let Some(parts) = build_all(rules, planner, field)? else { return Ok(None) };
                arrangement.arrange(parts)?
            }
            RuleKind::AnyOf(rules) => {
                let Some(parts) = build_all(rules, planner, field)? else { return Ok(None) };
                Intervals::any(parts)?
            }
            RuleKind::Pattern { pattern, use_field, max_expansions } => {
                let Some(own) = self.own_field(planner, field, use_field.as_deref())? else { return Ok(None) };
                let terms = MatchedTerms::find(planner, own, pattern.matcher(planner, own)?, max_expansions + 1)?;
                if terms.len() > *max_expansions {
                    return Err(Error::Query(format!(
                        "a pattern of [intervals] matches more than {max_expansions} terms of [{}]",
                        own.name()
                    )));
                }
                Intervals::terms(terms)
            }
        };
        let Some(filter) = &self.filter else { return Ok(Some(built)) };
        let Some(other) = filter.rule.build(planner, field)? else { return Ok(None) };
        Ok(Some(match filter.relation {
            FilterRelation::Is(relation) => built.related(relation, other)?,
            FilterRelation::Before => built.before(other)?,
            FilterRelation::After => built.after(other)?,
        }))
    }

    /// The field whose terms are searched.
    fn own_field<'p>(
        &self,
        planner: &'p Planner<'_>,
        field: &'p Field,
        use_field: Option<&str>,
    ) -> Result<Option<&'p Field>, Error> {
        match use_field {
            None => Ok(Some(field)),
            Some(name) => planner.field(name).map(text_field).transpose(),
        }
    }

    fn text_matches(&self, planner: &Planner<'_>, field: &Field, matches: &mut TextMatches) -> Result<(), Error> {
        match &self.kind {
            RuleKind::Match { text, analyzer, use_field, .. } => {
                if let Some(own) = self.own_field(planner, field, use_field.as_deref())? {
                    for token in planner.snapshot.analyze_as(own, analyzer.as_deref(), text) {
                        matches.term(own.name(), token.text);
                    }
                }
                Ok(())
            }
            RuleKind::AllOf { rules, .. } | RuleKind::AnyOf(rules) => {
                rules.iter().try_for_each(|rule| rule.text_matches(planner, field, matches))
            }
            RuleKind::Pattern { pattern, use_field, .. } => {
                if let Some(own) = self.own_field(planner, field, use_field.as_deref())? {
                    let test = match pattern.matcher(planner, own)? {
                        TermMatcher::Pattern(automaton) => TermTest::Matches(automaton),
                        TermMatcher::Fuzzy(fuzzy) => {
                            TermTest::Passes(std::sync::Arc::new(move |term| fuzzy.similarity(term).is_some()))
                        }
                        TermMatcher::Range(..) => return Ok(()),
                    };
                    matches.test(own.name(), test);
                }
                Ok(())
            }
        }
    }
}

fn build_all(rules: &[Rule], planner: &Planner<'_>, field: &Field) -> Result<Option<Vec<Intervals>>, Error> {
    rules.iter().map(|rule| rule.build(planner, field)).collect()
}

impl Arrangement {
    fn arrange(self, mut parts: Vec<Intervals>) -> Result<Intervals, Error> {
        match parts.len() {
            0 => return Ok(Intervals::none()),
            1 => return Ok(parts.remove(0)),
            _ => {}
        }
        let limited = |intervals: Intervals| match self.max_gaps {
            Some(gaps) => intervals.max_gaps(gaps),
            None => Ok(intervals),
        };
        Ok(match self.mode {
            Mode::Ordered if self.max_gaps == Some(0) => Intervals::block(parts)?,
            Mode::Ordered => limited(Intervals::ordered(parts))?,
            Mode::Unordered => limited(Intervals::unordered(parts))?,
            Mode::UnorderedWithoutOverlaps => {
                let mut parts = parts.into_iter();
                let mut whole = parts.next().unwrap_or_else(Intervals::none);
                for part in parts {
                    whole = limited(Intervals::unordered_without_overlaps(whole, part)?)?;
                }
                whole
            }
        })
    }
}

impl Pattern {
    fn matcher(&self, planner: &Planner<'_>, field: &Field) -> Result<TermMatcher, Error> {
        let normalized = |text: &str, analyzer: &Option<String>| normalize(planner, field, text, analyzer.as_deref());
        let compiled = |pattern: TermPattern| Ok(TermMatcher::Pattern(std::sync::Arc::clone(pattern.automaton()?)));
        match self {
            Pattern::Prefix { text, analyzer } => {
                let text = normalized(text, analyzer);
                compiled(prefix::pattern(field.name(), &text, LetterCase::Sensitive, PatternOptions::default()))
            }
            Pattern::Wildcard { text, analyzer } => {
                let text = wildcard::map_texts(text, |text| normalized(text, analyzer));
                compiled(wildcard::pattern(field.name(), &text, LetterCase::Sensitive, PatternOptions::default()))
            }
            Pattern::Regexp(pattern) => Ok(TermMatcher::Pattern(std::sync::Arc::clone(pattern.automaton()?))),
            Pattern::Fuzzy { text, analyzer, fuzziness, prefix_length, transpositions } => {
                let options = FuzzyOptions {
                    prefix_length: *prefix_length,
                    transpositions: *transpositions,
                    ..FuzzyOptions::default()
                };
                let text = normalized(text, analyzer);
                Ok(TermMatcher::Fuzzy(std::sync::Arc::new(options.term(&text, *fuzziness))))
            }
        }
    }
}

/// A part of a term as an analyzer writes it, or that of the field.
fn normalize(planner: &Planner<'_>, field: &Field, text: &str, analyzer: Option<&str>) -> String {
    let of_field = match field.kind() {
        FieldKind::Text { search_analyzer, .. } => search_analyzer.as_str(),
        _ => "keyword",
    };
    let known = analyzer.filter(|analyzer| planner.mapping().has_analyzer(analyzer));
    planner.snapshot.normalize(known.unwrap_or(of_field), text)
}
