//! Languages, by the names that analyzers and filters give them.

use tantivy::tokenizer::Language;

/// The languages that the library has stemmers for.
pub(super) const LANGUAGES: [(&str, Language); 18] = [
    ("arabic", Language::Arabic),
    ("danish", Language::Danish),
    ("dutch", Language::Dutch),
    ("english", Language::English),
    ("finnish", Language::Finnish),
    ("french", Language::French),
    ("german", Language::German),
    ("greek", Language::Greek),
    ("hungarian", Language::Hungarian),
    ("italian", Language::Italian),
    ("norwegian", Language::Norwegian),
    ("portuguese", Language::Portuguese),
    ("romanian", Language::Romanian),
    ("russian", Language::Russian),
    ("spanish", Language::Spanish),
    ("swedish", Language::Swedish),
    ("tamil", Language::Tamil),
    ("turkish", Language::Turkish),
];

/// Languages whose analyzers the real server has, but whose stemmers no kept library has.
pub(super) const MISSING_LANGUAGES: [&str; 18] = [
    "armenian",
    "basque",
    "bengali",
    "brazilian",
    "bulgarian",
    "catalan",
    "cjk",
    "czech",
    "estonian",
    "galician",
    "hindi",
    "indonesian",
    "irish",
    "latvian",
    "lithuanian",
    "persian",
    "sorani",
    "thai",
];

pub(super) fn language_named(name: &str) -> Option<Language> {
    LANGUAGES.iter().find(|(known, _)| *known == name).map(|(_, language)| *language)
}
