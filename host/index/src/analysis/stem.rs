//! Stemmers that reduce words to their stems, as search clients expect them for each language.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};
use tantivy::tokenizer::Language;

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

/// Porter's stemmer for Dutch, without exceptions.
pub(super) fn stem_dutch_words(term: &mut String) {
    stem(term, Algorithm::DutchPorter);
}

/// Harman's stemmer for English plurals (1991).
pub(super) fn stem_minimal_english(term: &mut String) {
    let letters = term.as_bytes();
    let before = |from_end: usize| letters.len().checked_sub(from_end).map(|index| letters[index]);
    if letters.len() < 3 || before(1) != Some(b's') {
        return;
    }
    match before(2) {
        Some(b'u' | b's') => {}
        Some(b'e') if letters.len() > 3 && before(3) == Some(b'i') && !matches!(before(4), Some(b'a' | b'e')) => {
            term.truncate(term.len() - 3);
            term.push('y');
        }
        Some(b'e') if matches!(before(3), Some(b'i' | b'a' | b'o' | b'e')) => {}
        _ => term.truncate(term.len() - 1),
    }
}

/// Snowball's stemmer of a language.
pub(super) fn stem_snowball(term: &mut String, language: Language) {
    stem(
        term,
        match language {
            Language::Arabic => Algorithm::Arabic,
            Language::Danish => Algorithm::Danish,
            Language::Dutch => Algorithm::Dutch,
            Language::English => Algorithm::English,
            Language::Finnish => Algorithm::Finnish,
            Language::French => Algorithm::French,
            Language::German => Algorithm::German,
            Language::Greek => Algorithm::Greek,
            Language::Hungarian => Algorithm::Hungarian,
            Language::Italian => Algorithm::Italian,
            Language::Norwegian => Algorithm::Norwegian,
            Language::Portuguese => Algorithm::Portuguese,
            Language::Romanian => Algorithm::Romanian,
            Language::Russian => Algorithm::Russian,
            Language::Spanish => Algorithm::Spanish,
            Language::Swedish => Algorithm::Swedish,
            Language::Tamil => Algorithm::Tamil,
            Language::Turkish => Algorithm::Turkish,
        },
    );
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
