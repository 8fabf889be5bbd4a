//! Regular expressions in scripts.

use quidditch_java_regex::{InlineFlags, Options, RegexError, compile as compile_regex};
use regex::Regex;

use crate::failure::Failure;

pub(crate) use quidditch_java_regex::Search;

/// Compiles a pattern for a kind of search. `flags` are the letters after its closing slash.
pub(crate) fn compile(pattern: &str, flags: &str, search: Search) -> Result<Regex, Failure> {
    let mut options = Options { inline_flags: InlineFlags::Refused, ..Options::new(search) };
    for flag in flags.chars() {
        match flag {
            'i' if pattern.is_ascii() => options.ignores_case = true,
            'i' => return Err(unsupported("the flag [i] with characters outside of ASCII")),
            's' => options.dot_is_any = true,
            'l' => options.is_literal = true,
            other => return Err(unsupported(&format!("the flag [{other}]"))),
        }
    }
    compile_regex(pattern, &options).map_err(|error| match error {
        RegexError::Unsupported(what) => unsupported(&what),
        RegexError::Invalid(reason) => invalid(pattern, &reason),
        RegexError::TooLarge { max_bytes } => {
            invalid(pattern, &format!("it needs more than {max_bytes} bytes of memory"))
        }
    })
}

fn unsupported(what: &str) -> Failure {
    Failure::unsupported(format_args!("{what} of a regular expression"))
}

fn invalid(pattern: &str, reason: &str) -> Failure {
    Failure::argument(format!("invalid regular expression: could not compile regex constant [{pattern}]: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(pattern: &str, flags: &str, text: &str) -> bool {
        compile(pattern, flags, Search::Part).expect("valid").is_match(text)
    }

    #[test]
    fn flags_are_letters() {
        assert!(!finds(".", "", "\n") && finds(".", "s", "\n"));
        assert!(finds("A.C", "i", "abc") && finds("a.c", "l", "xa.cx") && !finds("a.c", "l", "abc"));
    }

    #[test]
    fn what_cannot_be_expressed_is_refused() {
        let reason = |pattern, flags| compile(pattern, flags, Search::Part).expect_err("refused").reason;
        for pattern in [r"(a)\1", "a(?=b)", "(?<!a)b", "(?>a)", "a++", "(?i)a", r"\Ga"] {
            assert!(reason(pattern, "").contains("is not supported in scripts"), "{pattern}");
        }
        assert!(reason("ä", "i").contains("the flag [i] with characters outside of ASCII"));
        assert!(reason("a", "x").contains("the flag [x]"));
        assert_eq!(reason("(", ""), "invalid regular expression: could not compile regex constant [(]: unclosed group");
        assert!(reason("((a{1000}){1000})", "").contains("bytes of memory"));
    }
}
