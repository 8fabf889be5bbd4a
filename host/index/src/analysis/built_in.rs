//! Analyzers that every index has, and their options.

use std::collections::HashSet;

use tantivy::tokenizer::Language;

use super::analyzer::Analyzer;
use super::apostrophe::{remove_french_article, remove_from_apostrophe, remove_italian_article, remove_possessive};
use super::filter::{EachTermFilter, Fingerprint, KeywordMarker, Stem, StopFilter, StopWords, stemmer_of_language};
use super::java_regex::java_regex;
use super::language::{LANGUAGES, language_named};
use super::light_stem::normalize_german;
use super::lowercase::{lowercase, lowercase_turkish};
use super::options::{Options, SizeLimits};
use super::tantivy_filter::ascii_folded;
use super::tokenizer::{KEYWORD, LETTER, PatternTokenizer, StandardTokenizer, WHITESPACE};
use crate::IndexError;

/// The names of built-in analyzers that are not those of languages.
const GENERAL: [&str; 8] =
    ["standard", "simple", "whitespace", "keyword", "stop", "pattern", "fingerprint", "snowball"];

/// The names of all built-in analyzers.
pub(super) fn built_in_names() -> impl Iterator<Item = &'static str> {
    GENERAL.into_iter().chain(LANGUAGES.iter().map(|(name, _)| *name))
}

/// The built-in analyzer of that name.
pub(super) fn built_in(name: &str) -> Option<Analyzer> {
    let no_options = serde_json::Map::new();
    let mut options = Options::new(&no_options, name, SizeLimits::default());
    read_built_in(name, &mut options)?.ok()
}

/// Reads the options of an analyzer of a built-in type; `None` if there is no such type.
pub(super) fn read_built_in(kind: &str, options: &mut Options<'_>) -> Option<Result<Analyzer, IndexError>> {
    Some(match kind {
        "standard" => standard(options),
        "simple" => Ok(Analyzer::new(LETTER).filter(EachTermFilter::of_characters(lowercase))),
        "whitespace" => Ok(Analyzer::new(WHITESPACE)),
        "keyword" => Ok(Analyzer::new(KEYWORD)),
        "stop" => stop(options),
        "pattern" => pattern(options),
        "fingerprint" => fingerprint(options),
        "snowball" => snowball(options),
        _ => of_language(language_named(kind)?, options),
    })
}

fn standard(options: &mut Options<'_>) -> Result<Analyzer, IndexError> {
    let analyzer = Analyzer::new(StandardTokenizer::read(options)?).filter(EachTermFilter::of_characters(lowercase));
    Ok(match StopWords::read(options, "stopwords")? {
        Some(words) => analyzer.filter(StopFilter::new(words)),
        None => analyzer,
    })
}

fn stop(options: &mut Options<'_>) -> Result<Analyzer, IndexError> {
    let words = StopWords::read(options, "stopwords")?.unwrap_or_else(|| StopWords::for_language(Language::English));
    Ok(Analyzer::new(LETTER).filter(EachTermFilter::of_characters(lowercase)).filter(StopFilter::new(words)))
}

fn pattern(options: &mut Options<'_>) -> Result<Analyzer, IndexError> {
    let pattern = options.text("pattern")?.unwrap_or_else(|| r"\W+".to_owned());
    let flags = options.text("flags")?.unwrap_or_default();
    let pattern = java_regex(&pattern, &flags).map_err(|error| options.error("pattern", error))?;
    let mut analyzer = Analyzer::new(PatternTokenizer { pattern, group: None });
    if options.flag("lowercase")?.unwrap_or(true) {
        analyzer = analyzer.filter(EachTermFilter::of_characters(lowercase));
    }
    if let Some(words) = StopWords::read(options, "stopwords")? {
        analyzer = analyzer.filter(StopFilter::new(words));
    }
    Ok(analyzer)
}

fn fingerprint(options: &mut Options<'_>) -> Result<Analyzer, IndexError> {
    let fold: fn(&mut String) = |term| *term = ascii_folded(term);
    let mut analyzer = Analyzer::new(StandardTokenizer::default())
        .filter(EachTermFilter::of_characters(lowercase))
        .filter(EachTermFilter::of_characters(fold));
    if let Some(words) = StopWords::read(options, "stopwords")? {
        analyzer = analyzer.filter(StopFilter::new(words));
    }
    Ok(analyzer.filter(Fingerprint::read(options)?))
}

fn snowball(options: &mut Options<'_>) -> Result<Analyzer, IndexError> {
    let name = options.text("language")?.unwrap_or_else(|| "English".to_owned());
    let Some(stemmer) = stemmer_of_language(&name) else {
        return Err(options.error("language", format!("the stemmer {name:?} is not supported")));
    };
    let language = language_named(&name.to_lowercase()).unwrap_or(Language::English);
    let default = || match language {
        // The real server knows stop words for these only.
        Language::English | Language::Dutch | Language::German | Language::French => StopWords::for_language(language),
        _ => StopWords::default(),
    };
    let words = StopWords::read(options, "stopwords")?.unwrap_or_else(default);
    let mut analyzer = Analyzer::new(StandardTokenizer::default());
    if matches!(name.as_str(), "English" | "Porter") {
        analyzer = analyzer.filter(EachTermFilter::of_words(remove_possessive));
    }
    Ok(analyzer.filter(EachTermFilter::of_characters(lowercase)).filter(StopFilter::new(words)).filter(Stem(stemmer)))
}

/// Unicode words in lower case, without the language's stop words if the library has a list, reduced to their stems.
fn of_language(language: Language, options: &mut Options<'_>) -> Result<Analyzer, IndexError> {
    let stop = StopWords::read(options, "stopwords")?.unwrap_or_else(|| StopWords::for_language(language));
    let excluded: HashSet<String> = options.texts("stem_exclusion")?.unwrap_or_default().into_iter().collect();
    let mut analyzer = Analyzer::new(StandardTokenizer::default());
    analyzer = match language {
        Language::English => analyzer.filter(EachTermFilter::of_words(remove_possessive)),
        Language::French => analyzer.filter(EachTermFilter::of_characters(remove_french_article)),
        Language::Italian => analyzer.filter(EachTermFilter::of_characters(remove_italian_article)),
        Language::Turkish => analyzer.filter(EachTermFilter::of_words(remove_from_apostrophe)),
        _ => analyzer,
    };
    let lower = if language == Language::Turkish { lowercase_turkish } else { lowercase };
    analyzer = analyzer.filter(EachTermFilter::of_characters(lower)).filter(StopFilter::new(stop));
    if !excluded.is_empty() {
        analyzer = analyzer.filter(KeywordMarker::Words(excluded));
    }
    if language == Language::German {
        analyzer = analyzer.filter(EachTermFilter::of_characters(normalize_german));
    }
    Ok(analyzer.filter(Stem::for_language(language)))
}
