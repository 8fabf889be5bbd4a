//! Time zones.

use std::sync::Arc;

use jiff::tz::{Offset, TimeZone};

/// An offset from UTC, or a region.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Zone {
    pub(super) rules: TimeZone,
    /// The name of the region. `UTC` is one, whose times are written as those of no offset are.
    pub(super) region: Option<Arc<str>>,
}

impl Zone {
    pub(crate) const UTC: Zone = Zone { rules: TimeZone::UTC, region: None };

    pub(crate) fn fixed(offset: Offset) -> Self {
        Zone { rules: TimeZone::fixed(offset), region: None }
    }

    pub(super) fn region(name: &str, rules: TimeZone) -> Self {
        Zone { rules, region: Some(name.into()) }
    }
}
