//! Indices of one split.

use std::time::Duration;

use quidditch_indexing::{IndexWriter, MergeEffort, MergeOptions};
use quidditch_tests::Installation;

/// An installation with an index that has these documents in one split.
pub(crate) fn in_one_split(index: &str, mapping: &str, documents: &str) -> Installation {
    let installation = Installation::new(Duration::from_secs(1_000_000));
    installation.create_index(index, mapping);
    installation.add(index, documents.as_bytes());
    let writer = IndexWriter::new(&installation.storage, &installation.clock, index).expect("a valid name");
    let options = MergeOptions { effort: MergeEffort::Full, ..MergeOptions::default() };
    installation.wait(writer.merge_splits(&options, |_| ())).expect("can be merged");
    assert_eq!(installation.snapshot(index).splits(), 1);
    installation
}
