//! Places that are related to other places in a certain way.

use super::cursor::{Cursor, Place};

/// How a place is related to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    /// It contains one of them.
    Containing,
    NotContaining,
    /// It is inside of one of them.
    ContainedBy,
    NotContainedBy,
    /// It has a position of one of them.
    Overlapping,
    NotOverlapping,
}

impl Relation {
    /// Whether places are kept that are not related to any other.
    pub(super) fn is_negated(self) -> bool {
        matches!(self, Relation::NotContaining | Relation::NotContainedBy | Relation::NotOverlapping)
    }

    /// Those of `places` that are related so to one of `others`. Both ascend, and none contains another of the same list.
    pub(super) fn filter(self, places: Vec<Place>, others: &[Place]) -> Vec<Place> {
        let mut other = Cursor::new(others);
        if !other.next() {
            return if self.is_negated() { places } else { Vec::new() };
        }
        let mut kept = Vec::with_capacity(places.len());
        for place in places {
            while self.is_passed(&other, &place) && other.next() {}
            if self.holds(&other, &place) {
                kept.push(place);
            }
        }
        kept
    }

    /// Whether another place comes before all that this one and the next ones may be related to.
    fn is_passed(self, other: &Cursor<'_>, place: &Place) -> bool {
        match self {
            Relation::Containing | Relation::NotContaining => other.start() < place.start && other.end() < place.end,
            Relation::ContainedBy | Relation::NotContainedBy => other.end() < place.end,
            Relation::Overlapping | Relation::NotOverlapping => other.end() < place.start,
        }
    }

    fn holds(self, other: &Cursor<'_>, place: &Place) -> bool {
        match self {
            Relation::Containing => place.start <= other.start() && place.end >= other.end(),
            Relation::ContainedBy => other.place().is_some() && other.start() <= place.start,
            Relation::NotContainedBy => place.start < other.start(),
            Relation::Overlapping => other.start() <= place.end,
            Relation::NotContaining | Relation::NotOverlapping => other.start() > place.end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(list: &[(i64, i64)]) -> Vec<Place> {
        list.iter().map(|&(start, end)| Place::between(start, end, 0)).collect()
    }

    fn kept(relation: Relation, list: &[(i64, i64)], others: &[(i64, i64)]) -> Vec<(i64, i64)> {
        let kept = relation.filter(places(list), &places(others));
        kept.into_iter().map(|place| (place.start, place.end)).collect()
    }

    #[test]
    fn places_are_related_to_others() {
        let (list, others) = (&[(0, 2), (3, 5), (7, 8)][..], &[(1, 1), (4, 6), (12, 13)][..]);
        assert_eq!(kept(Relation::Containing, list, others), [(0, 2)]);
        assert_eq!(kept(Relation::NotContaining, list, others), [(7, 8)]);
        assert_eq!(kept(Relation::Overlapping, list, others), [(0, 2), (3, 5)]);
        assert_eq!(kept(Relation::NotOverlapping, list, others), [(7, 8)]);
        assert_eq!(kept(Relation::ContainedBy, others, list), [(1, 1)]);
        assert_eq!(kept(Relation::NotContainedBy, others, list), [(4, 6), (12, 13)]);
    }

    #[test]
    fn without_others_nothing_is_related() {
        assert!(kept(Relation::ContainedBy, &[(0, 1)], &[]).is_empty());
        assert_eq!(kept(Relation::NotContainedBy, &[(0, 1)], &[]), [(0, 1)]);
    }
}
