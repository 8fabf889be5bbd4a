//! Stemmers that reduce words to their stems, as search clients expect them for each language.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};

/// Dutch words whose stems the algorithm would not find.
const DUTCH_STEMS: [(&str, &str); 4] =
    [("fiets", "fiets"), ("bromfiets", "bromfiets"), ("ei", "eier"), ("kind", "kinder")];

/// Porter's first stemmer (1980), not its successor.
pub(super) fn stem_english(term: &mut String) {
    stem(term, Algorithm::Porter);
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
    fn dutch_words_are_stemmed_with_exceptions() {
        for (word, expected) in
            [("kind", "kinder"), ("kinderen", "kinder"), ("ei", "eier"), ("eieren", "eier"), ("fietsen", "fiets")]
        {
            assert_eq!(stemmed(stem_dutch, word), expected);
        }
    }
}
