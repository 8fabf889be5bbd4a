//! Converts characters from upper to lower case, one by one.
//!
//! The standard library's tables cover every script, and are larger than everything else in this component together. The
//! rules here cover Latin letters with all the usual marks, Greek, Cyrillic, Armenian, Georgian and full-width letters; other characters
//! are compared unchanged. A test compares every rule with the standard library.

/// The lower-case form of a character; the character itself if it has none, or if it is more than one character.
#[inline(never)] // large, and only called for non-ASCII characters
pub(crate) fn lower_case(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_lowercase();
    }
    let code = character as u32;
    let rule = RULES.iter().find(|(first, last, _)| (u32::from(*first)..=u32::from(*last)).contains(&code));
    let lower = match rule {
        None => code,
        Some((_, _, EVEN)) => code | 1,
        Some((_, _, ODD)) => code + (code & 1),
        Some((_, _, distance)) => code + u32::from(*distance),
    };
    char::from_u32(lower).unwrap_or(character)
}

/// Pairs of upper and lower case, with the upper-case letter at an even code.
const EVEN: u16 = 1;
/// Pairs with the upper-case letter at an odd code.
const ODD: u16 = 2;

/// First and last code of a block, and the distance to its lower-case letters, or the order of its pairs.
static RULES: [(u16, u16, u16); 29] = [
    (0xC0, 0xD6, 0x20),
    (0xD8, 0xDE, 0x20),
    (0x100, 0x12F, EVEN),
    (0x132, 0x137, EVEN),
    (0x139, 0x148, ODD),
    (0x14A, 0x177, EVEN),
    (0x179, 0x17E, ODD),
    (0x1CD, 0x1DC, ODD),
    (0x1DE, 0x1EF, EVEN),
    (0x1F8, 0x21F, EVEN),
    (0x222, 0x233, EVEN),
    (0x386, 0x386, 0x26),
    (0x388, 0x38A, 0x25),
    (0x38C, 0x38C, 0x40),
    (0x38E, 0x38F, 0x3F),
    (0x391, 0x3A1, 0x20),
    (0x3A3, 0x3AB, 0x20),
    (0x400, 0x40F, 0x50),
    (0x410, 0x42F, 0x20),
    (0x460, 0x481, EVEN),
    (0x48A, 0x4BF, EVEN),
    (0x4C0, 0x4C0, 0xF),
    (0x4C1, 0x4CE, ODD),
    (0x4D0, 0x52F, EVEN),
    (0x531, 0x556, 0x30),
    (0x10A0, 0x10C5, 0x1C60),
    (0x1E00, 0x1E95, EVEN),
    (0x1EA0, 0x1EFF, EVEN),
    (0xFF21, 0xFF3A, 0x20),
];

#[cfg(test)]
mod tests {
    use std::string::String;
    use std::vec::Vec;

    use super::*;

    #[test]
    fn agrees_with_the_standard_library_or_keeps_the_character() {
        for character in '\0'..=char::MAX {
            let lower = lower_case(character);
            let expected: Vec<char> = character.to_lowercase().collect();
            assert!(lower == character || expected == [lower], "{character:?} became {lower:?}");
        }
    }

    #[test]
    fn covers_the_scripts_that_it_names() {
        let upper = "ÀÉÑÖØÞĀČĲŁŃŐŞŹŽǍǗǞȀȘȚḂẠỐỸΆΈΊΌΎΏΑΣΩΪЀЁАЯѠҐҰӀӁӐӴԮԱՖႠჅＡＺ";
        assert_eq!(
            upper.chars().map(lower_case).collect::<String>(),
            upper.chars().flat_map(char::to_lowercase).collect::<String>()
        );
        assert!(upper.chars().all(|character| lower_case(character) != character));
    }
}
