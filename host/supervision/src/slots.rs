//! A limit on instances at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use quidditch_function::NotCalled;

/// How many instances there are, and may be, at a time.
pub(crate) struct Slots {
    limit: u32,
    used: AtomicU32,
}

/// The place of an instance. It is free again when this is dropped.
pub(crate) struct Slot(Arc<Slots>);

impl Slots {
    pub(crate) fn new(limit: u32) -> Arc<Self> {
        Arc::new(Slots { limit, used: AtomicU32::new(0) })
    }

    pub(crate) fn take(self: &Arc<Self>) -> Result<Slot, NotCalled> {
        let one_more = |used: u32| (used < self.limit).then_some(used + 1);
        match self.used.try_update(Relaxed, Relaxed, one_more) {
            Ok(_) => Ok(Slot(Arc::clone(self))),
            Err(_) => Err(NotCalled::TooManyInstances { limit: self.limit }),
        }
    }

    pub(crate) fn used(&self) -> u32 {
        self.used.load(Relaxed)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.used.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_free_again_when_they_are_dropped() {
        let slots = Slots::new(2);
        let first = slots.take().expect("one is free");
        let _second = slots.take().expect("at the limit");
        assert_eq!(slots.take().err(), Some(NotCalled::TooManyInstances { limit: 2 }));
        drop(first);
        assert_eq!(slots.used(), 1);
        let _third = slots.take().expect("one is free again");
    }
}
