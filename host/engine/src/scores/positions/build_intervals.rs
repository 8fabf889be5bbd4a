//! Puts intervals together. What looks at the insides of intervals takes their alternatives one by one.

use tantivy::Term;

use super::cursor::END;
use super::intervals::{Intervals, Splitting};
use super::relations::Relation;

/// Most combinations of alternatives; 1,024 is what clients expect.
const MAX_ALTERNATIVES: usize = 1_024;

/// Most terms of all alternatives together. Alternatives inside of others multiply; 1,024 is what clients expect.
const MAX_TERMS: usize = 1_024;

/// Too many combinations of alternatives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "too many disjunctions to expand: at most {max} combinations of alternatives are allowed, with at most {terms} terms together",
    max = MAX_ALTERNATIVES,
    terms = MAX_TERMS
)]
pub(crate) struct TooManyAlternatives;

type Built = Result<Intervals, TooManyAlternatives>;

/// Makes an interval of parts.
type Combine<'a> = &'a dyn Fn(Vec<Intervals>) -> Intervals;

impl Intervals {
    /// None.
    pub(crate) fn none() -> Self {
        Intervals::Any { parts: Vec::new(), splits: Splitting::Allowed }
    }

    /// Each position of one of these terms.
    pub(crate) fn terms(terms: Vec<Term>) -> Self {
        Intervals::Terms { terms, leaf: 0 }
    }

    /// Any of these.
    pub(crate) fn any(parts: Vec<Intervals>) -> Built {
        Self::any_splitting(parts, Splitting::Allowed)
    }

    fn any_splitting(parts: Vec<Intervals>, splits: Splitting) -> Built {
        let mut simplified: Vec<Intervals> = Vec::with_capacity(parts.len());
        for part in parts {
            let inner = if matches!(part, Intervals::Any { .. }) { part.split()? } else { vec![part] };
            for part in inner {
                if !simplified.contains(&part) {
                    simplified.push(part);
                }
            }
        }
        Ok(match simplified.len() {
            1 => simplified.remove(0),
            _ => Intervals::Any { parts: simplified, splits },
        })
    }

    /// All of these, in this order.
    pub(crate) fn ordered(parts: Vec<Intervals>) -> Self {
        let mut parts = Self::flattened(parts, |part| match part {
            Intervals::Ordered(parts) => Ok(parts),
            other => Err(other),
        });
        if parts.len() == 1 {
            return parts.remove(0);
        }
        let mut runs: Vec<(Intervals, usize)> = Vec::with_capacity(parts.len());
        for part in parts {
            match runs.last_mut() {
                Some((last, count)) if *last == part => *count += 1,
                _ => runs.push((part, 1)),
            }
        }
        Self::repeated_or(runs, Intervals::Ordered)
    }

    /// All of these, anywhere. The same part several times is as many different intervals.
    pub(crate) fn unordered(parts: Vec<Intervals>) -> Self {
        let mut parts = Self::flattened(parts, |part| match part {
            Intervals::Unordered(parts) => Ok(parts),
            other => Err(other),
        });
        if parts.len() == 1 {
            return parts.remove(0);
        }
        let mut counts: Vec<(Intervals, usize)> = Vec::with_capacity(parts.len());
        for part in parts {
            match counts.iter_mut().find(|(known, _)| *known == part) {
                Some((_, count)) => *count += 1,
                None => counts.push((part, 1)),
            }
        }
        Self::repeated_or(counts, Intervals::Unordered)
    }

    fn flattened(parts: Vec<Self>, inner: fn(Self) -> Result<Vec<Self>, Self>) -> Vec<Self> {
        parts.into_iter().flat_map(|part| inner(part).unwrap_or_else(|part| vec![part])).collect()
    }

    fn repeated_or(counts: Vec<(Self, usize)>, several: fn(Vec<Self>) -> Self) -> Self {
        let repeated = |(part, count): (Self, usize)| match count {
            1 => part,
            count => Intervals::Repeated(Box::new(part), count),
        };
        let mut parts: Vec<Self> = counts.into_iter().map(repeated).collect();
        if parts.len() == 1 { parts.remove(0) } else { several(parts) }
    }

    /// Both, in any order, without overlapping.
    pub(crate) fn unordered_without_overlaps(one: Intervals, other: Intervals) -> Built {
        check_terms(2, one.terms_in().saturating_add(other.terms_in()))?;
        let reverse = Self::ordered(vec![other.clone(), one.clone()]);
        Self::any(vec![Self::ordered(vec![one, other]), reverse])
    }

    /// All of these, each directly after the one before.
    pub(crate) fn block(mut parts: Vec<Intervals>) -> Built {
        if parts.len() == 1 {
            return Ok(parts.remove(0));
        }
        let block = |parts: Vec<Intervals>| {
            Intervals::Block(Self::flattened(parts, |part| match part {
                Intervals::Block(parts) => Ok(parts),
                other => Err(other),
            }))
        };
        Self::any(combinations(parts, 0, &block)?)
    }

    /// Those with at most as many positions between their parts.
    pub(crate) fn max_gaps(self, gaps: i64) -> Built {
        let parts = self.split()?;
        Self::any(parts.into_iter().map(|part| Intervals::MaxGaps(Box::new(part), gaps)).collect())
    }

    /// The same, and this many positions before.
    pub(crate) fn after_gap(self, before: i64) -> Self {
        if before == 0 { self } else { Intervals::Extended { inner: Box::new(self), before, after: 0 } }
    }

    /// Those that are related to others.
    pub(crate) fn related(self, relation: Relation, others: Intervals) -> Built {
        match relation {
            Relation::Containing | Relation::NotContaining => {
                let copied = others.terms_in();
                Self::any(combinations(vec![self], copied, &|mut parts| Intervals::Related {
                    inner: Box::new(parts.remove(0)),
                    relation,
                    others: Box::new(others.clone()),
                })?)
            }
            Relation::ContainedBy | Relation::NotContainedBy => {
                let copied = self.terms_in();
                Self::any(combinations(vec![others], copied, &|mut parts| Intervals::Related {
                    inner: Box::new(self.clone()),
                    relation,
                    others: Box::new(parts.remove(0)),
                })?)
            }
            Relation::Overlapping | Relation::NotOverlapping => {
                Ok(Intervals::Related { inner: Box::new(self), relation, others: Box::new(others) })
            }
        }
    }

    /// Those before another.
    pub(crate) fn before(self, other: Intervals) -> Built {
        let inner = Box::new(Intervals::Preceding(Box::new(other)));
        self.related(Relation::ContainedBy, Intervals::Extended { inner, before: END, after: 0 })
    }

    /// Those after another.
    pub(crate) fn after(self, other: Intervals) -> Built {
        let inner = Box::new(Intervals::Following(Box::new(other)));
        self.related(Relation::ContainedBy, Intervals::Extended { inner, before: 0, after: END })
    }

    /// The alternatives that it consists of.
    fn split(self) -> Result<Vec<Intervals>, TooManyAlternatives> {
        type Wrap<'a> = &'a dyn Fn(Box<Intervals>) -> Intervals;
        let one = |inner: Box<Intervals>, wrap: Wrap<'_>| -> Result<Vec<Intervals>, TooManyAlternatives> {
            let parts = inner.split()?;
            if parts.is_empty() {
                return Ok(vec![wrap(Box::new(Intervals::none()))]);
            }
            Ok(parts.into_iter().map(|part| wrap(Box::new(part))).collect())
        };
        match self {
            Intervals::Any { parts, splits: Splitting::Allowed } => Ok(parts),
            Intervals::Ordered(parts) => combinations(parts, 0, &Intervals::Ordered),
            Intervals::Unordered(parts) => combinations(parts, 0, &Intervals::Unordered),
            Intervals::Extended { inner, before, after } => {
                one(inner, &|inner| Intervals::Extended { inner, before, after })
            }
            Intervals::Related { inner, relation: relation @ Relation::Containing, others } => {
                combinations(vec![*inner], others.terms_in(), &|mut parts| Intervals::Related {
                    inner: Box::new(parts.remove(0)),
                    relation,
                    others: others.clone(),
                })
            }
            Intervals::Related { inner, relation: relation @ Relation::ContainedBy, others } => {
                combinations(vec![*others], inner.terms_in(), &|mut parts| Intervals::Related {
                    inner: inner.clone(),
                    relation,
                    others: Box::new(parts.remove(0)),
                })
            }
            Intervals::Related { inner, relation: relation @ Relation::Overlapping, others } => {
                combinations(vec![*inner, *others], 0, &|mut parts| {
                    let others = Box::new(parts.remove(1));
                    Intervals::Related { inner: Box::new(parts.remove(0)), relation, others }
                })
            }
            other => Ok(vec![other]),
        }
    }
}

/// Checks that so many alternatives of so many terms each are not too many.
fn check_terms(alternatives: usize, terms: usize) -> Result<(), TooManyAlternatives> {
    if alternatives.saturating_mul(terms) > MAX_TERMS { Err(TooManyAlternatives) } else { Ok(()) }
}

/// All combinations of the alternatives of parts. `combine` adds `copied` terms to each.
fn combinations(
    parts: Vec<Intervals>,
    copied: usize,
    combine: Combine<'_>,
) -> Result<Vec<Intervals>, TooManyAlternatives> {
    let mut lists: Vec<Vec<Intervals>> = vec![Vec::new()];
    let sum = |parts: &[Intervals]| parts.iter().map(Intervals::terms_in).fold(0, usize::saturating_add);
    for part in parts {
        // Those of one position are taken together: where they overlap, they are the same.
        let (short, mut split): (Vec<_>, Vec<_>) = part.split()?.into_iter().partition(|part| part.least_width() == 1);
        if !short.is_empty() {
            split.insert(0, Intervals::any_splitting(short, Splitting::Needless)?);
        }
        if lists.len().saturating_mul(split.len()) > MAX_ALTERNATIVES {
            return Err(TooManyAlternatives);
        }
        let terms_of_lists = lists.iter().map(|list| sum(list)).fold(0, usize::saturating_add);
        check_terms(split.len(), terms_of_lists)?;
        check_terms(lists.len(), sum(&split))?;
        let mut longer = Vec::with_capacity(lists.len() * split.len());
        for list in &lists {
            for part in &split {
                longer.push(list.iter().chain([part]).cloned().collect());
            }
        }
        lists = longer;
    }
    check_terms(lists.len(), copied)?;
    Ok(lists.into_iter().map(combine).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(text: &str) -> Intervals {
        Intervals::terms(vec![Term::from_field_text(tantivy::schema::Field::from_field_id(0), text)])
    }

    #[test]
    fn alternatives_of_different_lengths_are_taken_one_by_one() {
        let either = Intervals::any(vec![Intervals::block(vec![term("a"), term("b")]).expect("few"), term("c")]);
        let block = Intervals::block(vec![either.expect("few"), term("d")]).expect("few");
        let blocks = [vec![term("c"), term("d")], vec![term("a"), term("b"), term("d")]];
        assert_eq!(block, Intervals::Any { parts: blocks.map(Intervals::Block).into(), splits: Splitting::Allowed });
    }

    #[test]
    fn combinations_of_alternatives_are_limited() {
        let either = |number: usize| {
            let pair = Intervals::block(vec![term("a"), term(&number.to_string())]).expect("few");
            Intervals::any(vec![pair, term("c")]).expect("few")
        };
        assert!(Intervals::block((0..6).map(either).collect()).is_ok());
        assert_eq!(Intervals::block((0..7).map(either).collect()), Err(TooManyAlternatives));
    }

    #[test]
    fn terms_that_are_copied_are_limited() {
        let without_overlaps = |words: usize| {
            let mut words = (0..words).map(|word| term(&word.to_string()));
            let first = words.next().expect("a word");
            words.try_fold(first, Intervals::unordered_without_overlaps)
        };
        assert_eq!(without_overlaps(9).map(|built| built.terms_in()), Ok(766));
        assert_eq!(without_overlaps(10), Err(TooManyAlternatives));
        assert_eq!(without_overlaps(1_000), Err(TooManyAlternatives));
        let related = |levels: usize| {
            (0..levels).try_fold(without_overlaps(5)?.max_gaps(5)?, |others, _| {
                without_overlaps(5)?.max_gaps(5)?.related(Relation::Containing, others)
            })
        };
        assert_eq!(related(2).map(|built| built.terms_in()), Ok(46 + 2 * (46 + 2 * 46)));
        assert_eq!(related(5), Err(TooManyAlternatives));
    }

    #[test]
    fn the_same_part_several_times_is_a_repetition() {
        let repeated = |count| Intervals::Repeated(Box::new(term("a")), count);
        assert_eq!(Intervals::ordered(vec![term("a"), term("a")]), repeated(2));
        let mixed = Intervals::unordered(vec![term("a"), term("b"), term("a")]);
        assert_eq!(mixed, Intervals::Unordered(vec![repeated(2), term("b")]));
        assert_eq!(
            Intervals::ordered(vec![term("a"), term("b"), term("a")]),
            Intervals::Ordered(vec![term("a"), term("b"), term("a")])
        );
    }
}
