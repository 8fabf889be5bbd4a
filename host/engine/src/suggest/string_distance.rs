//! How similar two words are, from 0 to 1. Except for the default, lengths and positions count UTF-16 code units, as in Lucene.

use crate::json::{Case, ErrorKind, Words};

/// A measure of similarity: `string_distance`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum StringDistance {
    /// The share of the shorter word that stays, where two letters that changed places are one edit.
    #[default]
    DamerauLevenshtein,
    /// The share of the longer word that stays.
    Levenshtein,
    /// By the letters that both have near the same place, and by a common beginning.
    JaroWinkler,
    /// By the pairs of letters that both have.
    NGram,
}

pub(super) const DISTANCES: Words<StringDistance> = Words {
    key: "string_distance",
    case: Case::Any,
    error: ErrorKind::Argument,
    words: &[
        ("internal", StringDistance::DamerauLevenshtein),
        ("damerau_levenshtein", StringDistance::DamerauLevenshtein),
        ("levenshtein", StringDistance::Levenshtein),
        ("jaro_winkler", StringDistance::JaroWinkler),
        ("ngram", StringDistance::NGram),
    ],
};

/// From this similarity on, a common beginning counts: Winkler's threshold.
const WINKLER_THRESHOLD: f32 = 0.7;

impl StringDistance {
    /// `edits` is how similar they are by [`StringDistance::DamerauLevenshtein`].
    pub(super) fn similarity(self, a: &str, b: &str, edits: f32) -> f32 {
        let units = |text: &str| text.encode_utf16().collect::<Vec<u16>>();
        match self {
            StringDistance::DamerauLevenshtein => edits,
            StringDistance::Levenshtein => levenshtein(&units(a), &units(b)),
            StringDistance::JaroWinkler => jaro_winkler(&units(a), &units(b)),
            StringDistance::NGram => bigrams(&units(a), &units(b)),
        }
    }
}

fn levenshtein(a: &[u16], b: &[u16]) -> f32 {
    if a.is_empty() || b.is_empty() {
        return if a.len() == b.len() { 1.0 } else { 0.0 };
    }
    let mut row: Vec<usize> = (0..=a.len()).collect();
    for (index, unit) in b.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for column in 1..=a.len() {
            let replaced = diagonal + usize::from(a[column - 1] != *unit);
            diagonal = row[column];
            row[column] = replaced.min(row[column] + 1).min(row[column - 1] + 1);
        }
    }
    1.0 - row[a.len()] as f32 / a.len().max(b.len()) as f32
}

fn jaro_winkler(a: &[u16], b: &[u16]) -> f32 {
    let (shorter, longer) = if a.len() > b.len() { (b, a) } else { (a, b) };
    let range = (longer.len() / 2).saturating_sub(1);
    let mut is_taken = vec![false; longer.len()];
    let mut of_shorter = Vec::new();
    for (index, unit) in shorter.iter().enumerate() {
        let nearby = index.saturating_sub(range)..(index + range + 1).min(longer.len());
        if let Some(place) = nearby.into_iter().find(|place| !is_taken[*place] && longer[*place] == *unit) {
            is_taken[place] = true;
            of_shorter.push(*unit);
        }
    }
    let matches = of_shorter.len() as f32;
    if matches == 0.0 {
        return 0.0;
    }
    let of_longer = longer.iter().zip(&is_taken).filter(|(_, is_taken)| **is_taken).map(|(unit, _)| *unit);
    let moved = of_shorter.iter().zip(of_longer).filter(|(a, b)| **a != *b).count();
    let transpositions = (moved / 2) as f32;
    let lengths = matches / a.len() as f32 + matches / b.len() as f32;
    let jaro = (lengths + (matches - transpositions) / matches) / 3.0;
    if jaro < WINKLER_THRESHOLD {
        return jaro;
    }
    let prefix = a.iter().zip(b).take_while(|(a, b)| a == b).count() as f32;
    jaro + (1.0 / longer.len() as f32).min(0.1) * prefix * (1.0 - jaro)
}

/// Kondrak's measure for pairs: the edit distance, where replacing a letter costs half if the letter before it is the same.
fn bigrams(a: &[u16], b: &[u16]) -> f32 {
    if a.is_empty() || b.is_empty() {
        return if a.len() == b.len() { 1.0 } else { 0.0 };
    }
    let longest = a.len().max(b.len()) as f32;
    if a.len() < 2 || b.len() < 2 {
        let same = a.iter().zip(b).filter(|(a, b)| a == b).count();
        return same as f32 / longest;
    }
    let before = |units: &[u16], index: usize| index.checked_sub(1).map(|before| units[before]);
    let mut row: Vec<f32> = (0..=a.len()).map(|length| length as f32).collect();
    for (index, unit) in b.iter().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push((index + 1) as f32);
        for column in 1..=a.len() {
            let mut compared = 2.0;
            let mut cost = f32::from(u8::from(a[column - 1] != *unit));
            match (before(a, column - 1), before(b, index)) {
                // Both are before their first letter.
                (None, None) => compared = 1.0,
                (a, b) if a == b => {}
                _ => cost += 1.0,
            }
            let replaced = row[column - 1] + cost / compared;
            next.push((next[column - 1] + 1.0).min(row[column] + 1.0).min(replaced));
        }
        row = next;
    }
    1.0 - row[a.len()] / longest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounded(distance: StringDistance, a: &str, b: &str) -> f32 {
        (distance.similarity(a, b, 0.0) * 1e4).round() / 1e4
    }

    #[test]
    fn similarities_are_those_that_clients_know() {
        for (word, levenshtein, jaro_winkler, ngram) in
            [("quick", 0.6, 0.9533, 0.7), ("quirk", 0.6, 0.9067, 0.7), ("quack", 0.4, 0.8267, 0.5)]
        {
            assert_eq!(rounded(StringDistance::Levenshtein, "quikc", word), levenshtein, "{word}");
            assert_eq!(rounded(StringDistance::JaroWinkler, "quikc", word), jaro_winkler, "{word}");
            assert_eq!(rounded(StringDistance::NGram, "quikc", word), ngram, "{word}");
        }
        for (word, levenshtein, jaro_winkler, ngram) in
            [("brown", 0.8, 0.9467, 0.7), ("brawn", 0.8, 0.9467, 0.7), ("brows", 0.6, 0.8267, 0.6)]
        {
            assert_eq!(rounded(StringDistance::Levenshtein, "brwn", word), levenshtein, "{word}");
            assert_eq!(rounded(StringDistance::JaroWinkler, "brwn", word), jaro_winkler, "{word}");
            assert_eq!(rounded(StringDistance::NGram, "brwn", word), ngram, "{word}");
        }
    }

    #[test]
    fn empty_and_short_words_are_compared() {
        for distance in [StringDistance::Levenshtein, StringDistance::NGram] {
            assert_eq!((rounded(distance, "", ""), rounded(distance, "", "a")), (1.0, 0.0));
        }
        assert_eq!(rounded(StringDistance::JaroWinkler, "", "a"), 0.0);
        assert_eq!((rounded(StringDistance::NGram, "a", "ab"), rounded(StringDistance::NGram, "b", "ab")), (0.5, 0.0));
    }
}
