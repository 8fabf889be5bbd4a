//! The cells of grids on the Earth.

use std::f64::consts::PI;

use quidditch_index::GEOHASH_DIGITS;

/// Metres around the equator.
const EQUATOR: f64 = 2.0 * PI * 6_378_137.0;

/// Metres from pole to pole.
const MERIDIAN: f64 = PI * 6_356_752.314_245;

/// The northernmost latitude of tiles.
const TILES_END: f64 = 85.051_128_779_806_59;

/// A grid, and how fine it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grid {
    /// Geohashes (G. Niemeyer, 2008) of a number of characters: bits of the longitude and the latitude in turns.
    Geohash { length: u32 },
    /// The tiles of web maps at a zoom level, in the Mercator projection.
    Geotile { zoom: u32 },
}

impl Grid {
    pub(super) fn type_name(self) -> &'static str {
        match self {
            Grid::Geohash { .. } => "geohash_grid",
            Grid::Geotile { .. } => "geotile_grid",
        }
    }

    /// The number of cells, if they are not too many for a table.
    pub(super) fn cells(self) -> Option<u64> {
        let bits = match self {
            Grid::Geohash { length } => 5 * length,
            Grid::Geotile { zoom } => 2 * zoom,
        };
        (bits <= 20).then(|| 1 << bits)
    }

    /// The number of the cell that a point is in.
    pub(super) fn cell(self, lat: f64, lon: f64) -> u64 {
        match self {
            Grid::Geohash { length } => {
                let bits = 5 * length;
                let (lon_bits, lat_bits) = (bits.div_ceil(2), bits / 2);
                let part = |degrees: f64, range: f64, bits: u32| {
                    let cells = (1_u64 << bits) as f64;
                    (((degrees / range + 0.5) * cells).max(0.0) as u64).min((1 << bits) - 1)
                };
                let (lon, lat) = (part(lon, 360.0, lon_bits), part(lat, 180.0, lat_bits));
                let (mut cell, mut lon_left, mut lat_left) = (0, lon_bits, lat_bits);
                for bit in 0..bits {
                    let next = if bit % 2 == 0 {
                        lon_left -= 1;
                        lon >> lon_left
                    } else {
                        lat_left -= 1;
                        lat >> lat_left
                    };
                    cell = (cell << 1) | (next & 1);
                }
                cell
            }
            Grid::Geotile { zoom } => {
                let tiles = (1_u64 << zoom) as f64;
                let last = (1_u64 << zoom) - 1;
                let place = |share: f64| ((share * tiles).max(0.0) as u64).min(last);
                // The finest tiles are finer than points are known to clients.
                let (lat, lon) = (stored(lat, 180.0), stored(lon, 360.0));
                let sine = lat.clamp(-TILES_END, TILES_END).to_radians().sin();
                let (x, y) =
                    (place((lon + 180.0) / 360.0), place(0.5 - ((1.0 + sine) / (1.0 - sine)).ln() / (4.0 * PI)));
                (x << zoom) | y
            }
        }
    }

    /// The key of a cell in responses.
    pub(super) fn name(self, cell: u64) -> String {
        match self {
            Grid::Geohash { length } => {
                let digit = |place: u32| GEOHASH_DIGITS[((cell >> (5 * place)) & 31) as usize] as char;
                (0..length).rev().map(digit).collect()
            }
            Grid::Geotile { zoom } => format!("{zoom}/{}/{}", cell >> zoom, cell & ((1 << zoom) - 1)),
        }
    }
}

/// Degrees as clients expect them to be stored: as 32-bit integers.
fn stored(degrees: f64, range: f64) -> f64 {
    let step = range / 2.0_f64.powi(32);
    let place = (degrees / step).floor().min(2.0_f64.powi(31) - 1.0);
    place * step
}

/// The length of geohashes whose cells are not larger than a distance in metres; `None` if no cells are.
pub(super) fn geohash_length(metres: f64) -> Option<u32> {
    if metres <= 0.0 {
        return (metres == 0.0).then_some(12);
    }
    let width = metres / (1.0 + MERIDIAN / EQUATOR);
    let columns = (EQUATOR / width).ceil() as u64;
    let bits = columns.checked_ilog2()?;
    let (full, left) = (bits / 5, bits % 5);
    let length = full + u32::from(left > 0) + full + u32::from(left > 3);
    (1..=12).contains(&length).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_the_names_that_clients_know() {
        let name = |grid: Grid, lat: f64, lon: f64| grid.name(grid.cell(lat, lon));
        let hash = |length| Grid::Geohash { length };
        assert_eq!(name(hash(5), 52.52, 13.405), "u33dc");
        assert_eq!(name(hash(12), 57.649_11, 10.407_44), "u4pruydqqvj8");
        assert_eq!(name(hash(1), -33.8688, 151.2093), "r");
        assert_eq!(name(hash(3), 90.0, 180.0), "zzz");
        assert_eq!(name(hash(3), -90.0, -180.0), "000");
        let tile = |zoom| Grid::Geotile { zoom };
        assert_eq!(name(tile(7), 52.52, 13.405), "7/68/41");
        assert_eq!(name(tile(7), -33.8688, 151.2093), "7/117/76");
        assert_eq!(name(tile(0), 52.52, 13.405), "0/0/0");
        assert_eq!(name(tile(2), 90.0, 180.0), "2/3/0");
        assert_eq!(name(tile(29), -90.0, -180.0), "29/0/536870911");
    }

    #[test]
    fn distances_are_lengths() {
        assert_eq!(geohash_length(100_000.0), Some(4));
        assert_eq!(geohash_length(0.0), Some(12));
        assert_eq!(geohash_length(-1.0), None);
    }
}
