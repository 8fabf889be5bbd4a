//! Parts of segments, which threads search side by side.

use std::ops::Range;

use tantivy::DocId;

use crate::collect::SegmentContext;

/// Documents that a part has at least: fewer are searched sooner by one thread than given to several.
const LEAST_DOCUMENTS: u32 = 1 << 16;

/// Parts for each thread: parts take different times.
const PARTS_PER_THREAD: u32 = 2;

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

    /// The segment in as many parts as keep these threads busy.
    pub(super) fn for_threads(segment: SegmentContext<'a>, threads: usize) -> Vec<Self> {
        let ranges = ranges(segment.reader.max_doc(), threads as u32 * PARTS_PER_THREAD);
        let is_only = segment.is_only && ranges.len() == 1;
        ranges.into_iter().map(|docs| Part { segment: SegmentContext { is_only, ..segment }, docs }).collect()
    }
}

/// At most `most` ranges of about the same length, at least one.
fn ranges(documents: DocId, most: u32) -> Vec<Range<DocId>> {
    let parts = (documents / LEAST_DOCUMENTS).clamp(1, most.max(1));
    let length = documents.div_ceil(parts);
    (0..parts).map(|part| part * length..((part + 1) * length).min(documents)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_cover_all_documents_once() {
        for documents in [0, 1, LEAST_DOCUMENTS - 1, LEAST_DOCUMENTS, 3 * LEAST_DOCUMENTS - 1, 1_000_003] {
            for most in [0, 1, 2, 7, 16] {
                let ranges = ranges(documents, most);
                let all: Vec<DocId> = ranges.iter().flat_map(Clone::clone).collect();
                assert!(all.iter().copied().eq(0..documents), "{documents} in {most}: {ranges:?}");
                assert!(ranges.len() <= most.max(1) as usize);
            }
        }
    }

    #[test]
    fn parts_are_not_small() {
        assert_eq!(ranges(2 * LEAST_DOCUMENTS - 1, 4).len(), 1);
        assert_eq!(ranges(2 * LEAST_DOCUMENTS, 4), [0..LEAST_DOCUMENTS, LEAST_DOCUMENTS..2 * LEAST_DOCUMENTS]);
    }
}
