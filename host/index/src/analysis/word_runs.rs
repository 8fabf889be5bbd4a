//! The words of a text, by Unicode's annex 29.

use std::iter::Peekable;
use std::sync::LazyLock;

use regex::Regex;
use unicode_segmentation::{UWordBoundIndices, UnicodeSegmentation, UnicodeWordIndices};

/// The words of a text with their offsets.
pub(super) enum WordRuns<'a> {
    /// The segmentation has a fast way for ASCII, in which words are what contains a letter or digit.
    Ascii(UnicodeWordIndices<'a>),
    Unicode(Segments<'a>),
}

/// The segments between the word boundaries of a text.
pub(super) struct Segments<'a> {
    text: &'a str,
    segments: Peekable<UWordBoundIndices<'a>>,
}

impl<'a> WordRuns<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        if text.is_ascii() {
            WordRuns::Ascii(text.unicode_word_indices())
        } else {
            WordRuns::Unicode(Segments { text, segments: text.split_word_bound_indices().peekable() })
        }
    }
}

impl<'a> Iterator for WordRuns<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<(usize, &'a str)> {
        match self {
            WordRuns::Ascii(words) => words.next(),
            WordRuns::Unicode(segments) => segments.next_word(),
        }
    }
}

impl<'a> Segments<'a> {
    fn next_word(&mut self) -> Option<(usize, &'a str)> {
        loop {
            let (start, segment) = self.segments.next()?;
            if segment.starts_with(is_southeast_asian) {
                // Their words have no boundaries without a dictionary. Clients expect the whole run as one word.
                let mut end = start + segment.len();
                while let Some((_, next)) = self.segments.next_if(|(_, next)| next.starts_with(is_southeast_asian)) {
                    end += next.len();
                }
                return Some((start, &self.text[start..end]));
            }
            if is_word(segment) {
                return Some((start, segment));
            }
        }
    }
}

/// A letter of the scripts of Southeast Asia that are written without spaces.
fn is_southeast_asian(character: char) -> bool {
    matches!(
        character,
        // Thai, Lao; Myanmar; Khmer; Tai Le, New Tai Lue; Tai Tham; Myanmar extended; Tai Viet; Ahom.
        '\u{e00}'..='\u{eff}'
            | '\u{1000}'..='\u{109f}'
            | '\u{1780}'..='\u{17ff}'
            | '\u{1950}'..='\u{19df}'
            | '\u{1a20}'..='\u{1aaf}'
            | '\u{a9e0}'..='\u{a9ff}'
            | '\u{aa60}'..='\u{aadf}'
            | '\u{11700}'..='\u{1174f}'
    ) && character.is_alphabetic()
}

/// Whether a segment is a word, rather than space, punctuation or symbols.
fn is_word(segment: &str) -> bool {
    /// Letters and digits of all kinds, pictographs, flags, and keycaps.
    static OTHER_WORDS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"[\p{WB=ALetter}\p{WB=Hebrew_Letter}\p{WB=Numeric}\p{WB=Katakana}\p{L}\p{Extended_Pictographic}]|^\p{Emoji_Modifier}|\p{WB=Regional_Indicator}{2}|^[#*]\x{fe0f}?\x{20e3}",
        )
        .expect("it is valid")
    });
    // Dashes, quotes and ideographic full stops are so frequent that they are worth a shortcut.
    let is_punctuation = |character: char| matches!(character, '\u{2010}'..='\u{203b}' | '\u{3000}'..='\u{3003}');
    segment.starts_with(char::is_alphabetic)
        || segment.contains(|character: char| character.is_ascii_alphanumeric())
        || !segment.is_ascii() && !segment.chars().all(is_punctuation) && OTHER_WORDS.is_match(segment)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        WordRuns::new(text).map(|(_, word)| word).collect()
    }

    /// Each of these is one word.
    #[test]
    fn emoji_are_words() {
        for text in [
            "🍕",
            "🇩🇪",
            "👩\u{200d}👩\u{200d}👧",
            "👍🏽",
            "🏽",
            "👍\u{fe0f}",
            "1\u{fe0f}\u{20e3}",
            "#\u{fe0f}\u{20e3}",
            "*\u{20e3}",
            "❤",
            "❤\u{fe0f}",
            "★",
            "©",
            "™",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "🏴\u{200d}☠\u{fe0f}",
            "👩🏽\u{200d}🚀",
        ] {
            assert_eq!(words(text), [text]);
        }
        assert_eq!(words("🇩🇪🇫🇷"), ["🇩🇪", "🇫🇷"]);
        assert_eq!(words("a🍕🍕b"), ["a", "🍕", "🍕", "b"]);
        assert_eq!(words("🇩"), Vec::<&str>::new());
    }

    #[test]
    fn numbers_in_circles_and_exponents_are_not_words() {
        assert_eq!(words("① ² ½ a²"), ["a"]);
        assert_eq!(words("Ⅷ Ⓐ ٣ 3٫5 ٫"), ["Ⅷ", "Ⓐ", "٣", "3٫5", "٫"]);
        assert_eq!(words("“so” – … „a“ 、 _ ˈ ׳"), ["so", "a", "ˈ", "׳"]);
        // A mark does not make a word of what it is attached to.
        assert_eq!(words("%\u{368} 、\u{17be} _\u{e9} %🏽"), ["_\u{e9}"]);
    }

    #[test]
    fn scripts_without_spaces_are_runs() {
        assert_eq!(words("สวัสดีครับ 123"), ["สวัสดีครับ", "123"]);
        assert_eq!(words("abcสวัสดี๓"), ["abc", "สวัสดี", "๓"]);
        assert_eq!(words("ភាសាខ្មែរ မြန်မာ"), ["ភាសាខ្មែរ", "မြန်မာ"]);
        assert_eq!(words("東京ひらカタカナ한국어"), ["東", "京", "ひ", "ら", "カタカナ", "한국어"]);
    }
}
