//! The functions that are loaded, a bounded number.

use std::collections::HashMap;
use std::sync::Arc;

use quidditch_function::{Function, FunctionId};

/// Which code under which name: a version that was deleted and published anew is another function.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct LoadedKey {
    pub(crate) id: FunctionId,
    pub(crate) sha256: String,
}

/// Loaded functions; beyond the limit the one not used for longest is dropped.
pub(crate) struct Loaded {
    limit: usize,
    uses: u64,
    by_key: HashMap<LoadedKey, (u64, Arc<dyn Function>)>,
}

impl Loaded {
    pub(crate) fn new(limit: usize) -> Self {
        Loaded { limit, uses: 0, by_key: HashMap::new() }
    }

    pub(crate) fn get(&mut self, key: &LoadedKey) -> Option<Arc<dyn Function>> {
        self.uses += 1;
        let (last_use, function) = self.by_key.get_mut(key)?;
        *last_use = self.uses;
        Some(Arc::clone(function))
    }

    pub(crate) fn insert(&mut self, key: LoadedKey, function: Arc<dyn Function>) {
        self.uses += 1;
        self.by_key.insert(key, (self.uses, function));
        while self.by_key.len() > self.limit {
            let oldest = self.by_key.iter().min_by_key(|(_, (last_use, _))| *last_use).map(|(key, _)| key.clone());
            let Some(oldest) = oldest else { return };
            self.by_key.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use quidditch_function::native_filter;

    use super::*;

    #[test]
    fn the_one_not_used_for_longest_goes() {
        let function = || {
            native_filter("f", Vec::new(), |_| {
                Ok((Vec::new(), |_: &quidditch_function::Batch, _: &mut Vec<u8>| Ok(())))
            })
        };
        let key = |name: &str| LoadedKey { id: FunctionId::new(name, "1.0.0"), sha256: String::new() };
        let mut loaded = Loaded::new(2);
        loaded.insert(key("a"), function());
        loaded.insert(key("b"), function());
        assert!(loaded.get(&key("a")).is_some());
        loaded.insert(key("c"), function());
        assert!(loaded.get(&key("b")).is_none());
        assert!(loaded.get(&key("a")).is_some() && loaded.get(&key("c")).is_some());
    }
}
