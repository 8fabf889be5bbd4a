//! What the fuzz target of `fuzz/` calls.

use tantivy::directory::OwnedBytes;

use crate::manifest::Manifest;
use crate::split::{Footer, with_valid_checksum};

/// Reads bytes as a split's footer, once as they are and once under a valid checksum, and as a manifest. Whatever they are,
/// they are taken apart or refused.
pub fn fuzz_split(bytes: &[u8]) {
    for bytes in [bytes.to_vec(), with_valid_checksum(bytes)] {
        if let Ok(footer) = Footer::decode(&OwnedBytes::new(bytes.clone())) {
            let _ = footer.check(0, &bytes);
        }
    }
    let _ = Manifest::decode(bytes);
}
