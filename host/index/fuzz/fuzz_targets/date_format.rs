//! Reads arbitrary dates in arbitrary formats: nothing panics.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| quidditch_index::fuzz_date_format(bytes));
