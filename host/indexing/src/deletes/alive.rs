//! Which documents of a split are left.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use quidditch_index::IndexError;
use quidditch_index::format::SplitEntry;
use quidditch_storage::Storage;
use tantivy::directory::footer::Footer;
use tantivy::directory::{FileSlice, ManagedDirectory, OwnedBytes, RamDirectory, TerminatingWrite};
use tantivy::fastfield::{AliveBitSet, write_alive_bitset};
use tantivy::{BitSet, Directory, DocId, TantivyError};

use super::load_deletes;

/// The documents of a split that are not deleted.
#[derive(Debug, Clone)]
pub(crate) struct Alive {
    documents: BitSet,
}

impl Alive {
    /// Those that the manifest says.
    ///
    /// # Errors
    /// [`IndexError::Damaged`], [`IndexError::Storage`].
    pub(crate) async fn load(storage: &Arc<dyn Storage>, index: &str, split: &SplitEntry) -> Result<Self, IndexError> {
        let content = load_deletes(storage, index, split).await?;
        Alive::of(index, split, content)
    }

    /// Those that a split's deletes object says, if it has one.
    ///
    /// # Errors
    /// [`IndexError::Damaged`].
    pub(crate) fn of(index: &str, split: &SplitEntry, content: Option<OwnedBytes>) -> Result<Self, IndexError> {
        let documents = DocId::try_from(split.documents).expect("tantivy numbers documents with 32 bits");
        match (&split.deletes, content) {
            (Some(deletes), Some(content)) => Alive::decode(content, documents)
                .map_err(|what| IndexError::Damaged { object: deletes.key(index), what }),
            _ => Ok(Alive { documents: BitSet::with_max_value_and_full(documents) }),
        }
    }

    /// Reads a deletes object of a split with so many documents.
    ///
    /// # Errors
    /// A text that says what is damaged.
    pub(crate) fn decode(content: OwnedBytes, documents: DocId) -> Result<Self, String> {
        let unreadable = |error: std::io::Error| format!("it cannot be read: {error}");
        let body_bytes = 4 + documents.div_ceil(64) as usize * 8;
        // tantivy takes a shorter file for a bug, and panics.
        if content.len() < body_bytes + 8 {
            return Err(format!("{} bytes are not about {documents} documents", content.len()));
        }
        let (footer, body) = Footer::extract_footer(FileSlice::new(Arc::new(content))).map_err(unreadable)?;
        footer.is_compatible().map_err(|error| format!("it cannot be read: {error:?}"))?;
        let body = body.read_bytes().map_err(unreadable)?;
        if body.len() != body_bytes || !body.starts_with(&documents.to_le_bytes()) {
            return Err(format!("it is not about {documents} documents"));
        }
        let mut alive = BitSet::with_max_value_and_full(documents);
        alive.intersect_update(AliveBitSet::open(body).bitset());
        Ok(Alive { documents: alive })
    }

    /// The deletes object.
    pub(crate) fn encode(&self) -> Result<Bytes, IndexError> {
        let path = Path::new("deletes");
        let memory = RamDirectory::create();
        // This adds tantivy's footer.
        let directory = ManagedDirectory::wrap(Box::new(memory.clone()))?;
        let mut file = directory.open_write(path).map_err(TantivyError::from)?;
        write_alive_bitset(&self.documents, &mut file).map_err(TantivyError::from)?;
        file.terminate().map_err(TantivyError::from)?;
        let file = memory.open_read(path).map_err(TantivyError::from)?;
        Ok(Bytes::copy_from_slice(&file.read_bytes().map_err(TantivyError::from)?))
    }

    /// Takes a document away. Whether it was there.
    pub(crate) fn remove(&mut self, document: DocId) -> bool {
        let before = self.documents.len();
        self.documents.remove(document);
        self.documents.len() < before
    }

    pub(crate) fn contains(&self, document: DocId) -> bool {
        self.documents.contains(document)
    }

    /// How many are left.
    pub(crate) fn count(&self) -> u64 {
        self.documents.len() as u64
    }

    /// How many there were in the beginning.
    pub(crate) fn documents(&self) -> DocId {
        self.documents.max_value()
    }

    /// Those that are left, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = DocId> {
        (0..self.documents()).filter(|document| self.contains(*document))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn all(documents: DocId) -> Alive {
        Alive { documents: BitSet::with_max_value_and_full(documents) }
    }

    proptest! {
        #[test]
        fn what_is_removed_stays_removed(documents in 1..300_u32, removed in prop::collection::vec(any::<prop::sample::Index>(), 0..100)) {
            let mut alive = all(documents);
            let mut model: BTreeSet<DocId> = (0..documents).collect();
            for place in removed {
                let document = place.index(documents as usize) as DocId;
                prop_assert_eq!(alive.remove(document), model.remove(&document));
            }
            let content = OwnedBytes::new(alive.encode().expect("written").to_vec());
            let read = Alive::decode(content.clone(), documents).expect("intact");
            prop_assert_eq!(read.count(), model.len() as u64);
            prop_assert_eq!(read.iter().collect::<BTreeSet<_>>(), model);
            prop_assert!(Alive::decode(content, documents + 1).is_err());
        }

        #[test]
        fn nothing_else_is_a_deletes_object(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Alive::decode(OwnedBytes::new(bytes), 10).is_err());
        }
    }

    #[test]
    fn damage_is_told() {
        let content = all(100).encode().expect("written").to_vec();
        let refusal =
            |bytes: &[u8], documents| Alive::decode(OwnedBytes::new(bytes.to_vec()), documents).expect_err("damaged");
        insta::assert_snapshot!(refusal(&content, 64), @"it is not about 64 documents");
        insta::assert_snapshot!(refusal(&content[..27], 100), @"27 bytes are not about 100 documents");
        assert!(refusal(&content[..28], 100).starts_with("it cannot be read: "));
    }
}
