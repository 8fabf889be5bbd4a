//! From wanted ranges to requests.

use std::ops::Range;

/// What may be read needlessly to save requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slack {
    /// The largest gap between two ranges, in bytes, that is read to join them.
    pub(super) max_gap: u64,
    /// The most bytes of all gaps together.
    pub(super) extra_bytes: u64,
}

/// Joins ranges of objects that are close together. They may overlap, and have any order. The smallest gaps are closed first.
/// Returns ranges in order.
pub(super) fn coalesce(mut wanted: Vec<(usize, Range<u64>)>, slack: Slack) -> Vec<(usize, Range<u64>)> {
    wanted.sort_unstable_by_key(|(object, range)| (*object, range.start, range.end));
    let mut joined: Vec<(usize, Range<u64>)> = Vec::with_capacity(wanted.len());
    for (object, range) in wanted {
        match joined.last_mut() {
            Some((last_object, last)) if *last_object == object && range.start <= last.end => {
                last.end = last.end.max(range.end);
            }
            _ => joined.push((object, range)),
        }
    }
    let mut gaps: Vec<(u64, usize)> = Vec::new();
    for (index, pair) in joined.windows(2).enumerate() {
        let [(object, range), (next_object, next)] = pair else { continue };
        if object == next_object && next.start - range.end <= slack.max_gap {
            gaps.push((next.start - range.end, index));
        }
    }
    gaps.sort_unstable();
    let mut closed = vec![false; joined.len()];
    let mut extra = slack.extra_bytes;
    for (gap, index) in gaps {
        if gap > extra {
            break;
        }
        extra -= gap;
        closed[index] = true;
    }
    let mut requests: Vec<(usize, Range<u64>)> = Vec::new();
    let mut joins_last = false;
    for ((object, range), closes) in joined.into_iter().zip(closed) {
        match requests.last_mut() {
            Some((_, last)) if joins_last => last.end = range.end,
            _ => requests.push((object, range)),
        }
        joins_last = closes;
    }
    requests
}

/// Cuts ranges so that none is longer than `max_bytes`: several connections are faster than one.
pub(super) fn cut(requests: Vec<(usize, Range<u64>)>, max_bytes: u64) -> Vec<(usize, Range<u64>)> {
    let mut parts = Vec::with_capacity(requests.len());
    for (object, range) in requests {
        let mut start = range.start;
        while start < range.end {
            let end = range.end.min(start + max_bytes);
            parts.push((object, start..end));
            start = end;
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn slack(max_gap: u64, extra_bytes: u64) -> Slack {
        Slack { max_gap, extra_bytes }
    }

    #[test]
    fn the_smallest_gaps_are_closed_first() {
        let wanted = || vec![(0, 0..10), (0, 15..20), (0, 28..30), (1, 30..40), (0, 31..32)];
        assert_eq!(coalesce(wanted(), slack(0, 100)), [(0, 0..10), (0, 15..20), (0, 28..30), (0, 31..32), (1, 30..40)]);
        assert_eq!(coalesce(wanted(), slack(5, 100)), [(0, 0..20), (0, 28..32), (1, 30..40)]);
        assert_eq!(coalesce(wanted(), slack(8, 100)), [(0, 0..32), (1, 30..40)]);
        assert_eq!(coalesce(wanted(), slack(8, 13)), [(0, 0..20), (0, 28..32), (1, 30..40)], "5 + 1 of 13 bytes");
        assert_eq!(coalesce(wanted(), slack(8, 14)), [(0, 0..32), (1, 30..40)], "5 + 1 + 8 of 14 bytes");
    }

    proptest! {
        #[test]
        fn every_wanted_byte_is_requested_once_and_little_else(
            wanted in prop::collection::vec((0..3_usize, 0..200_u64, 1..20_u64), 0..20),
            (max_gap, extra_bytes, max_bytes) in (0..30_u64, 0..60_u64, 1..50_u64),
        ) {
            let wanted: Vec<_> = wanted.into_iter().map(|(object, start, length)| (object, start..start + length)).collect();
            let requests = coalesce(wanted.clone(), slack(max_gap, extra_bytes));
            let parts = cut(requests.clone(), max_bytes);
            prop_assert!(parts.iter().all(|(_, range)| !range.is_empty() && range.end - range.start <= max_bytes));
            let bytes = |ranges: &[(usize, Range<u64>)]| {
                let mut all: Vec<_> = ranges.iter().flat_map(|(object, range)| range.clone().map(|byte| (*object, byte))).collect();
                all.sort_unstable();
                all
            };
            prop_assert_eq!(bytes(&parts), bytes(&requests));
            let mut needed = bytes(&wanted);
            needed.dedup();
            let requested = bytes(&requests);
            prop_assert!(requested.windows(2).all(|pair| pair[0] < pair[1]), "no byte twice");
            prop_assert!(needed.iter().all(|byte| requested.binary_search(byte).is_ok()));
            prop_assert!((requested.len() - needed.len()) as u64 <= extra_bytes);
        }
    }
}
