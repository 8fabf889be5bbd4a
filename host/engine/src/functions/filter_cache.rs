//! Caches which documents filter functions keep.
//!
//! Segments are immutable. A function whose results depend only on its arguments and columns ([`Function::digest`]) therefore always
//! keeps the same documents of a segment. Results are recorded from the second request with a filter on: recording costs time and
//! memory, and most filters are used only once.

use std::hash::BuildHasher;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;
use quidditch_function::{Argument, Function, Value};
use rustc_hash::FxBuildHasher;
use tantivy::SegmentReader;
use tantivy::index::SegmentId;

use super::segment_results::SegmentResults;
use crate::columns::ColumnSource;

/// Filters that are remembered as used before. As many as a busy hour has.
const RECENT_FILTERS: NonZeroUsize = NonZeroUsize::new(4_096).expect("it is not zero");
/// Largest filter that is recorded, in bytes: what identifies it, mostly its arguments.
const MAX_FILTER_BYTES: usize = 4_096;

/// A filter function with arguments, over certain columns: equal ones keep the same documents.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct FilterKey(Arc<[u8]>);

impl FilterKey {
    /// `None` if what the function keeps may depend on something else, or if the filter is too large.
    pub(super) fn new(function: &dyn Function, arguments: &[Argument], columns: &[ColumnSource]) -> Option<Self> {
        let mut key = Vec::new();
        add(&mut key, function.digest()?.as_bytes());
        for Argument { name, value } in arguments {
            add(&mut key, name.as_bytes());
            add_value(&mut key, value);
        }
        for column in columns {
            // What a computed column has depends on more than the segment.
            add(&mut key, column.column()?.as_bytes());
        }
        (key.len() <= MAX_FILTER_BYTES).then(|| FilterKey(key.into()))
    }
}

/// Adds bytes in a way that nothing else is added in.
fn add(key: &mut Vec<u8>, bytes: &[u8]) {
    key.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    key.extend_from_slice(bytes);
}

fn add_value(key: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Boolean(boolean) => key.extend_from_slice(&[0, u8::from(*boolean)]),
        Value::Integer(integer) => add_tagged(key, 1, [integer.to_le_bytes()]),
        Value::Float(float) => add_tagged(key, 2, [float.to_bits().to_le_bytes()]),
        Value::Text(text) => add_tagged(key, 3, [text]),
        Value::Integers(integers) => add_tagged(key, 4, integers.iter().map(|integer| integer.to_le_bytes())),
        Value::Floats(floats) => add_tagged(key, 5, floats.iter().map(|float| float.to_bits().to_le_bytes())),
        Value::Texts(texts) => add_tagged(key, 6, texts),
        Value::Json(text) => add_tagged(key, 7, [text]),
    }
}

fn add_tagged(key: &mut Vec<u8>, tag: u8, items: impl IntoIterator<Item = impl AsRef<[u8]>>) {
    let mut list = Vec::new();
    items.into_iter().for_each(|item| add(&mut list, item.as_ref()));
    key.push(tag);
    add(key, &list);
}

/// Results of filters, shared by the requests of an engine. The least recently used ones make room for others.
pub(crate) struct FilterCache {
    most_bytes: usize,
    state: Mutex<State>,
}

struct State {
    results: LruCache<(SegmentId, FilterKey), Arc<SegmentResults>>,
    /// Of all results.
    bytes: usize,
    /// Hashes of filters that were used. If two filters have the same, one of them is recorded from its first request on.
    recent: LruCache<u64, ()>,
}

impl FilterCache {
    /// A cache of at most this many bytes.
    pub(crate) fn new(most_bytes: usize) -> Self {
        let state = State { results: LruCache::unbounded(), bytes: 0, recent: LruCache::new(RECENT_FILTERS) };
        FilterCache { most_bytes, state: Mutex::new(state) }
    }

    /// Whether a filter was used before, now that it is used.
    pub(super) fn is_repeated(&self, filter: &FilterKey) -> bool {
        self.state().recent.put(FxBuildHasher.hash_one(filter), ()).is_some()
    }

    /// What is known of a filter in a segment, to be extended; `None` if there is no room for it.
    pub(super) fn results(&self, filter: &FilterKey, segment: &SegmentReader) -> Option<Arc<SegmentResults>> {
        self.results_of(filter, segment.segment_id(), segment.max_doc())
    }

    fn results_of(&self, filter: &FilterKey, segment: SegmentId, documents: u32) -> Option<Arc<SegmentResults>> {
        let key = (segment, filter.clone());
        let mut state = self.state();
        if let Some(results) = state.results.get(&key) {
            return Some(Arc::clone(results));
        }
        let bytes = bytes_of(filter, documents);
        if bytes > self.most_bytes {
            return None;
        }
        while state.bytes + bytes > self.most_bytes
            && let Some(((_, filter), results)) = state.results.pop_lru()
        {
            state.bytes -= bytes_of(&filter, results.documents());
        }
        let results = Arc::new(SegmentResults::new(documents));
        state.bytes += bytes;
        state.results.put(key, Arc::clone(&results));
        Some(results)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that is done under the lock can panic halfway.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The memory that the results of a filter take in a segment.
fn bytes_of(filter: &FilterKey, documents: u32) -> usize {
    /// For the entry itself.
    const ENTRY: usize = 200;
    ENTRY + filter.0.len() + SegmentResults::bytes(documents)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u8) -> FilterKey {
        FilterKey(Arc::new([number]))
    }

    fn bytes_of_arguments(arguments: &[(&str, Value)]) -> Vec<u8> {
        let mut key = Vec::new();
        for (name, value) in arguments {
            add(&mut key, name.as_bytes());
            add_value(&mut key, value);
        }
        key
    }

    #[test]
    fn the_second_use_is_a_repetition() {
        let cache = FilterCache::new(1_000_000);
        assert!(!cache.is_repeated(&key(1)));
        assert!(cache.is_repeated(&key(1)));
        assert!(!cache.is_repeated(&key(2)));
    }

    #[test]
    fn results_are_of_a_filter_and_a_segment() {
        let cache = FilterCache::new(1_000_000);
        let (one, other) = (SegmentId::generate_random(), SegmentId::generate_random());
        let results = |number, segment| cache.results_of(&key(number), segment, 100).expect("there is room");
        results(1, one).record(&[3, 4], &[4]);
        assert_eq!(results(1, one).get(4), Some(true));
        assert_eq!(results(1, one).get(3), Some(false));
        assert_eq!(results(1, other).get(4), None);
        assert_eq!(results(2, one).get(4), None);
    }

    #[test]
    fn the_least_recently_used_results_make_room() {
        let most = 2 * bytes_of(&key(0), 1_000);
        let cache = FilterCache::new(most);
        let segment = SegmentId::generate_random();
        let use_filter = |number| {
            let results = cache.results_of(&key(number), segment, 1_000).expect("there is room");
            let was_known = results.get(0).is_some();
            results.record(&[0], &[0]);
            assert!(cache.state().bytes <= most);
            was_known
        };
        assert!(!use_filter(1));
        assert!(!use_filter(2));
        assert!(use_filter(1));
        assert!(!use_filter(3));
        assert!(use_filter(1));
        assert!(!use_filter(2));
    }

    #[test]
    fn a_segment_that_is_larger_than_the_cache_is_not_recorded() {
        let segment = SegmentId::generate_random();
        let results_within = |bytes| FilterCache::new(bytes).results_of(&key(1), segment, 64_000);
        assert!(results_within(bytes_of(&key(1), 64_000)).is_some());
        assert!(results_within(bytes_of(&key(1), 64_000) - 1).is_none());
    }

    #[test]
    fn different_arguments_have_different_keys() {
        let text = |text: &str| Value::Text(text.to_owned());
        let texts = |texts: &[&str]| Value::Texts(texts.iter().map(|text| (*text).to_owned()).collect());
        let keys = [
            bytes_of_arguments(&[("a", Value::Float(0.0))]),
            bytes_of_arguments(&[("a", Value::Float(-0.0))]),
            bytes_of_arguments(&[("a", Value::Integer(0))]),
            bytes_of_arguments(&[("b", Value::Integer(0))]),
            bytes_of_arguments(&[("a", Value::Integers(vec![0]))]),
            bytes_of_arguments(&[("a", Value::Integers(vec![]))]),
            bytes_of_arguments(&[("a", text("x"))]),
            bytes_of_arguments(&[("a", Value::Json("x".to_owned()))]),
            bytes_of_arguments(&[("a", texts(&["x"]))]),
            bytes_of_arguments(&[("a", texts(&["x", ""]))]),
            bytes_of_arguments(&[("a", texts(&["", "x"]))]),
            bytes_of_arguments(&[("a", text("x")), ("b", text("y"))]),
            bytes_of_arguments(&[("a", Value::Boolean(true))]),
            bytes_of_arguments(&[("a", Value::Boolean(false))]),
        ];
        let distinct: std::collections::HashSet<&Vec<u8>> = keys.iter().collect();
        assert_eq!(distinct.len(), keys.len());
    }
}
