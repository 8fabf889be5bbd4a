//! The parts of a word: what is between delimiters, and between letters of different case and digits.

/// Classes of characters, as bits: a letter that is neither upper nor lower case is both.
const LOWER: u8 = 1;
const UPPER: u8 = 2;
const DIGIT: u8 = 4;
const DELIMITER: u8 = 8;
pub(super) const ALPHA: u8 = LOWER | UPPER;
const ALPHANUM: u8 = ALPHA | DIGIT;

/// How words are cut.
#[derive(Debug, Default)]
pub(super) struct Cutting {
    /// The classes of characters that differ from the usual ones.
    pub(super) types: Vec<(char, u8)>,
    pub(super) at_case_changes: bool,
    pub(super) at_digits: bool,
    /// Whether `'s` at the end of a part is left out.
    pub(super) without_possessive: bool,
}

/// A part of a word, by the indices of its characters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Part {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) class: u8,
}

impl Part {
    pub(super) fn is_alpha(self) -> bool {
        self.class & ALPHA != 0
    }

    pub(super) fn is_digit(self) -> bool {
        self.class & DIGIT != 0
    }

    /// Whether both can be part of one longer word.
    pub(super) fn joins(self, other: Part) -> bool {
        self.class & other.class != 0
    }
}

/// The class of a name in the option `type_table`.
pub(super) fn class_named(name: &str) -> Option<u8> {
    Some(match name {
        "LOWER" => LOWER,
        "UPPER" => UPPER,
        "ALPHA" => ALPHA,
        "DIGIT" => DIGIT,
        "ALPHANUM" => ALPHANUM,
        "SUBWORD_DELIM" => DELIMITER,
        _ => return None,
    })
}

impl Cutting {
    /// The parts of a word, in order.
    pub(super) fn parts(&self, word: &[char]) -> Vec<Part> {
        let classes: Vec<u8> = word.iter().map(|character| self.class(*character)).collect();
        let is_delimiter = |index: &usize| classes[*index] & DELIMITER != 0;
        let start = (0..word.len()).take_while(is_delimiter).count();
        let mut bound = word.len() - (start..word.len()).rev().take_while(is_delimiter).count();
        if self.ends_with_possessive(word, &classes, bound, bound) {
            bound -= 2;
        }
        let mut parts = Vec::new();
        let mut current = start;
        loop {
            current += (current..bound).take_while(is_delimiter).count();
            if current >= bound {
                return parts;
            }
            let mut end = current + 1;
            while end < bound && !self.is_break(classes[end - 1], classes[end]) {
                end += 1;
            }
            // A letter of either case begins a word of letters.
            let class = match classes[current] {
                LOWER | UPPER => ALPHA,
                class => class,
            };
            parts.push(Part { start: current, end, class });
            current = end;
            if end + 1 < bound && self.ends_with_possessive(word, &classes, end + 2, bound) {
                current += 2;
            }
        }
    }

    fn class(&self, character: char) -> u8 {
        if let Some((_, class)) = self.types.iter().find(|(known, _)| *known == character) {
            return *class;
        }
        match character {
            '\u{10000}'.. => ALPHANUM,
            _ if character.is_lowercase() => LOWER,
            _ if character.is_uppercase() => UPPER,
            _ if character.is_numeric() && u32::from(character) >= 256 || character.is_ascii_digit() => DIGIT,
            _ if u32::from(character) >= 256 && (character.is_alphabetic() || is_mark(character)) => ALPHA,
            _ => DELIMITER,
        }
    }

    fn is_break(&self, last: u8, class: u8) -> bool {
        let is = |class: u8, kind: u8| class & kind != 0;
        if last & class != 0 {
            return false;
        }
        if !self.at_case_changes && is(last, ALPHA) && is(class, ALPHA) {
            return false;
        }
        // From an upper-case letter to any letter there is no break.
        if is(last, UPPER) && is(class, ALPHA) {
            return false;
        }
        let at_digit = is(last, ALPHA) && is(class, DIGIT) || is(last, DIGIT) && is(class, ALPHA);
        self.at_digits || !at_digit
    }

    /// Whether `'s` ends at an index, after a letter and before a delimiter or the end.
    fn ends_with_possessive(&self, word: &[char], classes: &[u8], end: usize, bound: usize) -> bool {
        self.without_possessive
            && end > 2
            && word[end - 2] == '\''
            && classes[end - 2] & DELIMITER != 0
            && matches!(word[end - 1], 's' | 'S')
            && classes[end - 3] & ALPHA != 0
            && (end == bound || classes[end] & DELIMITER != 0)
    }
}

/// Combining marks belong to words.
fn is_mark(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}
