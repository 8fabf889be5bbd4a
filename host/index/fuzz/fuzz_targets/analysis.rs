//! Analyzes arbitrary texts with arbitrary analyzers: nothing panics, and offsets are within the text.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| quidditch_index::fuzz_analysis(bytes));
