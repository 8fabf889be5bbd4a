//! Documents with a range that is related to another: the terms of a field of ranges, compared digit by digit.

use std::cmp::Ordering;
use std::ops::Bound;
use std::sync::Arc;

use quidditch_index::{Field, RangeEdge, RangeOptions, RangeType, ValueRange};
use serde_json::Value as Json;
use tantivy::Term;
use tantivy::query::{AutomatonWeight, EnableScoring, Query, Weight};
use tantivy::schema::Field as TantivyField;
use tantivy_fst::Automaton;

use crate::Error;
use crate::plan::{Planned, Planner};
use crate::scores::Scoring;

/// How the ranges of documents are related to that of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Relation {
    /// They have values in common.
    #[default]
    Intersects,
    /// They are inside of it.
    Within,
    /// They contain it.
    Contains,
}

/// Greater than every digit.
const AFTER_DIGITS: char = 'g';

/// Documents of a field of ranges.
#[derive(Debug, Clone)]
pub(super) struct RelatedRanges {
    field: TantivyField,
    matcher: Arc<RangeMatcher>,
}

/// What the first and the last value of a range are compared with.
#[derive(Debug)]
struct RangeMatcher {
    first: Limit,
    last: Limit,
}

#[derive(Debug)]
enum Limit {
    AtLeast(Box<[u8]>),
    AtMost(Box<[u8]>),
}

/// An end of a range in a query.
type RangeEnd<'a> = &'a (RangeEdge, Json);

impl RelatedRanges {
    /// Documents whose ranges are related to that between two ends. Announces that the terms of the field will be read.
    pub(super) fn plan(
        planner: &Planner<'_>,
        field: &Field,
        range_type: &RangeType,
        ends: (Option<RangeEnd<'_>>, Option<RangeEnd<'_>>),
        (relation, options): (Relation, &RangeOptions),
    ) -> Result<Option<Self>, Error> {
        let range = field.range_of_query(range_type, ends, options).map_err(|error| Planner::value_error(&error))?;
        let Some(range) = range else { return Ok(None) };
        let related = RelatedRanges::new(field.tantivy_field(), &range, relation);
        let (lower, upper) = related.terms(&range, relation);
        planner.warmup.term_range(&lower, &upper);
        Ok(Some(related))
    }

    fn new(field: TantivyField, range: &ValueRange, relation: Relation) -> Self {
        let (first, last) = (digits(&range.first), digits(&range.last));
        let matcher = match relation {
            Relation::Intersects => RangeMatcher { first: Limit::AtMost(last), last: Limit::AtLeast(first) },
            Relation::Within => RangeMatcher { first: Limit::AtLeast(first), last: Limit::AtMost(last) },
            Relation::Contains => RangeMatcher { first: Limit::AtMost(first), last: Limit::AtLeast(last) },
        };
        RelatedRanges { field, matcher: Arc::new(matcher) }
    }

    /// Between which terms all are that match.
    fn terms(&self, range: &ValueRange, relation: Relation) -> (Bound<Term>, Bound<Term>) {
        let end = |text: &str| Bound::Included(Term::from_field_text(self.field, text));
        match relation {
            Relation::Intersects => (end(""), end(&format!("{}{AFTER_DIGITS}", range.last))),
            Relation::Within => (end(&range.first), end(&format!("{}{AFTER_DIGITS}", range.last))),
            Relation::Contains => (end(""), end(&format!("{}{AFTER_DIGITS}", range.first))),
        }
    }

    pub(super) fn into_planned(self, scoring: Scoring) -> Planned {
        Planned::constant(Box::new(self), scoring.boost())
    }
}

fn digits(text: &str) -> Box<[u8]> {
    text.as_bytes().into()
}

impl Limit {
    fn digits(&self) -> &[u8] {
        match self {
            Limit::AtLeast(digits) | Limit::AtMost(digits) => digits,
        }
    }

    /// Whether a number passes whose digits compare like this with those of the limit.
    fn allows(&self, order: Ordering) -> bool {
        match self {
            Limit::AtLeast(_) => order != Ordering::Less,
            Limit::AtMost(_) => order != Ordering::Greater,
        }
    }
}

/// How far the digits of a term were compared; `None` if they do not match.
type Progress = Option<(usize, Ordering)>;

impl Automaton for RangeMatcher {
    type State = Progress;

    fn start(&self) -> Progress {
        Some((0, Ordering::Equal))
    }

    fn is_match(&self, state: &Progress) -> bool {
        let length = self.first.digits().len() + self.last.digits().len();
        state.is_some_and(|(read, order)| read == length && self.last.allows(order))
    }

    fn can_match(&self, state: &Progress) -> bool {
        state.is_some()
    }

    fn accept(&self, state: &Progress, byte: u8) -> Progress {
        let (read, order) = (*state)?;
        let width = self.first.digits().len();
        let (limit, place) = if read < width { (&self.first, read) } else { (&self.last, read - width) };
        let order = order.then(byte.cmp(limit.digits().get(place)?));
        // The first digit that differs decides.
        if !limit.allows(order) {
            return None;
        }
        let is_end_of_first = read + 1 == width;
        Some((read + 1, if is_end_of_first { Ordering::Equal } else { order }))
    }
}

impl Query for RelatedRanges {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(AutomatonWeight::<RangeMatcher>::new(self.field, Arc::clone(&self.matcher))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(first: u8, last: u8) -> ValueRange {
        ValueRange { first: format!("{first:02x}"), last: format!("{last:02x}") }
    }

    fn matches(relation: Relation, query: (u8, u8), document: (u8, u8)) -> bool {
        let related = RelatedRanges::new(TantivyField::from_field_id(0), &range(query.0, query.1), relation);
        let mut state = related.matcher.start();
        for byte in range(document.0, document.1).term().bytes() {
            state = related.matcher.accept(&state, byte);
        }
        related.matcher.is_match(&state)
    }

    #[test]
    fn ranges_are_related_as_their_numbers_are() {
        let numbers = [0, 1, 15, 16, 17, 100, 254, 255];
        let ranges: Vec<(u8, u8)> = numbers
            .iter()
            .flat_map(|first| numbers.iter().map(|last| (*first, *last)))
            .filter(|(first, last)| first <= last)
            .collect();
        for query in &ranges {
            for document in &ranges {
                let expected = [
                    (Relation::Intersects, document.0 <= query.1 && document.1 >= query.0),
                    (Relation::Within, document.0 >= query.0 && document.1 <= query.1),
                    (Relation::Contains, document.0 <= query.0 && document.1 >= query.1),
                ];
                for (relation, expected) in expected {
                    assert_eq!(matches(relation, *query, *document), expected, "{relation:?} {query:?} {document:?}");
                }
            }
        }
    }
}
