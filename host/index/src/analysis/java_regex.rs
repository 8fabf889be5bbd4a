//! Regular expressions in Java's syntax.

use regex::{Regex, RegexBuilder};

/// Largest compiled expression in bytes.
const MAX_REGEX_BYTES: usize = 1 << 20;

/// Compiles an expression of `java.util.regex`. `flags` are names such as `CASE_INSENSITIVE`, with `|` between them.
///
/// # Errors
/// Why it is invalid. Look-around, back references and possessive quantifiers are not supported: they can take exponential time.
pub(super) fn java_regex(pattern: &str, flags: &str) -> Result<Regex, RegexError> {
    let mut builder_flags = Flags::default();
    for flag in flags.split('|').map(str::trim).filter(|flag| !flag.is_empty()) {
        match flag {
            "CASE_INSENSITIVE" => builder_flags.case_insensitive = true,
            "MULTILINE" => builder_flags.multi_line = true,
            "DOTALL" => builder_flags.dot_matches_new_line = true,
            "COMMENTS" => builder_flags.ignore_whitespace = true,
            "LITERAL" => builder_flags.literal = true,
            "UNICODE_CASE" | "UNICODE_CHAR_CLASS" | "UNICODE_CHARACTER_CLASS" => builder_flags.unicode = true,
            _ => return Err(RegexError::UnknownFlag(flag.to_owned())),
        }
    }
    let translated =
        if builder_flags.literal { regex::escape(pattern) } else { translate(pattern, builder_flags.unicode)? };
    RegexBuilder::new(&translated)
        .case_insensitive(builder_flags.case_insensitive)
        .multi_line(builder_flags.multi_line)
        .dot_matches_new_line(builder_flags.dot_matches_new_line)
        .ignore_whitespace(builder_flags.ignore_whitespace)
        .size_limit(MAX_REGEX_BYTES)
        .build()
        .map_err(|error| RegexError::Invalid(last_line(&error)))
}

/// A replacement in Java's syntax (`$1`, `${name}`, `\$`) as this library writes it (`${1}`, `$$`).
pub(super) fn java_replacement(replacement: &str) -> String {
    let mut translated = String::with_capacity(replacement.len() + 4);
    let mut characters = replacement.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('$') => translated.push_str("$$"),
                Some(escaped) => translated.push(escaped),
                None => {}
            },
            '$' => {
                let mut group = String::new();
                while let Some(digit) = characters.next_if(char::is_ascii_digit) {
                    group.push(digit);
                }
                match group.as_str() {
                    "" => translated.push('$'),
                    _ => {
                        translated.push_str("${");
                        translated.push_str(&group);
                        translated.push('}');
                    }
                }
            }
            _ => translated.push(character),
        }
    }
    translated
}

#[derive(Default)]
struct Flags {
    case_insensitive: bool,
    multi_line: bool,
    dot_matches_new_line: bool,
    ignore_whitespace: bool,
    literal: bool,
    unicode: bool,
}

/// Why an expression is not accepted.
#[derive(Debug, thiserror::Error)]
pub(super) enum RegexError {
    #[error("invalid regular expression: {0}")]
    Invalid(String),
    #[error("{0} is not supported in regular expressions")]
    Unsupported(&'static str),
    #[error("unknown flag [{0}] of a regular expression")]
    UnknownFlag(String),
}

/// The same expression in the syntax of this library. Java's classes such as `\w` are those of ASCII, unless a flag says otherwise.
fn translate(pattern: &str, is_unicode: bool) -> Result<String, RegexError> {
    let mut translated = String::with_capacity(pattern.len() + 16);
    let mut characters = pattern.chars().peekable();
    let mut class_depth = 0_usize;
    let mut after_quantifier = false;
    while let Some(character) = characters.next() {
        let mut is_quantifier = false;
        match character {
            '\\' => match characters.next() {
                Some('Q') => quote(&mut characters, &mut translated),
                Some('b') if !is_unicode => translated.push_str(r"(?-u:\b)"),
                Some('B') if !is_unicode => translated.push_str(r"(?-u:\B)"),
                Some('w') if !is_unicode => translated.push_str("[0-9A-Za-z_]"),
                Some('W') if !is_unicode => translated.push_str("[^0-9A-Za-z_]"),
                Some('d') if !is_unicode => translated.push_str("[0-9]"),
                Some('D') if !is_unicode => translated.push_str("[^0-9]"),
                Some('s') if !is_unicode => translated.push_str(r"[ \t\n\x0B\f\r]"),
                Some('S') if !is_unicode => translated.push_str(r"[^ \t\n\x0B\f\r]"),
                Some('h') => {
                    translated.push_str(r"[ \t\x{a0}\x{1680}\x{180e}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}]");
                }
                Some('R') => translated.push_str(r"(?:\r\n|[\n-\r\x{85}\x{2028}\x{2029}])"),
                Some('Z') => translated.push_str(r"(?:\n?\z)"),
                Some('e') => translated.push_str(r"\x1b"),
                Some(which @ ('p' | 'P')) => property(which, &mut characters, &mut translated)?,
                Some('k' | '1'..='9') => return Err(RegexError::Unsupported("a back reference")),
                Some('G') => return Err(RegexError::Unsupported("\\G")),
                Some('X') => return Err(RegexError::Unsupported("\\X")),
                Some(letter) if letter.is_ascii_alphabetic() || letter == '0' => {
                    translated.push('\\');
                    translated.push(letter);
                }
                // Java allows to escape every other character.
                Some(other) => translated.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
                None => return Err(RegexError::Invalid("it ends with a backslash".to_owned())),
            },
            '[' => {
                class_depth += 1;
                translated.push('[');
                if characters.next_if_eq(&'^').is_some() {
                    translated.push('^');
                }
                if characters.next_if_eq(&']').is_some() {
                    translated.push_str("\\]");
                }
            }
            ']' if class_depth > 0 => {
                class_depth -= 1;
                translated.push(']');
            }
            // Operators in this library only.
            '~' | '-' if class_depth > 0 && characters.peek() == Some(&character) => {
                translated.push('\\');
                translated.push(character);
            }
            '(' if class_depth == 0 && characters.peek() == Some(&'?') => {
                let mut ahead = characters.clone();
                ahead.next();
                match (ahead.next(), ahead.next()) {
                    (Some('=' | '!'), _) | (Some('<'), Some('=' | '!')) => {
                        return Err(RegexError::Unsupported("look-around such as `(?=...)`"));
                    }
                    (Some('>'), _) => return Err(RegexError::Unsupported("an atomic group")),
                    _ => translated.push('('),
                }
            }
            '+' if class_depth == 0 && after_quantifier => {
                return Err(RegexError::Unsupported("a possessive quantifier"));
            }
            '*' | '+' | '?' | '}' if class_depth == 0 => {
                translated.push(character);
                is_quantifier = !(character == '?' && after_quantifier);
            }
            _ => translated.push(character),
        }
        after_quantifier = is_quantifier;
    }
    Ok(translated)
}

/// Copies what is between `\Q` and `\E` as it is.
fn quote(characters: &mut std::iter::Peekable<std::str::Chars<'_>>, translated: &mut String) {
    let mut quoted = String::new();
    while let Some(character) = characters.next() {
        if character == '\\' && characters.next_if_eq(&'E').is_some() {
            break;
        }
        quoted.push(character);
    }
    translated.push_str(&regex::escape(&quoted));
}

/// A class such as `\p{Lu}` or `\p{Alpha}`.
fn property(
    which: char,
    characters: &mut std::iter::Peekable<std::str::Chars<'_>>,
    translated: &mut String,
) -> Result<(), RegexError> {
    let mut name = String::new();
    match characters.next() {
        Some('{') => name.extend(characters.by_ref().take_while(|character| *character != '}')),
        Some(letter) => name.push(letter),
        None => return Err(RegexError::Invalid("it ends after \\p".to_owned())),
    }
    let posix = match name.as_str() {
        "Lower" => "[:lower:]",
        "Upper" => "[:upper:]",
        "ASCII" => "[:ascii:]",
        "Alpha" => "[:alpha:]",
        "Digit" => "[:digit:]",
        "Alnum" => "[:alnum:]",
        "Punct" => "[:punct:]",
        "Graph" => "[:graph:]",
        "Print" => "[:print:]",
        "Blank" => "[:blank:]",
        "Cntrl" => "[:cntrl:]",
        "XDigit" => "[:xdigit:]",
        "Space" => "[:space:]",
        _ => {
            let name = match name.as_str() {
                "javaLowerCase" => "Lowercase",
                "javaUpperCase" => "Uppercase",
                "javaWhitespace" => "White_Space",
                other => other.strip_prefix("Is").or_else(|| other.strip_prefix("In")).unwrap_or(other),
            };
            translated.push('\\');
            translated.push(which);
            translated.push('{');
            translated.push_str(name);
            translated.push('}');
            return Ok(());
        }
    };
    translated.push_str(if which == 'p' { "[" } else { "[^" });
    translated.push_str(posix);
    translated.push(']');
    Ok(())
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

    fn found(pattern: &str, flags: &str, text: &str) -> Vec<String> {
        let regex = java_regex(pattern, flags).expect("valid");
        regex.find_iter(text).map(|found| found.as_str().to_owned()).collect()
    }

    #[test]
    fn classes_are_those_of_ascii() {
        assert_eq!(found(r"\w+", "", "größe x_1"), ["gr", "e", "x_1"]);
        assert_eq!(found(r"\w+", "UNICODE_CASE", "größe"), ["größe"]);
        assert_eq!(found(r"[\W&&[^ ]]", "", "a- é"), ["-", "é"]);
        assert_eq!(found(r"\p{Punct}|\p{IsLatin}+|\pN", "", "!é٣"), ["!", "é", "٣"]);
        assert_eq!(found(r"[]a]+\-\Q.*\E", "", "]a-.*"), ["]a-.*"]);
        assert_eq!(found("a b", "LITERAL|CASE_INSENSITIVE", "A B"), ["A B"]);
    }

    #[test]
    fn replacements_refer_to_groups() {
        assert_eq!(java_replacement(r"$1_$12 \$ \x $"), "${1}_${12} $$ x $");
    }

    #[test]
    fn what_takes_exponential_time_is_refused() {
        let refusal = |pattern: &str| java_regex(pattern, "").expect_err("refused").to_string();
        insta::assert_snapshot!(refusal(r"a(?=b)"), @"look-around such as `(?=...)` is not supported in regular expressions");
        insta::assert_snapshot!(refusal(r"(a)\1"), @"a back reference is not supported in regular expressions");
        insta::assert_snapshot!(refusal(r"a*+"), @"a possessive quantifier is not supported in regular expressions");
        insta::assert_snapshot!(refusal(r"(?>a)"), @"an atomic group is not supported in regular expressions");
        insta::assert_snapshot!(refusal("("), @"invalid regular expression: unclosed group");
        insta::assert_snapshot!(java_regex("a", "FAST").expect_err("refused").to_string(), @"unknown flag [FAST] of a regular expression");
        assert!(java_regex("(a{1000}){1000}", "").is_err());
    }
}
