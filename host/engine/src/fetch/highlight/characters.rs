//! Sets of characters by their Unicode categories.

use std::sync::LazyLock;

use regex_syntax::Parser;
use regex_syntax::hir::{Class, HirKind};

/// A set of characters.
pub(super) struct CharacterSet {
    /// Sorted ranges, ends included.
    ranges: Vec<(char, char)>,
}

impl CharacterSet {
    /// The characters of a class in the syntax of regular expressions, such as `[\p{Lu}x]`.
    fn new(class: &str) -> Self {
        let hir = Parser::new().parse(class).expect("the classes of this file are valid");
        let ranges = match hir.kind() {
            HirKind::Class(Class::Unicode(class)) => class.iter().map(|range| (range.start(), range.end())).collect(),
            _ => unreachable!("the classes of this file have several characters beyond ASCII"),
        };
        CharacterSet { ranges }
    }

    pub(super) fn contains(&self, character: char) -> bool {
        let after = self.ranges.partition_point(|(start, _)| *start <= character);
        after > 0 && character <= self.ranges[after - 1].1
    }
}

macro_rules! sets {
    ($($name:ident = $class:literal;)*) => {
        $(pub(super) static $name: LazyLock<CharacterSet> = LazyLock::new(|| CharacterSet::new($class));)*
    };
}

sets! {
    FORMAT = r"\p{Cf}";
    ENCLOSING = r"[\p{Mn}\p{Me}]";
    IGNORED = r"[\p{Mn}\p{Me}\p{Cf}]";
    LETTER = r"\p{L}";
    LETTER_OR_SPACING_MARK = r"[\p{L}\p{Mc}]";
    LOWER_CASE = r"\p{Ll}";
    NUMBER = r"\p{N}";
    SPACE = r"\p{Zs}";
    OPENING = r"[\p{Ps}\p{Pi}]";
    CLOSING = r"[\p{Pe}\p{Pf}]";
    JOINING = r"[\p{Pd}\p{Pc}]";
    CURRENCY = r"\p{Sc}";
    CONTROL_OR_SEPARATOR = r"[\p{Cc}\p{Zl}\p{Zp}]";
}

/// The character at an index of UTF-16 code units, and its length. A surrogate without a partner is a replacement character.
pub(super) fn character_at(units: &[u16], index: usize) -> (char, usize) {
    let unit = units[index];
    let pair = &units[index..units.len().min(index + 2)];
    match char::decode_utf16(pair.iter().copied()).next() {
        Some(Ok(character)) => (character, character.len_utf16()),
        _ => (char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER), 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_are_those_of_unicode() {
        assert!(LETTER.contains('é') && LETTER.contains('中') && !LETTER.contains('1'));
        assert!(SPACE.contains('\u{3000}') && !SPACE.contains('\t'));
        assert!(IGNORED.contains('\u{301}') && IGNORED.contains('\u{200b}'));
        assert!(LETTER.contains('\u{10400}') && !LETTER.contains('😀'));
    }

    #[test]
    fn characters_have_one_or_two_units() {
        let units: Vec<u16> = "a😀".encode_utf16().collect();
        assert_eq!((character_at(&units, 0), character_at(&units, 1)), (('a', 1), ('😀', 2)));
        assert_eq!(character_at(&units[..2], 1), (char::REPLACEMENT_CHARACTER, 1));
    }
}
