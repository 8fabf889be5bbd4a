//! Keeps the list of retired objects short, although each commit of a few documents retires some.

use std::time::Duration;

use quidditch_index::format::{Manifest, Retired};

use crate::garbage::{UNLISTED, written_at};

/// How long every retired object is listed. 10 s: a writer whose response was lost finds in the list that its split was written,
/// even if it was merged at once.
const LISTED: Duration = Duration::from_secs(10);

/// Forgets the retired objects that the garbage collection keeps long enough without being told. `now` is in milliseconds since
/// 1970.
pub(super) fn forget_short_lived(manifest: &mut Manifest, now: i64) {
    let is_new = |retired: &Retired| now.saturating_sub(retired.at) < millis(LISTED);
    manifest.retired.retain(|retired| is_new(retired) || !is_short_lived(retired));
}

/// Whether an object was retired so soon after it was written that the garbage collection need not know when.
fn is_short_lived(retired: &Retired) -> bool {
    written_at(&retired.object).is_some_and(|written| retired.at.saturating_sub(written) <= millis(UNLISTED))
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
