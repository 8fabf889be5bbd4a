//! Intervals: the shortest parts of a text that have certain words (P. Boldi and S. Vigna, "Efficient Optimally Lazy Algorithms for
//! Minimal-Interval Semantics", 2016).

use tantivy::{DocId, Term};

use super::arrange;
use super::cursor::{END, Place};
use super::documents::{Documents, Leaves};
use super::relations::Relation;

/// What has intervals in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Intervals {
    /// Each position of one of these terms.
    Terms { terms: Vec<Term>, leaf: usize },
    /// All of these, in this order, without overlapping.
    Ordered(Vec<Intervals>),
    /// All of these, anywhere.
    Unordered(Vec<Intervals>),
    /// All of these, each directly after the one before.
    Block(Vec<Intervals>),
    /// The same, as many times.
    Repeated(Box<Intervals>, usize),
    /// Any of these.
    Any { parts: Vec<Intervals>, splits: Splitting },
    /// Those with at most as many positions between their parts.
    MaxGaps(Box<Intervals>, i64),
    /// The same, and this many positions before and after.
    Extended { inner: Box<Intervals>, before: i64, after: i64 },
    /// The position before each.
    Preceding(Box<Intervals>),
    /// The position after each.
    Following(Box<Intervals>),
    /// Those that are related to others.
    Related { inner: Box<Intervals>, relation: Relation, others: Box<Intervals> },
}

/// Whether what looks at the insides of alternatives takes them one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Splitting {
    Allowed,
    /// They are all of the same length, so that it makes no difference.
    Needless,
}

impl Intervals {
    /// How many terms are looked for in it.
    pub(super) fn terms_in(&self) -> usize {
        let sum = |parts: &[Intervals]| parts.iter().map(Intervals::terms_in).fold(0, usize::saturating_add);
        match self {
            // Those of a pattern are looked for together.
            Intervals::Terms { .. } => 1,
            Intervals::Ordered(parts) | Intervals::Unordered(parts) | Intervals::Block(parts) => sum(parts),
            Intervals::Any { parts, .. } => sum(parts),
            Intervals::Repeated(inner, _)
            | Intervals::MaxGaps(inner, _)
            | Intervals::Extended { inner, .. }
            | Intervals::Preceding(inner)
            | Intervals::Following(inner) => inner.terms_in(),
            Intervals::Related { inner, others, .. } => inner.terms_in().saturating_add(others.terms_in()),
        }
    }

    /// How many positions an interval has at least.
    pub(super) fn least_width(&self) -> i64 {
        let sum = |parts: &[Intervals]| parts.iter().map(Intervals::least_width).fold(0, i64::saturating_add);
        match self {
            Intervals::Terms { .. } | Intervals::Preceding(_) | Intervals::Following(_) => 1,
            Intervals::Ordered(parts) | Intervals::Unordered(parts) | Intervals::Block(parts) => sum(parts),
            Intervals::Any { parts, .. } => parts.iter().map(Intervals::least_width).min().unwrap_or(END),
            Intervals::Extended { inner, before, after } => {
                inner.least_width().saturating_add(*before).saturating_add(*after)
            }
            Intervals::Repeated(inner, _) | Intervals::MaxGaps(inner, _) | Intervals::Related { inner, .. } => {
                inner.least_width()
            }
        }
    }

    /// Gives each leaf a number, and collects their terms by these numbers.
    pub(super) fn number(&mut self, leaves: &mut Vec<Vec<Term>>) {
        match self {
            Intervals::Terms { terms, leaf } => {
                *leaf = leaves.len();
                leaves.push(terms.clone());
            }
            Intervals::Ordered(parts)
            | Intervals::Unordered(parts)
            | Intervals::Block(parts)
            | Intervals::Any { parts, .. } => parts.iter_mut().for_each(|part| part.number(leaves)),
            Intervals::Repeated(inner, _)
            | Intervals::MaxGaps(inner, _)
            | Intervals::Extended { inner, .. }
            | Intervals::Preceding(inner)
            | Intervals::Following(inner) => inner.number(leaves),
            Intervals::Related { inner, others, .. } => {
                inner.number(leaves);
                others.number(leaves);
            }
        }
    }

    pub(super) fn documents(&self) -> Documents {
        let all = |parts: &[Intervals]| parts.iter().map(Intervals::documents).collect();
        match self {
            Intervals::Terms { leaf, .. } => Documents::Leaf(*leaf),
            Intervals::Ordered(parts) | Intervals::Unordered(parts) | Intervals::Block(parts) => {
                Documents::All(all(parts))
            }
            Intervals::Any { parts, .. } => Documents::Any(all(parts)),
            Intervals::Repeated(inner, _)
            | Intervals::MaxGaps(inner, _)
            | Intervals::Extended { inner, .. }
            | Intervals::Preceding(inner)
            | Intervals::Following(inner) => inner.documents(),
            Intervals::Related { inner, relation, .. } if relation.is_negated() => inner.documents(),
            Intervals::Related { inner, others, .. } => Documents::All(vec![inner.documents(), others.documents()]),
        }
    }

    /// The intervals in a document. Documents ascend.
    pub(super) fn places(&self, leaves: &mut Leaves, doc: DocId) -> Vec<Place> {
        let mut all =
            |parts: &[Intervals]| -> Vec<Vec<Place>> { parts.iter().map(|part| part.places(leaves, doc)).collect() };
        match self {
            Intervals::Terms { leaf, .. } => {
                let mut places = leaves.places(*leaf, doc, |position| Place::between(position, position, 0));
                // Several terms may be at the same position.
                places.dedup();
                places
            }
            Intervals::Ordered(parts) => arrange::ordered(&all(parts)),
            Intervals::Unordered(parts) => arrange::unordered(&all(parts)),
            Intervals::Block(parts) => arrange::block(&all(parts)),
            Intervals::Any { parts, .. } => arrange::any(&all(parts)),
            Intervals::Repeated(inner, count) => arrange::repeated(&inner.places(leaves, doc), *count),
            Intervals::MaxGaps(inner, gaps) => {
                let mut places = inner.places(leaves, doc);
                places.retain(|place| place.gaps <= *gaps);
                places
            }
            Intervals::Extended { inner, before, after } => {
                let extended = |place: Place| {
                    let (start, end) = ((place.start - before).max(0), place.end.saturating_add(*after).min(END - 1));
                    Place::between(start, end, place.gaps)
                };
                inner.places(leaves, doc).into_iter().map(extended).collect()
            }
            Intervals::Preceding(inner) => {
                let before = |place: Place| Place::between((place.start - 1).max(0), (place.start - 1).max(0), 0);
                inner.places(leaves, doc).into_iter().map(before).collect()
            }
            Intervals::Following(inner) => {
                let after = |place: Place| Place::between(place.end + 1, place.end + 1, 0);
                inner.places(leaves, doc).into_iter().map(after).collect()
            }
            Intervals::Related { inner, relation, others } => {
                let places = inner.places(leaves, doc);
                let others = others.places(leaves, doc);
                relation.filter(places, &others)
            }
        }
    }
}
