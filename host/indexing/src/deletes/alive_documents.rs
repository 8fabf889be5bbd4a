//! The documents of a split that are not deleted.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use quidditch_index::format::SplitEntry;
use quidditch_index::{Damage, IndexError};
use quidditch_storage::Storage;
use tantivy::directory::footer::Footer;
use tantivy::directory::{FileSlice, ManagedDirectory, OwnedBytes, RamDirectory, TerminatingWrite};
use tantivy::fastfield::{AliveBitSet, write_alive_bitset};
use tantivy::{BitSet, Directory, DocId, TantivyError};

use super::load_deletes;

/// The documents of a split that are not deleted.
#[derive(Debug, Clone)]
pub(crate) struct AliveDocuments {
    documents: BitSet,
}

impl AliveDocuments {
    /// Reads the deletes object of a split, if it has one.
    ///
    /// # Errors
    /// [`IndexError::Damaged`], [`IndexError::Storage`].
    pub(crate) async fn load(storage: &Arc<dyn Storage>, index: &str, split: &SplitEntry) -> Result<Self, IndexError> {
        let content = load_deletes(storage, index, split).await?;
        Self::from_deletes(index, split, content)
    }

    /// Decodes the content of a split's deletes object, if it has one.
    ///
    /// # Errors
    /// [`IndexError::Damaged`].
    pub(crate) fn from_deletes(
        index: &str,
        split: &SplitEntry,
        content: Option<OwnedBytes>,
    ) -> Result<Self, IndexError> {
        let documents = DocId::try_from(split.documents).expect("tantivy numbers documents with 32 bits");
        match (&split.deletes, content) {
            (Some(deletes), Some(content)) => {
                Self::decode(content, documents).map_err(|reason| IndexError::damaged(deletes.key(index), reason))
            }
            _ => Ok(AliveDocuments { documents: BitSet::with_max_value_and_full(documents) }),
        }
    }

    /// Decodes the deletes object of a split with this many documents.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn decode(content: OwnedBytes, documents: DocId) -> Result<Self, Damage> {
        let unreadable = |error: std::io::Error| Damage::unparsable("not a valid delete bitset", error);
        let body_bytes = 4 + documents.div_ceil(64) as usize * 8;
        // tantivy panics at shorter files.
        if content.len() < body_bytes + 8 {
            let bytes = content.len();
            return Err(Damage::corrupt(format!(
                "too short for a delete bitset of {documents} documents: {bytes} bytes"
            )));
        }
        let (footer, body) = Footer::extract_footer(FileSlice::new(Arc::new(content))).map_err(unreadable)?;
        let compatible = footer.is_compatible();
        compatible.map_err(|error| Damage::unparsable("not a valid delete bitset", format!("{error:?}")))?;
        let body = body.read_bytes().map_err(unreadable)?;
        if body.len() != body_bytes || !body.starts_with(&documents.to_le_bytes()) {
            return Err(Damage::corrupt(format!("delete bitset does not cover {documents} documents")));
        }
        let mut alive = BitSet::with_max_value_and_full(documents);
        alive.intersect_update(AliveBitSet::open(body).bitset());
        Ok(AliveDocuments { documents: alive })
    }

    /// Encodes the deletes object.
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

    /// Removes a document. Returns whether it was alive.
    pub(crate) fn remove(&mut self, document: DocId) -> bool {
        let before = self.documents.len();
        self.documents.remove(document);
        self.documents.len() < before
    }

    pub(crate) fn contains(&self, document: DocId) -> bool {
        self.documents.contains(document)
    }

    /// Number of documents that are alive.
    pub(crate) fn count(&self) -> u64 {
        self.documents.len() as u64
    }

    /// Number of all documents of the split.
    pub(crate) fn documents(&self) -> DocId {
        self.documents.max_value()
    }

    /// The documents that are alive, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = DocId> {
        (0..self.documents()).filter(|document| self.contains(*document))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn all(documents: DocId) -> AliveDocuments {
        AliveDocuments { documents: BitSet::with_max_value_and_full(documents) }
    }

    proptest! {
        #[test]
        fn encoded_sets_are_decoded(documents in 1..300_u32, removed in prop::collection::vec(any::<prop::sample::Index>(), 0..100)) {
            let mut alive = all(documents);
            let mut model: BTreeSet<DocId> = (0..documents).collect();
            for index in removed {
                let document = index.index(documents as usize) as DocId;
                prop_assert_eq!(alive.remove(document), model.remove(&document));
            }
            let content = OwnedBytes::new(alive.encode().expect("written").to_vec());
            let read = AliveDocuments::decode(content.clone(), documents).expect("intact");
            prop_assert_eq!(read.count(), model.len() as u64);
            prop_assert_eq!(read.iter().collect::<BTreeSet<_>>(), model);
            prop_assert!(AliveDocuments::decode(content, documents + 1).is_err());
        }

        #[test]
        fn other_bytes_are_rejected(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(AliveDocuments::decode(OwnedBytes::new(bytes), 10).is_err());
        }
    }

    #[test]
    fn damage_is_reported() {
        let content = all(100).encode().expect("written").to_vec();
        let rejection = |bytes: &[u8], documents| {
            AliveDocuments::decode(OwnedBytes::new(bytes.to_vec()), documents).expect_err("damaged")
        };
        insta::assert_snapshot!(rejection(&content, 64), @"delete bitset does not cover 64 documents");
        insta::assert_snapshot!(rejection(&content[..27], 100), @"too short for a delete bitset of 100 documents: 27 bytes");
        assert!(
            matches!(rejection(&content[..28], 100), Damage::Unparsable { what, .. } if what == "not a valid delete bitset")
        );
    }
}
