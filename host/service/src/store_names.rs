//! The names in a store: those of indices, and aliases.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use quidditch_clock::Clock;
use quidditch_index::{Aliases, IndexError, SplitReader, possible_indices};

use crate::expiry::Expiry;

/// Keeps the names of the store for as long as a snapshot is kept.
pub(crate) struct StoreNames {
    reader: Arc<SplitReader>,
    clock: Arc<dyn Clock>,
    /// How long names are used before the store is asked again.
    max_age: Duration,
    indices: Mutex<Option<Kept<BTreeSet<String>>>>,
    aliases: Mutex<Option<Kept<Aliases>>>,
    expiry: Expiry,
}

/// What the store has said, and when it was asked.
struct Kept<T> {
    value: Arc<T>,
    asked: Duration,
}

impl StoreNames {
    pub(crate) fn new(reader: Arc<SplitReader>, clock: Arc<dyn Clock>, max_age: Duration) -> Self {
        StoreNames {
            reader,
            clock,
            max_age,
            indices: Mutex::default(),
            aliases: Mutex::default(),
            expiry: Expiry::default(),
        }
    }

    /// Names that may be those of indices: some may belong to what is left of a deleted index. One listing of the store.
    ///
    /// # Errors
    /// [`IndexError::Storage`].
    pub(crate) async fn indices(&self) -> Result<Arc<BTreeSet<String>>, IndexError> {
        if let Some(value) = self.kept(&self.indices) {
            return Ok(value);
        }
        let asked = self.clock.monotonic();
        let names = possible_indices(self.reader.storage()).await?;
        Ok(keep(&self.indices, names.into_iter().collect(), asked))
    }

    /// The aliases. One read of the store.
    ///
    /// # Errors
    /// As [`Aliases::read`].
    pub(crate) async fn aliases(&self) -> Result<Arc<Aliases>, IndexError> {
        if let Some(value) = self.kept(&self.aliases) {
            return Ok(value);
        }
        let asked = self.clock.monotonic();
        let (aliases, _) = Aliases::read(self.reader.storage()).await?;
        Ok(keep(&self.aliases, aliases, asked))
    }

    /// Makes the next request ask the store.
    pub(crate) fn expire(&self) {
        self.expiry.expire(self.clock.monotonic());
    }

    fn kept<T>(&self, kept: &Mutex<Option<Kept<T>>>) -> Option<Arc<T>> {
        let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.as_ref()?;
        let age = self.clock.monotonic().saturating_sub(kept.asked);
        (age < self.max_age && !self.expiry.is_expired(kept.asked)).then(|| Arc::clone(&kept.value))
    }
}

fn keep<T>(kept: &Mutex<Option<Kept<T>>>, value: T, asked: Duration) -> Arc<T> {
    let value = Arc::new(value);
    *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(Kept { value: Arc::clone(&value), asked });
    value
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;
    use quidditch_clock::ManualClock;
    use quidditch_index::{AliasOptions, Mapping, ReadSettings};
    use quidditch_indexing::{AliasAction, create_index, update_aliases};
    use quidditch_storage::{MemoryStorage, Storage};

    use super::*;

    #[test]
    fn names_are_asked_for_again_when_they_are_old() {
        let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
        let clock = Arc::new(ManualClock::default());
        let reader = Arc::new(SplitReader::new(Arc::clone(&storage), ReadSettings::default()));
        let names = StoreNames::new(reader, clock.clone(), Duration::from_secs(1));
        let counts = || {
            let indices = block_on(names.indices()).expect("listed").len();
            (indices, block_on(names.aliases()).expect("read").by_name.len())
        };
        assert_eq!(counts(), (0, 0));
        block_on(create_index(&storage, "a", &Mapping::default())).expect("created");
        let options = AliasOptions::default();
        let add = AliasAction::Add { index: "a".to_owned(), alias: "x".to_owned(), options };
        block_on(update_aliases(&storage, &[add])).expect("added");
        clock.advance(Duration::from_millis(999));
        assert_eq!(counts(), (0, 0));
        clock.advance(Duration::from_millis(1));
        assert_eq!(counts(), (1, 1));
        block_on(create_index(&storage, "b", &Mapping::default())).expect("created");
        assert_eq!(counts(), (1, 1));
        names.expire();
        assert_eq!(counts(), (2, 1));
    }
}
