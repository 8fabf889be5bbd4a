//! Drops documents that contain a word of a list.
//!
//! Each distinct text of a batch is searched once, regardless of how many documents share it.

#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

use alloc::string::String;
use alloc::vec::Vec;

use quidditch_udf::{Arguments, Batch, Error, Filter, Parameter, ParameterKind, Texts, TextsOfDocument};

/// The words of clauses without a list: mild ones, for examples.
const MILD: [&str; 8] = ["bollocks", "crap", "damn", "dang", "darn", "drat", "heck", "hell"];

/// Keeps documents none of whose texts contains a word of the list.
pub struct Profanity {
    field: String,
    /// In lower case, sorted: binary search needs no hashes, whose code would be larger and hardly faster for lists of this kind.
    words: Vec<String>,
}

impl Filter for Profanity {
    type Columns = Texts;

    fn bind(arguments: &Arguments) -> Result<Self, Error> {
        let mut words: Vec<String> = match arguments.get::<Option<&[String]>>("words")? {
            Some(words) => words.iter().map(|word| single_word(word)).collect::<Result<_, _>>()?,
            None => MILD.map(String::from).into(),
        };
        words.sort_unstable();
        Ok(Profanity { field: arguments.get("field")?, words })
    }

    fn columns(&self) -> Texts {
        Texts::of(&*self.field)
    }

    fn keep(&self, texts: TextsOfDocument<'_>) -> bool {
        let mut word = String::new();
        !texts.iter().any(|text| self.is_profane(text, &mut word))
    }

    fn keep_batch(&self, batch: &Batch<'_, Texts>) -> Result<Vec<u8>, Error> {
        let mut word = String::new();
        let profane = batch.columns().map_distinct(|text| self.is_profane(text, &mut word));
        Ok(profane.map_documents(|mut profane| u8::from(!profane.any(|profane| profane))))
    }
}

impl Profanity {
    /// `folded` is memory for a word in lower case, so that not every word allocates.
    fn is_profane(&self, text: &str, folded: &mut String) -> bool {
        words(text).any(|word| {
            fold(word, folded);
            self.words.binary_search(folded).is_ok()
        })
    }
}

/// The words of a text: the longest runs of letters, digits and combining marks.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !is_in_word(character)).filter(|word| !word.is_empty())
}

fn is_in_word(character: char) -> bool {
    match character {
        '\0'..='\x7F' => character.is_ascii_alphanumeric(),
        '\u{300}'..='\u{36F}' => true,
        _ => character.is_alphanumeric(),
    }
}

/// Writes a word in lower case. `ς` is the form of `σ` at the end of words, and `ß` is `ss` in upper case.
fn fold(word: &str, folded: &mut String) {
    folded.clear();
    for character in word.chars() {
        match character {
            '\0'..='\x7F' => folded.push(character.to_ascii_lowercase()),
            'ς' => folded.push('σ'),
            'ß' | 'ẞ' => folded.push_str("ss"),
            _ => folded.extend(character.to_lowercase()),
        }
    }
}

/// A word of the list, in lower case.
fn single_word(text: &str) -> Result<String, Error> {
    let mut words = words(text);
    match (words.next(), words.next()) {
        (Some(word), None) => {
            let mut folded = String::new();
            fold(word, &mut folded);
            Ok(folded)
        }
        _ => Err(Error::invalid_argument(
            ["parameter [words] must be a list of single words, not [", text, "]"].concat(),
        )),
    }
}

quidditch_udf::export! {
    summary: "Drops documents that contain a word of a list, in any case.",
    parameters: [
        Parameter::required(ParameterKind::Field, "field", "The keyword field to read; documents without a value are kept."),
        Parameter::optional(ParameterKind::Texts, "words", "The words; by default a short list of mild English ones."),
    ],
    filter: Profanity,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quidditch_udf::testing::{Documents, arguments, keep};
    use std::borrow::ToOwned;
    use std::vec;

    use super::*;

    fn clause(words: &[&str]) -> Arguments {
        let words: Vec<String> = words.iter().map(|word| String::from(*word)).collect();
        arguments([("field", "comment".into()), ("words", words.into())])
    }

    fn is_kept(text: &str, words: &[&str]) -> bool {
        keep::<Profanity>(&clause(words), &Documents::new(1).texts(&[&[text]])).expect("valid") == [true]
    }

    #[test]
    fn one_word_in_one_text_is_enough() {
        let documents = Documents::new(5).texts(&[&["fine"], &["fine", "oh heck"], &[], &["oh heck"], &["Heckler"]]);
        let kept = keep::<Profanity>(&arguments([("field", "comment".into())]), &documents);
        assert_eq!(kept, Ok(vec![true, false, true, false, true]));
    }

    #[test]
    fn words_are_bounded_by_what_is_neither_letter_nor_digit() {
        for text in ["darn", "darn!", "(DARN)", "darn-it", "“Darn”", "oh_darn_", "darn's", "¡darn!", "x\u{a0}darn\n"]
        {
            assert!(!is_kept(text, &["darn"]), "{text}");
        }
        for text in ["darning", "darnа", "édarn", "darn\u{301}", "darn2", "dar n", ""] {
            assert!(is_kept(text, &["darn"]), "{text}");
        }
    }

    #[test]
    fn case_does_not_matter_in_any_script() {
        for (word, text) in
            [("merde", "MERDE"), ("ЧЁРТ", "чёрт"), ("ΣΚΑΤΌΣ", "σκατός"), ("scheiße", "SCHEISSE"), ("ÄRGER", "ärger")]
        {
            assert!(!is_kept(text, &["other", word]), "{word} {text}");
        }
    }

    #[test]
    fn the_list_has_single_words() {
        let rejection = |words: &[&str]| Profanity::bind(&clause(words)).map(|_| ()).expect_err("invalid");
        insta::assert_snapshot!(rejection(&["darn", "darn it"]), @"parameter [words] must be a list of single words, not [darn it]");
        insta::assert_snapshot!(rejection(&[""]), @"parameter [words] must be a list of single words, not []");
        assert!(is_kept("darn", &[]));
    }

    #[test]
    fn the_default_list_is_as_it_would_be_bound() {
        assert!(MILD.is_sorted());
        assert!(MILD.iter().all(|word| single_word(word) == Ok((*word).to_owned())));
    }

    proptest! {
        #[test]
        fn agrees_with_a_search_word_by_word(text in "[aAbB é.]{0,20}", words in prop::collection::vec("[abé]{1,3}", 0..5)) {
            let list: Vec<&str> = words.iter().map(String::as_str).collect();
            let lower = text.to_lowercase();
            let expected = lower.split([' ', '.']).any(|word| list.contains(&word));
            prop_assert_eq!(is_kept(&text, &list), !expected);
        }
    }
}
