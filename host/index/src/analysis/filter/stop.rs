//! The filter `stop`: removes frequent words, and leaves a gap in the positions for each.

use std::collections::HashSet;
use std::sync::Arc;

use tantivy::tokenizer::Language;

use super::super::analyzer::Analyzer;
use super::super::analyzer_parts::TokenFilter;
use super::super::language::{LANGUAGES, language_named};
use super::super::options::Options;
use super::super::tantivy_filter::LanguageStopWords;
use super::super::token::Token;
use crate::IndexError;

/// Words that are removed.
#[derive(Clone, Default)]
pub(in super::super) struct StopWords {
    words: HashSet<String>,
    languages: Vec<LanguageStopWords>,
}

/// Removes words.
#[derive(Clone, Default)]
pub(in super::super) struct StopFilter {
    words: StopWords,
    ignores_case: bool,
}

impl StopWords {
    /// Those of a language; none if the library has no list for it.
    pub(in super::super) fn for_language(language: Language) -> Self {
        StopWords { words: HashSet::new(), languages: LanguageStopWords::new(language).into_iter().collect() }
    }

    /// Reads a list of words and of lists such as `_english_`; `None` if the option is not there.
    pub(in super::super) fn read(options: &mut Options<'_>, key: &'static str) -> Result<Option<Self>, IndexError> {
        let Some(words) = options.texts(key)? else { return Ok(None) };
        let mut read = StopWords::default();
        for word in words {
            let list = word.strip_prefix('_').and_then(|word| word.strip_suffix('_')).filter(|list| !list.is_empty());
            match list {
                None => _ = read.words.insert(word),
                Some("none") => {}
                Some(list) => match language_named(list).and_then(LanguageStopWords::new) {
                    Some(language) => read.languages.push(language),
                    None => {
                        let known =
                            LANGUAGES.iter().filter(|(_, language)| LanguageStopWords::new(*language).is_some());
                        let known: Vec<_> = known.map(|(name, _)| format!("_{name}_")).collect();
                        let reason =
                            format!("unknown list of stop words [{word}]; known lists: {}, _none_", known.join(", "));
                        return Err(options.error(key, reason));
                    }
                },
            }
        }
        Ok(Some(read))
    }
}

impl StopFilter {
    pub(in super::super) fn new(words: StopWords) -> Self {
        StopFilter { words, ignores_case: false }
    }
}

pub(super) fn read(options: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    let words = StopWords::read(options, "stopwords")?.unwrap_or_else(|| StopWords::for_language(Language::English));
    let ignores_case = options.flag("ignore_case")?.unwrap_or(false);
    let remove_trailing = options.flag("remove_trailing")?.unwrap_or(true);
    let mut filter = StopFilter { words, ignores_case };
    if ignores_case {
        filter.words.words = filter.words.words.iter().map(|word| word.to_lowercase()).collect();
    }
    if remove_trailing { Ok(Arc::new(filter)) } else { Ok(Arc::new(KeepTrailing(filter))) }
}

impl StopFilter {
    fn removes(&self, languages: &mut [LanguageStopWords], text: &str) -> bool {
        let lowered;
        let text = if self.ignores_case {
            lowered = text.to_lowercase();
            &lowered
        } else {
            text
        };
        self.words.words.contains(text) || languages.iter_mut().any(|language| language.contains(text))
    }
}

impl TokenFilter for StopFilter {
    fn apply(&self, mut tokens: Vec<Token>) -> Vec<Token> {
        let mut languages = self.words.languages.clone();
        tokens.retain(|token| !self.removes(&mut languages, &token.text));
        tokens
    }
}

/// Keeps a word at the end of a text, which somebody may still be typing.
struct KeepTrailing(StopFilter);

impl TokenFilter for KeepTrailing {
    fn apply(&self, mut tokens: Vec<Token>) -> Vec<Token> {
        let last = tokens.pop();
        let mut kept = self.0.apply(tokens);
        kept.extend(last);
        kept
    }
}
