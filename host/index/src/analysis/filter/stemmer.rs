//! Filters that reduce words to their stems: `stemmer`, `snowball`, `porter_stem` and those of single languages.

use std::sync::Arc;

use tantivy::tokenizer::Language;

use super::super::analyzer::Analyzer;
use super::super::analyzer_parts::TokenFilter;
use super::super::apostrophe::remove_possessive;
use super::super::light_stem::{stem_french, stem_german, stem_italian, stem_portuguese, stem_spanish};
use super::super::options::Options;
use super::super::stem::{stem_dutch, stem_dutch_words, stem_english, stem_minimal_english, stem_snowball};
use super::super::token::Token;
use crate::IndexError;

/// Reduces words to their stems, unless they are marked as keywords.
pub(in super::super) struct Stem(pub(in super::super) Stemmer);

/// Changes a word.
#[derive(Clone, Copy)]
pub(in super::super) enum Stemmer {
    Own(fn(&mut String)),
    Snowball(Language),
}

/// The stemmers that the filter `stemmer` knows by name, in addition to those of Snowball.
const NAMED: [(&str, Stemmer); 20] = [
    ("english", Stemmer::Own(stem_english)),
    ("porter", Stemmer::Own(stem_english)),
    ("porter2", Stemmer::Snowball(Language::English)),
    ("minimal_english", Stemmer::Own(stem_minimal_english)),
    ("possessive_english", Stemmer::Own(remove_possessive)),
    ("dutch", Stemmer::Own(stem_dutch_words)),
    ("light_french", Stemmer::Own(stem_french)),
    ("light_german", Stemmer::Own(stem_german)),
    ("light_italian", Stemmer::Own(stem_italian)),
    ("light_portuguese", Stemmer::Own(stem_portuguese)),
    ("light_spanish", Stemmer::Own(stem_spanish)),
    ("danish", Stemmer::Snowball(Language::Danish)),
    ("finnish", Stemmer::Snowball(Language::Finnish)),
    ("french", Stemmer::Snowball(Language::French)),
    ("german", Stemmer::Snowball(Language::German)),
    ("german2", Stemmer::Snowball(Language::German)),
    ("hungarian", Stemmer::Snowball(Language::Hungarian)),
    ("norwegian", Stemmer::Snowball(Language::Norwegian)),
    ("romanian", Stemmer::Snowball(Language::Romanian)),
    ("russian", Stemmer::Snowball(Language::Russian)),
];

/// More of them: the array above has the frequent ones.
const MORE: [(&str, Stemmer); 7] = [
    ("arabic", Stemmer::Snowball(Language::Arabic)),
    ("greek", Stemmer::Snowball(Language::Greek)),
    ("italian", Stemmer::Snowball(Language::Italian)),
    ("portuguese", Stemmer::Snowball(Language::Portuguese)),
    ("spanish", Stemmer::Snowball(Language::Spanish)),
    ("swedish", Stemmer::Snowball(Language::Swedish)),
    ("turkish", Stemmer::Snowball(Language::Turkish)),
];

/// Stemmers that no kept library has.
const MISSING: [&str; 33] = [
    "light_english",
    "lovins",
    "dutch_kp",
    "light_finnish",
    "minimal_french",
    "minimal_german",
    "light_hungarian",
    "light_norwegian",
    "minimal_norwegian",
    "light_nynorsk",
    "minimal_nynorsk",
    "minimal_portuguese",
    "portuguese_rslp",
    "light_russian",
    "light_swedish",
    "armenian",
    "basque",
    "bengali",
    "brazilian",
    "bulgarian",
    "catalan",
    "czech",
    "estonian",
    "galician",
    "minimal_galician",
    "hindi",
    "indonesian",
    "irish",
    "latvian",
    "lithuanian",
    "sorani",
    "tamil",
    "kstem",
];

type Filter = Result<Arc<dyn TokenFilter>, IndexError>;

pub(super) fn read(options: &mut Options<'_>, _: &Analyzer) -> Filter {
    let key = if options.text("name")?.is_some() { "name" } else { "language" };
    let name = options.text(key)?.unwrap_or_else(|| "porter".to_owned());
    let lowered = name.to_lowercase();
    if let Some((_, stemmer)) = NAMED.iter().chain(&MORE).find(|(known, _)| *known == lowered) {
        return Ok(Arc::new(Stem(*stemmer)));
    }
    let known: Vec<_> = NAMED.iter().chain(&MORE).map(|(name, _)| *name).collect();
    let what = if MISSING.contains(&lowered.as_str()) { "not supported" } else { "unknown" };
    Err(options.error(key, format!("the stemmer {name:?} is {what}; known stemmers: {}", known.join(", "))))
}

pub(super) fn read_porter(_: &mut Options<'_>, _: &Analyzer) -> Filter {
    Ok(Arc::new(Stem(Stemmer::Own(stem_english))))
}

/// The filter `snowball`: the names of languages begin with a capital.
pub(super) fn read_snowball(options: &mut Options<'_>, _: &Analyzer) -> Filter {
    let name = options.text("language")?.unwrap_or_else(|| "English".to_owned());
    match stemmer_of_language(&name) {
        Some(stemmer) => Ok(Arc::new(Stem(stemmer))),
        None => Err(options.error("language", format!("the stemmer {name:?} is not supported"))),
    }
}

/// The stemmer of the filter `snowball` for a language.
pub(in super::super) fn stemmer_of_language(name: &str) -> Option<Stemmer> {
    Some(match name {
        "English" => Stemmer::Snowball(Language::English),
        "Porter" => Stemmer::Own(stem_english),
        "Dutch" => Stemmer::Own(stem_dutch_words),
        "German2" => Stemmer::Snowball(Language::German),
        "Arabic" | "Danish" | "Finnish" | "French" | "German" | "Greek" | "Hungarian" | "Italian" | "Norwegian"
        | "Portuguese" | "Romanian" | "Russian" | "Spanish" | "Swedish" | "Turkish" => {
            Stemmer::Snowball(super::super::language::language_named(&name.to_lowercase())?)
        }
        _ => return None,
    })
}

pub(super) fn read_dutch(_: &mut Options<'_>, _: &Analyzer) -> Filter {
    Ok(Arc::new(Stem(Stemmer::Own(stem_dutch_words))))
}

pub(super) fn read_german(_: &mut Options<'_>, _: &Analyzer) -> Filter {
    Ok(Arc::new(Stem(Stemmer::Snowball(Language::German))))
}

pub(super) fn read_russian(_: &mut Options<'_>, _: &Analyzer) -> Filter {
    Ok(Arc::new(Stem(Stemmer::Snowball(Language::Russian))))
}

pub(super) fn read_french(_: &mut Options<'_>, _: &Analyzer) -> Filter {
    Ok(Arc::new(Stem(Stemmer::Snowball(Language::French))))
}

impl Stem {
    /// The stemmer of the analyzer of a language.
    pub(in super::super) fn for_language(language: Language) -> Self {
        Stem(match language {
            Language::Dutch => Stemmer::Own(stem_dutch),
            Language::English => Stemmer::Own(stem_english),
            Language::French => Stemmer::Own(stem_french),
            Language::German => Stemmer::Own(stem_german),
            Language::Italian => Stemmer::Own(stem_italian),
            Language::Portuguese => Stemmer::Own(stem_portuguese),
            Language::Spanish => Stemmer::Own(stem_spanish),
            other => Stemmer::Snowball(other),
        })
    }
}

impl TokenFilter for Stem {
    fn apply(&self, mut tokens: Vec<Token>) -> Vec<Token> {
        for token in tokens.iter_mut().filter(|token| !token.is_keyword) {
            match self.0 {
                Stemmer::Own(stem) => stem(&mut token.text),
                Stemmer::Snowball(language) => stem_snowball(&mut token.text, language),
            }
        }
        tokens
    }
}
