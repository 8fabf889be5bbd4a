//! Writes names in lower-case Latin letters without accents: `Łukasz`, `ŁUKASZ` and `Lukasz` become the same, and so do
//! `Дмитрий` and `Dmitrii`. `Müller` is also written `Mueller`: an e after a, o or u is left out.
//!
//! The standard library knows upper and lower case, but neither accents nor transliterations, and tables of all of Unicode are large.
//! These tables have the letters of Latin, Greek and Cyrillic alphabets in use today. Other characters, such as Chinese ones, stay
//! as they are.

use alloc::vec::Vec;

/// What becomes of a character.
enum Folded {
    /// It separates words.
    Gap,
    /// It disappears.
    Nothing,
    Character(char),
    Letters(&'static str),
}

/// Writes `text` into `folded`, with one space between words.
pub(crate) fn fold(text: &str, folded: &mut Vec<char>) {
    folded.clear();
    let mut gap = false;
    for character in text.chars() {
        match fold_character(character) {
            Folded::Nothing => {}
            Folded::Gap => gap = !folded.is_empty(),
            Folded::Character(character) => push(character, &mut gap, folded),
            Folded::Letters(letters) => letters.chars().for_each(|letter| push(letter, &mut gap, folded)),
        }
    }
}

fn push(character: char, gap: &mut bool, folded: &mut Vec<char>) {
    if core::mem::take(gap) {
        folded.push(' ');
    }
    if !(character == 'e' && matches!(folded.last(), Some('a' | 'o' | 'u'))) {
        folded.push(character);
    }
}

fn fold_character(character: char) -> Folded {
    let code = character as usize;
    match code {
        // Apostrophes, marks that follow their letter, and Cyrillic soft and hard signs below.
        0x27 | 0x2BC | 0x300..=0x36F | 0x2018 | 0x2019 => Folded::Nothing,
        0..=0x7F if character.is_ascii_alphanumeric() => Folded::Character(character.to_ascii_lowercase()),
        0..=0xBF | 0x2000..=0x206F | 0x3000..=0x3002 => Folded::Gap,
        0xC0..=0x17F => from_latin(LATIN, code - 0xC0),
        0x1A0 | 0x1A1 => Folded::Character('o'),
        0x1AF | 0x1B0 => Folded::Character('u'),
        0x218 | 0x219 => Folded::Character('s'),
        0x21A | 0x21B => Folded::Character('t'),
        0x386..=0x3CE => from_table(&GREEK, code - 0x386),
        0x400..=0x40F => from_table(&CYRILLIC, code - 0x400 + 0x20),
        0x410..=0x42F => from_table(&CYRILLIC, code - 0x410),
        0x430..=0x45F => from_table(&CYRILLIC, code - 0x430),
        0x490 | 0x491 => Folded::Character('g'),
        0x1E00..=0x1EFF => from_latin(LATIN_ADDITIONAL, code - 0x1E00),
        _ => Folded::Character(character),
    }
}

fn from_latin(table: &[u8], index: usize) -> Folded {
    match table.get(index).copied().unwrap_or_default() {
        b'I' => Folded::Letters("ij"),
        b'S' => Folded::Letters("ss"),
        b'T' => Folded::Letters("th"),
        letter @ b'a'..=b'z' => Folded::Character(char::from(letter)),
        _ => Folded::Gap,
    }
}

fn from_table(table: &[&'static str], index: usize) -> Folded {
    match table.get(index).copied().unwrap_or_default() {
        "" => Folded::Nothing,
        letters => Folded::Letters(letters),
    }
}

/// U+00C0 to U+017F, À to ſ. Upper-case letters stand for two letters, see [`from_latin`].
static LATIN: &[u8] = b"\
    aaaaaaaceeeeiiiidnooooo ouuuuyTSaaaaaaaceeeeiiiidnooooo ouuuuyTy\
    aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiIIjjkkklllllll\
    lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/// U+1E00 to U+1EFF, Ḁ to ỿ, which include the letters of Vietnamese.
static LATIN_ADDITIONAL: &[u8] = b"\
    aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm\
    mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv\
    wwwwwwwwwwxxxxyyzzzzzzhtwyasssSdaaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee\
    eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyyllvvyy";

/// U+0386 to U+03CE, Ά to ώ.
#[rustfmt::skip]
static GREEK: [&str; 73] = [
    "a", "", "e", "i", "i", "", "o", "", "y", "o", "i", // with accents
    "a", "v", "g", "d", "e", "z", "i", "th", "i", "k", "l", "m", "n", "x", "o", "p", "r", "", "s", "t", "y", "f", "ch", "ps", "o",
    "i", "y", "a", "e", "i", "i", "y", // with accents
    "a", "v", "g", "d", "e", "z", "i", "th", "i", "k", "l", "m", "n", "x", "o", "p", "r", "s", "s", "t", "y", "f", "ch", "ps", "o",
    "i", "y", "o", "y", "o", // with accents
];

/// U+0430 to U+045F, а to џ. Their upper-case letters are in the same order, but for those from ѐ, which come first.
#[rustfmt::skip]
static CYRILLIC: [&str; 48] = [
    "a", "b", "v", "g", "d", "e", "zh", "z", "i", "i", "k", "l", "m", "n", "o", "p",
    "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "", "y", "", "e", "iu", "ia",
    "e", "e", "dj", "g", "e", "dz", "i", "i", "j", "lj", "nj", "c", "k", "i", "u", "dz",
];

#[cfg(test)]
mod tests {
    use std::string::String;

    use super::*;

    fn folded(text: &str) -> String {
        let mut folded = Vec::new();
        fold(text, &mut folded);
        folded.into_iter().collect()
    }

    #[test]
    fn accents_disappear_and_letters_become_latin() {
        let names = [
            ("Łukasz Żak", "lukasz zak"),
            ("MÜLLER", "muller"),
            ("Mu\u{308}ller", "muller"),
            ("Weiß", "weiss"),
            ("WEIẞ", "weiss"),
            ("Æsa Þórsdóttir", "asa thorsdottir"),
            ("Ștefan Țepeș", "stefan tepes"),
            ("Juergen Mueller", "jurgen muller"),
            ("Nguyễn Thị Phượng", "nguyen thi phuong"),
            ("Дмитрий Щукин", "dmitrii shchukin"),
            ("Ольга Ёлкина", "olga elkina"),
            ("Ђорђе Џајић", "djordje dzajic"),
            ("Ґалаґан Їжак", "galagan izhak"),
            ("Γιώργος Ψαρράς", "giorgos psarras"),
            ("ΈΛΛΗ Θεοδώρου", "elli theodoroy"),
            ("王小明", "王小明"),
        ];
        for (name, expected) in names {
            assert_eq!(folded(name), expected, "{name}");
        }
    }

    #[test]
    fn words_have_one_space_between_them() {
        assert_eq!(folded("  Jean-Luc,  O’Neil (jr.) "), "jean luc oneil jr");
        assert_eq!(folded(" - "), "");
        assert_eq!(folded(""), "");
    }

    #[test]
    fn upper_and_lower_case_are_the_same() {
        for character in '\0'..='\u{24F}' {
            let (mut lower, mut upper) = (Vec::new(), Vec::new());
            let lower_case: String = character.to_lowercase().collect();
            if lower_case.chars().count() == 1 && fold_is_known(character) && fold_is_known_text(&lower_case) {
                fold(&lower_case, &mut lower);
                fold(character.encode_utf8(&mut [0; 4]), &mut upper);
                assert_eq!(lower, upper, "{character}");
            }
        }
    }

    fn fold_is_known(character: char) -> bool {
        !matches!(fold_character(character), Folded::Character(same) if same == character && !same.is_ascii())
    }

    fn fold_is_known_text(text: &str) -> bool {
        text.chars().all(fold_is_known)
    }
}
