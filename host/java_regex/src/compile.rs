//! Compiles an expression.

use regex::{Regex, RegexBuilder};

use crate::options::{Options, Search};
use crate::regex_error::RegexError;
use crate::translation::translate;

/// Most memory of a compiled expression, in bytes. 1 MiB: more than expressions of analyzers and scripts need.
const MAX_BYTES: usize = 1 << 20;

/// Compiles an expression of `java.util.regex`.
///
/// # Errors
/// Why it is not accepted.
pub fn compile(pattern: &str, options: &Options) -> Result<Regex, RegexError> {
    let translated = if options.is_literal { regex::escape(pattern) } else { translate(pattern, options)? };
    let anchored = match options.search {
        Search::Part | Search::Spans => translated,
        // A comment ends with its line.
        Search::Whole if options.has_comments => format!("\\A(?:{translated}\n)\\z"),
        Search::Whole => format!(r"\A(?:{translated})\z"),
    };
    RegexBuilder::new(&anchored)
        .case_insensitive(options.ignores_case)
        .multi_line(options.is_multi_line)
        .dot_matches_new_line(options.dot_is_any)
        .ignore_whitespace(options.has_comments)
        .size_limit(MAX_BYTES)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(max_bytes) => RegexError::TooLarge { max_bytes },
            error => RegexError::Invalid(last_line(&error)),
        })
}

/// The last line of a message says what is wrong; those before repeat the expression.
fn last_line(error: &regex::Error) -> String {
    let message = error.to_string();
    let line = message.lines().last().unwrap_or_default().trim();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{CharacterClasses, InlineFlags};

    fn is_match(pattern: &str, options: Options, text: &str) -> bool {
        compile(pattern, &options).expect("valid").is_match(text)
    }

    fn finds(pattern: &str, text: &str) -> bool {
        is_match(pattern, Options::new(Search::Part), text)
    }

    fn matches(pattern: &str, text: &str) -> bool {
        is_match(pattern, Options::new(Search::Whole), text)
    }

    fn found(pattern: &str, options: Options, text: &str) -> Vec<String> {
        let regex = compile(pattern, &options).expect("valid");
        regex.find_iter(text).map(|found| found.as_str().to_owned()).collect()
    }

    fn refusal(pattern: &str) -> String {
        let options = Options { inline_flags: InlineFlags::Refused, ..Options::new(Search::Part) };
        compile(pattern, &options).expect_err("refused").to_string()
    }

    #[test]
    fn classes_are_those_of_java() {
        assert!(finds(r"\w\s\d", "a 1") && !finds(r"\w", "ß") && finds(r"[\W]", "ß"));
        assert!(finds("[a-c&&[b]]", "b") && !finds("[a-c&&[b]]", "a"));
        assert!(finds("[]a]", "]") && finds("[--]", "-"));
        assert!(finds(r"\bab\b", "x ab") && finds(r"\u00e4", "ä") && matches(r"\p{L}+", "Straße"));
        assert!(finds(r"\x41\h\v\R", "A\t\u{85}\r\n") && finds(r"\Q.*\E\.", ".*."));
        let spans = Options::new(Search::Spans);
        assert_eq!(found(r"\w+", spans, "größe x_1"), ["gr", "e", "x_1"]);
        let unicode = Options { classes: CharacterClasses::Unicode, ..spans };
        assert_eq!(found(r"\w+", unicode, "größe"), ["größe"]);
        assert_eq!(found(r"[\W&&[^ ]]", spans, "a- é"), ["-", "é"]);
        assert_eq!(found(r"\p{Punct}|\p{IsLatin}+|\pN", spans, "!é٣"), ["!", "é", "٣"]);
        assert_eq!(found(r"[]a]+\-\Q.*\E", spans, "]a-.*"), ["]a-.*"]);
    }

    #[test]
    fn lines_end_as_in_java() {
        assert!(!finds(".", "\n") && !finds(".", "\u{2028}"));
        assert!(is_match(".", Options { dot_is_any: true, ..Options::new(Search::Part) }, "\n"));
        assert!(finds("a$", "a\n") && !matches("a$", "a\n") && !finds("a$", "ab"));
        assert!(matches("a|b", "b") && !matches("a|b", "ab"));
        assert_eq!(found("a$", Options::new(Search::Spans), "a\na"), ["a"]);
        assert_eq!(found("a$", Options { is_multi_line: true, ..Options::new(Search::Spans) }, "a\na"), ["a", "a"]);
    }

    #[test]
    fn flags_hold_to_the_end_of_their_group() {
        assert!(finds("(?i)AB", "ab") && !finds("(?:(?i)a)B", "ab"));
        assert!(finds("(?s).", "\n") && !finds("(?:(?s)a).", "a\n") && finds("(?s:a.).?", "a\n"));
        assert!(finds("(?m)^b$", "a\nb\nc") && !finds("(?-m)^b$", "a\nb\nc"));
        assert!(finds("(?iu)ä", "Ä"));
        insta::assert_snapshot!(
            compile("(?U)a", &Options::new(Search::Part)).expect_err("refused"),
            @"the flag [U] is not supported in regular expressions"
        );
    }

    #[test]
    fn literals_and_comments() {
        let options = Options { is_literal: true, ignores_case: true, ..Options::new(Search::Spans) };
        assert_eq!(found("a b.", options, "A B."), ["A B."]);
        let options = Options { has_comments: true, ..Options::new(Search::Whole) };
        assert!(is_match("a b # c", options, "ab"));
    }

    #[test]
    fn what_cannot_be_expressed_is_refused() {
        insta::assert_snapshot!(refusal("a(?=b)"), @"look-around such as `(?=...)` is not supported in regular expressions");
        insta::assert_snapshot!(refusal("(?<!a)b"), @"look-around such as `(?<!...)` is not supported in regular expressions");
        insta::assert_snapshot!(refusal(r"(a)\1"), @"a back reference is not supported in regular expressions");
        insta::assert_snapshot!(refusal("a*+"), @"a possessive quantifier is not supported in regular expressions");
        insta::assert_snapshot!(refusal("(?>a)"), @"an atomic group is not supported in regular expressions");
        insta::assert_snapshot!(refusal("(?i)a"), @"a flag inside of the expression is not supported in regular expressions");
        insta::assert_snapshot!(refusal(r"\Ga"), @r"the escape sequence [\G] is not supported in regular expressions");
        insta::assert_snapshot!(refusal(r"\xg"), @r"the escape sequence [\x] in this form is not supported in regular expressions");
        insta::assert_snapshot!(refusal("("), @"invalid regular expression: unclosed group");
        insta::assert_snapshot!(refusal("a\\"), @"invalid regular expression: it ends with a backslash");
        insta::assert_snapshot!(refusal(r"\p"), @r"invalid regular expression: it ends after \p");
        insta::assert_snapshot!(
            refusal("((a{1000}){1000})"),
            @"invalid regular expression: it needs more than 1048576 bytes of memory"
        );
    }
}
