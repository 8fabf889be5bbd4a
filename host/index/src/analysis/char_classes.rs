//! Classes of characters in the options of tokenizers.

use std::sync::LazyLock;

use regex::Regex;

use super::options::Options;
use crate::IndexError;

/// A set of characters: classes, and single ones.
#[derive(Debug, Clone, Default)]
pub(super) struct CharClasses {
    classes: Vec<Class>,
    characters: Vec<char>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Class {
    Letter,
    Digit,
    Whitespace,
    Punctuation,
    Symbol,
}

const CLASSES: [(&str, Class); 5] = [
    ("letter", Class::Letter),
    ("digit", Class::Digit),
    ("whitespace", Class::Whitespace),
    ("punctuation", Class::Punctuation),
    ("symbol", Class::Symbol),
];

static PUNCTUATION: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\p{P}").expect("it is valid"));
static SYMBOL: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\p{S}").expect("it is valid"));
static LETTER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\p{L}").expect("it is valid"));
static DIGIT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\p{Nd}").expect("it is valid"));

impl CharClasses {
    /// Reads a list of the names of classes and perhaps `custom`, which means those in `custom_token_chars`; `None` if it is empty.
    pub(super) fn read(options: &mut Options<'_>, key: &'static str) -> Result<Option<Self>, IndexError> {
        let names = options.texts(key)?.unwrap_or_default();
        let custom = options.text("custom_token_chars")?;
        let mut read = CharClasses::default();
        for name in &names {
            if name == "custom" {
                match &custom {
                    Some(custom) => read.characters.extend(custom.chars()),
                    None => return Err(options.error("custom_token_chars", "it is missing, but [custom] needs it")),
                }
            } else if !read.add_class(name) {
                return Err(
                    options.error(key, format!("unknown class {name:?}; known classes: {}, custom", class_names()))
                );
            }
        }
        Ok((!names.is_empty()).then_some(read))
    }

    /// Reads a list of the names of classes and of single characters, some of them as `\n` or `\u0041`.
    pub(super) fn read_with_characters(options: &mut Options<'_>, key: &'static str) -> Result<Self, IndexError> {
        let mut read = CharClasses::default();
        for item in options.required_list(key)? {
            let mut characters = item.chars();
            match (characters.next(), characters.next()) {
                (Some(character), None) => read.characters.push(character),
                (Some('\\'), Some(_)) => match unescape(&item) {
                    Some(character) => read.characters.push(character),
                    None => return Err(options.error(key, format!("{item:?} is not an escaped character"))),
                },
                _ if read.add_class(&item) => {}
                _ => {
                    let reason = format!("{item:?} is neither a character nor one of the classes {}", class_names());
                    return Err(options.error(key, reason));
                }
            }
        }
        Ok(read)
    }

    fn add_class(&mut self, name: &str) -> bool {
        let class = CLASSES.iter().find(|(known, _)| *known == name);
        self.classes.extend(class.map(|(_, class)| *class));
        class.is_some()
    }

    /// Whether a character is in the set.
    pub(super) fn contains(&self, character: char) -> bool {
        self.classes.iter().any(|class| class.contains(character)) || self.characters.contains(&character)
    }

    /// The runs of characters in the set, and where they begin.
    pub(super) fn runs<'a>(&self, text: &'a str) -> Vec<(usize, &'a str)> {
        split_runs(text, |character| self.contains(character))
    }

    /// The runs of all other characters, and where they begin.
    pub(super) fn runs_between<'a>(&self, text: &'a str) -> Vec<(usize, &'a str)> {
        split_runs(text, |character| !self.contains(character))
    }
}

fn split_runs(text: &str, is_inside: impl Fn(char) -> bool) -> Vec<(usize, &str)> {
    let mut runs = Vec::new();
    let mut start = None;
    for (offset, character) in text.char_indices() {
        match (start, is_inside(character)) {
            (None, true) => start = Some(offset),
            (Some(from), false) => {
                runs.push((from, &text[from..offset]));
                start = None;
            }
            _ => {}
        }
    }
    runs.extend(start.map(|from| (from, &text[from..])));
    runs
}

impl Class {
    fn contains(self, character: char) -> bool {
        let matches = |class: &Regex| class.is_match(character.encode_utf8(&mut [0; 4]));
        match self {
            Class::Letter if character.is_ascii() => character.is_ascii_alphabetic(),
            Class::Letter => matches(&LETTER),
            Class::Digit if character.is_ascii() => character.is_ascii_digit(),
            Class::Digit => matches(&DIGIT),
            // As Java defines it: also control characters, but not non-breaking spaces.
            Class::Whitespace => match character {
                '\u{85}' | '\u{a0}' | '\u{2007}' | '\u{202f}' => false,
                '\u{1c}'..='\u{1f}' => true,
                _ => character.is_whitespace(),
            },
            Class::Punctuation => matches(&PUNCTUATION),
            Class::Symbol => matches(&SYMBOL),
        }
    }
}

fn class_names() -> String {
    let names: Vec<_> = CLASSES.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}

/// The character of `\n`, `\t`, ... or `\u0041`.
pub(super) fn unescape(escaped: &str) -> Option<char> {
    let rest = escaped.strip_prefix('\\')?;
    Some(match rest {
        "\\" => '\\',
        "n" => '\n',
        "t" => '\t',
        "r" => '\r',
        "b" => '\u{8}',
        "f" => '\u{c}',
        _ => {
            let digits = rest.strip_prefix('u').filter(|digits| digits.len() == 4)?;
            char::from_u32(u32::from_str_radix(digits, 16).ok()?)?
        }
    })
}
