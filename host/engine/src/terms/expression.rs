//! Expressions that stand for sets of terms: what patterns are compiled from.

/// Ranges of characters, ends included, ascending and apart from each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct CharSet(Box<[(u32, u32)]>);

/// An expression that stands for a set of terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expression {
    /// No term at all.
    Nothing,
    /// The term without characters.
    Empty,
    /// One character.
    Char(CharSet),
    /// One after another.
    Concat(Vec<Expression>),
    /// Any of these.
    Union(Vec<Expression>),
    /// All of these.
    Intersection(Vec<Expression>),
    /// All terms but these.
    Complement(Box<Expression>),
    /// At least `min` and at most `max` times the same; `None` is any number.
    Repeat { inner: Box<Expression>, min: u32, max: Option<u32> },
}

/// Whether upper and lower case are different.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LetterCase {
    Sensitive,
    /// Letters of ASCII are the same in both cases, as clients expect it.
    Insensitive,
}

const LAST: u32 = char::MAX as u32;

impl CharSet {
    /// All characters.
    pub(crate) fn any() -> Self {
        CharSet(Box::new([(0, LAST)]))
    }

    /// The characters of these ranges, in any order.
    pub(crate) fn from_ranges(ranges: &[(char, char)]) -> Self {
        Self::normalized(ranges.iter().map(|&(first, last)| (u32::from(first), u32::from(last))).collect())
    }

    /// One character, in both cases perhaps.
    pub(crate) fn one(character: char, case: LetterCase) -> Self {
        if case == LetterCase::Insensitive && character.is_ascii_alphabetic() {
            let (lower, upper) = (character.to_ascii_lowercase(), character.to_ascii_uppercase());
            return Self::from_ranges(&[(lower, lower), (upper, upper)]);
        }
        Self::from_ranges(&[(character, character)])
    }

    /// All other characters.
    pub(crate) fn negated(&self) -> Self {
        let mut ranges = Vec::with_capacity(self.0.len() + 1);
        let mut next = 0;
        for &(first, last) in &self.0 {
            if first > next {
                ranges.push((next, first - 1));
            }
            next = last + 1;
        }
        if next <= LAST {
            ranges.push((next, LAST));
        }
        CharSet(ranges.into())
    }

    /// The characters of both.
    pub(crate) fn union(&self, other: &Self) -> Self {
        Self::normalized(self.0.iter().chain(&other.0).copied().collect())
    }

    /// The characters that both have.
    pub(crate) fn intersection(&self, other: &Self) -> Self {
        let mut ranges = Vec::new();
        for &(first, last) in &self.0 {
            for &(other_first, other_last) in &other.0 {
                let (first, last) = (first.max(other_first), last.min(other_last));
                if first <= last {
                    ranges.push((first, last));
                }
            }
        }
        CharSet(ranges.into())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn is_any(&self) -> bool {
        *self.0 == [(0, LAST)]
    }

    pub(crate) fn contains(&self, character: u32) -> bool {
        let after = self.0.partition_point(|(first, _)| *first <= character);
        after > 0 && character <= self.0[after - 1].1
    }

    /// The characters at which membership changes, other than the very first one.
    pub(crate) fn boundaries(&self) -> impl Iterator<Item = u32> {
        let ends = self.0.iter().flat_map(|&(first, last)| [first, last + 1]);
        ends.filter(|boundary| (1..=LAST).contains(boundary))
    }

    fn normalized(mut ranges: Vec<(u32, u32)>) -> Self {
        ranges.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for (first, last) in ranges {
            match merged.last_mut() {
                Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
                _ => merged.push((first, last)),
            }
        }
        CharSet(merged.into())
    }
}

impl Expression {
    /// Any text.
    pub(crate) fn any_text() -> Self {
        Self::any_char().repeated(0, None)
    }

    /// Any character.
    pub(crate) fn any_char() -> Self {
        Expression::Char(CharSet::any())
    }

    /// One character, in both cases perhaps.
    pub(crate) fn char(character: char, case: LetterCase) -> Self {
        Expression::Char(CharSet::one(character, case))
    }

    /// Exactly this text, in any case perhaps.
    pub(crate) fn text(text: &str, case: LetterCase) -> Self {
        Expression::Concat(text.chars().map(|character| Self::char(character, case)).collect())
    }

    pub(crate) fn repeated(self, min: u32, max: Option<u32>) -> Self {
        Expression::Repeat { inner: Box::new(self), min, max }
    }

    pub(crate) fn complement(self) -> Self {
        Expression::Complement(Box::new(self))
    }

    /// The decimal numbers between two, ends included. With `digits` they have this many, otherwise any number of leading zeros.
    pub(crate) fn decimals(min: u32, max: u32, digits: Option<usize>) -> Self {
        if let Some(digits) = digits {
            return between(&decimal(min, digits), &decimal(max, digits));
        }
        let mut lengths = Vec::new();
        for length in 1..=u32::MAX.to_string().len() {
            let least = if length == 1 { 0 } else { 10_u64.pow(length as u32 - 1) };
            let greatest = 10_u64.pow(length as u32) - 1;
            let (first, last) = (u64::from(min).max(least), u64::from(max).min(greatest));
            if first <= last {
                lengths.push(between(&decimal(first, length), &decimal(last, length)));
            }
        }
        let zeros = Self::char('0', LetterCase::Sensitive).repeated(0, None);
        Expression::Concat(vec![zeros, Expression::Union(lengths)])
    }
}

/// The digits of a number, with leading zeros.
fn decimal(number: impl std::fmt::Display, digits: usize) -> Vec<char> {
    format!("{number:0>digits$}").chars().collect()
}

fn digits_between(first: char, last: char) -> Expression {
    if first > last { Expression::Nothing } else { Expression::Char(CharSet::from_ranges(&[(first, last)])) }
}

fn any_digits(count: usize) -> Expression {
    digits_between('0', '9').repeated(count as u32, Some(count as u32))
}

fn next(digit: char) -> char {
    char::from(digit as u8 + 1)
}

fn previous(digit: char) -> char {
    char::from(digit as u8 - 1)
}

/// Numbers of as many digits as both bounds have.
fn between(min: &[char], max: &[char]) -> Expression {
    let ([first, min_rest @ ..], [last, max_rest @ ..]) = (min, max) else { return Expression::Empty };
    if first == last {
        return Expression::Concat(vec![digits_between(*first, *last), between(min_rest, max_rest)]);
    }
    let inside = Expression::Concat(vec![digits_between(next(*first), previous(*last)), any_digits(min_rest.len())]);
    let lowest = Expression::Concat(vec![digits_between(*first, *first), at_least(min_rest)]);
    let highest = Expression::Concat(vec![digits_between(*last, *last), at_most(max_rest)]);
    Expression::Union(vec![lowest, inside, highest])
}

fn at_least(min: &[char]) -> Expression {
    let [first, rest @ ..] = min else { return Expression::Empty };
    let more = Expression::Concat(vec![digits_between(next(*first), '9'), any_digits(rest.len())]);
    Expression::Union(vec![Expression::Concat(vec![digits_between(*first, *first), at_least(rest)]), more])
}

fn at_most(max: &[char]) -> Expression {
    let [first, rest @ ..] = max else { return Expression::Empty };
    let less = Expression::Concat(vec![digits_between('0', previous(*first)), any_digits(rest.len())]);
    Expression::Union(vec![Expression::Concat(vec![digits_between(*first, *first), at_most(rest)]), less])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_characters_are_kept_apart() {
        let set = CharSet::from_ranges(&[('d', 'f'), ('a', 'b'), ('c', 'c'), ('e', 'x')]);
        assert_eq!(set, CharSet::from_ranges(&[('a', 'x')]));
        assert!(set.contains('m'.into()) && !set.contains('y'.into()));
        assert_eq!(set.negated().negated(), set);
        assert!(set.intersection(&set.negated()).is_empty());
        assert!(set.union(&set.negated()).is_any());
        assert_eq!(CharSet::any().boundaries().count(), 0);
        assert_eq!(set.boundaries().collect::<Vec<_>>(), ['a', 'y'].map(u32::from));
    }

    #[test]
    fn only_letters_of_ascii_have_two_cases() {
        assert_eq!(CharSet::one('a', LetterCase::Insensitive), CharSet::from_ranges(&[('a', 'a'), ('A', 'A')]));
        assert_eq!(CharSet::one('ä', LetterCase::Insensitive), CharSet::from_ranges(&[('ä', 'ä')]));
    }
}
