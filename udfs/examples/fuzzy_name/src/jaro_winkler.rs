//! The similarity of Jaro and Winkler, which was made for names: it counts the characters that both have at about the same place, and
//! values a common beginning.

use alloc::vec::Vec;

/// Characters of a name that are compared: one for each bit of a set.
pub(crate) const MAX_LEN: usize = 64;
/// Characters at the beginning that count more.
const MAX_PREFIX: usize = 4;
const PREFIX_WEIGHT: f64 = 0.1;

/// A name to compare others with.
pub(crate) struct Name {
    characters: Vec<char>,
    /// The positions of each ASCII character, as a set of bits.
    positions: [u64; 128],
}

impl Name {
    pub(crate) fn new(mut characters: Vec<char>) -> Self {
        characters.truncate(MAX_LEN);
        let mut positions = [0; 128];
        for (index, character) in characters.iter().enumerate() {
            if let Some(positions) = positions.get_mut(*character as usize) {
                *positions |= 1 << index;
            }
        }
        Name { characters, positions }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.characters.is_empty()
    }

    /// The similarity, from 0 for names without a common character to 1 for equal ones.
    pub(crate) fn similarity(&self, other: &[char]) -> f64 {
        let other = other.get(..MAX_LEN).unwrap_or(other);
        let jaro = self.jaro(other);
        let same = self.characters.iter().zip(other).take(MAX_PREFIX).take_while(|(one, other)| one == other);
        jaro + same.count() as f64 * PREFIX_WEIGHT * (1.0 - jaro)
    }

    fn jaro(&self, other: &[char]) -> f64 {
        let longest = self.characters.len().max(other.len());
        let reach = (longest / 2).saturating_sub(1);
        // The characters of either name that have a partner in the other. Each takes the first free one within reach.
        let (mut here, mut there) = (0_u64, 0_u64);
        for (index, character) in other.iter().enumerate() {
            let from = u64::MAX << index.saturating_sub(reach);
            let to = u64::MAX >> (MAX_LEN - 1 - (index + reach).min(MAX_LEN - 1));
            let free = self.positions(*character) & !here & from & to;
            if free != 0 {
                here |= free & free.wrapping_neg();
                there |= 1 << index;
            }
        }
        if here == 0 {
            return 0.0;
        }
        let pairs = at(here, &self.characters).zip(at(there, other));
        let out_of_order = pairs.filter(|(one, other)| one != other).count() as f64 / 2.0;
        let common = f64::from(here.count_ones());
        let shares = common / self.characters.len() as f64 + common / other.len() as f64;
        (shares + (common - out_of_order) / common) / 3.0
    }

    fn positions(&self, character: char) -> u64 {
        match self.positions.get(character as usize) {
            Some(positions) => *positions,
            None => self.positions_of_other(character),
        }
    }

    #[cold]
    fn positions_of_other(&self, character: char) -> u64 {
        let bits = self.characters.iter().enumerate().filter(|(_, here)| **here == character);
        bits.fold(0, |positions, (index, _)| positions | 1 << index)
    }
}

/// The characters at these positions.
fn at(mut positions: u64, characters: &[char]) -> impl Iterator<Item = char> {
    core::iter::from_fn(move || {
        let character = *characters.get(positions.trailing_zeros() as usize)?;
        positions &= positions - 1;
        Some(character)
    })
}

#[cfg(test)]
mod tests {
    use std::vec;

    use proptest::prelude::*;

    use super::*;

    fn similarity(one: &str, other: &str) -> f64 {
        Name::new(one.chars().collect()).similarity(&other.chars().collect::<Vec<_>>())
    }

    /// By the definition, for names that are not too long.
    fn expected(one: &[char], other: &[char]) -> f64 {
        let reach = (one.len().max(other.len()) / 2).saturating_sub(1);
        let (mut here, mut there) = (vec![false; one.len()], vec![false; other.len()]);
        for (index, character) in other.iter().enumerate() {
            let partner = (0..one.len())
                .find(|place| place.abs_diff(index) <= reach && !here[*place] && one[*place] == *character);
            if let Some(partner) = partner {
                (here[partner], there[index]) = (true, true);
            }
        }
        let paired = |characters: &[char], paired: &[bool]| -> Vec<char> {
            characters.iter().zip(paired).filter(|(_, paired)| **paired).map(|(character, _)| *character).collect()
        };
        let (here, there) = (paired(one, &here), paired(other, &there));
        if here.is_empty() {
            return 0.0;
        }
        let common = here.len() as f64;
        let different = here.iter().zip(&there).filter(|(one, other)| one != other).count() as f64;
        let shares = common / one.len() as f64 + common / other.len() as f64;
        let jaro = (shares + (common - different / 2.0) / common) / 3.0;
        let prefix = one.iter().zip(other).take(4).take_while(|(one, other)| one == other).count();
        jaro + prefix as f64 * 0.1 * (1.0 - jaro)
    }

    #[test]
    fn published_examples() {
        for (one, other, expected) in [
            ("martha", "marhta", 0.9611),
            ("dixon", "dicksonx", 0.8133),
            ("dwayne", "duane", 0.84),
            ("王小明", "王小朋", 0.8222),
            ("abc", "xyz", 0.0),
            ("abc", "", 0.0),
            ("", "", 0.0),
            ("same", "same", 1.0),
        ] {
            assert!((similarity(one, other) - expected).abs() < 0.00005, "{one} {other} {}", similarity(one, other));
        }
    }

    #[test]
    fn only_the_first_characters_of_long_names_count() {
        let long: Vec<char> = "ab".chars().cycle().take(MAX_LEN).collect();
        let longer: Vec<char> = long.iter().copied().chain("xyz".chars()).collect();
        assert_eq!(Name::new(longer.clone()).similarity(&longer), 1.0);
        assert_eq!(Name::new(long).similarity(&longer), 1.0);
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(one in "[abcé王]{0,64}", other in "[abcé王]{0,64}") {
            let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
            let found = Name::new(one.clone()).similarity(&other);
            prop_assert!((found - expected(&one, &other)).abs() < 1e-12);
            prop_assert!((0.0..=1.0).contains(&found), "{}", found);
        }
    }
}
