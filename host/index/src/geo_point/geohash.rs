//! Geohashes: texts that name a cell of a grid on Earth, the smaller the longer.

/// The digits of geohashes.
pub const GEOHASH_DIGITS: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";

/// Maximum number of digits that are used: their cells are smaller than four centimetres.
pub(super) const MAX_DIGITS: usize = 12;

/// The latitude and longitude of the south-western corner of the cell; `None` if the text is not a geohash.
///
/// The bits of the digits, of which each has five, halve the longitudes and the latitudes in turn.
pub(super) fn south_west(text: &str) -> Option<(f64, f64)> {
    if text.is_empty() {
        return None;
    }
    let (mut lat, mut lat_span) = (-90.0, 180.0);
    let (mut lon, mut lon_span) = (-180.0, 360.0);
    let mut is_longitude = true;
    for (position, digit) in text.bytes().enumerate() {
        let value = GEOHASH_DIGITS.iter().position(|known| *known == digit)?;
        if position >= MAX_DIGITS {
            continue;
        }
        for bit in (0..5).rev() {
            let (corner, span) = if is_longitude { (&mut lon, &mut lon_span) } else { (&mut lat, &mut lat_span) };
            *span /= 2.0;
            if value >> bit & 1 == 1 {
                *corner += *span;
            }
            is_longitude = !is_longitude;
        }
    }
    Some((lat, lon))
}

/// The geohash of the cell of a point.
pub(super) fn geohash(lat: f64, lon: f64, digits: usize) -> String {
    let (mut south, mut north, mut west, mut east) = (-90.0, 90.0, -180.0, 180.0);
    let mut is_longitude = true;
    let mut text = String::with_capacity(digits);
    for _ in 0..digits.clamp(1, MAX_DIGITS) {
        let mut digit = 0;
        for _ in 0..5 {
            let (low, high, value) =
                if is_longitude { (&mut west, &mut east, lon) } else { (&mut south, &mut north, lat) };
            let middle = (*low + *high) / 2.0;
            let is_upper = value >= middle;
            if is_upper {
                *low = middle;
            } else {
                *high = middle;
            }
            digit = digit << 1 | usize::from(is_upper);
            is_longitude = !is_longitude;
        }
        text.push(char::from(GEOHASH_DIGITS[digit]));
    }
    text
}

/// The geohashes of the cells around a cell, at most eight: there is nothing beyond the poles.
pub(super) fn neighbours(geohash: &str) -> Vec<String> {
    let Some((south, west)) = south_west(geohash) else { return Vec::new() };
    let digits = geohash.len().min(MAX_DIGITS);
    let bits = 5 * digits as i32;
    let (height, width) = (180.0 / 2_f64.powi(bits / 2), 360.0 / 2_f64.powi((bits + 1) / 2));
    let (lat, lon) = (south + height / 2.0, west + width / 2.0);
    let mut found = Vec::new();
    for (north, east) in [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)] {
        let lat = lat + f64::from(north) * height;
        // Around the Earth.
        let lon = (lon + f64::from(east) * width + 540.0).rem_euclid(360.0) - 180.0;
        if (-90.0..=90.0).contains(&lat) {
            found.push(self::geohash(lat, lon, digits));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_corners() {
        for (text, lat, lon) in [
            ("x", 0.0, 135.0),
            ("1", -90.0, -135.0),
            ("s0", 0.0, 0.0),
            ("n5", -73.125, 90.0),
            ("u33", 52.03125, 12.65625),
            ("u34", 50.625, 14.0625),
            ("000000000000", -90.0, -180.0),
        ] {
            assert_eq!(south_west(text), Some((lat, lon)), "{text}");
        }
    }

    #[test]
    fn digits_beyond_the_twelfth_do_not_count() {
        let (lat, lon) = south_west("u33dc1r5zb0v").expect("a geohash");
        assert!((lat - 52.522_159_5).abs() < 1e-6 && (lon - 13.413_267).abs() < 1e-6, "{lat} {lon}");
        assert_eq!(south_west("u33dc1r5zb0v1"), Some((lat, lon)));
        assert_eq!(south_west("u33dc1r5zb0va"), None);
        for text in ["", "a", "U", "u33 ", "52.5"] {
            assert_eq!(south_west(text), None, "{text:?}");
        }
    }

    #[test]
    fn points_have_geohashes() {
        assert_eq!(geohash(52.5, 13.4, 6), "u33d8v");
        assert_eq!(geohash(-90.0, -180.0, 3), "000");
        assert_eq!(geohash(90.0, 180.0, 12), "zzzzzzzzzzzz");
        for text in ["u33dc1", "7", "s0", "zzzz"] {
            let (lat, lon) = south_west(text).expect("a geohash");
            assert_eq!(geohash(lat, lon, text.len()), text);
        }
    }

    #[test]
    fn cells_have_neighbours() {
        let sorted = |text: &str| {
            let mut all = neighbours(text);
            all.sort();
            all.join(" ")
        };
        assert_eq!(sorted("u33d"), "u333 u336 u337 u339 u33c u33e u33f u33g");
        // At the date line, and at a pole.
        assert_eq!(sorted("8"), "2 3 9 b c r x z");
        assert_eq!(neighbours("b").len(), 5);
    }
}
