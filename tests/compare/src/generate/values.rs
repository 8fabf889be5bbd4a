//! Random values of fields, as JSON text: `1.10` is not `1.1`.

use serde_json::Value as Json;

use super::Random;
use super::schema::{FieldSpec, FieldType};

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

const KEYWORDS: [&str; 10] = ["novel", "essay", "travel", "cooking", "letters", "DE", "FR", "us", "a b", "romance"];

const ODD_KEYWORDS: [&str; 14] = [
    "",
    " ",
    "Ünïcödé",
    "e\u{301}",
    "é",
    "東京",
    "🍕",
    "\u{10ffff}",
    "\u{7f}",
    "a\tb",
    "null",
    "1.10",
    "true",
    "zz\u{202e}abc",
];

const LONGS: [&str; 16] = [
    "9223372036854775807",
    "-9223372036854775808",
    "9007199254740993",
    "-9007199254740993",
    "0",
    "-1",
    "-0",
    "\"5\"",
    "5.9",
    "-5.9",
    "\"7.5\"",
    "1e3",
    "4611686018427387905",
    "\"9223372036854775807\"",
    "2147483648",
    "\"\"",
];

const UNSIGNED_LONGS: [&str; 8] = [
    "18446744073709551615",
    "9223372036854775808",
    "9223372036854775807",
    "9007199254740993",
    "0",
    "\"5\"",
    "5.9",
    "\"18446744073709551615\"",
];

const INTEGERS: [&str; 9] = ["2147483647", "-2147483648", "0", "-1", "\"5\"", "5.9", "-0.5", "1e3", "\"-7.5\""];

const DOUBLES: [&str; 14] = [
    "0.1",
    "1.10",
    "-0.0",
    "1e308",
    "-1e308",
    "5e-324",
    "1e-10",
    "3.4028235e38",
    "\"2.5\"",
    "16777217",
    "9007199254740993",
    "-2.5",
    "1e16",
    "0.30000000000000004",
];

const FLOATS: [&str; 12] = [
    "0.1",
    "1.10",
    "-0.0",
    "3.4028235e38",
    "-3.4028235e38",
    "1.4e-45",
    "16777217",
    "\"2.5\"",
    "-2.5",
    "1e10",
    "0.3333333333",
    "123456.789",
];

/// What most fields refuse.
const MISFITS: [&str; 16] = [
    "\"x\"",
    "true",
    "{}",
    "{\"a\":1}",
    "1e400",
    "\"NaN\"",
    "99999999999999999999",
    "[[1],[2]]",
    "\"2024-13-01\"",
    "\"\"",
    "{\"lat\":91,\"lon\":0}",
    "[200,10]",
    "\"maybe\"",
    "1",
    "\"0x10\"",
    "\"1_000\"",
];

/// What a value is to be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// One of few, so that there are ties and repetitions.
    Plain,
    /// At an edge of what is valid.
    Edge,
    /// Perhaps invalid.
    Misfit,
}

/// A value for a field.
pub(super) fn value(random: &mut Random, field: &FieldSpec, style: Style) -> String {
    if style == Style::Misfit {
        return random.pick(&MISFITS).to_owned();
    }
    let is_edge = style == Style::Edge;
    let one_of = |random: &mut Random, items: &[&str]| random.pick(items).to_owned();
    match field.kind {
        FieldType::Text => Json::from(text(random, is_edge)).to_string(),
        FieldType::Keyword if is_edge && random.chance(0.2) => one_of(random, &["1.10", "true", "5", "1e3", "-0"]),
        FieldType::Keyword if is_edge => Json::from(random.pick(&ODD_KEYWORDS)).to_string(),
        FieldType::Keyword => Json::from(random.pick(&KEYWORDS)).to_string(),
        FieldType::Long if is_edge => one_of(random, &LONGS),
        FieldType::Integer if is_edge => one_of(random, &INTEGERS),
        FieldType::Long | FieldType::Integer => random.between(0, 20).to_string(),
        FieldType::Double if is_edge => one_of(random, &DOUBLES),
        FieldType::Float if is_edge => one_of(random, &FLOATS),
        FieldType::Double | FieldType::Float => (random.between(0, 40) as f64 / 4.0).to_string(),
        FieldType::Boolean if is_edge => one_of(random, &["true", "false", "\"true\"", "\"false\"", "\"\""]),
        FieldType::Boolean => random.chance(0.6).to_string(),
        FieldType::Date => random.pick(&field.dates).date(random, is_edge),
        FieldType::GeoPoint => point(random, is_edge),
        FieldType::Ip if is_edge => {
            one_of(random, &["\"::\"", "\"::ffff:10.0.0.1\"", "\"2001:DB8::0:1\"", "\"255.255.255.255\""])
        }
        FieldType::Ip => format!("\"10.0.{}.{}\"", random.below(2), random.below(6)),
        FieldType::UnsignedLong if is_edge => one_of(random, &UNSIGNED_LONGS),
        FieldType::UnsignedLong => random.between(0, 20).to_string(),
        FieldType::Range => range(random, is_edge),
        FieldType::FlatObject => flat_object(random, is_edge),
        FieldType::Completion => completion(random, is_edge),
    }
}

/// A value that a query may ask for: of objects, one of the values inside.
pub(super) fn value_in_query(random: &mut Random, field: &FieldSpec, style: Style) -> String {
    match field.kind {
        FieldType::Range if style == Style::Edge => random.pick(&["2.5", "\"3\"", "-1", "7.0"]).to_owned(),
        FieldType::Range if style == Style::Plain => random.between(0, 15).to_string(),
        FieldType::FlatObject if style != Style::Misfit => Json::from(random.pick(&KEYWORDS)).to_string(),
        FieldType::Completion if style != Style::Misfit => Json::from(text(random, style == Style::Edge)).to_string(),
        _ => value(random, field, style),
    }
}

fn range(random: &mut Random, is_edge: bool) -> String {
    let (first, length) = (random.between(0, 10), random.between(0, 5));
    let last = first + length;
    if is_edge {
        return match random.below(6) {
            0 => format!("{{\"gte\":{first}}}"),
            1 => format!("{{\"lt\":{last}}}"),
            2 => format!("{{\"gt\":{first},\"lte\":{last}}}"),
            3 => format!("{{\"gte\":\"{first}\",\"lte\":\"{last}\"}}"),
            4 => format!("{{\"gte\":{first}.5,\"lte\":{last}.5}}"),
            _ => "{}".to_owned(),
        };
    }
    format!("{{\"gte\":{first},\"lte\":{last}}}")
}

fn flat_object(random: &mut Random, is_edge: bool) -> String {
    let (first, second) = (random.pick(&KEYWORDS), random.pick(&KEYWORDS));
    if is_edge {
        let number = random.below(4);
        return match random.below(4) {
            0 => format!("{{\"a\":{number},\"b\":true}}"),
            1 => format!("{{\"a\":[\"{first}\",{number}]}}"),
            2 => "{\"a\":null}".to_owned(),
            _ => "{}".to_owned(),
        };
    }
    format!("{{\"a\":\"{first}\",\"b\":{{\"c\":\"{second}\"}}}}")
}

fn completion(random: &mut Random, is_edge: bool) -> String {
    let input = Json::from(text(random, is_edge));
    match random.below(3) {
        0 => input.to_string(),
        1 => format!("{{\"input\":{input},\"weight\":{}}}", random.below(5)),
        _ => {
            let second = Json::from(text(random, false));
            format!("{{\"input\":[{input},{second}],\"weight\":\"{}\"}}", random.below(5))
        }
    }
}

/// Words for a text.
pub(super) fn text(random: &mut Random, is_edge: bool) -> String {
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

fn point(random: &mut Random, is_edge: bool) -> String {
    if is_edge {
        return (random.pick(&[
            "{\"lat\":90,\"lon\":0}",
            "{\"lat\":-90,\"lon\":180}",
            "[180,0]",
            "[-180,0]",
            "[179.99,0.01]",
            "\"POINT (13.4 52.5)\"",
            "\"52.5,13.4\"",
            "{\"type\":\"Point\",\"coordinates\":[13.4,52.5]}",
            "{\"lat\":\"52.5\",\"lon\":\"13.4\"}",
            "[13.4,52.5,30]",
            "\" 52.5 , 13.4 \"",
            "\"point(13.4 52.5)\"",
            "\"u33dc1\"",
            "{\"geohash\":\"u33dc1\"}",
        ]))
        .to_owned();
    }
    let (lat, lon) = (50.0 + random.between(0, 40) as f64 / 10.0, 10.0 + random.between(0, 40) as f64 / 10.0);
    match random.below(3) {
        0 => format!("{{\"lat\":{lat},\"lon\":{lon}}}"),
        1 => format!("[{lon},{lat}]"),
        _ => format!("\"{lat},{lon}\""),
    }
}
