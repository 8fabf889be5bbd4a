//! Deleted documents.
//!
//! Splits are never rewritten. Which documents of a split are deleted is stored in an object of its own, in tantivy's format:
//! the set of the documents that are alive, with tantivy's footer.

use serde_json::{Value as Json, json};

use crate::Damage;
use crate::manifest::Deletes;
use crate::name::splits_prefix;

impl Deletes {
    /// Key of the object.
    pub fn key(&self, index: &str) -> String {
        format!("{}{}", splits_prefix(index), self.object)
    }

    /// Checks that these bytes are the object's content.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn check(&self, bytes: &[u8]) -> Result<(), Damage> {
        if bytes.len() as u64 != self.size {
            return Err(Damage::corrupt(format!("size is {} bytes; the manifest says {}", bytes.len(), self.size)));
        }
        if crc32fast::hash(bytes) != self.crc32 {
            return Err(Damage::corrupt("checksum mismatch"));
        }
        Ok(())
    }
}

/// Adds the deletes to tantivy's description of a segment. Returns the name of the file in which tantivy will look for them.
pub fn describe_deletes(segment: &mut Json, deletes: &Deletes) -> String {
    segment["deletes"] = json!({"num_deleted_docs": deletes.documents, "opstamp": 1});
    let id = segment["segment_id"].as_str().unwrap_or_default().replace('-', "");
    format!("{id}.1.del")
}
