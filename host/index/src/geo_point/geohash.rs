//! Geohashes: texts that name a cell of a grid on Earth, the smaller the longer.

/// The digits of geohashes.
pub const GEOHASH_DIGITS: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";

/// Maximum number of digits that are used: their cells are smaller than four centimetres.
const MAX_DIGITS: usize = 12;

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
}
