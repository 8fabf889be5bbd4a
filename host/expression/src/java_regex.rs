//! Regular expressions of Java, translated to those of the crate `regex`.
//!
//! That crate takes time in proportion to the text whatever the pattern is, and so has neither references to groups nor
//! look-around. Patterns with these are refused.

use regex::{Regex, RegexBuilder};

use crate::failure::Failure;

/// Memory of a compiled pattern, in bytes. 1 MiB: more than the patterns of scripts need.
const COMPILED_BYTES: usize = 1 << 20;

/// What is asked of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Search {
    /// `=~`: whether a part of it matches.
    Part,
    /// `==~`: whether all of it matches.
    Whole,
}

/// Letters after the closing slash.
#[derive(Default)]
struct Flags {
    ignores_case: bool,
    dot_is_any: bool,
    is_literal: bool,
}

/// Compiles a pattern for a kind of search.
pub(crate) fn compile(pattern: &str, flags: &str, search: Search) -> Result<Regex, Failure> {
    let flags = parse_flags(pattern, flags)?;
    let translated = if flags.is_literal {
        regex::escape(pattern)
    } else {
        Translation { rest: pattern, flags: &flags, search, translated: String::new() }.run()?
    };
    let anchored = match search {
        Search::Part => translated,
        Search::Whole => format!(r"\A(?:{translated})\z"),
    };
    RegexBuilder::new(&anchored).case_insensitive(flags.ignores_case).size_limit(COMPILED_BYTES).build().map_err(
        |error| {
            let what = match error {
                regex::Error::CompiledTooBig(limit) => format!("it needs more than {limit} bytes of memory"),
                _ => "its syntax is wrong".to_owned(),
            };
            Failure::argument(format!(
                "invalid regular expression: could not compile regex constant [{pattern}]: {what}"
            ))
        },
    )
}

fn parse_flags(pattern: &str, flags: &str) -> Result<Flags, Failure> {
    let mut parsed = Flags::default();
    for flag in flags.chars() {
        match flag {
            'i' if pattern.is_ascii() => parsed.ignores_case = true,
            'i' => return Err(unsupported("the flag [i] with characters outside of ASCII")),
            's' => parsed.dot_is_any = true,
            'l' => parsed.is_literal = true,
            other => return Err(unsupported(&format!("the flag [{other}]"))),
        }
    }
    Ok(parsed)
}

fn unsupported(what: &str) -> Failure {
    Failure::unsupported(format_args!("{what} of a regular expression"))
}

struct Translation<'a> {
    rest: &'a str,
    flags: &'a Flags,
    search: Search,
    translated: String,
}

/// Where a character stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    /// In brackets.
    Class,
}

impl Translation<'_> {
    fn next(&mut self) -> Option<char> {
        let next = self.rest.chars().next()?;
        self.rest = &self.rest[next.len_utf8()..];
        Some(next)
    }

    fn run(mut self) -> Result<String, Failure> {
        // Brackets that are open. A class may contain classes.
        let mut classes = 0_usize;
        while let Some(character) = self.next() {
            if character == '\\' {
                let place = if classes > 0 { Place::Class } else { Place::Outside };
                self.escape(place)?;
                continue;
            }
            if classes > 0 {
                match character {
                    '[' => {
                        classes += 1;
                        self.open_class();
                    }
                    ']' => {
                        classes -= 1;
                        self.translated.push(']');
                    }
                    '-' | '~' if self.rest.starts_with(character) => {
                        self.translated.push_str(&regex::escape(&character.to_string()));
                    }
                    _ => self.translated.push(character),
                }
                continue;
            }
            match character {
                '[' => {
                    classes += 1;
                    self.open_class();
                }
                '(' => self.group()?,
                '.' if !self.flags.dot_is_any => self.translated.push_str(r"[^\n\r\x{85}\x{2028}\x{2029}]"),
                '.' => self.translated.push_str("(?s:.)"),
                '$' => self.end(),
                '*' | '+' | '?' | '}' => {
                    self.translated.push(character);
                    if self.rest.starts_with('+') {
                        return Err(unsupported(&format!("the possessive quantifier [{character}+]")));
                    }
                }
                _ => self.translated.push(character),
            }
        }
        Ok(self.translated)
    }

    /// After a bracket: a bracket that follows at once is a character.
    fn open_class(&mut self) {
        self.translated.push('[');
        if self.rest.starts_with('^') {
            self.next();
            self.translated.push('^');
        }
        if self.rest.starts_with(']') {
            self.next();
            self.translated.push_str(r"\]");
        }
    }

    fn group(&mut self) -> Result<(), Failure> {
        for (start, what) in [
            ("?=", "look-ahead"),
            ("?!", "look-ahead"),
            ("?<=", "look-behind"),
            ("?<!", "look-behind"),
            ("?>", "an independent group"),
        ] {
            if self.rest.starts_with(start) {
                return Err(unsupported(&format!("{what} ([({start}])")));
            }
        }
        if self.rest.starts_with('?') && !self.rest.starts_with("?:") && !self.rest.starts_with("?<") {
            return Err(unsupported("flags inside ([(?])"));
        }
        self.translated.push('(');
        Ok(())
    }

    /// `$`: the end of the text, or before a line end that is the last one.
    fn end(&mut self) {
        let is_last = self.rest.is_empty() || self.rest.starts_with([')', '|']);
        self.translated.push_str(if is_last && self.search == Search::Part {
            r"(?:\r\n|[\n\r\x{85}\x{2028}\x{2029}])?\z"
        } else {
            r"\z"
        });
    }

    fn escape(&mut self, place: Place) -> Result<(), Failure> {
        let Some(escaped) = self.next() else {
            self.translated.push('\\');
            return Ok(());
        };
        // The classes of Java are those of ASCII.
        let class = match escaped {
            'd' => Some(("0-9", "")),
            'D' => Some(("0-9", "^")),
            'w' => Some(("a-zA-Z0-9_", "")),
            'W' => Some(("a-zA-Z0-9_", "^")),
            's' => Some((r" \t\n\x0B\f\r", "")),
            'S' => Some((r" \t\n\x0B\f\r", "^")),
            _ => None,
        };
        if let Some((class, negation)) = class {
            self.translated.push_str(&format!("[{negation}{class}]"));
            return Ok(());
        }
        match escaped {
            't' | 'n' | 'r' | 'f' => self.translated.extend(['\\', escaped]),
            'b' if place == Place::Outside => self.translated.push_str(r"(?-u:\b)"),
            'A' | 'z' if place == Place::Outside => self.translated.extend(['\\', escaped]),
            'x' | 'u' => {
                let length = if escaped == 'x' { 2 } else { 4 };
                let digits =
                    self.rest.get(..length).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
                let Some(digits) = digits else {
                    return Err(unsupported(&format!("the escape sequence [\\{escaped}] in this form")));
                };
                self.translated.push_str(&format!("\\x{{{digits}}}"));
                self.rest = &self.rest[length..];
            }
            'p' | 'P' => self.property(escaped)?,
            '1'..='9' => return Err(unsupported(&format!("the reference to a group ([\\{escaped}])"))),
            _ if escaped.is_ascii_alphanumeric() => {
                return Err(unsupported(&format!("the escape sequence [\\{escaped}]")));
            }
            _ => self.translated.push_str(&regex::escape(&escaped.to_string())),
        }
        Ok(())
    }

    /// `\p{L}`: only general categories have the same meaning in both.
    fn property(&mut self, escape: char) -> Result<(), Failure> {
        let name = match self.rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            Some((name, rest)) => {
                self.rest = rest;
                name.to_owned()
            }
            None => self.next().map(String::from).unwrap_or_default(),
        };
        let is_category = matches!(name.len(), 1 | 2)
            && name.starts_with(['L', 'M', 'N', 'P', 'S', 'Z', 'C'])
            && name.bytes().all(|byte| byte.is_ascii_alphabetic());
        if !is_category {
            return Err(unsupported(&format!("the property [\\{escape}{{{name}}}]")));
        }
        self.translated.push_str(&format!("\\{escape}{{{name}}}"));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(pattern: &str, flags: &str, text: &str) -> bool {
        compile(pattern, flags, Search::Part).expect("valid").is_match(text)
    }

    fn matches(pattern: &str, text: &str) -> bool {
        compile(pattern, "", Search::Whole).expect("valid").is_match(text)
    }

    #[test]
    fn classes_are_those_of_java() {
        assert!(finds(r"\w\s\d", "", "a 1") && !finds(r"\w", "", "ß") && finds(r"[\W]", "", "ß"));
        assert!(!finds(".", "", "\n") && !finds(".", "", "\u{2028}") && finds(".", "s", "\n"));
        assert!(finds("a$", "", "a\n") && !matches("a$", "a\n") && !finds("a$", "", "ab"));
        assert!(matches("a|b", "b") && !matches("a|b", "ab"));
        assert!(finds("[a-c&&[b]]", "", "b") && !finds("[a-c&&[b]]", "", "a"));
        assert!(finds("[]a]", "", "]") && finds("[--]", "", "-"));
        assert!(finds("A.C", "i", "abc") && finds("a.c", "l", "xa.cx") && !finds("a.c", "l", "abc"));
        assert!(finds(r"\bab\b", "", "x ab") && finds(r"\u00e4", "", "ä") && matches(r"\p{L}+", "Straße"));
    }

    #[test]
    fn what_cannot_be_expressed_is_refused() {
        let reason = |pattern, flags| compile(pattern, flags, Search::Part).expect_err("refused").reason;
        for pattern in [r"(a)\1", "a(?=b)", "(?<!a)b", "(?>a)", "a++", "(?i)a", r"\Ga", r"\p{Alpha}"] {
            assert!(reason(pattern, "").contains("is not supported in scripts"), "{pattern}");
        }
        assert!(reason("ä", "i").contains("the flag [i] with characters outside of ASCII"));
        assert!(reason("a", "x").contains("the flag [x]"));
        assert_eq!(
            reason("(", ""),
            "invalid regular expression: could not compile regex constant [(]: its syntax is wrong"
        );
        assert!(reason("((a{1000}){1000})", "").contains("bytes of memory"));
    }
}
