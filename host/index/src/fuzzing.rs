//! The entry point of the fuzz target in `fuzz/`.

use tantivy::directory::OwnedBytes;

use crate::manifest::Manifest;
use crate::split::{Footer, with_valid_checksum};

/// Decodes bytes as a split's footer, once as they are and once with a valid checksum, and as a manifest. Any bytes are either
/// decoded or rejected.
pub fn fuzz_split(bytes: &[u8]) {
    for bytes in [bytes.to_vec(), with_valid_checksum(bytes)] {
        if let Ok(footer) = Footer::decode(&OwnedBytes::new(bytes.clone())) {
            let _ = footer.check(0, &bytes);
        }
    }
    let _ = Manifest::decode(bytes);
}
