//! Sorting the hits of several indices, in which a field may have different types.

use super::sort_key::SortKey;
use super::sort_level::KeyClass;
use super::sort_order::SortOrder;
use crate::Error;

/// Which levels of a sort need other keys when the hits of several indices are merged.
pub(crate) struct SortAcross {
    /// For each level, whether it has integers in some indices and floats in others.
    is_mixed: Vec<bool>,
}

impl SortAcross {
    /// Compares the orders of all indices.
    ///
    /// # Errors
    /// [`Error::Shard`] if a level has texts in some indices and numbers in others.
    pub(crate) fn plan(orders: &[&SortOrder]) -> Result<Self, Error> {
        let mut is_mixed = Vec::new();
        let levels = orders.first().map_or(0, |order| order.classes().count());
        for level in 0..levels {
            let classes: Vec<KeyClass> = orders.iter().filter_map(|order| order.classes().nth(level)).collect();
            let has = |class: KeyClass| classes.contains(&class);
            if has(KeyClass::Text) && (has(KeyClass::Integer) || has(KeyClass::Float)) {
                let number = level + 1;
                return Err(Error::shard_argument(format!(
                    "level [{number}] of the sort has texts in some of the indices and numbers in others"
                )));
            }
            is_mixed.push(has(KeyClass::Integer) && has(KeyClass::Float));
        }
        Ok(SortAcross { is_mixed })
    }

    /// Whether any key must be converted.
    pub(crate) fn has_mixed_levels(&self) -> bool {
        self.is_mixed.contains(&true)
    }

    /// The keys of a hit in a form that compares with those of other indices. `order` is that of its own index.
    pub(crate) fn comparable(&self, order: &SortOrder, keys: &[SortKey]) -> Vec<SortKey> {
        let mut keys = keys.to_vec();
        for (level, key) in keys.iter_mut().enumerate() {
            if self.is_mixed[level] {
                order.widen(level, key);
            }
        }
        keys
    }
}
