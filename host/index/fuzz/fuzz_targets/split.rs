//! Arbitrary bytes as a split, as its footer, and as a manifest: each is refused or taken apart, and nothing panics.
//!
//! Checksums stop nearly all of what a fuzzer makes up, so the bytes are tried once more with the right ones.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| quidditch_index::fuzz_split(bytes));
