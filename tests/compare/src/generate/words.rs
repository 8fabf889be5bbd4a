//! Random texts.

use super::Random;
use super::style::Style;

/// Common words first: a word's place in the list is how rare it is.
const WORDS: [&str; 24] = [
    "harbour",
    "the",
    "quiet",
    "night",
    "letters",
    "and",
    "trains",
    "silence",
    "running",
    "runs",
    "maps",
    "of",
    "berlin",
    "Kitchen",
    "lost",
    "FIELD",
    "guide",
    "shelves",
    "water",
    "a",
    "schönes",
    "Häuser",
    "cooking",
    "daughter's",
];

/// What analyzers stumble over.
const ODD_WORDS: [&str; 24] = [
    "İzmir",
    "ISPARTA",
    "Straße",
    "naïve",
    "e\u{301}tude",
    "東京",
    "東京都の天気",
    "สวัสดี",
    "don't",
    "can\u{2019}t",
    "e-mail",
    "3.14",
    "1,000",
    "foo_bar",
    "C++",
    "a.b.c",
    "user@example.org",
    "🍕",
    "👩‍👩‍👧",
    "ﬁne",
    "Ⅷ",
    "x\u{200b}y",
    "المدينة",
    "I'm",
];

/// Values of keywords.
pub(super) const KEYWORDS: [&str; 10] =
    ["novel", "essay", "travel", "cooking", "letters", "DE", "FR", "us", "a b", "romance"];

/// Words for a text.
pub(super) fn text(random: &mut Random, style: Style) -> String {
    let is_edge = style == Style::Edge;
    let words = if is_edge { random.below(6) } else { 1 + random.below(9) };
    let mut text = Vec::with_capacity(words);
    for _ in 0..words {
        if is_edge && random.chance(0.6) {
            text.push(random.pick(&ODD_WORDS));
        } else {
            // The smaller of two places: common words are first.
            let place = random.below(WORDS.len()).min(random.below(WORDS.len()));
            text.push(WORDS[place]);
        }
    }
    text.join(" ")
}

/// A text in other letters, which normalizers make the same.
pub(super) fn respelled(random: &mut Random, text: &str) -> String {
    match random.below(4) {
        0 => text.to_uppercase(),
        1 => text.replace('a', "á").replace('e', "É").replace('o', "ö"),
        2 => text
            .char_indices()
            .map(|(place, letter)| if place == 1 { letter.to_ascii_uppercase() } else { letter })
            .collect(),
        _ => text.to_owned(),
    }
}
