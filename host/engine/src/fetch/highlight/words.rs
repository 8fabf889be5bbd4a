//! Where words end, as in Java's `BreakIterator`: a word is letters with single hyphens, periods or quotation marks inside, numbers
//! likewise, or both; a run of white space; a run of Katakana, Hiragana or Kanji; or any other single character.

use super::characters::{
    CONTROL_OR_SEPARATOR, CURRENCY, ENCLOSING, FORMAT, JOINING, LETTER_OR_SPACING_MARK, NUMBER, SPACE, character_at,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A mark that belongs to the character before it.
    Enclosing,
    Danda,
    Kanji,
    Katakana,
    Hiragana,
    /// A mark or a sign of Katakana and Hiragana.
    Kana,
    Letter,
    Number,
    CarriageReturn,
    LineEnd,
    Space,
    Other,
}

/// A character that is not ignored.
struct Character {
    character: char,
    kind: Kind,
    /// The index of its first UTF-16 code unit.
    start: usize,
}

/// The ends of all words of a text, as indices of its UTF-16 code units. Characters for formatting belong to the word before them.
pub(super) fn word_ends(units: &[u16]) -> Vec<usize> {
    let mut characters = Vec::with_capacity(units.len());
    let mut index = 0;
    while index < units.len() {
        let (character, length) = character_at(units, index);
        // A soft hyphen is punctuation.
        if !FORMAT.contains(character) || character == '\u{ad}' {
            characters.push(Character { character, kind: kind(character), start: index });
        }
        index += length;
    }
    let text = Text(&characters);
    let mut ends = Vec::new();
    let mut position = 0;
    while position < characters.len() {
        position = text.end(position);
        ends.push(characters.get(position).map_or(units.len(), |character| character.start));
    }
    if ends.is_empty() && !units.is_empty() {
        ends.push(units.len());
    }
    ends
}

struct Text<'a>(&'a [Character]);

impl Text<'_> {
    fn kind(&self, position: usize) -> Option<Kind> {
        self.0.get(position).map(|character| character.kind)
    }

    fn is(&self, position: usize, test: impl FnOnce(char) -> bool) -> bool {
        self.0.get(position).is_some_and(|character| test(character.character))
    }

    /// The end of the word that begins at a position: of all rules, the one counts that takes the most.
    fn end(&self, start: usize) -> usize {
        let first = &self.0[start];
        let mut end = self.group(start, Lead::Word).unwrap_or(start);
        if self.is(start, is_before_number) {
            end = end.max(self.group(start + 1, Lead::Number).unwrap_or(start));
        }
        end = end.max(self.white_space(start));
        for kinds in [&[Kind::Katakana, Kind::Kana][..], &[Kind::Hiragana, Kind::Kana], &[Kind::Kanji]] {
            end = end.max(self.skip(start, kinds));
        }
        if first.kind != Kind::Enclosing && !CONTROL_OR_SEPARATOR.contains(first.character) {
            end = end.max(self.skip(start + 1, &[Kind::Enclosing]));
        }
        end.max(start + 1)
    }

    fn skip(&self, start: usize, kinds: &[Kind]) -> usize {
        let others = self.0[start.min(self.0.len())..].iter().take_while(|character| kinds.contains(&character.kind));
        start + others.count()
    }

    /// Characters of a kind with their marks, at least one.
    fn run(&self, start: usize, kind: Kind) -> Option<usize> {
        (self.kind(start) == Some(kind)).then(|| self.skip(start, &[kind, Kind::Enclosing]))
    }

    /// Runs of a kind with single characters between them.
    fn joined(&self, start: usize, kind: Kind, joins: impl Fn(char) -> bool) -> Option<usize> {
        let mut end = self.run(start, kind)?;
        while self.is(end, &joins) {
            match self.run(end + 1, kind) {
                Some(next) => end = next,
                None => break,
            }
        }
        Some(end)
    }

    fn word(&self, start: usize) -> Option<usize> {
        let end = self.joined(start, Kind::Letter, is_inside_word)?;
        Some(if self.kind(end) == Some(Kind::Danda) { end + 1 } else { end })
    }

    /// Words and numbers that follow each other.
    fn group(&self, start: usize, lead: Lead) -> Option<usize> {
        let mut end = None;
        let mut position = start;
        if lead == Lead::Word
            && let Some(word) = self.word(start)
        {
            (position, end) = (word, Some(word));
        }
        while let Some(number) = self.joined(position, Kind::Number, is_inside_number) {
            end = Some(if self.is(number, is_after_number) { number + 1 } else { number });
            match self.word(number) {
                Some(word) => (position, end) = (word, Some(word)),
                None => break,
            }
        }
        end
    }

    fn white_space(&self, start: usize) -> usize {
        let mut end = self.run(start, Kind::Space).unwrap_or(start);
        if self.kind(end) == Some(Kind::CarriageReturn) {
            end += 1;
        }
        if self.kind(end) == Some(Kind::LineEnd) { end + 1 } else { end }
    }
}

/// What a group of words and numbers may begin with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lead {
    Word,
    Number,
}

fn is_inside_word(character: char) -> bool {
    matches!(character, '.' | '"' | '\'' | '\u{2027}' | '\u{ad}') || JOINING.contains(character)
}

fn is_inside_number(character: char) -> bool {
    matches!(character, '"' | '\'' | ',' | '\u{66b}' | '.')
}

fn is_before_number(character: char) -> bool {
    matches!(character, '#' | '.') || (character != '\u{a2}' && CURRENCY.contains(character))
}

fn is_after_number(character: char) -> bool {
    matches!(character, '%' | '&' | '\u{a2}' | '\u{66a}' | '\u{2030}' | '\u{2031}')
}

fn kind(character: char) -> Kind {
    match character {
        'a'..='z' | 'A'..='Z' => Kind::Letter,
        '0'..='9' => Kind::Number,
        ' ' | '\t' => Kind::Space,
        '\r' => Kind::CarriageReturn,
        '\n' | '\u{c}' | '\u{2028}' | '\u{2029}' => Kind::LineEnd,
        _ if character.is_ascii() => Kind::Other,
        '\u{964}' | '\u{965}' => Kind::Danda,
        '\u{3005}' | '\u{4e00}'..='\u{9fa5}' | '\u{f900}'..='\u{fa2d}' => Kind::Kanji,
        '\u{30a1}'..='\u{30fa}' | '\u{30fd}' | '\u{30fe}' => Kind::Katakana,
        '\u{3041}'..='\u{3094}' | '\u{309d}' | '\u{309e}' => Kind::Hiragana,
        '\u{3099}'..='\u{309c}' | '\u{30fb}' | '\u{30fc}' => Kind::Kana,
        _ if ENCLOSING.contains(character) => Kind::Enclosing,
        _ if LETTER_OR_SPACING_MARK.contains(character) => Kind::Letter,
        _ if NUMBER.contains(character) => Kind::Number,
        _ if SPACE.contains(character) => Kind::Space,
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let units: Vec<u16> = text.encode_utf16().collect();
        let mut start = 0;
        let mut words = Vec::new();
        for end in word_ends(&units) {
            words.push(String::from_utf16_lossy(&units[start..end]));
            start = end;
        }
        words
    }

    #[test]
    fn words_end_where_java_ends_them() {
        assert_eq!(words("don't stop, e.g. x-y"), ["don't", " ", "stop", ",", " ", "e.g", ".", " ", "x-y"]);
        assert_eq!(words("a1b 3,14% $5 #7 .5"), ["a1b", " ", "3,14%", " ", "$5", " ", "#7", " ", ".5"]);
        assert_eq!(words("a  \r\nb\t c"), ["a", "  \r\n", "b", "\t ", "c"]);
        assert_eq!(words("日本語カタカナひらがな"), ["日本語", "カタカナ", "ひらがな"]);
        assert_eq!(words("e\u{301}a <b>/\u{ad}x"), ["e\u{301}a", " ", "<", "b", ">", "/", "\u{ad}", "x"]);
        assert_eq!(words("..."), [".", ".", "."]);
        assert_eq!(words("\u{200b}"), ["\u{200b}"]);
        assert_eq!(words(""), [""; 0]);
    }
}
