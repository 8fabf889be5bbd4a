//! A document of tantivy while its values are added: the document itself, or a nested object.

use std::collections::BTreeSet;

use quidditch_index::CompletionInput;
use tantivy::TantivyDocument;

/// A document of tantivy, and the object that it is.
pub(super) struct Level {
    /// The index of the object in the mapping; 0 is the document itself.
    pub(super) object: usize,
    pub(super) document: TantivyDocument,
    /// Completions whose contexts are known when the level is complete.
    pub(super) completions: Vec<Completion>,
}

/// A value of a `completion` with contexts.
pub(super) struct Completion {
    /// The index of the field in the mapping.
    pub(super) field: usize,
    pub(super) inputs: Vec<CompletionInput>,
    /// The values of each context of the field that the document names.
    pub(super) contexts: Vec<BTreeSet<String>>,
}

/// The fields and objects of one level that have values.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) fields: IndexSet,
    pub(super) objects: IndexSet,
}

/// A set of indices that can be cleared without visiting all of them.
#[derive(Debug, Default)]
pub(super) struct IndexSet {
    generation: u32,
    /// The last generation in which each index was a member.
    generations: Vec<u32>,
    members: Vec<usize>,
}

impl Seen {
    pub(super) fn clear(&mut self) {
        self.fields.clear();
        self.objects.clear();
    }
}

impl IndexSet {
    fn clear(&mut self) {
        self.members.clear();
        if self.generation == u32::MAX {
            self.generation = 0;
            self.generations.clear();
        }
        self.generation += 1;
    }

    pub(super) fn insert(&mut self, index: usize) {
        if index >= self.generations.len() {
            self.generations.resize(index + 1, 0);
        }
        if self.generations[index] != self.generation {
            self.generations[index] = self.generation;
            self.members.push(index);
        }
    }

    pub(super) fn contains(&self, index: usize) -> bool {
        self.generations.get(index) == Some(&self.generation)
    }

    /// In the order in which they were inserted.
    pub(super) fn members(&self) -> &[usize] {
        &self.members
    }
}
