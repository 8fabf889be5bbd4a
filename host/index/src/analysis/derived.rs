//! Analyzers that the type `search_as_you_type` makes of those that its mapping names.

use super::analyzer::Analyzer;
use super::analyzer_parts::TokenFilter;
use super::filter::Shingle;
use super::token::Token;
use super::token_limit::TokenLimit;

/// What stands between the name of an analyzer and what is made of it. No analyzer of an index has it in its name: JSON texts may
/// contain it, but no client does.
const MARK: char = '\0';

/// Longest beginning of a sequence of words in a `search_as_you_type` that is a term, in characters.
pub const MAX_BEGINNING: usize = 20;

/// What an analyzer is made of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DerivedAnalyzer {
    /// Sequences of this many of its tokens.
    Sequences { words: u8 },
    /// The beginnings of such sequences, of which those at the end of the text are filled up with empty tokens.
    Beginnings { words: u8 },
}

impl DerivedAnalyzer {
    /// The name of what is made of the analyzer of this name.
    pub(crate) fn name(self, analyzer: &str) -> String {
        match self {
            DerivedAnalyzer::Sequences { words } => format!("{analyzer}{MARK}s{words}"),
            DerivedAnalyzer::Beginnings { words } => format!("{analyzer}{MARK}b{words}"),
        }
    }

    /// The name of the analyzer, and what is made of it; `None` if nothing is.
    pub(super) fn parse(name: &str) -> Option<(&str, Self)> {
        let (analyzer, derived) = name.rsplit_once(MARK)?;
        let words = derived.get(1..)?.parse().ok().filter(|words| (2..=4).contains(words))?;
        match derived.get(..1)? {
            "s" => Some((analyzer, DerivedAnalyzer::Sequences { words })),
            "b" => Some((analyzer, DerivedAnalyzer::Beginnings { words })),
            _ => None,
        }
    }

    pub(super) fn of(self, analyzer: Analyzer) -> Analyzer {
        match self {
            DerivedAnalyzer::Sequences { words } => analyzer.filter(Shingle::with_words(usize::from(words))),
            DerivedAnalyzer::Beginnings { words } => {
                let words = usize::from(words);
                analyzer.filter(EmptyTokens(words - 1)).filter(Shingle::with_words(words)).filter(Beginnings)
            }
        }
    }
}

/// Adds this many empty tokens behind the last one.
struct EmptyTokens(usize);

impl TokenFilter for EmptyTokens {
    fn apply(&self, mut tokens: Vec<Token>) -> Vec<Token> {
        let Some(last) = tokens.last().cloned() else { return tokens };
        for added in 1..=self.0 {
            let position = last.position + added;
            tokens.push(Token { text: String::new(), position, start: last.end, ..last.clone() });
        }
        tokens
    }
}

/// The beginnings of each token.
struct Beginnings;

impl TokenFilter for Beginnings {
    fn apply(&self, tokens: Vec<Token>) -> Vec<Token> {
        self.apply_within(tokens, TokenLimit::NONE)
    }

    fn apply_within(&self, tokens: Vec<Token>, mut limit: TokenLimit) -> Vec<Token> {
        let mut beginnings = Vec::new();
        for token in tokens {
            let ends = token.text.char_indices().map(|(start, character)| start + character.len_utf8());
            for end in ends.take(MAX_BEGINNING) {
                beginnings.push(token.with_text(&token.text[..end]));
                if !limit.take(end) {
                    return beginnings;
                }
            }
        }
        beginnings
    }
}

#[cfg(test)]
mod tests {
    use super::super::built_in::built_in;
    use super::*;

    fn terms(derived: DerivedAnalyzer, text: &str) -> Vec<String> {
        let analyzer = derived.of(built_in("standard").expect("it is built in"));
        analyzer.tokens(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn sequences_have_a_number_of_words() {
        let two = DerivedAnalyzer::Sequences { words: 2 };
        assert_eq!(terms(two, "Quick brown fox"), ["quick brown", "brown fox"]);
        assert!(terms(two, "quick").is_empty());
    }

    #[test]
    fn beginnings_go_beyond_the_end_of_the_text() {
        let three = DerivedAnalyzer::Beginnings { words: 3 };
        assert_eq!(terms(three, "x br"), ["x", "x ", "x b", "x br", "x br ", "b", "br", "br ", "br  "]);
        let long = terms(three, "abcdefghijklmnopqrstuvwxyz");
        assert_eq!((long.len(), long[19].as_str()), (20, "abcdefghijklmnopqrst"));
    }

    #[test]
    fn names_say_what_is_made_of_an_analyzer() {
        for derived in [DerivedAnalyzer::Sequences { words: 2 }, DerivedAnalyzer::Beginnings { words: 4 }] {
            assert_eq!(DerivedAnalyzer::parse(&derived.name("english")), Some(("english", derived)));
        }
        assert_eq!(DerivedAnalyzer::parse("english"), None);
    }
}
