//! From the syntax of Java to that of the crate `regex`.

use crate::options::{CharacterClasses, InlineFlags, Options, Search};
use crate::regex_error::RegexError;

/// What `.` does not match.
const LINE_ENDS: &str = r"\n\r\x{85}\x{2028}\x{2029}";

/// The same expression in the syntax of the crate `regex`.
pub(crate) fn translate(pattern: &str, options: &Options) -> Result<String, RegexError> {
    let flags = Flags { dot_is_any: options.dot_is_any, is_multi_line: options.is_multi_line };
    let translated = String::with_capacity(pattern.len() + 16);
    Translation { rest: pattern, options, flags, outer: Vec::new(), translated }.run()
}

/// The flags that change the translation.
#[derive(Clone, Copy)]
struct Flags {
    dot_is_any: bool,
    is_multi_line: bool,
}

struct Translation<'a> {
    rest: &'a str,
    options: &'a Options,
    /// Those that hold here.
    flags: Flags,
    /// Those of the groups around.
    outer: Vec<Flags>,
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

    fn run(mut self) -> Result<String, RegexError> {
        // Brackets that are open. A class may contain classes.
        let mut classes = 0_usize;
        while let Some(character) = self.next() {
            match character {
                '\\' => self.escape(if classes > 0 { Place::Class } else { Place::Outside })?,
                '[' => {
                    classes += 1;
                    self.open_class();
                }
                ']' if classes > 0 => {
                    classes -= 1;
                    self.translated.push(']');
                }
                // Two of them are operators in the crate `regex` only.
                '-' | '~' if classes > 0 && self.rest.starts_with(character) => {
                    self.translated.extend(['\\', character]);
                }
                _ if classes > 0 => self.translated.push(character),
                '(' => self.open_group()?,
                ')' => {
                    self.flags = self.outer.pop().unwrap_or(self.flags);
                    self.translated.push(')');
                }
                '.' => match self.flags.dot_is_any {
                    true => self.translated.push_str("(?s:.)"),
                    false => self.translated.push_str(&format!("[^{LINE_ENDS}]")),
                },
                '$' if !self.flags.is_multi_line => self.end(),
                '*' | '+' | '?' | '}' => {
                    self.translated.push(character);
                    if self.rest.starts_with('+') {
                        return Err(RegexError::unsupported("a possessive quantifier"));
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

    fn open_group(&mut self) -> Result<(), RegexError> {
        for start in ["?=", "?!", "?<=", "?<!"] {
            if self.rest.starts_with(start) {
                return Err(RegexError::unsupported(format!("look-around such as `({start}...)`")));
            }
        }
        if self.rest.starts_with("?>") {
            return Err(RegexError::unsupported("an atomic group"));
        }
        if self.rest.starts_with('?') && !self.rest.starts_with("?:") && !self.rest.starts_with("?<") {
            return self.flags();
        }
        self.outer.push(self.flags);
        self.translated.push('(');
        Ok(())
    }

    /// `(?i)`, which holds to the end of the group around it, or `(?i:...)`.
    fn flags(&mut self) -> Result<(), RegexError> {
        if self.options.inline_flags == InlineFlags::Refused {
            return Err(RegexError::unsupported("a flag inside of the expression"));
        }
        let outer = self.flags;
        let mut is_set = true;
        self.translated.push_str("(?");
        self.next();
        while let Some(flag) = self.next() {
            match flag {
                '-' => is_set = false,
                's' => self.flags.dot_is_any = is_set,
                'm' => self.flags.is_multi_line = is_set,
                'i' | 'x' => {}
                // Upper and lower case are those of Unicode anyway.
                'u' => continue,
                ':' | ')' => {
                    if flag == ':' {
                        self.outer.push(outer);
                    }
                    // Without flags, parentheses change nothing.
                    if self.translated.ends_with('?') && flag == ')' {
                        self.translated.push(':');
                    }
                    self.translated.push(flag);
                    return Ok(());
                }
                other => return Err(RegexError::unsupported(format!("the flag [{other}]"))),
            }
            self.translated.push(flag);
        }
        Err(RegexError::Invalid("unclosed group".to_owned()))
    }

    /// `$`: the end of the text, or before a line end that is the last one.
    fn end(&mut self) {
        let is_last = self.rest.is_empty() || self.rest.starts_with([')', '|']);
        if is_last && self.options.search == Search::Part {
            self.translated.push_str(&format!(r"(?:\r\n|[{LINE_ENDS}])?\z"));
        } else {
            self.translated.push_str(r"\z");
        }
    }

    fn escape(&mut self, place: Place) -> Result<(), RegexError> {
        let Some(escaped) = self.next() else {
            return Err(RegexError::Invalid("it ends with a backslash".to_owned()));
        };
        let is_outside = place == Place::Outside;
        match escaped {
            'd' | 'D' | 'w' | 'W' | 's' | 'S' | 'b' | 'B' if self.options.classes == CharacterClasses::Unicode => {
                self.translated.extend(['\\', escaped]);
            }
            'd' => self.translated.push_str("[0-9]"),
            'D' => self.translated.push_str("[^0-9]"),
            'w' => self.translated.push_str("[a-zA-Z0-9_]"),
            'W' => self.translated.push_str("[^a-zA-Z0-9_]"),
            's' => self.translated.push_str(r"[ \t\n\x0B\f\r]"),
            'S' => self.translated.push_str(r"[^ \t\n\x0B\f\r]"),
            'h' => {
                self.translated.push_str(r"[ \t\x{a0}\x{1680}\x{180e}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}]");
            }
            'v' => self.translated.push_str(r"[\n\x0B\f\r\x{85}\x{2028}\x{2029}]"),
            't' | 'n' | 'r' | 'f' | 'a' => self.translated.extend(['\\', escaped]),
            'e' => self.translated.push_str(r"\x1b"),
            'b' if is_outside => self.translated.push_str(r"(?-u:\b)"),
            'B' if is_outside => self.translated.push_str(r"(?-u:\B)"),
            'A' | 'z' if is_outside => self.translated.extend(['\\', escaped]),
            'R' if is_outside => self.translated.push_str(r"(?:\r\n|[\n-\r\x{85}\x{2028}\x{2029}])"),
            'Z' if is_outside => self.translated.push_str(r"(?:\n?\z)"),
            'Q' => self.quote(),
            'x' | 'u' => self.code(escaped)?,
            'p' | 'P' => self.property(escaped)?,
            'k' | '1'..='9' => return Err(RegexError::unsupported("a back reference")),
            _ if escaped.is_ascii_alphanumeric() => {
                return Err(RegexError::unsupported(format!("the escape sequence [\\{escaped}]")));
            }
            // Java allows to escape every other character.
            _ => self.translated.push_str(&regex::escape(escaped.encode_utf8(&mut [0; 4]))),
        }
        Ok(())
    }

    /// Copies what is between `\Q` and `\E` as it is.
    fn quote(&mut self) {
        let (quoted, rest) = self.rest.split_once(r"\E").unwrap_or((self.rest, ""));
        self.translated.push_str(&regex::escape(quoted));
        self.rest = rest;
    }

    /// `\x41` or `\u0041`.
    fn code(&mut self, escape: char) -> Result<(), RegexError> {
        let length = if escape == 'x' { 2 } else { 4 };
        let digits = self.rest.get(..length).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let Some(digits) = digits else {
            return Err(RegexError::unsupported(format!("the escape sequence [\\{escape}] in this form")));
        };
        self.translated.push_str(&format!("\\x{{{digits}}}"));
        self.rest = &self.rest[length..];
        Ok(())
    }

    /// A class such as `\p{Lu}` or `\p{Alpha}`.
    fn property(&mut self, escape: char) -> Result<(), RegexError> {
        let name = match self.rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            Some((name, rest)) => {
                self.rest = rest;
                name.to_owned()
            }
            None => match self.next() {
                Some(letter) => letter.to_string(),
                None => return Err(RegexError::Invalid(format!("it ends after \\{escape}"))),
            },
        };
        let posix = match name.as_str() {
            "Lower" | "Upper" | "ASCII" | "Alpha" | "Digit" | "Alnum" | "Punct" | "Graph" | "Print" | "Blank"
            | "Cntrl" | "XDigit" | "Space" => name.to_ascii_lowercase(),
            _ => {
                let name = match name.as_str() {
                    "javaLowerCase" => "Lowercase",
                    "javaUpperCase" => "Uppercase",
                    "javaWhitespace" => "White_Space",
                    other => other.strip_prefix("Is").or_else(|| other.strip_prefix("In")).unwrap_or(other),
                };
                self.translated.push_str(&format!("\\{escape}{{{name}}}"));
                return Ok(());
            }
        };
        self.translated.push_str(if escape == 'p' { "[" } else { "[^" });
        self.translated.push_str(&format!("[:{posix}:]]"));
        Ok(())
    }
}
