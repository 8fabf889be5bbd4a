//! Filters that keep words from being stemmed: `keyword_marker`, `keyword_repeat` and `stemmer_override`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use quidditch_java_regex::{Options as RegexOptions, Search, compile};
use regex::Regex;

use super::super::analyzer::Analyzer;
use super::super::analyzer_parts::TokenFilter;
use super::super::options::Options;
use super::super::token::Token;
use crate::IndexError;

/// Marks words as keywords, which stemmers leave as they are.
pub(in super::super) enum KeywordMarker {
    Words(HashSet<String>),
    WordsOfAnyCase(HashSet<String>),
    Pattern(Regex),
}

pub(super) fn read(options: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    let words = options.texts("keywords")?;
    let pattern = options.text("keywords_pattern")?;
    let ignores_case = options.flag("ignore_case")?.unwrap_or(false);
    Ok(Arc::new(match (words, pattern) {
        (Some(_), Some(_)) => {
            return Err(options.error("keywords_pattern", "it is not allowed together with [keywords]"));
        }
        (_, Some(pattern)) => {
            let pattern = compile(&pattern, &RegexOptions::new(Search::Whole));
            KeywordMarker::Pattern(pattern.map_err(|error| options.error("keywords_pattern", error))?)
        }
        (Some(words), None) if ignores_case => {
            KeywordMarker::WordsOfAnyCase(words.iter().map(|word| word.to_lowercase()).collect())
        }
        (Some(words), None) => KeywordMarker::Words(words.into_iter().collect()),
        (None, None) => return Err(options.error("keywords", "it is missing")),
    }))
}

impl TokenFilter for KeywordMarker {
    fn apply(&self, mut tokens: Vec<Token>) -> Vec<Token> {
        for token in &mut tokens {
            token.is_keyword |= match self {
                KeywordMarker::Words(words) => words.contains(&token.text),
                KeywordMarker::WordsOfAnyCase(words) => words.contains(&token.text.to_lowercase()),
                KeywordMarker::Pattern(pattern) => pattern.is_match(&token.text),
            };
        }
        tokens
    }
}

/// Adds each token once more, as a keyword.
struct KeywordRepeat;

pub(super) fn read_repeat(_: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    Ok(Arc::new(KeywordRepeat))
}

impl TokenFilter for KeywordRepeat {
    fn apply(&self, tokens: Vec<Token>) -> Vec<Token> {
        let both = |token: Token| [Token { is_keyword: true, ..token.clone() }, Token { is_keyword: false, ..token }];
        tokens.into_iter().flat_map(both).collect()
    }
}

/// Replaces words by given stems, which are keywords.
struct StemmerOverride {
    stems: HashMap<String, String>,
}

pub(super) fn read_override(options: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    let mut stems = HashMap::new();
    for rule in options.required_list("rules")? {
        let Some((words, stem)) = rule.split_once("=>") else {
            return Err(options.error("rules", format!("invalid rule {rule:?}: it lacks `=>`")));
        };
        for word in words.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            // The first rule for a word counts.
            stems.entry(word.to_owned()).or_insert_with(|| stem.trim().to_owned());
        }
    }
    Ok(Arc::new(StemmerOverride { stems }))
}

impl TokenFilter for StemmerOverride {
    fn apply(&self, mut tokens: Vec<Token>) -> Vec<Token> {
        for token in tokens.iter_mut().filter(|token| !token.is_keyword) {
            if let Some(stem) = self.stems.get(&token.text) {
                token.text.clone_from(stem);
                token.is_keyword = true;
            }
        }
        tokens
    }
}
