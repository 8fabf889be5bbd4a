//! Combines places into intervals, of which none contains another.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::cursor::{Cursor, END, Place};

pub(super) fn ordered(parts: &[Vec<Place>]) -> Vec<Place> {
    let mut cursors: Vec<Cursor<'_>> = parts.iter().map(|places| Cursor::new(places)).collect();
    let mut found = Vec::new();
    if cursors.is_empty() || !cursors[0].next() {
        return found;
    }
    while let Some(place) = next_ordered(&mut cursors) {
        found.push(place);
    }
    found
}

/// The next interval. One that was found is shortened for as long as its first part can move on without the last one.
fn next_ordered(cursors: &mut [Cursor<'_>]) -> Option<Place> {
    let last = cursors.len() - 1;
    let (mut found, mut last_start) = (None, END);
    loop {
        let mut part = 1;
        loop {
            if cursors[part - 1].end() >= last_start {
                return found;
            }
            // While an interval is shortened, parts that are still in order need not move.
            let is_in_order = found.is_some() && part <= last && cursors[part].start() > cursors[part - 1].end();
            if part > last || is_in_order {
                break;
            }
            loop {
                if cursors[part].end() >= last_start || !cursors[part].next() {
                    return found;
                }
                if cursors[part].start() > cursors[part - 1].end() {
                    break;
                }
            }
            part += 1;
        }
        let (start, end) = (cursors[0].start(), cursors[last].end());
        let inside: i64 = cursors.iter().map(Cursor::width).sum();
        found = Some(Place::between(start, end, end - start + 1 - inside));
        last_start = cursors[last].start();
        if !cursors[0].next() {
            return found;
        }
    }
}

/// The order in which parts move on: the leftmost first, and of these the longest.
fn turn(cursors: &[Cursor<'_>], part: usize) -> (i64, Reverse<i64>, usize) {
    (cursors[part].start(), Reverse(cursors[part].end()), part)
}

pub(super) fn unordered(parts: &[Vec<Place>]) -> Vec<Place> {
    let mut found = Vec::new();
    let Some(mut window) = Window::new(parts) else { return found };
    let mut start = -1;
    loop {
        while window.first_start() == Some(start) {
            if !window.advance_first() {
                return found;
            }
        }
        // The shortest interval that ends where this one does.
        let end = window.end;
        loop {
            let Some(&(first, Reverse(first_end), _)) = window.queue.first() else { return found };
            start = first;
            let place = Place::between(start, end, end - start + 1 - window.width());
            if first_end == end {
                found.push(place);
                break;
            }
            if !window.advance_first() {
                found.push(place);
                return found;
            }
            if window.end != end {
                found.push(place);
                break;
            }
        }
    }
}

/// One place of each part.
struct Window<'a> {
    cursors: Vec<Cursor<'a>>,
    /// The parts in the order in which they move on.
    queue: BTreeSet<(i64, Reverse<i64>, usize)>,
    /// The greatest end so far.
    end: i64,
}

impl<'a> Window<'a> {
    /// The first place of each part; `None` if one has none.
    fn new(parts: &'a [Vec<Place>]) -> Option<Self> {
        let cursors: Vec<Cursor<'a>> = parts.iter().map(|places| Cursor::new(places)).collect();
        let mut window = Window { cursors, queue: BTreeSet::new(), end: -1 };
        for part in 0..parts.len() {
            if !window.advance(part) {
                return None;
            }
        }
        Some(window)
    }

    fn first_start(&self) -> Option<i64> {
        self.queue.first().map(|(start, _, _)| *start)
    }

    fn advance_first(&mut self) -> bool {
        self.queue.pop_first().is_some_and(|(_, _, part)| self.advance(part))
    }

    /// Moves a part on that is not in the queue. `false` if it has no more places.
    fn advance(&mut self, part: usize) -> bool {
        if !self.cursors[part].next() {
            return false;
        }
        self.end = self.end.max(self.cursors[part].end());
        self.queue.insert(turn(&self.cursors, part));
        true
    }

    fn width(&self) -> i64 {
        self.cursors.iter().map(Cursor::width).sum()
    }
}

pub(super) fn block(parts: &[Vec<Place>]) -> Vec<Place> {
    let mut cursors: Vec<Cursor<'_>> = parts.iter().map(|places| Cursor::new(places)).collect();
    let mut found = Vec::new();
    'next: while cursors.first_mut().is_some_and(Cursor::next) {
        for part in 1..cursors.len() {
            while cursors[part].start() <= cursors[part - 1].end() {
                if !cursors[part].next() {
                    return found;
                }
            }
            if cursors[part].start() != cursors[part - 1].end() + 1 {
                continue 'next;
            }
        }
        found.push(Place::between(cursors[0].start(), cursors[cursors.len() - 1].end(), 0));
    }
    found
}

pub(super) fn any(parts: &[Vec<Place>]) -> Vec<Place> {
    let mut cursors: Vec<Cursor<'_>> = parts.iter().map(|places| Cursor::new(places)).collect();
    let turn = |cursors: &[Cursor<'_>], part: usize| (cursors[part].end(), Reverse(cursors[part].start()), part);
    let mut queue = BTreeSet::new();
    for part in 0..cursors.len() {
        if cursors[part].next() {
            queue.insert(turn(&cursors, part));
        }
    }
    let mut found: Vec<Place> = Vec::new();
    while let Some(&(end, Reverse(start), part)) = queue.first() {
        if found.last().is_some_and(|last| start <= last.start && last.end <= end) {
            // It contains the one before.
            queue.pop_first();
            if cursors[part].next() {
                queue.insert(turn(&cursors, part));
            }
            continue;
        }
        found.extend(cursors[part].place());
    }
    found
}

pub(super) fn repeated(places: &[Place], count: usize) -> Vec<Place> {
    let several = |window: &[Place]| {
        let (start, end) = (window[0].start, window[count - 1].end);
        // As Lucene counts it: longer ones count less.
        let width: i64 = window.iter().map(|place| place.start - place.end + 1).sum();
        Place { start, end, gaps: end - start + 1 - width, width }
    };
    places.windows(count).map(several).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(positions: &[i64]) -> Vec<Place> {
        positions.iter().map(|position| Place::between(*position, *position, 0)).collect()
    }

    fn shown(places: Vec<Place>) -> Vec<(i64, i64, i64)> {
        places.into_iter().map(|place| (place.start, place.end, place.gaps)).collect()
    }

    #[test]
    fn ordered_intervals_are_the_shortest() {
        assert_eq!(shown(ordered(&[at(&[0, 2, 9]), at(&[1, 4])])), [(0, 1, 0), (2, 4, 1)]);
        assert_eq!(shown(ordered(&[at(&[0, 2, 3]), at(&[5])])), [(3, 5, 1)]);
        assert_eq!(shown(ordered(&[at(&[4]), at(&[1])])), []);
        assert_eq!(shown(ordered(&[at(&[0]), at(&[3]), at(&[4, 7])])), [(0, 4, 2)]);
        assert_eq!(shown(ordered(&[at(&[0]), at(&[])])), []);
    }

    #[test]
    fn unordered_intervals_are_the_shortest() {
        assert_eq!(shown(unordered(&[at(&[1, 4]), at(&[0, 3])])), [(0, 1, 0), (1, 3, 1), (3, 4, 0)]);
        assert_eq!(shown(unordered(&[at(&[0, 4]), at(&[3])])), [(0, 3, 2), (3, 4, 0)]);
        assert_eq!(shown(unordered(&[at(&[0, 2]), at(&[5])])), [(2, 5, 2)]);
    }

    #[test]
    fn blocks_have_no_gaps() {
        assert_eq!(shown(block(&[at(&[0, 3]), at(&[2, 4]), at(&[5])])), [(3, 5, 0)]);
        assert_eq!(shown(block(&[at(&[0]), at(&[2])])), []);
    }

    #[test]
    fn alternatives_that_contain_others_are_dropped() {
        let long = vec![Place::between(0, 3, 1), Place::between(5, 6, 0)];
        assert_eq!(shown(any(&[at(&[2, 9]), long])), [(2, 2, 0), (5, 6, 0), (9, 9, 0)]);
    }

    #[test]
    fn repetitions_are_several_intervals() {
        assert_eq!(shown(repeated(&at(&[0, 1, 4]), 2)), [(0, 1, 0), (1, 4, 2)]);
        assert_eq!(shown(repeated(&at(&[0]), 2)), []);
    }
}
