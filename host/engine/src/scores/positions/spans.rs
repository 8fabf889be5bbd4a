//! Spans: parts of a text that have certain words. Unlike intervals, they may contain others.

use std::collections::BTreeSet;

use tantivy::{DocId, Term};

use super::cursor::{Cursor, Place};
use super::documents::{Documents, Leaves};

/// What has spans in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Spans {
    /// Each position of each of these terms.
    Terms { terms: Vec<Term>, leaf: usize },
    /// All of these, in this order, without overlapping, and at most `slop` positions apart.
    Ordered { parts: Vec<Spans>, slop: i64 },
    /// All of these, in any order, and at most `slop` positions apart.
    Unordered { parts: Vec<Spans>, slop: i64 },
    /// As many positions between two parts of [`Spans::Ordered`].
    Gap(i64),
    /// Any of these.
    Any(Vec<Spans>),
    /// Those that others do not come near: this many positions before or after.
    Not { inner: Box<Spans>, others: Box<Spans>, before: i64, after: i64 },
    /// Those that end before a position.
    First { inner: Box<Spans>, end: i64 },
    /// Those of the big ones that contain little ones.
    Containing { big: Box<Spans>, little: Box<Spans> },
    /// Those of the little ones that are inside of big ones.
    Within { big: Box<Spans>, little: Box<Spans> },
}

impl Spans {
    /// Each position of each of these terms.
    pub(crate) fn terms(terms: Vec<Term>) -> Self {
        Spans::Terms { terms, leaf: 0 }
    }

    /// Gives each leaf a number, and collects their terms by these numbers.
    pub(super) fn number(&mut self, leaves: &mut Vec<Vec<Term>>) {
        match self {
            Spans::Terms { terms, leaf } => {
                *leaf = leaves.len();
                leaves.push(terms.clone());
            }
            Spans::Ordered { parts, .. } | Spans::Unordered { parts, .. } | Spans::Any(parts) => {
                parts.iter_mut().for_each(|part| part.number(leaves));
            }
            Spans::Gap(_) => {}
            Spans::First { inner, .. } => inner.number(leaves),
            Spans::Not { inner: first, others: second, .. }
            | Spans::Containing { big: first, little: second }
            | Spans::Within { big: first, little: second } => {
                first.number(leaves);
                second.number(leaves);
            }
        }
    }

    /// The terms whose rarity counts: not those that must not be there.
    pub(super) fn scored_terms(&self, terms: &mut BTreeSet<Term>) {
        match self {
            Spans::Terms { terms: own, .. } => terms.extend(own.iter().cloned()),
            Spans::Ordered { parts, .. } | Spans::Unordered { parts, .. } | Spans::Any(parts) => {
                parts.iter().for_each(|part| part.scored_terms(terms));
            }
            Spans::Gap(_) => {}
            Spans::Not { inner, .. } | Spans::First { inner, .. } => inner.scored_terms(terms),
            Spans::Containing { big, little } | Spans::Within { big, little } => {
                big.scored_terms(terms);
                little.scored_terms(terms);
            }
        }
    }

    pub(super) fn documents(&self) -> Documents {
        match self {
            Spans::Terms { leaf, .. } => Documents::Leaf(*leaf),
            Spans::Ordered { parts, .. } | Spans::Unordered { parts, .. } => {
                let parts = parts.iter().filter(|part| !matches!(part, Spans::Gap(_)));
                Documents::All(parts.map(Spans::documents).collect())
            }
            Spans::Gap(_) => Documents::Any(Vec::new()),
            Spans::Any(parts) => Documents::Any(parts.iter().map(Spans::documents).collect()),
            Spans::Not { inner, .. } | Spans::First { inner, .. } => inner.documents(),
            Spans::Containing { big, little } | Spans::Within { big, little } => {
                Documents::All(vec![big.documents(), little.documents()])
            }
        }
    }

    /// The spans in a document. Documents ascend.
    pub(super) fn places(&self, leaves: &mut Leaves, doc: DocId) -> Vec<Place> {
        match self {
            Spans::Terms { leaf, .. } => leaves.places(*leaf, doc, |position| Place::span(position, position + 1, 0)),
            Spans::Ordered { parts, slop } => {
                let parts = parts.iter().map(|part| match part {
                    Spans::Gap(width) => Part::Gap(*width),
                    part => Part::Places(part.places(leaves, doc)),
                });
                ordered(&parts.collect::<Vec<_>>(), *slop)
            }
            Spans::Unordered { parts, slop } => {
                let parts: Vec<Vec<Place>> = parts.iter().map(|part| part.places(leaves, doc)).collect();
                unordered(&parts, *slop)
            }
            Spans::Gap(_) => Vec::new(),
            Spans::Any(parts) => {
                let mut places: Vec<Place> = parts.iter().flat_map(|part| part.places(leaves, doc)).collect();
                places.sort_by_key(|place| (place.start, place.end));
                places
            }
            Spans::Not { inner, others, before, after } => {
                let places = inner.places(leaves, doc);
                apart(places, &others.places(leaves, doc), *before, *after)
            }
            Spans::First { inner, end } => {
                let mut places = inner.places(leaves, doc);
                places.retain(|place| place.end <= *end);
                places
            }
            Spans::Containing { big, little } => {
                let big = big.places(leaves, doc);
                containing(big, &little.places(leaves, doc))
            }
            Spans::Within { big, little } => {
                let big = big.places(leaves, doc);
                within(little.places(leaves, doc), &big)
            }
        }
    }
}

/// A part of an ordered span.
enum Part {
    Places(Vec<Place>),
    /// So many positions.
    Gap(i64),
}

/// For each place of the first part the next places of the others.
fn ordered(parts: &[Part], slop: i64) -> Vec<Place> {
    let mut found = Vec::new();
    let mut cursors: Vec<Cursor<'_>> = parts
        .iter()
        .map(|part| match part {
            Part::Places(places) => Cursor::new(places),
            Part::Gap(_) => Cursor::new(&[]),
        })
        .collect();
    let Some((first, rest)) = parts.split_first() else { return found };
    let mut first_start = -1;
    loop {
        // A gap may be anywhere.
        first_start = match first {
            Part::Places(_) if cursors[0].next() => cursors[0].start(),
            Part::Places(_) => return found,
            Part::Gap(_) => first_start + 1,
        };
        let mut end = match first {
            Part::Places(_) => cursors[0].end(),
            Part::Gap(width) => first_start + width,
        };
        let mut apart = 0;
        for (index, part) in rest.iter().enumerate() {
            if let Part::Gap(width) = part {
                end += width;
                continue;
            }
            let cursor = &mut cursors[index + 1];
            while cursor.start() < end {
                if !cursor.next() {
                    return found;
                }
            }
            if cursor.place().is_none() {
                return found;
            }
            apart += cursor.start() - end;
            end = cursor.end();
        }
        if apart <= slop {
            found.push(Place::span(first_start, end, apart));
        }
    }
}

fn unordered(parts: &[Vec<Place>], slop: i64) -> Vec<Place> {
    let mut found = Vec::new();
    let mut cursors: Vec<Cursor<'_>> = parts.iter().map(|places| Cursor::new(places)).collect();
    let (mut queue, mut length, mut end) = (BTreeSet::new(), 0, -1);
    for (part, cursor) in cursors.iter_mut().enumerate() {
        if !cursor.next() {
            return found;
        }
        length += cursor.end() - cursor.start();
        end = end.max(cursor.end());
        queue.insert((cursor.start(), cursor.end(), part));
    }
    while let Some((start, part_end, part)) = queue.pop_first() {
        if end - start - length <= slop {
            found.push(Place::span(start, end, end - start));
        }
        if !cursors[part].next() {
            break;
        }
        length += cursors[part].end() - cursors[part].start() - (part_end - start);
        end = end.max(cursors[part].end());
        queue.insert((cursors[part].start(), cursors[part].end(), part));
    }
    found
}

/// Those of `places` that are so far from others.
fn apart(places: Vec<Place>, others: &[Place], before: i64, after: i64) -> Vec<Place> {
    let mut other = Cursor::new(others);
    if !other.next() {
        return places;
    }
    let is_kept = |place: &Place| {
        while other.end() <= place.start - before && other.next() {}
        other.start().saturating_sub(after) >= place.end
    };
    places.into_iter().filter(is_kept).collect()
}

fn containing(big: Vec<Place>, little: &[Place]) -> Vec<Place> {
    let mut inside = Cursor::new(little);
    let mut found = Vec::new();
    for place in big {
        while inside.start() < place.start {
            if !inside.next() {
                return found;
            }
        }
        if inside.end() <= place.end {
            found.push(place);
        }
    }
    found
}

fn within(little: Vec<Place>, big: &[Place]) -> Vec<Place> {
    let mut around = Cursor::new(big);
    let mut found = Vec::new();
    for place in little {
        while around.end() < place.end {
            if !around.next() {
                return found;
            }
        }
        if around.start() <= place.start {
            found.push(place);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(positions: &[i64]) -> Vec<Place> {
        positions.iter().map(|position| Place::span(*position, *position + 1, 0)).collect()
    }

    fn shown(places: Vec<Place>) -> Vec<(i64, i64, i64)> {
        places.into_iter().map(|place| (place.start, place.end, place.width)).collect()
    }

    #[test]
    fn ordered_spans_begin_with_each_place_of_the_first_part() {
        let parts = [Part::Places(at(&[0, 1, 5])), Part::Places(at(&[2, 6]))];
        assert_eq!(shown(ordered(&parts, 9)), [(0, 3, 1), (1, 3, 0), (5, 7, 0)]);
        assert_eq!(shown(ordered(&parts, 0)), [(1, 3, 0), (5, 7, 0)]);
        let with_gap = [Part::Places(at(&[0, 1, 5])), Part::Gap(1), Part::Places(at(&[2, 6]))];
        assert_eq!(shown(ordered(&with_gap, 0)), [(0, 3, 0)]);
        let gap_first = [Part::Gap(1), Part::Places(at(&[0, 3]))];
        assert_eq!(shown(ordered(&gap_first, 0)), [(2, 4, 0)]);
    }

    #[test]
    fn unordered_spans_may_share_places() {
        assert_eq!(shown(unordered(&[at(&[0, 4]), at(&[2])], 1)), [(0, 3, 3), (2, 5, 3)]);
        assert_eq!(shown(unordered(&[at(&[0, 4]), at(&[2])], 0)), []);
        assert_eq!(shown(unordered(&[at(&[1]), at(&[1])], 0)), [(1, 2, 1)]);
    }

    #[test]
    fn others_may_have_to_be_far() {
        assert_eq!(shown(apart(at(&[1, 4, 8]), &at(&[5]), 0, 0)), [(1, 2, 0), (4, 5, 0), (8, 9, 0)]);
        assert_eq!(shown(apart(at(&[1, 4, 8]), &at(&[5]), 0, 1)), [(1, 2, 0), (8, 9, 0)]);
        assert_eq!(shown(apart(at(&[1, 4, 6]), &at(&[5]), 1, 0)), [(1, 2, 0), (4, 5, 0)]);
        assert_eq!(shown(apart(at(&[5]), &at(&[5]), 0, 0)), []);
    }

    #[test]
    fn spans_contain_others() {
        let big = vec![Place::span(0, 3, 1), Place::span(4, 6, 0)];
        assert_eq!(shown(containing(big.clone(), &at(&[2, 7]))), [(0, 3, 1)]);
        assert_eq!(shown(within(at(&[2, 3, 7]), &big)), [(2, 3, 0)]);
    }
}
