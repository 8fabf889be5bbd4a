//! The lists and maps of a script.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;

use super::item::Item;
use crate::failure::Failure;
use crate::value::Value;

/// Levels of lists and maps in each other that are looked at together. 200: a document has at most 128.
pub(super) const MAX_DEPTH: usize = 200;

/// The bytes that an item of a list or a map is counted as.
const ITEM_BYTES: usize = size_of::<Item>() + 16;

/// The lists and maps of a script, by number. None is removed before the script ends, so that those which contain each other are
/// removed, too.
pub(super) struct Heap {
    lists: Vec<Vec<Item>>,
    maps: Vec<IndexMap<Arc<str>, Item>>,
    bytes: usize,
    max_bytes: usize,
}

impl Heap {
    pub(super) fn new(max_bytes: usize) -> Self {
        Heap { lists: Vec::new(), maps: Vec::new(), bytes: 0, max_bytes }
    }

    pub(super) fn add_list(&mut self, items: Vec<Item>) -> Result<Item, Failure> {
        self.count(ITEM_BYTES * (items.len() + 1))?;
        self.lists.push(items);
        Ok(Item::List(self.lists.len() - 1))
    }

    /// Adds an empty map, and returns its number.
    pub(super) fn add_map(&mut self) -> Result<usize, Failure> {
        self.count(ITEM_BYTES)?;
        self.maps.push(IndexMap::new());
        Ok(self.maps.len() - 1)
    }

    pub(super) fn list(&self, list: usize) -> &[Item] {
        &self.lists[list]
    }

    /// A list that is to become smaller, or whose items are replaced.
    pub(super) fn list_mut(&mut self, list: usize) -> &mut Vec<Item> {
        &mut self.lists[list]
    }

    /// Inserts items into a list.
    pub(super) fn insert(&mut self, list: usize, at: usize, items: Vec<Item>) -> Result<(), Failure> {
        self.count(ITEM_BYTES * items.len())?;
        self.lists[list].splice(at..at, items);
        Ok(())
    }

    pub(super) fn map(&self, map: usize) -> &IndexMap<Arc<str>, Item> {
        &self.maps[map]
    }

    /// The item of a map with this key; null if it has none.
    pub(super) fn entry(&self, map: usize, key: &str) -> Item {
        self.maps[map].get(key).cloned().unwrap_or(Item::NULL)
    }

    /// A map that is to become smaller.
    pub(super) fn map_mut(&mut self, map: usize) -> &mut IndexMap<Arc<str>, Item> {
        &mut self.maps[map]
    }

    /// Puts an item into a map, and returns the one that was there.
    pub(super) fn put(&mut self, map: usize, key: &str, item: Item) -> Result<Item, Failure> {
        if let Some(old) = self.maps[map].get_mut(key) {
            return Ok(std::mem::replace(old, item));
        }
        self.count(ITEM_BYTES + key.len())?;
        self.maps[map].insert(Arc::from(key), item);
        Ok(Item::NULL)
    }

    /// Counts memory.
    pub(super) fn count(&mut self, bytes: usize) -> Result<(), Failure> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes <= self.max_bytes {
            return Ok(());
        }
        let limit = self.max_bytes;
        Err(Failure::argument(format!(
            "the strings, lists and maps of the script are too large: at most {limit} bytes are allowed for a document"
        )))
    }

    /// An item for a value; its lists and maps become new ones.
    pub(super) fn item(&mut self, value: Value) -> Result<Item, Failure> {
        match value {
            Value::List(values) => {
                let items = values.iter().map(|value| self.item(value.clone())).collect::<Result<_, _>>()?;
                self.add_list(items)
            }
            Value::Map(entries) => {
                let map = self.add_map()?;
                for (key, value) in entries.iter() {
                    let item = self.item(value.clone())?;
                    self.put(map, key, item)?;
                }
                Ok(Item::Map(map))
            }
            Value::Text(text) => {
                self.count(text.len())?;
                Ok(Item::Scalar(Value::Text(text)))
            }
            value => Ok(Item::Scalar(value)),
        }
    }

    /// A copy of an item as a value.
    pub(super) fn value(&mut self, item: &Item) -> Result<Value, Failure> {
        self.value_below(item, MAX_DEPTH)
    }

    fn value_below(&mut self, item: &Item, depth: usize) -> Result<Value, Failure> {
        let below = depth.checked_sub(1).ok_or_else(contains_itself)?;
        match item {
            Item::Scalar(value) => Ok(value.clone()),
            Item::List(list) => {
                let items = self.lists[*list].clone();
                self.count(ITEM_BYTES * items.len())?;
                let values: Vec<Value> =
                    items.iter().map(|item| self.value_below(item, below)).collect::<Result<_, _>>()?;
                Ok(Value::List(values.into()))
            }
            Item::Map(map) => {
                let entries = self.maps[*map].clone();
                self.count(ITEM_BYTES * entries.len())?;
                let mut values = BTreeMap::new();
                for (key, item) in &entries {
                    values.insert(key.to_string(), self.value_below(item, below)?);
                }
                Ok(Value::Map(Arc::new(values)))
            }
            Item::Entry(map, key) => {
                let item = self.entry(*map, key);
                let value = self.value_below(&item, below)?;
                Ok(Value::Entry(Arc::new((Value::Text(Arc::clone(key)), value))))
            }
            Item::Number(_) => Err(Failure::unsupported_in_documents("an integer that 64 bits do not hold")),
        }
    }
}

/// The failure to write a list or a map that contains itself.
pub(super) fn contains_itself() -> Failure {
    Failure::argument("Iterable object is self-referencing itself")
}
