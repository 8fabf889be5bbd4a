//! One place after another in a document.

/// Where something is in a document: positions of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) start: i64,
    /// In intervals the last position, in spans the one behind it.
    pub(super) end: i64,
    /// In intervals how many positions inside are not those of a part.
    pub(super) gaps: i64,
    /// In intervals how many positions there are, in spans how far the parts are apart.
    pub(super) width: i64,
}

/// Before the first place.
const BEFORE: i64 = -1;
/// After the last place.
pub(super) const END: i64 = i64::MAX;

impl Place {
    /// An interval of all positions between two, ends included.
    pub(super) fn between(start: i64, end: i64, gaps: i64) -> Self {
        Place { start, end, gaps, width: end - start + 1 }
    }

    /// A span up to a position, which is not part of it.
    pub(super) fn span(start: i64, end: i64, width: i64) -> Self {
        Place { start, end, gaps: 0, width }
    }
}

/// Goes through places. It begins before the first one.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    places: &'a [Place],
    /// One more than the index of the current place.
    after: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(places: &'a [Place]) -> Self {
        Cursor { places, after: 0 }
    }

    /// Goes on. `false` if there are no more places.
    pub(super) fn next(&mut self) -> bool {
        self.after = (self.after + 1).min(self.places.len() + 1);
        self.after <= self.places.len()
    }

    pub(super) fn place(&self) -> Option<&'a Place> {
        self.places.get(self.after.checked_sub(1)?)
    }

    fn or_outside(&self, of: impl Fn(&Place) -> i64) -> i64 {
        match self.place() {
            Some(place) => of(place),
            None if self.after == 0 => BEFORE,
            None => END,
        }
    }

    pub(super) fn start(&self) -> i64 {
        self.or_outside(|place| place.start)
    }

    pub(super) fn end(&self) -> i64 {
        self.or_outside(|place| place.end)
    }

    /// How many positions the current place has.
    pub(super) fn width(&self) -> i64 {
        self.place().map_or(0, |place| place.width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_begins_before_and_ends_after_all_places() {
        let places = [Place::between(2, 3, 0), Place::between(5, 5, 0)];
        let mut cursor = Cursor::new(&places);
        assert_eq!((cursor.start(), cursor.end()), (BEFORE, BEFORE));
        assert!(cursor.next() && cursor.next());
        assert_eq!((cursor.start(), cursor.end(), cursor.width()), (5, 5, 1));
        assert!(!cursor.next() && !cursor.next());
        assert_eq!((cursor.start(), cursor.end()), (END, END));
    }
}
