//! The order of maps.

use std::collections::BTreeMap;

use crate::java_text::hash_code;

/// How many buckets a `HashMap` of Java has at first.
const LEAST_BUCKETS: usize = 16;

/// The entries of a map in the order of a `HashMap` of Java: by buckets, which follow from the hash codes of the keys. Keys in the same
/// bucket are in ascending order, since the order in which they were added is not known.
pub(crate) fn in_java_order<V>(entries: &BTreeMap<String, V>) -> Vec<(&String, &V)> {
    let mut buckets = LEAST_BUCKETS;
    // It grows when it is full by three quarters.
    while entries.len() * 4 > buckets * 3 {
        buckets *= 2;
    }
    let bucket = |key: &str| {
        let hash = hash_code(key) as u32;
        (hash ^ (hash >> 16)) as usize & (buckets - 1)
    };
    let mut ordered: Vec<(&String, &V)> = entries.iter().collect();
    ordered.sort_by_key(|(key, _)| bucket(key));
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(keys: &[&str]) -> Vec<String> {
        let entries: BTreeMap<String, ()> = keys.iter().map(|key| ((*key).to_owned(), ())).collect();
        in_java_order(&entries).into_iter().map(|(key, _)| key.clone()).collect()
    }

    #[test]
    fn keys_are_ordered_by_their_buckets() {
        assert_eq!(ordered(&["b", "a"]), ["a", "b"]);
        // `p` is in the first bucket, `o` in the last.
        assert_eq!(ordered(&["o", "p"]), ["p", "o"]);
        // `Aa` and `BB` have the same hash code.
        assert_eq!(ordered(&["BB", "Aa"]), ["Aa", "BB"]);
    }

    #[test]
    fn a_map_has_more_buckets_for_more_keys() {
        let few: Vec<String> = (0..12).map(|number| char::from(b'f' + number).to_string()).collect();
        let many: Vec<String> = (0..13).map(|number| char::from(b'f' + number).to_string()).collect();
        let keys = |keys: &[String]| ordered(&keys.iter().map(String::as_str).collect::<Vec<_>>()).concat();
        // `p` is 112: the remainder is 0 by 16, and 16 by 32.
        assert_eq!(keys(&few), "pqfghijklmno");
        assert_eq!(keys(&many), "fghijklmnopqr");
    }
}
