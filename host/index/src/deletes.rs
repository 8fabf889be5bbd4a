//! Deleted documents.
//!
//! Splits are never written again. Which of a split's documents are deleted is in an object of its own, in the form that
//! tantivy reads: the set of the documents that are left, with tantivy's own footer.

use serde_json::{Value as Json, json};

use crate::manifest::Deletes;
use crate::name::splits_prefix;

impl Deletes {
    /// Key of the object.
    pub fn key(&self, index: &str) -> String {
        format!("{}{}", splits_prefix(index), self.object)
    }

    /// Whether these bytes are the object's.
    ///
    /// # Errors
    /// A text that says what is wrong with them.
    pub fn check(&self, bytes: &[u8]) -> Result<(), String> {
        if bytes.len() as u64 != self.size {
            return Err(format!("it has {} bytes; the manifest says {}", bytes.len(), self.size));
        }
        if crc32fast::hash(bytes) != self.crc32 {
            return Err("its checksum is wrong".to_owned());
        }
        Ok(())
    }
}

/// Tells tantivy's description of a segment about its deletes. What comes back is the name of the file that tantivy will
/// look for them in.
pub fn describe_deletes(segment: &mut Json, deletes: &Deletes) -> String {
    segment["deletes"] = json!({"num_deleted_docs": deletes.documents, "opstamp": 1});
    let id = segment["segment_id"].as_str().unwrap_or_default().replace('-', "");
    format!("{id}.1.del")
}
