//! Which documents may match: those with the terms of the leaves.

use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, Term};

use super::super::phrase_word::{PhraseWord, WordPostings};
use super::cursor::Place;

/// What a document must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Documents {
    /// One of the terms of a leaf.
    Leaf(usize),
    All(Vec<Documents>),
    Any(Vec<Documents>),
}

/// The postings of the leaves in a segment.
pub(super) struct Leaves {
    postings: Vec<Option<WordPostings>>,
    positions: Vec<i64>,
}

impl Leaves {
    /// One leaf for each list of terms, any of which may be at its positions.
    pub(super) fn open(segment: &SegmentReader, leaves: &[Vec<Term>]) -> tantivy::Result<Self> {
        let open = |terms: &Vec<Term>| WordPostings::open(segment, &PhraseWord { position: 0, terms: terms.clone() });
        let postings = leaves.iter().map(open).collect::<Result<_, _>>()?;
        Ok(Leaves { postings, positions: Vec::new() })
    }

    /// The first document at `target` or after it that a leaf has.
    fn seek(&mut self, leaf: usize, target: DocId) -> DocId {
        match &mut self.postings[leaf] {
            Some(postings) if postings.doc() < target => postings.seek(target),
            Some(postings) => postings.doc(),
            None => TERMINATED,
        }
    }

    /// The positions of a leaf in a document, as `place` makes places of them. Documents ascend.
    pub(super) fn places(&mut self, leaf: usize, doc: DocId, place: impl Fn(i64) -> Place) -> Vec<Place> {
        if self.seek(leaf, doc) != doc {
            return Vec::new();
        }
        let Some(postings) = &mut self.postings[leaf] else { return Vec::new() };
        postings.positions(&mut self.positions);
        self.positions.iter().map(|position| place(*position)).collect()
    }

    /// How many documents have the rarest leaf.
    pub(super) fn size_hint(&self) -> u32 {
        self.postings.iter().flatten().map(DocSet::size_hint).min().unwrap_or(0)
    }

    pub(super) fn cost(&self) -> u64 {
        self.postings.iter().flatten().map(|postings| u64::from(postings.size_hint())).sum()
    }
}

impl Documents {
    /// The first document at `target` or after it. No leaf is in two parts, so that none is moved past what another part looks for.
    pub(super) fn seek(&self, leaves: &mut Leaves, target: DocId) -> DocId {
        match self {
            Documents::Leaf(leaf) => leaves.seek(*leaf, target),
            Documents::Any(parts) => parts.iter().map(|part| part.seek(leaves, target)).min().unwrap_or(TERMINATED),
            Documents::All(parts) => {
                let mut target = target;
                'next: loop {
                    for part in parts {
                        let doc = part.seek(leaves, target);
                        if doc > target {
                            target = doc;
                            continue 'next;
                        }
                    }
                    return if parts.is_empty() { TERMINATED } else { target };
                }
            }
        }
    }
}
