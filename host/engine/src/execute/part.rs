//! Parts of segments, which threads search side by side.

use std::ops::Range;

use tantivy::DocId;

use crate::collect::SegmentContext;

/// Documents that a part has at least: fewer are searched sooner by one thread than given to several.
const LEAST_DOCUMENTS: u64 = 1 << 16;

/// Parts for each thread: parts take different times.
const PARTS_PER_THREAD: u64 = 2;

/// Some documents of a segment, which are searched by one thread.
pub(super) struct Part<'a> {
    pub(super) segment: SegmentContext<'a>,
    pub(super) docs: Range<DocId>,
}

impl<'a> Part<'a> {
    /// The whole segment.
    pub(super) fn whole(segment: SegmentContext<'a>) -> Self {
        let docs = 0..segment.reader.max_doc();
        Part { segment, docs }
    }

    /// The segment in parts of at least this number of documents.
    pub(super) fn of_length(segment: SegmentContext<'a>, length: u64) -> Vec<Self> {
        let ranges = ranges(segment.reader.max_doc(), length);
        let is_only = segment.is_only && ranges.len() == 1;
        ranges.into_iter().map(|docs| Part { segment: SegmentContext { is_only, ..segment }, docs }).collect()
    }
}

/// The number of documents in a part, if all segments of a search have this number of documents together.
pub(super) fn part_length(documents: u64, threads: usize) -> u64 {
    (documents / (threads as u64 * PARTS_PER_THREAD).max(1)).max(LEAST_DOCUMENTS)
}

/// Ranges of about the same length, which is at least this one unless there are fewer documents.
fn ranges(documents: DocId, length: u64) -> Vec<Range<DocId>> {
    let parts = (u64::from(documents) / length).max(1) as u32;
    let length = documents.div_ceil(parts);
    (0..parts).map(|part| part * length..((part + 1) * length).min(documents)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: DocId = LEAST_DOCUMENTS as DocId;

    #[test]
    fn ranges_cover_all_documents_once() {
        for documents in [0, 1, LEAST - 1, LEAST, 3 * LEAST - 1, 1_000_003] {
            for threads in [1, 2, 7] {
                let ranges = ranges(documents, part_length(documents.into(), threads));
                let all: Vec<DocId> = ranges.iter().flat_map(Clone::clone).collect();
                assert!(all.iter().copied().eq(0..documents), "{documents} for {threads}: {ranges:?}");
                assert!(ranges.len() <= 2 * threads);
            }
        }
    }

    #[test]
    fn parts_are_not_small() {
        let parts = |documents: DocId| ranges(documents, part_length(documents.into(), 2));
        assert_eq!(parts(2 * LEAST - 1).len(), 1);
        assert_eq!(parts(2 * LEAST), [0..LEAST, LEAST..2 * LEAST]);
    }

    #[test]
    fn of_many_segments_only_large_ones_are_divided() {
        let length = part_length(10 * 1_000_000 + 10_000_000, 2);
        assert_eq!(ranges(1_000_000, length).len(), 1);
        assert_eq!(ranges(10_000_000, length).len(), 2);
    }
}
