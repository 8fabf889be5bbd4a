//! Random values that are objects, or are written as such.

use serde_json::Value as Json;

use super::Random;
use super::style::Style;
use super::words::{KEYWORDS, text};

pub(super) fn range(random: &mut Random, style: Style) -> String {
    let (first, length) = (random.between(0, 10), random.between(0, 5));
    let last = first + length;
    if style == Style::Edge {
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

pub(super) fn date_range(random: &mut Random, style: Style) -> String {
    let (first, last) = (random.between(10, 14), random.between(14, 20));
    if style == Style::Edge {
        return match random.below(4) {
            0 => format!("{{\"gte\":\"2024-05-{first}\"}}"),
            1 => format!("{{\"lt\":\"2024-05-{last}T12:00:00Z\"}}"),
            2 => format!("{{\"gt\":\"2024-05-{first}\",\"lt\":\"2024-06\"}}"),
            _ => "{\"gte\":1715000000000,\"lte\":1715940000000}".to_owned(),
        };
    }
    format!("{{\"gte\":\"2024-05-{first}\",\"lte\":\"2024-05-{last}\"}}")
}

pub(super) fn ip_range(random: &mut Random, style: Style) -> String {
    let (network, first) = (random.below(2), random.below(4));
    if style == Style::Edge {
        return match random.below(4) {
            0 => "\"10.0.0.0/29\"".to_owned(),
            1 => "\"2001:db8::/32\"".to_owned(),
            2 => format!("{{\"gt\":\"10.0.{network}.{first}\"}}"),
            _ => format!("{{\"lt\":\"10.0.{network}.{first}\",\"gte\":null}}"),
        };
    }
    format!("{{\"gte\":\"10.0.{network}.{first}\",\"lte\":\"10.0.{network}.{}\"}}", first + 2)
}

/// The content of an object that is not indexed.
pub(super) fn disabled(random: &mut Random) -> &'static str {
    random.pick(&["{\"a\":1}", "{\"a\":{\"b\":\"x\"},\"c\":[1,\"y\"]}", "{}", "[{\"a\":2},{\"a\":\"z\"}]"])
}

pub(super) fn flat_object(random: &mut Random, style: Style) -> String {
    // Each value is at one path: where it is at several, the other server counts it otherwise.
    let (first, second) = (random.pick(&KEYWORDS[..5]), random.pick(&KEYWORDS[5..]));
    if style == Style::Edge {
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

pub(super) fn completion(random: &mut Random, style: Style) -> String {
    let input = Json::from(text(random, style));
    match random.below(3) {
        0 => input.to_string(),
        1 => format!("{{\"input\":{input},\"weight\":{}}}", random.below(5)),
        _ => {
            let second = Json::from(text(random, Style::Plain));
            format!("{{\"input\":[{input},{second}],\"weight\":\"{}\"}}", random.below(5))
        }
    }
}

pub(super) fn point(random: &mut Random, style: Style) -> String {
    if style == Style::Edge {
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
