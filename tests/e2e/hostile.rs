//! Hostile functions: each fails its request with the documented error, and does not affect other requests. They are in
//! `udfs/hostile`.

mod ahead_of_time;
mod families;
mod places;
mod readme;

use bytes::Bytes;
use quidditch_test_guests::{Family, Guest};

/// The function that the others must not affect.
pub(crate) const WELL_BEHAVED: &str = "well_behaved";

/// Those that other tests use, too, by name.
pub(crate) const SHARED: [&str; 10] = [
    "refuses",
    "fails",
    "loops",
    "loops_in_bind",
    "traps",
    "overflows_its_stack",
    "eats_memory",
    "gives_too_few",
    "gives_nan",
    "computes_nan",
];

/// The component of a family, or of [`WELL_BEHAVED`].
pub(crate) fn component(name: &str) -> Bytes {
    let bytes = if name == WELL_BEHAVED { Guest::new().build() } else { Family::named(name).build() };
    bytes.into()
}

/// The names and components of [`WELL_BEHAVED`] and [`SHARED`].
pub(crate) fn shared() -> impl Iterator<Item = (&'static str, Bytes)> {
    [WELL_BEHAVED].into_iter().chain(SHARED).map(|name| (name, component(name)))
}
