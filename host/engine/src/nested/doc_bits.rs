//! A set of documents of one segment, in which the next and the previous one are found fast.

use std::ops::Range;

use tantivy::DocId;

/// Documents that a word of the set stands for.
const WORD: u32 = u64::BITS;

/// A set of documents of one segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DocBits {
    words: Vec<u64>,
    max_doc: DocId,
    len: u32,
}

impl DocBits {
    /// No documents of a segment with this many.
    pub(crate) fn empty(max_doc: DocId) -> Self {
        DocBits { words: vec![0; max_doc.div_ceil(WORD) as usize], max_doc, len: 0 }
    }

    /// Adds a document of the segment.
    pub(crate) fn insert(&mut self, doc: DocId) {
        let (word, bit) = (&mut self.words[(doc / WORD) as usize], 1 << (doc % WORD));
        self.len += u32::from(*word & bit == 0);
        *word |= bit;
    }

    /// All documents of the segment that are not in the set.
    pub(crate) fn complement(mut self) -> Self {
        self.words.iter_mut().for_each(|word| *word = !*word);
        if let Some(last) = self.words.last_mut()
            && !self.max_doc.is_multiple_of(WORD)
        {
            *last &= (1 << (self.max_doc % WORD)) - 1;
        }
        self.len = self.max_doc - self.len;
        self
    }

    /// Number of documents.
    pub(crate) fn len(&self) -> u32 {
        self.len
    }

    pub(crate) fn contains(&self, doc: DocId) -> bool {
        doc < self.max_doc && self.words[(doc / WORD) as usize] & (1 << (doc % WORD)) != 0
    }

    /// The first document that is not before `doc`.
    pub(crate) fn at_or_after(&self, doc: DocId) -> Option<DocId> {
        if doc >= self.max_doc {
            return None;
        }
        let first = (doc / WORD) as usize;
        let mut word = self.words[first] & (u64::MAX << (doc % WORD));
        for (index, next) in (first..).zip(self.words[first + 1..].iter().map(Some).chain([None])) {
            if word != 0 {
                return Some(index as u32 * WORD + word.trailing_zeros());
            }
            word = *next?;
        }
        None
    }

    /// The last document before `doc`.
    pub(crate) fn before(&self, doc: DocId) -> Option<DocId> {
        let doc = doc.min(self.max_doc);
        let mut index = (doc / WORD) as usize;
        let mut word = match self.words.get(index) {
            Some(word) => word & !(u64::MAX << (doc % WORD)),
            None => 0,
        };
        loop {
            if word != 0 {
                return Some(index as u32 * WORD + WORD - 1 - word.leading_zeros());
            }
            index = index.checked_sub(1)?;
            word = self.words[index];
        }
    }

    /// The documents of a range, ascending.
    pub(crate) fn in_range(&self, range: Range<DocId>) -> impl Iterator<Item = DocId> + Clone + '_ {
        let next = move |doc: DocId| self.at_or_after(doc).filter(|doc| *doc < range.end);
        std::iter::successors(next(range.start), move |doc| next(doc + 1))
    }

    /// All documents, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = DocId> + Clone + '_ {
        self.in_range(0..self.max_doc)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_set(max_doc in 1..300_u32, docs in prop::collection::btree_set(any::<prop::sample::Index>().prop_map(|index| index.index(1 << 20) as u32), 0..60)) {
            let model: BTreeSet<DocId> = docs.into_iter().map(|doc| doc % max_doc).collect();
            let mut bits = DocBits::empty(max_doc);
            model.iter().for_each(|doc| bits.insert(*doc));
            let others: BTreeSet<DocId> = (0..max_doc).filter(|doc| !model.contains(doc)).collect();
            for (bits, model) in [(bits.clone(), model), (bits.complement(), others)] {
                prop_assert_eq!(bits.len() as usize, model.len());
                prop_assert!(bits.iter().eq(model.iter().copied()));
                for doc in 0..max_doc + 70 {
                    prop_assert_eq!(bits.contains(doc), model.contains(&doc));
                    prop_assert_eq!(bits.at_or_after(doc), model.range(doc..).next().copied());
                    prop_assert_eq!(bits.before(doc), model.range(..doc).next_back().copied());
                }
            }
        }
    }
}
