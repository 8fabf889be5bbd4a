//! Stemmers that reduce words to their stems, as search clients expect them for each language.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};

/// Dutch words whose stems the algorithm would not find.
const DUTCH_STEMS: [(&str, &str); 4] =
    [("fiets", "fiets"), ("bromfiets", "bromfiets"), ("ei", "eier"), ("kind", "kinder")];

/// Porter's first stemmer (1980), not its successor, with the rules that he changed later. Words of one or two letters stay.
pub(super) fn stem_english(term: &mut String) {
    if term.chars().nth(2).is_some() {
        apply_later_rules(term);
        stem(term, Algorithm::Porter);
    }
}

/// The rules that Porter changed after his paper: `-bli` becomes `-ble` and `-logi` becomes `-log`, after a syllable. Words end so
/// once `-y` and `-ies` have become `-i`.
fn apply_later_rules(term: &mut String) {
    let Some(root) = term.strip_suffix("ies").or_else(|| term.strip_suffix(['y', 'i'])) else { return };
    let length = root.len();
    if root.strip_suffix("log").is_some_and(has_syllable) {
        term.truncate(length);
    } else if root.strip_suffix("bl").is_some_and(has_syllable) {
        term.truncate(length);
        term.push('e');
    }
}

/// Whether a consonant follows a vowel. A `y` is a vowel after a consonant.
fn has_syllable(text: &str) -> bool {
    let mut previous_is_vowel = None;
    for character in text.chars() {
        let is_vowel = match character {
            'a' | 'e' | 'i' | 'o' | 'u' => true,
            'y' => previous_is_vowel == Some(false),
            _ => false,
        };
        if previous_is_vowel == Some(true) && !is_vowel {
            return true;
        }
        previous_is_vowel = Some(is_vowel);
    }
    false
}

/// Porter's stemmer for Dutch, with a few exceptions.
pub(super) fn stem_dutch(term: &mut String) {
    match DUTCH_STEMS.iter().find(|(word, _)| word == term) {
        Some((_, stem)) => *term = (*stem).to_owned(),
        None => stem(term, Algorithm::DutchPorter),
    }
}

fn stem(term: &mut String, algorithm: Algorithm) {
    if let Cow::Owned(stem) = Stemmer::new(algorithm).stem(term) {
        *term = stem;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stemmed(stem: fn(&mut String), term: &str) -> String {
        let mut term = term.to_owned();
        stem(&mut term);
        term
    }

    #[test]
    fn english_words_are_stemmed_by_porters_first_stemmer() {
        // Its successor stems the last three to generous, skies and die.
        for (word, expected) in [("running", "run"), ("generously", "gener"), ("skies", "ski"), ("dies", "di")] {
            assert_eq!(stemmed(stem_english, word), expected);
        }
    }

    #[test]
    fn later_rules_of_porter_are_applied() {
        for (word, expected) in [
            ("us", "us"),
            ("s", "s"),
            ("psychology", "psycholog"),
            ("apologies", "apolog"),
            ("geology", "geologi"),
            ("possibly", "possibl"),
            ("nobly", "nobli"),
            ("incredibly", "incred"),
            ("ably", "abli"),
            ("sky", "sky"),
        ] {
            assert_eq!(stemmed(stem_english, word), expected);
        }
    }

    #[test]
    fn dutch_words_are_stemmed_with_exceptions() {
        for (word, expected) in
            [("kind", "kinder"), ("kinderen", "kinder"), ("ei", "eier"), ("eieren", "eier"), ("fietsen", "fiets")]
        {
            assert_eq!(stemmed(stem_dutch, word), expected);
        }
    }
}
