//! The outermost points, from which the rectangle around them is computed.

use serde::{Deserialize, Serialize};

use super::super::bits;

/// Whether the rectangle may cross the 180th meridian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrap {
    /// If it is smaller then.
    Allowed,
    Never,
}

/// The outermost points, those east and west of the prime meridian by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Outermost {
    /// Minus infinity without points.
    #[serde(with = "bits")]
    pub(crate) north: f64,
    #[serde(with = "bits")]
    pub(crate) south: f64,
    /// From the smallest to the largest longitude of at least 0; the reverse if there are none.
    #[serde(with = "bits")]
    first_east: f64,
    #[serde(with = "bits")]
    last_east: f64,
    /// The same of negative longitudes.
    #[serde(with = "bits")]
    first_west: f64,
    #[serde(with = "bits")]
    last_west: f64,
}

impl Default for Outermost {
    fn default() -> Self {
        let (none, below) = (f64::INFINITY, f64::NEG_INFINITY);
        Outermost { north: below, south: none, first_east: none, last_east: below, first_west: none, last_west: below }
    }
}

impl Outermost {
    pub(crate) fn add(&mut self, lat: f64, lon: f64) {
        self.north = self.north.max(lat);
        self.south = self.south.min(lat);
        if lon >= 0.0 {
            self.first_east = self.first_east.min(lon);
            self.last_east = self.last_east.max(lon);
        } else {
            self.first_west = self.first_west.min(lon);
            self.last_west = self.last_west.max(lon);
        }
    }

    pub(crate) fn merge(&mut self, other: &Outermost) {
        self.north = self.north.max(other.north);
        self.south = self.south.min(other.south);
        self.first_east = self.first_east.min(other.first_east);
        self.last_east = self.last_east.max(other.last_east);
        self.first_west = self.first_west.min(other.first_west);
        self.last_west = self.last_west.max(other.last_west);
    }

    /// The western and the eastern edge.
    pub(crate) fn longitudes(&self, wrap: Wrap) -> (f64, f64) {
        if self.first_east.is_infinite() {
            return (self.first_west, self.last_west);
        }
        if self.first_west.is_infinite() {
            return (self.first_east, self.last_east);
        }
        let across_0 = self.last_east - self.first_west;
        let across_180 = (180.0 - self.first_east) + (self.last_west + 180.0);
        if wrap == Wrap::Never || across_0 <= across_180 {
            (self.first_west, self.last_east)
        } else {
            (self.first_east, self.last_west)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn longitudes(lons: &[f64], wrap: Wrap) -> (f64, f64) {
        let mut found = Outermost::default();
        lons.iter().for_each(|lon| found.add(0.0, *lon));
        found.longitudes(wrap)
    }

    #[test]
    fn the_smaller_rectangle_is_found() {
        assert_eq!(longitudes(&[179.0, -178.0], Wrap::Allowed), (179.0, -178.0));
        assert_eq!(longitudes(&[179.0, -178.0], Wrap::Never), (-178.0, 179.0));
        assert_eq!(longitudes(&[10.0, -20.0], Wrap::Allowed), (-20.0, 10.0));
        assert_eq!(longitudes(&[10.0, 20.0], Wrap::Allowed), (10.0, 20.0));
        assert_eq!(longitudes(&[-10.0, -20.0], Wrap::Allowed), (-20.0, -10.0));
    }
}
