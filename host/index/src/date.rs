//! Dates: their formats, date math, and time zones.

mod date_error;
mod digits;
mod epoch;
mod format;
mod math;
mod named_format;
mod names;
mod parts;
mod pattern;
mod rounding;
mod time_zone;

pub use date_error::DateError;
pub use format::DateFormat;
pub(crate) use math::evaluate;
pub use parts::parse_time_zone;
pub(crate) use rounding::Rounding;
pub use time_zone::TimeZone;
