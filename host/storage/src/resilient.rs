//! How remote stores are wrapped.

use std::sync::Arc;

use quidditch_clock::Clock;

use crate::{HedgeSettings, Hedged, RetrySettings, Retrying, Storage};

/// Makes a remote store overcome transient errors: failed calls are [retried](Retrying), and late reads are
/// [sent a second time](Hedged), each with the default settings.
pub fn resilient(storage: Arc<dyn Storage>, clock: Arc<dyn Clock>) -> Arc<dyn Storage> {
    // Each of the two reads of a hedge retries by itself: the hedge looks at how long the caller has waited in all.
    let retrying = Retrying::new(storage, RetrySettings::default(), Arc::clone(&clock));
    Arc::new(Hedged::new(Arc::new(retrying), HedgeSettings::default(), clock))
}
