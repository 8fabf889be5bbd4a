//! Regular expressions in the options of analyzers.

use quidditch_java_regex::{CharacterClasses, Options, RegexError, Search, compile};
use regex::Regex;

/// Why an expression, or its flags, are not accepted.
#[derive(Debug, thiserror::Error)]
pub(super) enum PatternError {
    #[error(transparent)]
    Regex(#[from] RegexError),
    #[error("unknown flag [{0}] of a regular expression")]
    UnknownFlag(String),
}

/// Compiles an expression of `java.util.regex`. `flags` are names such as `CASE_INSENSITIVE`, with `|` between them.
pub(super) fn java_regex(pattern: &str, flags: &str) -> Result<Regex, PatternError> {
    let mut options = Options::new(Search::Spans);
    for flag in flags.split('|').map(str::trim).filter(|flag| !flag.is_empty()) {
        match flag {
            "CASE_INSENSITIVE" => options.ignores_case = true,
            "MULTILINE" => options.is_multi_line = true,
            "DOTALL" => options.dot_is_any = true,
            "COMMENTS" => options.has_comments = true,
            "LITERAL" => options.is_literal = true,
            "UNICODE_CASE" | "UNICODE_CHAR_CLASS" | "UNICODE_CHARACTER_CLASS" => {
                options.classes = CharacterClasses::Unicode;
            }
            _ => return Err(PatternError::UnknownFlag(flag.to_owned())),
        }
    }
    Ok(compile(pattern, &options)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pattern: &str, flags: &str, text: &str) -> Vec<String> {
        let regex = java_regex(pattern, flags).expect("valid");
        regex.find_iter(text).map(|found| found.as_str().to_owned()).collect()
    }

    #[test]
    fn flags_have_names() {
        assert_eq!(found(r"\w+", "", "größe x_1"), ["gr", "e", "x_1"]);
        assert_eq!(found(r"\w+", "UNICODE_CASE", "größe"), ["größe"]);
        assert_eq!(found("a b", "LITERAL|CASE_INSENSITIVE", "A B"), ["A B"]);
        assert_eq!(found("a.", "DOTALL | COMMENTS", "a\n"), ["a\n"]);
        assert_eq!(found("^b$", "MULTILINE", "a\nb\n"), ["b"]);
    }

    #[test]
    fn mistakes_are_errors() {
        let refusal = |pattern: &str, flags| java_regex(pattern, flags).expect_err("refused").to_string();
        insta::assert_snapshot!(refusal(r"a(?=b)", ""), @"look-around such as `(?=...)` is not supported in regular expressions");
        insta::assert_snapshot!(refusal("(", ""), @"invalid regular expression: unclosed group");
        insta::assert_snapshot!(refusal("a", "FAST"), @"unknown flag [FAST] of a regular expression");
    }
}
