//! Random values of fields, as JSON text: `1.10` is not `1.1`.

use serde_json::Value as Json;

use super::Random;
use super::date::DateForm;
use super::field_type::FieldType;
use super::objects::{completion, date_range, disabled, flat_object, ip_range, point, range};
use super::schema::FieldSpec;
use super::style::Style;
use super::words::{KEYWORDS, respelled, text};

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

const DOUBLES: [&str; 13] = [
    "0.1",
    "1.10",
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

const FLOATS: [&str; 11] = [
    "0.1",
    "1.10",
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

/// A value for a field.
pub(super) fn value(random: &mut Random, field: &FieldSpec, style: Style) -> String {
    if style == Style::Misfit {
        return random.pick(&MISFITS).to_owned();
    }
    let is_edge = style == Style::Edge;
    let one_of = |random: &mut Random, items: &[&str]| random.pick(items).to_owned();
    match field.kind {
        FieldType::Text | FieldType::TokenCount => Json::from(text(random, style)).to_string(),
        FieldType::Keyword | FieldType::Wildcard if is_edge && random.chance(0.2) => {
            one_of(random, &["1.10", "true", "5", "1e3", "-0"])
        }
        FieldType::Keyword | FieldType::Wildcard if is_edge => Json::from(random.pick(&ODD_KEYWORDS)).to_string(),
        FieldType::Keyword | FieldType::Wildcard => Json::from(random.pick(&KEYWORDS)).to_string(),
        FieldType::ConstantKeyword => "\"fixed\"".to_owned(),
        FieldType::Long if is_edge => one_of(random, &LONGS),
        FieldType::Integer if is_edge => one_of(random, &INTEGERS),
        FieldType::Long | FieldType::Integer => random.between(0, 20).to_string(),
        FieldType::Double if is_edge => one_of(random, &DOUBLES),
        FieldType::Float if is_edge => one_of(random, &FLOATS),
        FieldType::Double | FieldType::Float => (random.between(0, 40) as f64 / 4.0).to_string(),
        FieldType::Boolean if is_edge => one_of(random, &["true", "false", "\"true\"", "\"false\"", "\"\""]),
        FieldType::Boolean => random.chance(0.6).to_string(),
        FieldType::Date => random.pick(&field.dates).date(random, style),
        FieldType::GeoPoint => point(random, style),
        FieldType::Ip if is_edge => {
            one_of(random, &["\"::\"", "\"::ffff:10.0.0.1\"", "\"2001:DB8::0:1\"", "\"255.255.255.255\""])
        }
        FieldType::Ip => format!("\"10.0.{}.{}\"", random.below(2), random.below(6)),
        FieldType::UnsignedLong if is_edge => one_of(random, &UNSIGNED_LONGS),
        FieldType::UnsignedLong => random.between(0, 20).to_string(),
        FieldType::Range => range(random, style),
        FieldType::DateRange => date_range(random, style),
        FieldType::IpRange => ip_range(random, style),
        FieldType::FlatObject => flat_object(random, style),
        FieldType::Completion => completion(random, style),
        FieldType::Binary => one_of(random, &["\"aGVsbG8=\"", "\"AAEC\"", "\"\""]),
        FieldType::Disabled => disabled(random).to_owned(),
    }
}

/// A value that a query may ask for: of objects, one of the values inside.
pub(super) fn value_in_query(random: &mut Random, field: &FieldSpec, style: Style) -> String {
    match field.kind {
        _ if style == Style::Misfit => value(random, field, style),
        FieldType::Range if style == Style::Edge => random.pick(&["2.5", "\"3\"", "-1", "7.0"]).to_owned(),
        FieldType::Range => random.between(0, 15).to_string(),
        FieldType::TokenCount => random.between(0, 9).to_string(),
        FieldType::ConstantKeyword => random.pick(&["\"fixed\"", "\"fixed\"", "\"other\""]).to_owned(),
        FieldType::DateRange => DateForm::Iso.date(random, style),
        FieldType::IpRange => format!("\"10.0.{}.{}\"", random.below(2), random.below(6)),
        FieldType::FlatObject | FieldType::Disabled => Json::from(random.pick(&KEYWORDS)).to_string(),
        FieldType::Completion => Json::from(text(random, style)).to_string(),
        FieldType::Keyword if field.is_normalized() => {
            let keyword = if style == Style::Edge { random.pick(&ODD_KEYWORDS) } else { random.pick(&KEYWORDS) };
            Json::from(respelled(random, keyword)).to_string()
        }
        _ => value(random, field, style),
    }
}
