//! Decodes arbitrary bytes as the footer of a split and as a manifest: they are decoded or rejected, and nothing panics.
//!
//! Checksums reject nearly everything that a fuzzer generates, so footers are also tried with the right ones.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| quidditch_index::fuzz_split(bytes));
