//! Reads arbitrary bytes as a mapping: it is accepted or rejected, and nothing panics.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| quidditch_index::fuzz_mapping(bytes));
