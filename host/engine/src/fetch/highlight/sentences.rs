//! Where sentences end, as in Java's `BreakIterator`, in which a sentence ends
//! - after a paragraph separator;
//! - after `!`, `?` and the like, more such characters, closing punctuation and white space;
//! - after a period, more of them, and closing punctuation, if then comes a space and a letter that is not in lower case, two spaces
//!   and any letter, or punctuation that opens a sentence and any letter. A period at which that turns out not to be so, because
//!   the text ends or something else follows the punctuation, ends the sentence before it.

use super::characters::{CLOSING, IGNORED, LETTER, LOWER_CASE, NUMBER, OPENING, SPACE, character_at};

/// How far a sentence is looked ahead for what follows a period. Java has no limit, and takes the square of the length for some
/// texts.
const MAX_LOOK_AHEAD: usize = 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ignored,
    ParagraphSeparator,
    /// `!`, `?`
    Terminator,
    Period,
    Space,
    /// A quotation mark, which opens or closes.
    Quote,
    Opening,
    Closing,
    /// A phrase separator of Devanagari.
    Danda,
    Digit,
    LowerCase,
    /// Any other letter.
    Letter,
    Comma,
    /// Anything else.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Inside,
    /// After a period, and perhaps closing punctuation.
    Period,
    /// The same, with a quotation mark that may also open the next sentence.
    PeriodQuote,
    /// A period and a space.
    Space,
    /// A period and several spaces.
    Spaces,
    /// What opens the next sentence, if a letter follows.
    Opening,
    /// The same after a quotation mark.
    OpeningQuote,
    Terminator,
    TerminatorSpace,
    Danda,
    /// After a paragraph separator.
    End,
    /// The next sentence begins where it was looked ahead from.
    NextFound,
    Stop,
}

/// The ends of all sentences of a text, as indices of its UTF-16 code units.
pub(super) fn sentence_ends(units: &[u16]) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut start = 0;
    while start < units.len() {
        start = sentence_end(units, start);
        ends.push(start);
    }
    ends
}

fn sentence_end(units: &[u16], start: usize) -> usize {
    let (mut end, mut next_start) = (start + character_at(units, start).1, 0);
    let mut state = State::Inside;
    let mut index = start;
    while index < units.len() && index - end.min(index) < MAX_LOOK_AHEAD {
        let (character, length) = character_at(units, index);
        index += length;
        state = match kind(character) {
            Kind::Ignored => state,
            kind => next(state, kind),
        };
        match state {
            State::Stop => return end,
            State::NextFound => return next_start,
            State::Period | State::PeriodQuote | State::Space | State::Spaces => next_start = index,
            State::Inside | State::Terminator | State::TerminatorSpace | State::Danda | State::End => end = index,
            State::Opening | State::OpeningQuote => {}
        }
    }
    // Nothing at all may follow as well.
    if next_start == units.len() { next_start } else { end }
}

fn next(state: State, kind: Kind) -> State {
    use Kind::{
        Closing, Danda, Digit, Letter, LowerCase, Opening, Other, ParagraphSeparator, Period, Quote, Space, Terminator,
    };
    match (state, kind) {
        (State::Terminator, Terminator | Period | Closing | Quote) => State::Terminator,
        (State::Terminator | State::TerminatorSpace, Space) => State::TerminatorSpace,
        (State::Terminator | State::TerminatorSpace, ParagraphSeparator) => State::End,
        (State::Danda, Space) => State::Danda,
        (
            State::Terminator | State::TerminatorSpace | State::Danda | State::End | State::NextFound | State::Stop,
            _,
        ) => State::Stop,
        (State::Period | State::PeriodQuote, Period | Closing) => State::Period,
        (State::Period | State::PeriodQuote, Quote) => State::PeriodQuote,
        (State::Period | State::PeriodQuote, Space) => State::Space,
        (State::Space | State::Spaces, Space) => State::Spaces,
        (State::PeriodQuote | State::Opening | State::OpeningQuote | State::Spaces, Letter | LowerCase)
        | (State::Space, Letter) => State::NextFound,
        (State::Spaces, Other) => State::Stop,
        (State::Period | State::Space | State::Opening, Opening | Other)
        | (State::Spaces, Opening)
        | (State::Space | State::Spaces | State::Opening, Quote) => State::Opening,
        (State::PeriodQuote | State::OpeningQuote, Opening | Other) | (State::OpeningQuote, Quote) => {
            State::OpeningQuote
        }
        (State::OpeningQuote, _) => State::Stop,
        (_, ParagraphSeparator) => State::End,
        (_, Terminator) => State::Terminator,
        (_, Period) => State::Period,
        (_, Danda) => State::Danda,
        (
            _,
            Digit | Kind::Comma | Kind::Ignored | Kind::Space | Quote | Opening | Closing | LowerCase | Letter | Other,
        ) => State::Inside,
    }
}

fn kind(character: char) -> Kind {
    match character {
        'a'..='z' => Kind::LowerCase,
        'A'..='Z' => Kind::Letter,
        '0'..='9' => Kind::Digit,
        ' ' | '\t' | '\r' | '\u{c}' | '\n' | '\u{2028}' => Kind::Space,
        '\u{2029}' => Kind::ParagraphSeparator,
        '!' | '?' | '\u{3002}' | '\u{ff01}' | '\u{ff1f}' => Kind::Terminator,
        '.' | '\u{ff0e}' => Kind::Period,
        '"' | '\'' => Kind::Quote,
        ',' => Kind::Comma,
        '\u{964}' | '\u{965}' => Kind::Danda,
        _ if OPENING.contains(character) => Kind::Opening,
        _ if CLOSING.contains(character) => Kind::Closing,
        _ if character.is_ascii() => Kind::Other,
        _ if IGNORED.contains(character) => Kind::Ignored,
        _ if LOWER_CASE.contains(character) => Kind::LowerCase,
        _ if LETTER.contains(character) => Kind::Letter,
        _ if NUMBER.contains(character) => Kind::Digit,
        _ if SPACE.contains(character) => Kind::Space,
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(text: &str) -> Vec<String> {
        let units: Vec<u16> = text.encode_utf16().collect();
        let mut start = 0;
        let mut sentences = Vec::new();
        for end in sentence_ends(&units) {
            sentences.push(String::from_utf16_lossy(&units[start..end]));
            start = end;
        }
        sentences
    }

    #[test]
    fn sentences_end_where_java_ends_them() {
        assert_eq!(sentences("One. Two! Three? four"), ["One. ", "Two! ", "Three? ", "four"]);
        assert_eq!(sentences("e.g. this, U.S. that. Then"), ["e.g. this, U.S. that. ", "Then"]);
        assert_eq!(sentences("A. b.  c.\u{3000}D"), ["A. b.  ", "c.\u{3000}", "D"]);
        assert_eq!(sentences("He said \"no.\" \"Yes.\" (All) of it"), ["He said \"no.\" ", "\"Yes.\" ", "(All) of it"]);
        assert_eq!(sentences("1. 2. 3,5. x"), ["1. 2. 3,5. x"]);
        assert_eq!(sentences("日本語。中文！한국어"), ["日本語。", "中文！", "한국어"]);
        assert_eq!(sentences("a\u{2029}b. \u{2029}c"), ["a\u{2029}", "b. \u{2029}", "c"]);
        assert_eq!(sentences("a\u{964} b"), ["a\u{964} ", "b"]);
        assert_eq!(sentences(""), [""; 0]);
    }

    #[test]
    fn a_period_with_only_punctuation_after_it_is_a_sentence() {
        assert_eq!(sentences("1,000.) 1,000. ("), ["1,000.) 1,000", ".", " ("]);
        assert_eq!(sentences("1,000.'#7.\n"), ["1,000", ".", "'#7.\n"]);
    }

    #[test]
    fn looking_ahead_is_bounded() {
        assert!(sentence_ends(&".(".repeat(100_000).encode_utf16().collect::<Vec<_>>()).len() > 1);
    }
}
