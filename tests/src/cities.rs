//! The cities of `tests/data`.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use serde::Deserialize;

/// The mapping of an index of the cities, as JSON.
pub const CITIES_MAPPING: &str = include_str!("../data/cities.mapping.json");

const COMPRESSED: &[u8] = include_bytes!("../data/cities.ndjson.gz");

/// A city, for reference implementations.
#[derive(Debug, Clone, Deserialize)]
pub struct City {
    /// The document's id.
    #[serde(rename = "_id")]
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its names in other languages.
    #[serde(default)]
    pub alternate_names: Vec<String>,
    /// ISO 3166-1, two letters.
    pub country_code: String,
    /// Name of its country.
    pub country: String,
    /// Number of inhabitants.
    pub population: i64,
    /// Its location.
    pub location: Location,
    /// Time zone in the IANA database.
    pub timezone: String,
}

/// A point in degrees.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Location {
    /// North of the equator.
    pub lat: f64,
    /// East of Greenwich.
    pub lon: f64,
}

/// All cities, one JSON document per line, gzip-compressed.
pub fn cities_compressed() -> &'static [u8] {
    COMPRESSED
}

/// All cities, one JSON document per line.
pub fn cities_ndjson() -> String {
    let mut text = String::new();
    MultiGzDecoder::new(COMPRESSED).read_to_string(&mut text).expect("the file is UTF-8 in gzip");
    text
}

/// All cities, in the order of the file.
pub fn cities() -> Vec<City> {
    let city = |line: &str| serde_json::from_str(line).expect("every line is a city");
    cities_ndjson().lines().map(city).collect()
}
